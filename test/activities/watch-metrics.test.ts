import type { Info } from '@temporalio/activity';
import type { WatchBeat } from '../../src/activities/watch-endpoints.ts';
import type { Watched, WatchInput } from '../../src/contracts/deploy-activities.ts';
import { startGate } from '../../src/core/metrics/gate-state.ts';
import type { MetricGate } from '../../src/core/metrics/metric-gate.ts';
import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import { gatesOn, ratioOf } from '../support/metric-gates.ts';
import { environment, QUICK, startActivityRig, type ActivityRig } from './rig.ts';

let metrics: MetricsSandbox;
let rig: ActivityRig;
beforeEach(async () => {
  metrics = await startMetrics();
  rig = await startActivityRig({ env: metrics.env() });
});
afterEach(async () => {
  await rig.close();
  await metrics.close();
});

const CALM = { ...QUICK, driftEveryMs: 60_000, inconclusive: { limitMs: 60_000, limitAtFullMs: 60_000 } };

async function inputFor(gates: readonly MetricGate[], changes: Partial<WatchInput> = {}): Promise<WatchInput> {
  const { sets, fence } = await rig.standing();
  return {
    ...rig.ref,
    gates: [],
    sides: [
      { side: 'red', sets },
      { side: 'black', sets: sets.map((set) => ({ ...set, values: ['192.0.2.20'] })) },
    ],
    standing: { sets, fence },
    share: 50,
    untilMs: Date.now() + 60_000,
    pace: CALM,
    windows: [],
    inconclusiveSince: null,
    metrics: {
      gates,
      states: gates.map((gate) => startGate(gate, { baselines: [], before: [] })),
      mayFail: 1,
      sinceMs: Date.now(),
      holdMs: 60_000,
      once: false,
    },
    ...changes,
  };
}

const watch = (input: WatchInput, info?: Partial<Info>): Promise<Watched> =>
  rig.run((the) => the.watchEndpoints(input), info);

test.each(['hang', 'refuse'] as const)(
  'a provider that begins to %s in the middle of a stretch fails it, as silence (D7)',
  async (kind) => {
    metrics.prometheus.answer(ratioOf('black'), 0);
    const fault = kind === 'hang' ? { kind } : { kind, status: 503, code: 'unavailable' };
    metrics.prometheus.faults.add({ operation: '*', after: 5, times: Infinity, fault });
    const { end, metrics: seen } = await watch(await inputFor([gatesOn(metrics).threshold({ waitMs: 700 })]));
    expect(end).toMatchObject({ kind: 'breach', inconclusive: true, verdict: { kind: 'fail' } });
    expect(seen?.readings).toMatchObject([{ late: true, verdict: { kind: 'fail' } }]);
    expect(seen?.readings[0]?.verdict.reason).toMatch(kind === 'hang' ? /no answer|nothing measured/ : /HTTP 503/);
  },
);

test('a bad metric ends the stretch at once, as harm (D3)', async () => {
  metrics.prometheus.answer(ratioOf('black'), 0.5);
  const { end } = await watch(await inputFor([gatesOn(metrics).threshold()]));
  expect(end).toMatchObject({
    kind: 'breach',
    inconclusive: false,
    verdict: { reason: expect.stringMatching(/errors: 2 of/) as string },
  });
});

test('a stretch that nobody measured in is no pass (D7)', async () => {
  const gate = gatesOn(metrics).threshold({ samples: { bad: 2, of: 3, min: 3, afterMs: 60_000, everyMs: 50 } });
  const { end, verdict } = await watch(await inputFor([gate], { untilMs: Date.now() + 100 }));
  expect(end).toEqual({ kind: 'held' });
  expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'errors: nothing has been measured yet' });
});

test('a worker that is killed in the middle of a stretch loses no sample: the next one goes on from the heartbeat', async () => {
  metrics.prometheus.answer(ratioOf('black'), 0.5);
  const gate = gatesOn(metrics).threshold({ samples: { bad: 3, of: 3, min: 3, afterMs: 0, everyMs: 200 } });
  const input = await inputFor([gate]);
  const beats: WatchBeat[] = [];
  const killed = environment();
  killed.on('heartbeat', (beat: WatchBeat) => {
    beats.push(beat);
    const { looks } = (beat.metrics?.states[0] ?? {}) as { looks?: { counted: number } };
    if (looks?.counted === 2) killed.cancel();
  });
  await expect(killed.run(() => rig.activities.watchEndpoints(input))).rejects.toThrow();
  const last = beats.at(-1);
  expect(last?.metrics?.states).toMatchObject([{ looks: { counted: 2 } }]);
  const asked = metrics.prometheus.asked.length;
  const { end } = await watch(input, { heartbeatDetails: last, attempt: 2 });
  expect(end.kind).toBe('breach');
  expect(metrics.prometheus.asked.length - asked).toBe(1);
});

test('what is cut off by a cancellation has not been seen, and is no pass', async () => {
  metrics.prometheus.faults.add({ operation: '*', times: Infinity, fault: { kind: 'hang' } });
  const cancelled = environment();
  const beats: WatchBeat[] = [];
  cancelled.on('heartbeat', (beat: WatchBeat) => void beats.push(beat));
  const input = await inputFor([gatesOn(metrics).threshold()]);
  const work = cancelled.run(() => rig.activities.watchEndpoints(input));
  setTimeout(() => cancelled.cancel(), 100);
  await expect(work).rejects.toThrow();
  expect(beats.at(-1)?.verdict.kind).toBe('inconclusive');
  expect(beats.at(-1)?.metrics?.states).toMatchObject([{ looks: { counted: 0, newest: [] } }]);
});

test('one look for a promotion adds to what was seen before, and asks at once', async () => {
  metrics.prometheus.answer(ratioOf('black'), 0);
  const input = await inputFor([
    gatesOn(metrics).threshold({ samples: { bad: 2, of: 3, min: 1, afterMs: 60_000, everyMs: 60_000 } }),
  ]);
  const once = input.metrics === undefined ? {} : { metrics: { ...input.metrics, once: true } };
  const { end, verdict } = await watch({ ...input, ...once });
  expect(end.kind).toBe('held');
  expect(verdict.kind).toBe('pass');
});
