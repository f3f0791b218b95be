import { gatesToAsk } from '../../../src/core/metrics/gates-to-ask.ts';
import type { MetricReading } from '../../../src/core/metrics/metric-gate.ts';
import { weighVerdicts } from '../../../src/core/metrics/weigh-verdicts.ts';

const reading = (gate: string, changes: Partial<MetricReading> = {}): MetricReading => ({
  gate,
  kind: 'threshold',
  weight: 'critical',
  verdict: { kind: 'inconclusive', reason: 'no answer' },
  late: true,
  values: [],
  ...changes,
});
const counted = (gate: string, changes: Partial<MetricReading> = {}) =>
  reading(gate, { weight: 'counted', ...changes });
const FAIL = { kind: 'fail', reason: 'bad' } as const;

test.each<[string, readonly string[], readonly MetricReading[]]>([
  ['a critical gate that has said nothing for too long', ['a'], [reading('a')]],
  ['one that may still be waited for is not asked about', [], [reading('a', { late: false })]],
  ['what fails for its silence is no question', [], [reading('a', { verdict: FAIL })]],
  ['a dry run never decides, and nobody is asked about it', [], [reading('a', { weight: 'dry-run' })]],
  ['what was approved is not asked about twice', [], [reading('a', { waived: true })]],
  ['of one counted gate that may fail the verdict is a pass all the same', [], [counted('a')]],
  ['two of them may be a failure together', ['a', 'b'], [counted('a'), counted('b')]],
  ['as may be one beside one that fails', ['a'], [counted('a'), counted('b', { verdict: FAIL, late: false })]],
])('%s', (_name, asked, readings) => {
  expect(gatesToAsk(readings, 1)).toEqual(asked);
});

test('what was approved lets go of the verdict as long as it says nothing, and not of what it says (D7)', () => {
  const weighed = (verdict: MetricReading['verdict']) =>
    weighVerdicts({ probes: null, metrics: [reading('a', { waived: true, verdict })], mayFail: 1 });
  expect(weighed({ kind: 'inconclusive', reason: 'no answer' })).toEqual({
    kind: 'pass',
    reason: 'a: no answer, and to go on without it was approved',
  });
  expect(weighed(FAIL).kind).toBe('fail');
});
