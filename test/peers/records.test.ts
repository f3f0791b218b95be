/** What other tools got wrong at Route 53, one test a bug: its number, and what it cost. All of them: docs/peers.md. */
import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { resetRecords } from '../../src/activities/reset-records.ts';
import type { ResetTask } from '../../src/contracts/reset.ts';
import { DEFAULT_PACE } from '../../src/contracts/deploy.ts';
import type { Fence } from '../../src/core/dns/fence.ts';
import { planReset, type ResetWish } from '../../src/core/dns/plan-reset.ts';
import { planSteps } from '../../src/core/dns/plan-steps.ts';
import type { Plan, PlanRequest } from '../../src/core/dns/plan.ts';
import type { RecordSet, RecordSets } from '../../src/core/dns/record-set.ts';
import { FAILURES } from '../../src/policies/failures.ts';
import { forwardRetry, rollbackRetry } from '../../src/policies/retries.ts';
import {
  failureOf,
  ownStanding,
  pointedAt,
  startActivityRig,
  startRoute53Rig,
  type Route53Rig,
} from '../activities/rig.ts';
import { answers } from '../core/dns/model-zone.ts';
import { request, snapshot, steps } from '../core/dns/plan-requests.ts';
import { simple } from '../core/dns/record-sets.ts';

const [RED, BLACK, FOREIGN] = ['192.0.2.10', '192.0.2.20', '198.51.100.7'] as const;
const WWW = 'www.example.com';
const CHANGE = 'ChangeResourceRecordSets';

let rig: Route53Rig;
beforeEach(async () => {
  rig = await startRoute53Rig();
});
afterEach(() => rig.close());

const read = (record = WWW, zone: string | null = null) => rig.run((the) => the.readRecord({ record, zone }));
const put = (value: string, Name = WWW) =>
  rig.route53.put(rig.zoneId, { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] });
const served = () => rig.route53.recordSets(rig.zoneId, `${WWW}.`);

async function swapTo(sets: RecordSets, fence: Partial<Fence> = {}) {
  const from = await rig.standing();
  return rig.run((the) => the.swapRecord({ ...rig.ref, from, to: ownStanding(WWW, sets, fence), comment: 'a step' }));
}

/** The plan for what stands there; a test that needs one has none that is refused. */
function planOf(sets: RecordSets, wish: PlanRequest): Plan {
  const planned = planSteps(snapshot(sets), wish);
  if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
  return planned.plan;
}

const statesOf = (plan: Plan): readonly RecordSets[] => [...plan.steps, plan.promotion].map(({ sets }) => sets);

test('of two writers the second loses, and says so (external-dns #1862, #2791, #1588, #3884, #5846; gno #4933: each deleted the records of the other)', async () => {
  const red = await rig.standing();
  const to = ownStanding(WWW, pointedAt(red.sets, BLACK));
  put(FOREIGN); // it read the same before
  const failed = await failureOf(rig.run((the) => the.swapRecord({ ...rig.ref, from: red, to, comment: 'late' })));
  expect(failed).toMatchObject({ type: 'Foreign', message: expect.stringContaining(FOREIGN) as string });
  expect(served()).toMatchObject([{ ResourceRecords: [{ Value: FOREIGN }] }]);
});

test('an older plan that arrives late loses, although it finds what it expects (AWS, October 2025: DynamoDB lost its name to a delayed writer)', async () => {
  const red = await rig.standing();
  const late = { ...rig.ref, from: red, to: ownStanding(WWW, pointedAt(red.sets, BLACK)), comment: 'the older plan' };
  const newer = { owner: 'ns-1/deploy:www.example.com/run-2' };
  await swapTo(pointedAt(red.sets, '192.0.2.30'), { ...newer, gen: 5 });
  await swapTo(red.sets, { ...newer, gen: 6 }); // red stands again, as the older plan read it
  expect((await failureOf(rig.run((the) => the.swapRecord(late)))).type).toBe('Foreign');
  expect(served()).toMatchObject([{ ResourceRecords: [{ Value: RED }] }]);
});

