import { commonSentences } from './common-sentences.ts';
import { listAt, textAt } from './read-loosely.ts';
import { serverWords } from './record-words.ts';
import type { RunView, Telling } from './run-view.ts';
import { say, said } from './say.ts';
import { NO_ENDING, NO_PICTURES, type Tone } from './story.ts';
import { tellActivity, type Tellers } from './tell-activity.ts';
import { plainEnd, plainSpans, toneOfEnd } from './tell-other.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A reset of a record, which an alarm asked for. */
export function tellReset(view: RunView, moment: Moment): Telling {
  const { first, last } = view;
  const record = textAt(first.input, 'task', 'record') ?? view.workflowId.replace(/^reset:/, '');
  const outcome = textAt(last.report, 'outcome') ?? textAt(last.memo, 'outcome') ?? last.end;
  const sentence = textAt(last.memo, 'sentence');
  return {
    kind: 'reset',
    subject: record,
    outcome,
    tone: last.end === 'completed' ? 'good' : toneOfEnd(last),
    by: null,
    sentences: [
      say(
        first.startedAt,
        'said',
        `asked to put ${record} back on its declared default: ${textAt(first.input, 'reason') ?? 'no reason given'}`,
      ),
      ...view.activities.flatMap((run) => tellActivity(run, RESET_TELLERS)),
      ...commonSentences(view.events, []),
      ...plainEnd(view),
    ],
    waitsFor: waitsFor(view, moment),
    ending: {
      ...NO_ENDING,
      stands: sentence === null ? null : `${record}: ${said(sentence)}`,
      why: last.failure?.sentence ?? textAt(first.input, 'reason'),
      next: last.failure?.next ?? null,
      failure: last.failure?.type ?? null,
    },
    pictures: { ...NO_PICTURES, spans: plainSpans(view).map((span) => ({ ...span, lane: 'reset' })) },
  };
}

const WELL: Readonly<Record<string, Tone>> = { there: 'good', restored: 'good', unseen: 'waiting' };

const RESET_TELLERS: Tellers = {
  resetRecord: (_run, result, at) => {
    const was = textAt(result, 'was');
    const before = was === null ? '' : ` (before: ${was})`;
    const outcome = textAt(result, 'outcome') ?? '?';
    return [
      say(at, WELL[outcome] ?? 'bad', `${outcome}: ${textAt(result, 'sentence') ?? ''}${before}`),
      say(at, WELL[outcome] ?? 'bad', serverWords(listAt(result, 'servers')).sentence),
    ];
  },
};
