import fc from 'fast-check';
import { fenceSet } from '../../../src/core/dns/fence.ts';
import type { Plan, PlanRequest, Undo } from '../../../src/core/dns/plan.ts';
import { planSteps } from '../../../src/core/dns/plan-steps.ts';
import { hashSets, sameSets } from '../../../src/core/dns/record-set.ts';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';
import { cases, RECORD, request, snapshot } from './plan-requests.ts';
import { alias, simple, weighted } from './record-sets.ts';

const BAD = simple('A', ['192.0.2.20']);
const GOOD = simple('A', ['192.0.2.10'], 120);

/** As `undo` asks: one step, no bake, types that do not move are left. */
function undoing(sets: RecordSets, expected: RecordSets, over: Partial<Undo> = {}): PlanRequest {
  const undo = { sets, expected, expectedRevision: 4, toRevision: null, ...over };
  const leave = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'].filter((type) => !sets.some((set) => set.type === type));
  return request([], { undo, leave, slowRollbackOk: true, steps: [{ share: 100, holdMs: 0 }] });
}

const restFence = (sets: RecordSets): RecordSet =>
  fenceSet(RECORD, { gen: 7, stage: 'reset', owner: '-/reset:x/-', until: null, sets: hashSets(sets), red: null });

function planned(standing: RecordSets, asked: PlanRequest): Plan {
  const made = planSteps(snapshot(standing), asked);
  if (made.kind !== 'planned') throw new Error(JSON.stringify(made));
  return made.plan;
}

test.each([
  ['TTL and order of values', [simple('A', ['192.0.2.11', '192.0.2.10'], 120)], [BAD]],
  ['an alias, with its zone and its health', [alias('A', 'd1.cloudfront.net.', 'Z2FDTNDATAQYW2', true)], [BAD]],
  ['an address where an alias stands', [GOOD], [alias('A', 'd1.cloudfront.net.')]],
  [
    'an alias of one family beside addresses of the other',
    [alias('A', 'd1.cloudfront.net.'), simple('AAAA', ['2001:db8::1'])],
    [BAD, simple('AAAA', ['2001:db8::2'])],
  ],
  ['a single weighted set, with its identifier and weight', [weighted(GOOD, 'blue', 7)], [weighted(BAD, 'blue', 9)]],
  ['a weighted set where a simple one stands', [weighted(GOOD, 'blue', 7)], [BAD]],
  ['a name', [simple('CNAME', ['old.example.net.'], 300)], [simple('CNAME', ['new.example.net.'])]],
  ['a TTL alone', [simple('A', ['192.0.2.20'], 3_600)], [BAD]],
])('brings back exactly what was recorded: %s', (_, back, standing) => {
  const plan = planned(standing, undoing(back, standing));
  expect(plan.promotion.sets).toEqual(back);
  expect(plan.before).toEqual(standing);
  expect(plan.steps.map(({ share, holdMs }) => [share, holdMs])).toEqual([[100, 0]]);
});

test('never serves the old TTL on the way: a rollback of the undo must not wait for it', () => {
  const back = [simple('A', ['192.0.2.10'], 3_600)];
  const plan = planned([BAD], undoing(back, [BAD]));
  expect(plan.steps[0]?.sets).toEqual([simple('A', ['192.0.2.10'], 60)]);
  expect(plan.promotion.sets).toEqual(back);
});

test('moves what the deployment moved, and leaves the other types where they are', () => {
  const others = [simple('AAAA', ['2001:db8::1']), simple('HTTPS', ['1 . ipv4hint=192.0.2.1'])];
  expect(planned([BAD, ...others], undoing([GOOD], [BAD])).before).toEqual([BAD]);
});

test('takes a slow way back rather than none', () => {
  const slow = simple('A', ['192.0.2.20'], 86_400);
  expect(planned([slow], undoing([GOOD], [slow])).warnings.join(' ')).toMatch(/86400 s/);
});