test('a write that was done and answered with an error is no lost race (AWS SDK: its hidden retry makes InvalidChangeBatch of it)', async () => {
  rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'apply-then-error' } });
  const { sets } = await rig.standing();
  expect((await swapTo(pointedAt(sets, BLACK))).standing.sets).toMatchObject([{ values: [BLACK] }]);
  expect(rig.route53.log.filter(({ by }) => by !== 'foreign')).toHaveLength(1); // sent once
});

test('one record that cannot be put back keeps no other from it (external-dns #1517, #3007, #3186, #4241: the whole batch was refused, for ever)', async () => {
  const whole = await startActivityRig();
  const set = (Name: string, Value: string) => ({ Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value }] });
  whole.sandbox.route53.put(whole.zoneId, set('bad.example.com', BLACK), set('good.example.com', BLACK));
  whole.sandbox.route53.protect(whole.zoneId, { name: 'bad.example.com', type: 'A', comment: 'hands off' });
  const wish: ResetWish = { kind: 'default', target: { kind: 'values', values: [RED] }, ttl: null, leave: [] };
  const tasks = ['bad.example.com', 'good.example.com'].map((record): ResetTask => ({
    ...{ record, zone: 'example.com', role: null, wish, verify: 'api' },
  }));
  const look = lookDeps({ config: whole.config, askTimeoutMs: 100 });
  const pace = {
    ...{ insync: { pollMs: 10, limitMs: 5_000 }, verify: { inARow: 2, everyMs: 5, limitMs: 2_000 } },
    retry: { firstMs: 1, maxMs: 5, tries: 2 },
  };
  const deps = { aws: whole.aws, look, pulse: plainPulse(), askToAbort: () => Promise.resolve() };
  const [bad, good] = await resetRecords(deps, tasks, { force: false, pace });
  expect(bad?.outcome).not.toBe('restored');
  expect(good?.outcome).toBe('restored');
  expect(whole.sandbox.route53.recordSets(whole.zoneId, 'good.example.com.')[0]?.ResourceRecords).toEqual([
    { Value: RED },
  ]);
  await whole.close();
});

test('a throttle of minutes is waited for (dnscontrol #1122: a scanner in the same account used the quota 40 times over, and deployments failed)', async () => {
  const throttled = { kind: 'refuse', status: 400, code: 'Throttling' } as const; // 400, as Route 53 says it
  rig.route53.faults.add({ operation: CHANGE, fault: throttled, times: 1 });
  const { type } = await failureOf(swapTo([simple('A', [BLACK])]));
  expect([type, FAILURES.Throttled]).toEqual(['Throttled', 'retry']);
  for (const policy of [forwardRetry(DEFAULT_PACE), rollbackRetry(DEFAULT_PACE)]) {
    expect(policy.maximumAttempts).toBeUndefined(); // the deadline ends it: half an hour at least
    expect(policy.nonRetryableErrorTypes).not.toContain('Throttled');
  }
});

test('a batch is counted as Route 53 counts it, and refused with the numbers by the plan (dnscontrol #1114: "limit of 1000" in the middle, with 780 records)', async () => {
  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => `10.${from}.${Math.floor(at / 250)}.${(at % 250) + 1}`);
  expect(planOf([simple('A', many(780, 0))], request(many(100, 1))).steps[0]?.changes).toBe(3); // and the fence
  const refused = planSteps(snapshot([simple('A', many(950, 0))]), request(many(100, 1)));
  const sentences = refused.kind === 'refused' ? refused.reasons.map(({ sentence }) => sentence) : [];
  expect(sentences.join('\n')).toMatch(/the batch "100 %" has 1052/);
  await swapTo([simple('A', [BLACK])]);
  const actions = rig.route53.log.flatMap(({ by, changes }) =>
    by === 'foreign' ? [] : changes.map((one) => one.action),
  );
  expect(actions).not.toContain('UPSERT'); // it counts twice, and overwrites
});

