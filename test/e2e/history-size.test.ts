import { DEFAULT_PACE } from '../../src/contracts/deploy.ts';
import { FAST, PLAIN, startYard, type Yard } from '../support/yard.ts';

/** A deployment never continues as new, so the longest bake must fit into one history. */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const DAY_MS = 24 * 3_600_000;
/** Temporal warns at 10,240 events and ends a run at 51,200; this leaves room for messages and retries. */
const MOST_EVENTS = 4_096;

test('a bake of 24 hours stays under 4,096 events', async () => {
  const { minMs, maxMs } = DEFAULT_PACE.stretch;
  const stretches = DAY_MS / Math.min(maxMs, Math.max(minMs, DAY_MS / 100));

  // The same day, 12,000 times faster.
  const scale = 12_000;
  const pace = { ...FAST, stretch: { minMs: minMs / scale, maxMs: maxMs / scale } };
  const rig = await yard.rig();
  const run = await rig.deploy({ bakeMs: DAY_MS / scale, pace, gates: [PLAIN] });
  expect((await run.end()).report?.outcome).toBe('promoted');

  const { events } = await run.handle.fetchHistory();
  const all = events?.length ?? Infinity;
  const watched = (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'watchEndpoints',
  ).length;
  expect(watched).toBeGreaterThan(stretches / 10); // each takes longer than asked at this speed, so there are fewer
  expect(watched).toBeLessThanOrEqual(stretches);
  expect((all / watched) * stretches).toBeLessThan(MOST_EVENTS);
});