test('has nothing to do where red stands already, whoever put it there', () => {
  expect(planSteps(snapshot([GOOD]), undoing([GOOD], [BAD])).kind).toBe('unchanged');
});

function refusal(standing: RecordSets, asked: PlanRequest, fence: RecordSet | null = null): string {
  const made = planSteps(snapshot(standing, { fence }), asked);
  return made.kind === 'refused'
    ? made.reasons.map(({ code, sentence, next }) => [code, sentence, next ?? ''].join(' ')).join('\n')
    : made.kind;
}

const OTHER = simple('A', ['198.51.100.7']);

test('refuses to overwrite what somebody else wrote, and says what it found (D4)', () => {
  const said = refusal([OTHER], undoing([GOOD], [BAD]));
  expect(said).toMatch(
    /^foreign .*expected A 192\.0\.2\.20 \(TTL 60\), which revision 4 left, found A 198\.51\.100\.7 \(TTL 60\)/,
  );
  expect(said).toContain('deploy www.example.com --to VALUE');
});

test('a value that differs from what was left in its TTL alone is foreign too (D4)', () => {
  expect(refusal([simple('A', ['192.0.2.20'], 61)], undoing([GOOD], [BAD]))).toMatch(/^foreign .*TTL 61/);
});

test('naming a revision does not make a foreign value ours (D4)', () => {
  expect(refusal([OTHER], undoing([GOOD], [BAD], { toRevision: 2 }))).toMatch(/^foreign/);
  expect(refusal([OTHER], undoing([GOOD], [BAD], { toRevision: 2 }), restFence([BAD]))).toMatch(/^foreign/);
});

test('after a reset only a named revision says what is meant', () => {
  expect(refusal([OTHER], undoing([GOOD], [BAD]), restFence([OTHER]))).toMatch(/^written-since .*--to-revision N/);
  expect(refusal([OTHER], undoing([GOOD], [BAD], { toRevision: 2 }), restFence([OTHER]))).toBe('planned');
});

test.each([
  [
    'sets of another name',
    [{ ...GOOD, name: 'other.example.com.' }],
    [BAD],
    /^not-restorable other\.example\.com\. A is no/,
  ],
  ['types that no deployment moves', [simple('TXT', ['"x"'])], [BAD], /not-restorable/],
  [
    'other types than were moved',
    [GOOD, simple('AAAA', ['2001:db8::1'])],
    [BAD],
    /A and AAAA, and what the newest revision moved has A:/,
  ],
  ['nothing at all', [], [BAD], /has nothing, and what/],
  ['a health check, which a plan would not watch', [{ ...GOOD, healthCheckId: 'h' }], [BAD], /health-check/],
  ['a routing policy', [{ ...GOOD, setIdentifier: 'x', other: { Region: 'eu-west-1' } }], [BAD], /routing-policy/],
  ['several weighted sets', [weighted(GOOD, 'a', 1), weighted(BAD, 'b', 1)], [BAD], /weighted-siblings/],
  ['the weighted sets of a deployment in the middle', [weighted(GOOD, 'switchyard-red-1', 1)], [BAD], /left-behind/],
])('refuses what it could not bring back as it was: %s', (_, back, standing, said) => {
  expect(refusal(standing, undoing(back, standing))).toMatch(said);
});

test('whatever a deployment left, its undo leads back to the very sets that it found', () => {
  fc.assert(
    fc.property(cases, ({ snapshot: read, request: asked }) => {
      const made = planSteps(read, asked);
      fc.pre(made.kind === 'planned');
      const { before, promotion, types } = made.plan;
      const rest = read.sets.filter(({ type }) => !types.includes(type));
      const back = planned([...rest, ...promotion.sets], undoing(before, promotion.sets));
      expect(sameSets(back.promotion.sets, before)).toBe(true);
      expect(sameSets(back.before, promotion.sets)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
