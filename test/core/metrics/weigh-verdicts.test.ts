import fc from 'fast-check';
import type { Verdict } from '../../../src/core/dns/gate.ts';
import { weighVerdicts, type Weighed } from '../../../src/core/metrics/weigh-verdicts.ts';

const verdict = (kind: Verdict['kind']): Verdict => ({ kind, reason: `it is ${kind}` });
const one = (kind: Verdict['kind'], weight: Weighed['weight'] = 'critical'): Weighed => ({
  gate: `${weight} gate`,
  weight,
  verdict: verdict(kind),
});
const weighed = (probes: Verdict | null, metrics: readonly Weighed[], mayFail = 1) =>
  weighVerdicts({ probes, metrics, mayFail }).kind;

const PASS = verdict('pass');

test.each<[string, Verdict['kind'], Verdict | null, readonly Weighed[]]>([
  ['one critical failure fails', 'fail', PASS, [one('fail'), one('pass')]],
  ['failing probes fail, whatever is measured', 'fail', verdict('fail'), [one('pass')]],
  ['what is open keeps it open (D7)', 'inconclusive', PASS, [one('inconclusive'), one('pass')]],
  ['a failure is not hidden by what is open', 'fail', PASS, [one('inconclusive'), one('fail')]],
  ['a dry run never decides', 'pass', PASS, [one('fail', 'dry-run'), one('inconclusive', 'dry-run')]],
  ['one counted failure is allowed', 'pass', PASS, [one('fail', 'counted'), one('pass', 'counted')]],
  ['two are not', 'fail', PASS, [one('fail', 'counted'), one('fail', 'counted')]],
  [
    'one failure and one that may become one are open (D7)',
    'inconclusive',
    PASS,
    [one('fail', 'counted'), one('inconclusive', 'counted')],
  ],
  [
    'one that may become an allowed failure passes',
    'pass',
    PASS,
    [one('inconclusive', 'counted'), one('pass', 'counted')],
  ],
  ['metrics alone decide where there are no probes', 'pass', null, [one('pass')]],
])('%s', (_name, expected, probes, metrics) => {
  expect(weighed(probes, metrics)).toBe(expected);
});

test('a worse verdict of any gate never makes the whole better', () => {
  const RANK = { pass: 0, inconclusive: 1, fail: 2 } as const;
  const kind = fc.constantFrom<Verdict['kind']>('pass', 'inconclusive', 'fail');
  const gate = fc.tuple(kind, fc.constantFrom<Weighed['weight']>('critical', 'counted', 'dry-run'));
  fc.assert(
    fc.property(fc.array(gate, { minLength: 1, maxLength: 6 }), fc.nat(5), fc.nat(2), (gates, at, mayFail) => {
      const before = gates.map(([of, weight]) => one(of, weight));
      const index = at % before.length;
      const after = before.map((each, position) => (position === index ? { ...each, verdict: verdict('fail') } : each));
      expect(RANK[weighed(PASS, after, mayFail)]).toBeGreaterThanOrEqual(RANK[weighed(PASS, before, mayFail)]);
    }),
  );
});
