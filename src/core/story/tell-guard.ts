import { commonSentences } from './common-sentences.ts';
import { listAt, numberAt, textAt } from './read-loosely.ts';
import type { RunView, Telling } from './run-view.ts';
import { countOf, lasted, say, sayAside } from './say.ts';
import { NO_ENDING, NO_PICTURES, type Sentence, type Tone } from './story.ts';
import { tellActivity, type Tellers } from './tell-activity.ts';
import { tellNotices } from './tell-notices.ts';
import { plainEnd, plainSpans, toneOfEnd } from './tell-other.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A guard: what it found in the fences, and what it restored. */
export function tellGuard(view: RunView, moment: Moment): Telling {
  const { first, last } = view;
  const records = listAt(last.report, 'records');
  const outcome = textAt(last.report, 'outcome') ?? last.end;
  return {
    kind: 'guard',
    subject: view.workflowId,
    outcome,
    tone: TONES[outcome] ?? toneOfEnd(last),
    by: null,
    sentences: [
      say(
        first.startedAt,
        'plain',
        `a guard of ${countOf(listAt(first.input, 'records').length, 'fence')} began (${textAt(first.input, 'act') ?? '?'})`,
      ),
      ...view.activities.filter(({ type }) => type !== 'notify').flatMap((run) => tellActivity(run, GUARD_TELLERS)),
      ...tellNotices(view.activities),
      ...commonSentences(view.events, []),
      ...records.flatMap((record) => tellFound(record, lookedAt(view))),
      ...plainEnd(view),
    ],
    waitsFor: waitsFor(view, moment),
    ending: {
      ...NO_ENDING,
      stands: last.end === 'running' ? null : standsOf(records.length, numberAt(last.report, 'fences') ?? 0),
      why: last.failure?.sentence ?? null,
      next: records.map((record) => textAt(record, 'next')).find((next) => next !== null) ?? last.failure?.next ?? null,
      failure: last.failure?.type ?? null,
    },
    pictures: { ...NO_PICTURES, spans: plainSpans(view) },
  };
}

const TONES: Readonly<Record<string, Tone>> = { quiet: 'good', restored: 'waiting', running: 'waiting' };

const standsOf = (odd: number, fences: number): string =>
  odd === 0
    ? `all ${countOf(fences, 'fence')} at rest`
    : `${odd} of ${countOf(fences, 'fence')} not at rest, or just restored`;

const GUARD_TELLERS: Tellers = {
  readFences: (run, result, at) => {
    const sights = listAt({ result }, 'result');
    const rest = sights.filter((sight) => textAt(sight, 'kind') === 'rest').length;
    return [
      say(
        at,
        rest === sights.length ? 'good' : 'waiting',
        `read ${countOf(sights.length, 'fence')} in ${lasted(run.scheduledAt, at)}: ${rest} at rest`,
      ),
    ];
  },
  askOwners: (_run, _result, at) => [
    sayAside(at, 'plain', 'asked Temporal whether the runs behind the others are running'),
  ],
  repairRecords: (_run, result, at) =>
    listAt({ result }, 'result').map((repair) =>
      say(
        at,
        textAt(repair, 'outcome') === 'restored' ? 'good' : 'bad',
        `${textAt(repair, 'record') ?? '?'}: ${textAt(repair, 'outcome') ?? '?'}, ${textAt(repair, 'sentence') ?? ''}`,
      ),
    ),
};

function tellFound(record: unknown, at: number): readonly Sentence[] {
  const sentence = textAt(record, 'sentence');
  return sentence === null ? [] : [say(at, 'waiting', sentence)];
}

/** When it looked at the fences last. */
function lookedAt({ activities, last }: RunView): number {
  const looked = activities.findLast(({ type, end }) => type === 'readFences' && end.kind === 'completed');
  return looked?.endedAt ?? last.startedAt;
}
