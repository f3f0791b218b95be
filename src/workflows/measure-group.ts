import { gateOf } from '../core/metrics/gate-of-record.ts';
import type { MetricReading } from '../core/metrics/metric-gate.ts';
import type { Course } from './course.ts';
import { groupLooking } from './group-activities.ts';
import { memberOf, showRecord, type GroupRun } from './group-run.ts';
import { cautions, firstLimits, firstLook, notMeasurable } from './measure.ts';

/** Before the first write of any record: every gate on metrics of every record can be asked, and none fails (G2, D7). */
export async function mustAllBeMeasurable(group: GroupRun, courses: readonly Course[]): Promise<void> {
  const { run } = group;
  const records = courses
    .map((course) => firstLook(memberOf(group, course.plan.record).request, course))
    .filter(({ gates }) => gates.length > 0);
  if (records.length === 0) return;
  const limitMs = Math.max(...records.map((one) => one.limitMs));
  const { records: checked } = await groupLooking(run.request.pace).measureRecords(
    `asking the gates on metrics of ${records.length} records once`,
    { records },
    firstLimits({ limitMs }),
  );
  const all = checked.map(({ readings, baselines }, index) => ({
    record: records[index]?.record ?? '',
    readings,
    baselines,
  }));
  for (const { record, readings, baselines } of all) {
    memberOf(group, record).measured.baselines = baselines;
    showRecord(group, record, { metrics: readings });
    for (const sentence of cautions(baselines)) run.progress.notice(`${record}: ${sentence}`);
  }
  showWorst(group);
  const bad = all.flatMap(({ record, readings }) =>
    readings.filter(({ verdict }) => verdict.kind !== 'pass').map((reading) => ({ ...reading, of: record })),
  );
  if (bad.length > 0) throw notMeasurable(bad);
}

/** The readings of its records are those of the group: each gate once, as it stands at the record where it stands worst. */
export function showWorst(group: GroupRun): void {
  const worst = new Map<string, MetricReading>();
  for (const { request, own } of group.members)
    for (const reading of own.metrics ?? []) {
      const known = worst.get(reading.gate);
      if (known === undefined || badness(reading) > badness(known))
        worst.set(reading.gate, { ...reading, gate: gateOf(request.record, reading.gate) });
    }
  group.run.progress.show({ metrics: [...worst.values()] });
}

const badness = ({ verdict: { kind } }: MetricReading): number => ['pass', 'inconclusive', 'fail'].indexOf(kind);
