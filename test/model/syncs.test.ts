import fc from 'fast-check';
import { play } from '../support/sync-model-run.ts';
import { scenarios } from '../support/sync-model-scenario.ts';
import { startSyncYard, type SyncYard } from '../support/sync-yard.ts';

/**
 * People edit both sides at random, and requests fail, land late, overlap and die at random: whatever happens, nothing is closed that nobody
 * completed (S3), and when it is quiet again each task has its one copy (S1) and a run writes nothing (S2).
 *
 * - `SWITCHYARD_TEST_RUNS` runs of the model instead of a few, with new seeds (`npm run test:long`).
 * - `SWITCHYARD_TEST_SEED` the seed that a red run printed.
 */
let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(() => yard.close());

const runs = Number(process.env['SWITCHYARD_TEST_RUNS'] ?? 48);
const fixed = process.env['SWITCHYARD_TEST_RUNS'] === undefined;
const seed = Number(process.env['SWITCHYARD_TEST_SEED'] ?? (fixed ? 20_261_125 : Date.now() % 1_000_000_000));
const LANES = 8;
const lanes = Array.from({ length: LANES }, (_, lane) => ({ seed: seed + lane }));

test.concurrent.each(lanes)(
  'keeps S1 to S3 whatever happens (seed $seed)',
  async ({ seed: own }) => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      expect(await play(yard, scenario)).toEqual([]);
    });
    // No shrinking: a run takes seconds, and the path that is printed plays the very scenario again.
    await fc.assert(property, { seed: own, numRuns: Math.ceil(runs / LANES), endOnFailure: true });
  },
  60_000 + runs * 10_000,
);
