import { deployId, MESSAGES } from '../../src/contracts/deploy.ts';
import { lastWords } from '../../src/cli/temporal-client.ts';
import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const FLAGS = { steps: '100', hold: '1m', bake: '1m', check: ['/healthz'] };

/** Nothing is written until somebody who may has said yes; somebody else is refused. */
export const approval: Scene = {
  name: 'approval',
  summary: 'nothing is written until somebody who may decide approves',
  play: (stage) => {
    const record = stage.recordNamed('pay');
    return playDeployment(stage, {
      name: 'approval',
      record,
      wish: { flags: FLAGS, file: fileFor(record) },
      event: {
        when: ({ phase }) => phase === 'awaiting-approval',
        sentence: `now mallory@example.org types: ./switchyard approve ${record}`,
        happen: async () => {
          stage.terminal.out(`refused      ${await answerTo(stage, record, 'mallory@example.org')}`);
          stage.terminal.out(stage.terminal.paint('yellow', `and ann@example.com types the same`));
          stage.terminal.out(`approved     ${await answerTo(stage, record, 'ann@example.com')}`);
        },
      },
      expected: { outcome: 'promoted', states: ['red', 'black'], serves: 'black' },
    });
  },
};

const fileFor = (record: string): string =>
  `version: 1\nrecords: { ${record}: { approve: { cutover: { by: '*@example.com', within: 30m } } } }`;

/** What the deployment answers, be it a yes or a no. */
async function answerTo({ temporal }: Stage, record: string, by: string): Promise<string> {
  const handle = temporal.client.workflow.getHandle(deployId(record));
  const args: [object] = [{ by, reason: 'change 4711' }];
  try {
    return (await handle.executeUpdate<{ readonly sentence: string }, [object]>(MESSAGES.approve, { args })).sentence;
  } catch (cause) {
    return lastWords(cause);
  }
}
