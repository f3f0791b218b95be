import type { DeployStatus } from '../../src/contracts/deploy.ts';
import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const FLAGS = { steps: '50,100', hold: '2m', bake: '4m' };
const ERRORS = 'sum(rate(errors{side="$side"}[1m])) / sum(rate(requests{side="$side"}[1m]))';

/** What customers get is ill, and what probes get is not: only a metric says so (D3). */
export const metrics: Scene = {
  name: 'metrics',
  summary: 'black fails customers and not its probes: a metric sees it, and red is put back by itself',
  play: (stage) => {
    const record = stage.recordNamed('cart');
    const answers = ratioOfBlack(stage);
    answers(0.002);
    return playDeployment(stage, {
      name: 'metrics',
      record,
      wish: { flags: FLAGS, file: fileFor(record, stage.metrics.prometheus.url) },
      event: {
        when: ({ phase, share }) => phase === 'holding' && share === 50,
        sentence: "now 7 % of black's answers to customers are errors; /healthz still says 200",
        happen: () => {
          answers(0.07);
          return Promise.resolve();
        },
      },
      expected: { outcome: 'rolled-back', states: ['red', '50 %', 'red'], serves: 'red' },
      closing: probeLine,
    });
  },
};

/** What Prometheus answers from now on. */
function ratioOfBlack({ metrics: { prometheus } }: Stage): (ratio: number) => void {
  return (ratio) => prometheus.answer(ERRORS.replaceAll('$side', 'black'), ratio);
}

const fileFor = (record: string, prometheus: string): string =>
  [
    'version: 1',
    `providers: { prom: { prometheus: '${prometheus}' } }`,
    'gates:',
    '  healthy: { http: { path: /healthz } }',
    `  errors: { provider: prom, query: '${ERRORS}', failWhen: '> 0.01' }`,
    `records: { ${record}: { gates: [healthy, errors] } }`,
  ].join('\n');

/** The probes never minded. */
function probeLine({ windows }: DeployStatus): readonly string[] {
  return windows
    .filter(({ side }) => side === 'black')
    .map(({ gate, observations }) => {
      const passed = observations.filter(({ ok }) => ok).length;
      return `probes       ${gate} of black passed ${passed} of the last ${observations.length}: ${observations.at(-1)?.seen ?? ''}`;
    });
}