test('a simple record becomes weighted and simple again, and is always there (external-dns #4345; terraform-provider-aws #15622: the change was refused)', async () => {
  const { sets } = await rig.standing();
  const plan = planOf(sets, request([BLACK], steps(10, 50, 100)));
  const shares: number[] = [];
  for (const [index, state] of statesOf(plan).entries()) {
    await swapTo(state, { gen: index + 1 });
    expect(served().length).toBeGreaterThan(0);
    shares.push(Math.round(100 * (answers(state, 'A').get(BLACK) ?? 0)));
  }
  expect(shares).toEqual([10, 50, 100, 100]);
  expect(rig.route53.log.every(({ accepted }) => accepted)).toBe(true);
});

test('the TTL of weighted sets changes for all of them in one batch (terraform #5312, #16389; aws-sdk-go-v2 #518: one by one is refused)', async () => {
  const { sets } = await rig.standing();
  const plan = planOf(sets, request([BLACK], { ...steps(50, 100), ttl: 30 }));
  for (const [index, state] of statesOf(plan).entries()) {
    await swapTo(state, { gen: index + 1 });
    expect(new Set(served().map(({ TTL }) => TTL)).size).toBe(1);
  }
  expect(served()).toMatchObject([{ TTL: 30 }]);
});

test('black is never given less than before, not at the end either (argo-rollouts #1826: the promotion switched traffic back for 30 s)', () => {
  for (const shares of [[100], [50, 100], [5, 25, 50, 100], [1, 99, 100]]) {
    const plan = planOf([simple('A', [RED])], request([BLACK, '192.0.2.21'], steps(...shares)));
    const ofRed = statesOf(plan).map((state) => answers(state, 'A').get(RED) ?? 0);
    expect(ofRed).toEqual([...ofRed].sort((a, b) => b - a));
    expect(ofRed.slice(-2)).toEqual([0, 0]); // the last step, and the promotion
  }
});

test('no state has only weights of 0 (Route 53 answers with all of them then: the very side that was taken out serves)', () => {
  const plan = planOf([simple('A', [RED])], request([BLACK], steps(1, 50, 100)));
  const weights = ({ weight }: RecordSet) => weight ?? 1;
  for (const state of [...statesOf(plan), plan.before]) expect(Math.max(...state.map(weights))).toBeGreaterThan(0);
});

test('two zones of one name are not guessed between (Posh-ACME #100, lexicon #142, Zappa #459, node-route53-updater #2: the wrong zone was changed)', async () => {
  const hidden = rig.route53.createZone({ name: 'example.com', private: true });
  expect((await read(WWW, 'example.com')).zone.id).toBe(rig.zoneId); // who means the private one names its id
  expect((await read(WWW, hidden)).zone).toMatchObject({ id: hidden, private: true });
  const second = rig.route53.createZone({ name: 'example.com' });
  const failed = await failureOf(read());
  expect(failed).toMatchObject({ type: 'ZoneUnclear', message: expect.stringContaining(second) as string });
});

test('a zone is found by whole labels, and behind a page of others (spatiumddi #334, ocs-ci #2754, getssl #398: barfoo was taken for foo)', async () => {
  rig.route53.createZone({ name: 'foo.example' });
  const right = rig.route53.createZone({ name: 'barfoo.example' });
  expect((await read('www.barfoo.example')).zone.id).toBe(right);
  expect((await failureOf(read('www.zfoo.example'))).type).toBe('ZoneUnclear');
  // The list begins with the name that is asked for, or with whatever sorts after it: here more than a page.
  for (let at = 0; at < 120; at++) rig.route53.createZone({ name: `z${at}.sub.example.com` });
  expect((await read('a.sub.example.com')).zone.id).toBe(rig.zoneId);
});

test('a reset with nothing under way writes nothing (argo-rollouts #1292: an abort with no rollout in progress scaled the stable side to 0)', () => {
  const wish: ResetWish = { kind: 'default', target: { kind: 'values', values: [RED] }, ttl: null, leave: [] };
  const plan = planReset(snapshot([simple('A', [RED])]), wish, { force: false, owner: '-/reset:www.example.com/-' });
  expect(plan.kind).toBe('there');
});
