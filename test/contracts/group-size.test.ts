import { planTogether, type GroupRequest } from '../../src/contracts/deploy-group.ts';
import type { Pace } from '../../src/contracts/deploy.ts';
import type { GroupPlanned } from '../../src/core/dns/plan-group.ts';
import { wireName } from '../../src/core/dns/name.ts';
import { snapshot, ZONE } from '../core/dns/plan-requests.ts';
import { simple } from '../core/dns/record-sets.ts';
import { FAST, HEALTHY, requestFor } from '../support/yard.ts';

interface Sized {
  readonly records: number;
  /** Of each side. */
  readonly values: number;
  readonly probes: number;
  readonly fail?: Pace['fail'];
}

/** Five zones: so many records fit into the batches of Route 53. */
function planned({ records, values, probes, fail = FAST.fail }: Sized): GroupPlanned {
  const of = (third: number): string[] => Array.from({ length: values }, (_, at) => `198.51.${third}.${at + 1}`);
  const made = Array.from({ length: records }, (_, at) => {
    const zone = { ...ZONE, id: `Z${at % 5}`, name: `z${at % 5}.example.com.` };
    const record = `service-${at}.z${at % 5}.example.com`;
    const gates = Array.from({ length: probes }, (_one, probe) => ({ ...HEALTHY, name: `healthy-${probe}` }));
    const to = { kind: 'values' as const, values: of(2) };
    const request = requestFor(record, { to, gates, pace: { ...FAST, fail } });
    return { request, snapshot: snapshot([{ ...simple('A', of(1), 60), name: wireName(record) }], { record, zone }) };
  });
  const requests = made.map(({ request }) => request);
  const request: GroupRequest = { group: 'shop', keepHealthy: null, planHash: null, records: requests };
  return planTogether(
    request,
    made.map((one) => one.snapshot),
  ).planned;
}

test.each([
  [{ records: 100, values: 4, probes: 3 }, /^100 records with 14400 looks of their probes take up to 4\.\d\d MB/],
  [{ records: 50, values: 1, probes: 2, fail: { failures: 50, of: 100 } }, /^50 records with 20000 looks/],
])(
  'refuses %j with its numbers: the task of the run would fail for ever, in the middle of a hold (D3)',
  (sized, why) => {
    const refused = planned(sized);
    const reasons = refused.kind === 'refused' ? refused.reasons : [];
    expect(reasons).toMatchObject([{ code: 'group-size', sentence: expect.stringMatching(why) as string }]);
    expect(reasons[0]?.sentence).toMatch(/in one message of Temporal, which takes 2\.00 MB\.$/);
  },
);

test.each([
  { records: 50, values: 2, probes: 3 },
  { records: 100, values: 1, probes: 3 },
])('lets %j pass', (sized) => {
  expect(planned(sized).kind).toBe('planned');
});
