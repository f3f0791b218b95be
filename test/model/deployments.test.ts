import fc from 'fast-check';
import { play } from '../support/model-run.ts';
import { scenarios } from '../support/model-scenario.ts';
import { startYard, type Yard } from '../support/yard.ts';

/**
 * Random faults, illnesses, foreign hands and messages at random moments of a deployment: whatever happens, D1 to D8 hold.
 *
 * - `SWITCHYARD_TEST_RUNS` runs of the model instead of a few, with new seeds (`npm run test:long`).
 * - `SWITCHYARD_TEST_SEED` the seed that a red run printed.
 */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const runs = Number(process.env['SWITCHYARD_TEST_RUNS'] ?? 16);
const fixed = process.env['SWITCHYARD_TEST_RUNS'] === undefined;
const seed = Number(process.env['SWITCHYARD_TEST_SEED'] ?? (fixed ? 20_261_122 : Date.now() % 1_000_000_000));
const LANES = 4;
const lanes = Array.from({ length: LANES }, (_, lane) => ({ seed: seed + lane }));

test.concurrent.each(lanes)(
  'keeps D1 to D8 whatever happens (seed $seed)',
  async ({ seed: own }) => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      expect(await play(yard, scenario)).toEqual([]);
    });
    // No shrinking: a run takes seconds, and the path that is printed plays the very scenario again.
    await fc.assert(property, { seed: own, numRuns: Math.ceil(runs / LANES), endOnFailure: true });
  },
  60_000 + runs * 10_000,
);
