import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import { startGuardYard, type GuardYard } from '../support/guard-yard.ts';
import { brokenPromises } from '../support/promises.ts';
import { sampleCells } from '../support/sample-cells.ts';
import { firstWorkflowTask, setBack } from '../support/set-back.ts';
import { PLAIN, type Deployment, type Rig } from '../support/yard.ts';

/**
 * Runs that are terminated, or reset in Temporal, at every activity of a deployment and of its rollback: before its effect, which then
 * lands when nobody waits for it, and after. A guard comes by; whatever it finds, red or a promoted black serves under a fence at rest.
 *
 * `npm test` takes a sample, `npm run test:long` all of them.
 */
let yard: GuardYard;
beforeAll(async () => {
  yard = await startGuardYard();
});
afterAll(() => yard.close());

interface Stroke {
  readonly way: 'forward' | 'back';
  /** Of the activities on that way, counted from 1. */
  readonly activity: number;
  readonly moment: 'before' | 'after';
  readonly how: 'terminated' | 'reset';
}

/** More than there are: what a run never comes to is no stroke. */
const ACTIVITIES = { forward: 14, back: 4 } as const;

const STROKES: readonly Stroke[] = (['forward', 'back'] as const).flatMap((way) =>
  Array.from({ length: ACTIVITIES[way] }, (_, at) => at + 1).flatMap((activity) =>
    (['before', 'after'] as const).flatMap((moment) =>
      (['terminated', 'reset'] as const).map((how) => ({ way, activity, moment, how })),
    ),
  ),
);

const SAMPLE = sampleCells(STROKES, {
  placeOf: ({ activity, moment, how }) => [activity, (moment === 'after' ? 1 : 0) + (how === 'reset' ? 4 : 0)],
  oneIn: ({ way }) => (way === 'forward' ? 9 : 5),
  always: () => false,
});

const STEPS = [
  { share: 50, holdMs: 200 },
  { share: 100, holdMs: 200 },
];

test.concurrent.each(SAMPLE)(
  'a run that is $how $moment activity $activity on its way $way leaves nothing in the middle once a guard came by (D3, D6)',
  async (stroke) => {
    const rig = await strike(stroke);

    for (let round = 1; round <= 2; round += 1)
      expect(['quiet', 'restored']).toContain((await yard.guard(rig)).outcome);

    const [stage, serves] = [rig.observer.fenceStage(), rig.observer.now()];
    expect(['none', 'idle', 'reset']).toContain(stage);
    expect(stage === 'idle' ? ['red', 'black'] : ['red']).toContain(serves);
    expect(brokenPromises(rig, ['red', '50 %', 'black'])).toEqual([]);
    expect(await (await yard.deploy(rig, { gates: [PLAIN] })).end()).toMatchObject({ type: null });
  },
  120_000,
);

/** A deployment that is struck at one of its activities, or that ended before it came there. */
async function strike({ way, activity, moment, how }: Stroke): Promise<Rig> {
  let know = (_run: Deployment): void => undefined;
  const known = new Promise<Deployment>((resolve) => (know = resolve));
  let count = way === 'forward' ? 0 : -Infinity; // the way back begins where red is restored
  let after: Promise<unknown> = Promise.resolve();
  const calls: Promise<unknown>[] = [];
  const stroke = async (): Promise<void> => {
    const run = await known;
    if (how === 'terminated') await run.handle.terminate('struck');
    else after = (await setBack(yard.temporal, run, firstWorkflowTask)).end();
  };
  const struck = async (isNow: boolean, call: () => Promise<unknown>): Promise<unknown> => {
    if (isNow && moment === 'before') await stroke();
    const called = call();
    calls.push(called.catch(() => undefined));
    await called.catch(() => undefined);
    if (isNow && moment === 'after') await stroke();
    return called;
  };
  const around = (activities: DeployActivities): DeployActivities =>
    eachOf(activities, (name, call) => {
      if (name === 'restoreRecord' && count < 0) count = 0;
      count += 1;
      return struck(count === activity, call);
    });
  const rig = await yard.rig({ around, withoutTls: true });
  const run = await yard.deploy(rig, { gates: [PLAIN], steps: STEPS, holdMs: 200, bakeMs: 200 });
  know(run);
  if (way === 'back') await abort(run);
  await run.end();
  await after;
  await Promise.all(calls); // what was under way lands, though nobody waits for it
  return rig;
}

/** By signal: an update would wait for an answer that a terminated run never gives. */
async function abort(run: Deployment): Promise<void> {
  await run.until(({ phase, share }) => phase === 'holding' && share === 50);
  await run.handle.signal('abort', { by: 'a test', reason: 'the way back is what is struck' });
}

/** Every activity with something around it. */
function eachOf(
  activities: DeployActivities,
  around: (name: string, call: () => Promise<unknown>) => Promise<unknown>,
): DeployActivities {
  const entries = Object.entries(activities as unknown as Record<string, (input: unknown) => Promise<unknown>>);
  const wrapped = entries.map(([name, run]) => [name, (input: unknown) => around(name, () => run(input))] as const);
  return Object.fromEntries(wrapped) as unknown as DeployActivities; // the same names and the same calls
}
