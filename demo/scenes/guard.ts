import { randomUUID } from 'node:crypto';
import { guardLines } from '../../src/cli/render-guard.ts';
import type { StartedRun } from '../../src/cli/start-deployment.ts';
import { DEPLOY_QUEUE } from '../../src/contracts/deploy.ts';
import {
  GUARD_ID,
  GUARD_PACE,
  GUARD_WORKFLOW,
  guardLabels,
  type GuardReport,
  type GuardRequest,
} from '../../src/contracts/guard.ts';
import { SPEED } from '../fast-request.ts';
import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const FLAGS = { steps: '50,100', hold: '2m', bake: '4m', check: ['/healthz'] };

/** A terminated run compensates nothing: the guard finds what it left, and puts red back. */
export const guard: Scene = {
  name: 'guard',
  summary: 'a deployment is terminated at 50 %, which rolls nothing back, and the guard repairs it',
  play: (stage) => {
    const record = stage.recordNamed('blog');
    return playDeployment(stage, {
      name: 'guard',
      record,
      wish: { flags: FLAGS, file: null },
      event: {
        when: ({ phase, share }) => phase === 'holding' && share === 50,
        sentence: `now somebody types: temporal workflow terminate --workflow-id deploy:${record}`,
        happen: (run) => terminate(stage, run),
      },
      afterwards: () => standGuard(stage, record),
      expected: { outcome: 'terminated', states: ['red', '50 %', 'red'], serves: 'red', fence: 'reset' },
    });
  },
};

async function terminate({ temporal }: Stage, { workflowId, runId }: StartedRun): Promise<void> {
  await temporal.client.workflow.getHandle(workflowId, runId).terminate('cleaning up');
}

/** What the Schedule of `guard: { act: restore }` starts, its two looks apart by the demo's clock. */
async function standGuard({ temporal, terminal }: Stage, record: string): Promise<void> {
  const request: GuardRequest = {
    records: [{ record, zone: null, verify: 'authoritative' }],
    act: 'restore',
    pace: { ...GUARD_PACE, lookAgainMs: GUARD_PACE.lookAgainMs / SPEED },
  };
  terminal.out(terminal.paint('yellow', 'and nobody restores red, until the guard of switchyard.yaml looks, twice'));
  const { records, fences } = await temporal.client.workflow.execute<(request: GuardRequest) => Promise<GuardReport>>(
    GUARD_WORKFLOW,
    {
      workflowId: `${GUARD_ID}-${randomUUID().slice(0, 8)}`,
      taskQueue: DEPLOY_QUEUE,
      args: [request],
      ...guardLabels(request),
    },
  );
  for (const line of guardLines(records, { fences, paint: terminal.paint })) terminal.out(line);
}
