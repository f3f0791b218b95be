import { clockTime } from '../clock-time.ts';
import { resultOf } from './activities-of.ts';
import { writesOf } from './deployment-pictures.ts';
import { listAt, momentAt, textAt, valueAt } from './read-loosely.ts';
import { serverWords } from './record-words.ts';
import type { Ends } from './run-ending.ts';
import type { RunView } from './run-view.ts';
import { countOf } from './say.ts';
import type { Ending } from './story.ts';

export const DEPLOYMENT_ENDS: Ends = {
  words: {
    promoted: 'promoted: from here on nothing is rolled back automatically',
    unchanged: 'ended: the record served this already, nothing was written',
    refused: 'refused: nothing was written',
    'rolled-back': 'rolled back: red serves as it did before',
    superseded: 'ended: a reset of the record has passed this deployment',
    'not-restored': 'ended without restoring red, as somebody decided',
  },
  tones: {
    promoted: 'good',
    unchanged: 'good',
    running: 'waiting',
    refused: 'waiting',
    'rolled-back': 'waiting',
    superseded: 'waiting',
  },
};

/** What stands, why, how long caches may differ, and what to do, of a deployment and of the lock of one of its records. */
export function endingOf(view: RunView, subject: string): Ending {
  const { report, memo, failure, end } = view.last;
  const own = valueAt(report, 'failure');
  const refused = listAt(report, 'refused').flatMap((reason) => textAt(reason, 'sentence') ?? []);
  const speechless = end === 'terminated' || end === 'timedOut';
  const verdict = textAt(report, 'verdict', 'kind') === 'pass' ? textAt(report, 'verdict', 'reason') : null;
  return {
    stands: speechless ? `${standsOf(view, subject)}. Nothing was rolled back` : standsOf(view, subject),
    why:
      refused.length > 0
        ? refused.join(' ')
        : (textAt(own, 'sentence') ?? textAt(memo, 'sentence') ?? failure?.sentence ?? verdict),
    caches: cachesOf(report),
    next: speechless ? `./switchyard reset ${subject} --to-snapshot` : textAt(own, 'next'),
    failure: textAt(own, 'type') ?? failure?.type ?? null,
  };
}

/** What serves: as the run has seen it, else as it has written it last. */
function standsOf(view: RunView, subject: string): string {
  const { report } = view.last;
  const serving = valueAt(report, 'serving');
  const seen = textAt(serving, 'sentence');
  const records = listAt(report, 'records');
  if (records.length > 0) return recordsStand(records);
  // What somebody else has written since, the run has not read.
  const passed = ['superseded', 'not-restored'].includes(textAt(report, 'outcome') ?? '');
  const where = `${serverWords(listAt(serving, 'servers')).sentence}${seenAt(serving)}`;
  if (seen !== null && passed) return `${subject} may serve something else by now; this run saw last: ${seen}`;
  return seen === null ? writtenLast(view, subject) : `${subject} serves ${seen}; ${where}`;
}

/** Of a group: each record by what it serves; of many, the first, and how many serve otherwise than they. */
function recordsStand(records: readonly unknown[]): string {
  const words = records.map((record) => {
    const serving = textAt(record, 'serving', 'sentence') ?? 'was not seen';
    return `${textAt(record, 'record') ?? '?'} ${serving === 'was not seen' ? serving : `serves ${serving}`}`;
  });
  const more = words.length - MOST_RECORDS;
  return [...words.slice(0, MOST_RECORDS), ...(more > 0 ? [`and ${countOf(more, 'other record')}`] : [])].join('; ');
}

/** A group may hold fifty. */
const MOST_RECORDS = 5;

function writtenLast(view: RunView, subject: string): string {
  const write = writesOf(view).at(-1);
  if (write === undefined) return `${subject} as it was: nothing was written`;
  const verified = view.activities.findLast(({ type, end }) => type === 'verifyAnswers' && end.kind === 'completed');
  const servers =
    verified === undefined || verified.scheduledAt < write.at ? [] : listAt(resultOf(verified), 'servers');
  const seen = servers.length === 0 ? '' : `; ${serverWords(servers).sentence}`;
  return `${subject} ${shareWords(write.share)}, as written last at ${clockTime(write.at)}${seen}`;
}

const shareWords = (share: number): string =>
  share === 0 ? 'serves from red alone' : share === 100 ? 'serves from black alone' : `serves ${share} % from black`;

function seenAt(serving: unknown): string {
  const at = momentAt(serving, 'seenAt');
  return at === null ? '' : ` (seen at ${clockTime(at)})`;
}

function cachesOf(report: unknown): string | null {
  const time = (name: string): number | null => momentAt(report, name);
  const [agree, red, black] = [time('cachesAgreeAt'), time('keepRedUntil'), time('keepBlackUntil')];
  const keep =
    black === null
      ? red === null
        ? null
        : `keep red until ${clockTime(red)}`
      : `keep black until ${clockTime(black)}`;
  const parts = [agree === null ? null : `caches agree by ${clockTime(agree)}`, keep].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('; ');
}
