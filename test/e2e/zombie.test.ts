import type { FaultedRequest } from '../../sandbox/faults.ts';
import { hold, writes, type Held } from '../support/e2e-grounds.ts';
import { batchesOf, brokenPromises } from '../support/promises.ts';
import { FAST, startYard, type Deployment, type Rig, type Yard } from '../support/yard.ts';

/** A forward write that its own client gave up on, and that reaches Route 53 when nobody wants it any more (D3, D6). */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const STEPS = [
  { share: 50, holdMs: 200 },
  { share: 100, holdMs: 200 },
];

const writesBlack = (rig: Rig): ((request: FaultedRequest) => boolean) => {
  const writesStep = writes(rig, 'step');
  return (request) => writesStep(request) && request.body.includes('192.0.2.20');
};

test.concurrent('a first write that lands after the rollback is refused, and red stands (D3)', async () => {
  const { rig, run, zombie } = await withZombie(writesBlack);
  await run.handle.signal('abort', { by: 'a test', reason: 'the write hangs' });
  expect((await run.end()).report?.outcome).toBe('rolled-back');

  await land(rig, zombie);

  expect(rig.observer.everyState()).toEqual(['red']);
  expect(rig.observer.fenceStage()).toBe('idle');
  expect(brokenPromises(rig, ['red'])).toEqual([]);
});

test.concurrent('a promotion that lands after the rollback is refused, and red stands (D3)', async () => {
  const { rig, run, zombie } = await withZombie((one) => writes(one, 'idle'));
  await run.handle.signal('abort', { by: 'a test', reason: 'the promotion hangs' });
  zombie.stopHolding();
  expect((await run.end()).report?.outcome).toBe('rolled-back');

  await land(rig, zombie);

  expect(rig.observer.everyState()).toEqual(['red', '50 %', 'black', 'red']);
  expect(brokenPromises(rig, ['red', '50 %', 'black'])).toEqual([]);
});

test.concurrent(
  'a write of an ended run that lands while the next deployment begins is refused, though red stands as it expects (D6)',
  async () => {
    const { rig, run, zombie } = await withZombie(writesBlack);
    await run.handle.signal('abort', { by: 'a test', reason: 'the write hangs' });
    await run.end();
    zombie.stopHolding();
    const next = await rig.deploy({ steps: STEPS, pace: { ...FAST, preflight: { inARow: 2, overMs: 1_000 } } });
    await next.until(({ phase }) => phase === 'checking');

    await land(rig, zombie);

    expect((await next.end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'black']);
  },
);

test.concurrent(
  'a write that lands late while its run still wants it, is taken for its own and not repeated',
  async () => {
    const { rig, run, zombie } = await withZombie(writesBlack);
    zombie.letIn();
    expect((await run.end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'black']);
  },
);

interface Zombie extends Held {
  /** Later writes of the kind go their ordinary way; those that hang go on hanging. */
  stopHolding(): void;
}

/** A deployment whose client gives up on the write after 400 ms, while the write hangs in front of Route 53. */
async function withZombie(
  which: (rig: Rig) => (request: FaultedRequest) => boolean,
): Promise<{ rig: Rig; run: Deployment; zombie: Zombie }> {
  const rig = await yard.rig({ writeMs: 400 });
  let holding = true;
  const isZombie = which(rig);
  const held = hold(rig, 'ChangeResourceRecordSets', (request) => holding && isZombie(request));
  const run = await rig.deploy({ steps: STEPS });
  await held.arrived;
  return { rig, run, zombie: { ...held, stopHolding: () => (holding = false) } };
}

/** Lets every hanging write in, and waits until Route 53 has judged one: it must have refused it. */
async function land(rig: Rig, zombie: Zombie): Promise<void> {
  const { log } = rig.sandbox.route53;
  const [judged, standing] = [log.length, rig.observer.now()];
  zombie.letIn();
  while (log.length === judged) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(batchesOf(rig).at(-1)).toMatchObject({ accepted: false });
  expect(rig.observer.now()).toBe(standing);
}
