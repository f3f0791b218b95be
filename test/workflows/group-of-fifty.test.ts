import { CALM, groupRig, type GroupRig } from '../support/group-yard.ts';
import { startYard, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const STEPS = { steps: [{ share: 100, holdMs: 600 }] };
/** A probe a second of each of a hundred endpoints is what a small machine bears beside the rest. */
const PACE = { ...CALM, probeEveryMs: 500, driftEveryMs: 60_000 };

/** How long they take beside one record is measured by `npm run bench -- group`. */
test('fifty records in five zones cost an account hardly more requests than one of each zone, and Temporal a fraction of its limits (G1)', async () => {
  const rig = await groupRig(yard, { zones: 5, each: 10 });
  const requests = countRequests(rig);
  const run = await rig.deploy({}, { ...STEPS, pace: PACE });
  const end = await run.end();
  expect(end).toMatchObject({ status: 'COMPLETED', report: { outcome: 'promoted', share: 100 } });
  for (const { observer } of rig.records) expect(observer.everyState()).toEqual(['red', 'black']);
  expect(requests()).toEqual({
    ListHostedZonesByName: 2, // the zones sort beside each other, so that one answer tells of all
    GetHostedZone: 5,
    ListResourceRecordSetProtections: 5,
    ListResourceRecordSets: 5 + 2 * 10, // the snapshot, then before and after each batch
    ChangeResourceRecordSets: 10,
    GetChange: 10,
  });
  const { historyLength, historySize = Infinity } = await run.handle.describe();
  expect(historyLength).toBeLessThan(51_200 / 20);
  expect(historySize).toBeLessThan(50_000_000 / 10);
}, 60_000);

function countRequests({ sandbox }: GroupRig): () => Readonly<Record<string, number>> {
  const count: Record<string, number> = {};
  sandbox.route53.deny(({ operation }) => {
    count[operation] = (count[operation] ?? 0) + 1;
    return false;
  });
  return () => count;
}
