import fc from 'fast-check';
import { connect } from '../../src/cli/temporal-client.ts';
import { playGroup } from '../support/model-group-run.ts';
import type { ModelYard } from '../support/model-others.ts';
import { play } from '../support/model-run.ts';
import { groupScenarios, scenarios } from '../support/model-scenario.ts';
import { temporalAddress } from '../support/temporal.ts';
import { startYard } from '../support/yard.ts';

/**
 * Random faults, illnesses, metrics, foreign hands, messages, resets and other people's deployments at random moments of a deployment, of
 * a record or of a group: whatever happens, D1 to D8 and G1 to G4 hold.
 *
 * - `SWITCHYARD_TEST_RUNS` runs of the model instead of a few, with new seeds (`npm run test:long`).
 * - `SWITCHYARD_TEST_SEED` the seed that a red run printed.
 */
let at: ModelYard;
beforeAll(async () => {
  const place = { address: temporalAddress(), namespace: 'default', from: 'a test', ui: null, connection: {} };
  const [yard, temporal] = await Promise.all([startYard(), connect(place, () => undefined)]);
  at = { yard, temporal };
});
afterAll(async () => {
  await at.temporal.close();
  await at.yard.close();
});

const wanted = process.env['SWITCHYARD_TEST_RUNS'];
const seed = Number(process.env['SWITCHYARD_TEST_SEED'] ?? (wanted === undefined ? 20_261_122 : Date.now() % 1e9));
const runs = Number(wanted ?? 12);
const ofGroups = Number(wanted ?? 4);

/** Each with a seed of its own. */
const lanes = (count: number) => Array.from({ length: count }, (_, lane) => ({ seed: seed + lane }));

/** No shrinking: a run takes seconds, and the path that is printed plays the very scenario again. */
function holds<T>(all: fc.Arbitrary<T>, body: (one: T) => Promise<readonly string[]>, options: fc.Parameters<[T]>) {
  const property = fc.asyncProperty(all, async (one) => {
    expect(await body(one)).toEqual([]);
  });
  return fc.assert(property, { ...options, endOnFailure: true });
}

const LANES = 4;
test.concurrent.each(lanes(LANES))(
  'keeps D1 to D8 whatever happens to a record (seed $seed)',
  ({ seed: own }) => holds(scenarios, (one) => play(at, one), { seed: own, numRuns: Math.ceil(runs / LANES) }),
  60_000 + runs * 10_000,
);

const GROUP_LANES = 2;
test.concurrent.each(lanes(GROUP_LANES))(
  'keeps D1 to D8 and G1 to G4 whatever happens to a group (seed $seed)',
  ({ seed: own }) =>
    holds(groupScenarios, (one) => playGroup(at.yard, one), { seed: own, numRuns: Math.ceil(ofGroups / GROUP_LANES) }),
  60_000 + ofGroups * 15_000,
);
