import type { ActivityRun } from './activities-of.ts';
import { approvalsOf, pausesOf } from './decision-sentences.ts';
import { gateSeries } from './gate-series.ts';
import { stepOf } from './move-sentences.ts';
import { listAt, momentAt, textAt, valueAt } from './read-loosely.ts';
import { shareOfSets } from './record-words.ts';
import type { RunView } from './run-view.ts';
import type { Pictures, SharePoint, Span, Tone } from './story.ts';

/** What of a deployment can be drawn. */
export function deploymentPictures(view: RunView, requests: readonly unknown[]): Pictures {
  return {
    shares: sharesOf(view),
    gates: gateSeries(view.activities, requests),
    spans: spansOf(view),
    counts: [],
  };
}

/** Writes that are known to have taken effect, oldest first. */
export function writesOf({ activities }: RunView): readonly SharePoint[] {
  return activities.flatMap((run) => {
    const share = shareAfter(run);
    if (run.end.kind !== 'completed' || share === null) return [];
    return [{ at: momentAt(run.end.result, 'at') ?? run.endedAt ?? run.scheduledAt, share }];
  });
}

function shareAfter(run: ActivityRun): number | null {
  if (run.type === 'restoreRecord' || run.type === 'restoreZone') return 0;
  if (run.type !== 'swapRecord' && run.type !== 'swapZone') return null;
  const step = stepOf(run);
  if (step === 'promote') return 100;
  const said = /^(\d+(?:\.\d+)?) %$/.exec(step)?.[1];
  return said === undefined ? (shareOfSets(wantedSets(run)) ?? 0) : Number(said);
}

const wantedSets = ({ input }: ActivityRun): readonly unknown[] => {
  const one = valueAt(input, 'to') === undefined ? listAt(input, 'records')[0] : input;
  return listAt(one, 'to', 'sets');
};

/** From red alone at the start; several zones come to a step one after the other. */
function sharesOf(view: RunView): readonly SharePoint[] {
  const writes = writesOf(view);
  if (writes.length === 0) return [];
  const all = [{ at: view.first.startedAt, share: 0 }, ...[...writes].sort((a, b) => a.at - b.at)];
  return all.filter(({ share }, index) => share !== all[index - 1]?.share);
}

/** On what line of the picture an activity is. */
const LANES: Readonly<Record<string, string>> = {
  readRecord: 'check',
  readRecords: 'check',
  checkEndpoints: 'check',
  checkRecords: 'check',
  checkMetrics: 'check',
  measureRecords: 'check',
  verifyAnswers: 'settle',
  verifyRecords: 'settle',
  swapRecord: 'write',
  swapZone: 'write',
  awaitInsync: 'settle',
  watchEndpoints: 'watch',
  watchRecords: 'watch',
  restoreRecord: 'roll back',
  restoreZone: 'roll back',
};

function spansOf(view: RunView): readonly Span[] {
  const { activities, timers, messages, last } = view;
  const firstWrite = activities.find(({ type }) => LANES[type] === 'write')?.scheduledAt ?? Infinity;
  const rollback = activities.find(({ type }) => LANES[type] === 'roll back')?.scheduledAt ?? Infinity;
  const work = activities.flatMap((run): readonly Span[] => {
    const lane = Object.hasOwn(LANES, run.type) ? LANES[run.type] : undefined;
    if (lane === undefined) return [];
    const at = run.scheduledAt;
    const shown =
      at >= rollback && lane === 'settle' ? 'roll back' : at < firstWrite && lane === 'settle' ? 'check' : lane;
    return [{ lane: shown, label: run.label, from: at, to: run.endedAt ?? last.endedAt, tone: toneOf(run) }];
  });
  const approvals = approvalsOf(timers).map(({ label, startedAt, endedAt, end }): Span => ({
    lane: 'approval',
    label,
    from: startedAt,
    to: endedAt ?? last.endedAt,
    tone: end === 'fired' ? 'bad' : 'waiting',
  }));
  const pauses = pausesOf(messages).map(({ from, to }): Span => ({
    lane: 'pause',
    label: 'paused',
    from,
    to: to ?? last.endedAt,
    tone: 'waiting',
  }));
  return [...work, ...approvals, ...pauses].sort((a, b) => a.from - b.from);
}

function toneOf({ end }: ActivityRun): Tone {
  switch (end.kind) {
    case 'open':
      return 'waiting';
    case 'completed':
      return wentIll(end.result) ? 'bad' : isUnsure(end.result) ? 'waiting' : 'good';
    case 'failed':
    case 'timed-out':
      return 'bad';
    case 'cancelled':
      return 'plain';
  }
}

/** A watch that has returned without a verdict to go by, of one record or of any of a group. */
const isUnsure = (result: unknown): boolean =>
  [result, ...listAt(result, 'records')].some(
    (one) => textAt(one, 'verdict', 'kind') === 'inconclusive' || textAt(one, 'end', 'kind') === 'asks',
  );

/** A watch or a check that has returned, and saw something wrong. */
function wentIll(result: unknown): boolean {
  const ends = [result, ...listAt(result, 'records')].map((one) => textAt(one, 'end', 'kind'));
  return ends.some((end) => end === 'breach' || end === 'drift') || textAt(result, 'black', 'kind') === 'fail';
}
