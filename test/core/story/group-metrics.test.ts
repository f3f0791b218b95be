import type { ActivityRun } from '../../../src/core/story/activities-of.ts';
import { gateSeries } from '../../../src/core/story/gate-series.ts';
import { MOVE_TELLERS } from '../../../src/core/story/move-sentences.ts';

const RECORDS = ['a.example.com', 'b.example.com'];

/** Requests of two records whose gates are called alike, and fail at other numbers. */
const REQUESTS = RECORDS.map((record, index) => ({
  record,
  metricGates: [{ kind: 'threshold', name: 'errors', failWhen: { operator: '>', bound: index + 1 } }],
}));

const reading = (value: number, kind: string, reason: string) => ({
  gate: 'errors',
  kind: 'threshold',
  weight: 'critical',
  verdict: { kind, reason },
  values: [{ at: 500, value }],
});
const well = reading(0.5, 'pass', '3 samples are well');
const ill = reading(1.5, 'fail', '2 of the last 3 samples > 1');

function run(type: string, records: readonly object[]): ActivityRun {
  return {
    id: '1',
    type,
    label: 'some label',
    input: { records: RECORDS.map((record) => ({ record, share: 50 })) },
    scheduledAt: 0,
    startedAt: 0,
    endedAt: 1_000,
    attempt: 1,
    before: null,
    end: { kind: 'completed', result: { records } },
  };
}

function told(type: string, records: readonly object[]): readonly string[] {
  const sentences = MOVE_TELLERS[type]?.(run(type, records), { records }, 1_000) ?? [];
  return sentences.map(({ tone, text, detail }) => `${detail ? '(detail) ' : ''}${tone}: ${text}`);
}

function watched(kind: string, one: typeof well, protections: readonly string[] = []): object {
  const verdict = { kind: one.verdict.kind, reason: `errors: ${one.verdict.reason}` };
  return { end: { kind, verdict }, verdict, metrics: { readings: [one] }, protections };
}

describe('gates on metrics of a group', () => {
  test('are told before the first write: those that did not pass each, those that did in one sentence', () => {
    expect(told('measureRecords', [{ readings: [well] }, { readings: [well] }])).toEqual([
      'good: all 2 metric gates passed before the first write',
      '(detail) good: a.example.com: gate errors: 3 samples are well',
      '(detail) good: b.example.com: gate errors: 3 samples are well',
    ]);
    expect(told('measureRecords', [{ readings: [well] }, { readings: [ill] }])[0]).toBe(
      'bad: b.example.com: gate errors: 2 of the last 3 samples > 1',
    );
  });

  test('are told after a watch with what would block the rollback, and not twice where they ended it', () => {
    const shield = 'a.example.com A is protected: Route 53 would refuse the rollback.';
    expect(told('watchRecords', [watched('held', well, [shield]), watched('held', well)])).toEqual([
      'good: watched 50 % for 1 s: errors: 3 samples are well',
      `waiting: ${shield}`,
      'good: all 2 metric gates passed',
      '(detail) good: a.example.com: gate errors: 3 samples are well',
      '(detail) good: b.example.com: gate errors: 3 samples are well',
    ]);
    expect(told('watchRecords', [watched('held', well), watched('breach', ill)]).slice(0, 2)).toEqual([
      'bad: b.example.com: watched 50 % for 1 s: errors: 2 of the last 3 samples > 1',
      '(detail) bad: b.example.com: gate errors: 2 of the last 3 samples > 1',
    ]);
  });

  test('are drawn record by record, each against its own bound, from before the first write on', () => {
    const looks = [run('measureRecords', [{ readings: [ill] }, { readings: [ill] }])];
    const drawn = gateSeries(looks, REQUESTS).map(({ gate, failWhen, points }) => [
      gate,
      failWhen?.bound,
      points.map(({ ok }) => ok),
    ]);
    expect(drawn).toEqual([
      ['a.example.com: errors', 1, [false]],
      ['b.example.com: errors', 2, [true]],
    ]);
  });
});
