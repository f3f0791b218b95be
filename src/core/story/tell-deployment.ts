import { clockTime } from '../clock-time.ts';
import { resultOf, type ActivityRun } from './activities-of.ts';
import { commonSentences } from './common-sentences.ts';
import { approvalsOf, DECISIONS, deciders, tellApproval, tellDecision, tellTimer } from './decision-sentences.ts';
import { deploymentPictures, writesOf } from './deployment-pictures.ts';
import { joinStretches, MOVE_TELLERS } from './move-sentences.ts';
import { askedWords, gatesWords } from './opening-words.ts';
import { listAt, momentAt, textAt, valueAt } from './read-loosely.ts';
import { serverWords } from './record-words.ts';
import type { RunFacts } from './run-facts.ts';
import type { RunView, Telling } from './run-view.ts';
import { lasted, say, sayAside, whom } from './say.ts';
import type { Ending, Sentence, Tone } from './story.ts';
import { tellActivity } from './tell-activity.ts';
import { tellNotices } from './tell-notices.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A deployment of one record, or of a group: what was asked, written, seen and decided, and what stands now. */
export function tellDeployment(view: RunView, moment: Moment): Telling {
  const requests = requestsOf(view);
  const group = textAt(view.first.input, 'group');
  const subject = group === null ? (textAt(requests[0], 'record') ?? view.workflowId) : `group/${group}`;
  const outcome = outcomeOf(view.last);
  const by = textAt(requests[0], 'by');
  return {
    kind: group === null ? 'deployment' : 'group',
    subject,
    outcome,
    tone: TONES[outcome] ?? 'bad',
    by,
    sentences: [
      ...openingOf(view, requests, subject),
      ...withoutEchoes(joinStretches(worthTelling(view.activities)).flatMap((run) => tellActivity(run, MOVE_TELLERS))),
      ...tellNotices(view.activities),
      ...view.messages.flatMap(tellDecision),
      ...view.timers.flatMap(tellTimer),
      ...approvalsOf(view.timers).flatMap((timer) => tellApproval(timer, requests[0])),
      ...commonSentences(view.events, DECISIONS),
      ...endOf(view, outcome),
    ],
    waitsFor: [...approvalsNow(view, requests, subject), ...waitsFor(view, moment)],
    ending: endingOf(view, subject),
    pictures: deploymentPictures(view, requests),
  };
}

/** Of each record; a request of a group holds one for each. */
function requestsOf({ first }: RunView): readonly unknown[] {
  const records = listAt(first.input, 'records');
  return records.length === 0 ? [first.input] : records;
}

const TONES: Readonly<Record<string, Tone>> = {
  promoted: 'good',
  unchanged: 'good',
  running: 'waiting',
  refused: 'waiting',
  'rolled-back': 'waiting',
  superseded: 'waiting',
};

/** As the run says it, in its report or else in its memo; a run without a word of its own ended as Temporal says. */
function outcomeOf(last: RunFacts): string {
  const said = textAt(last.report, 'outcome') ?? textAt(last.memo, 'outcome');
  if (last.end === 'running') return 'running';
  return last.end === 'terminated' || last.end === 'timedOut' ? last.end : (said ?? last.end);
}

function openingOf({ first }: RunView, requests: readonly unknown[], subject: string): readonly Sentence[] {
  const at = first.startedAt;
  const [request] = requests;
  const what =
    requests.length === 1
      ? `asked to move ${subject} ${askedWords(request)}`
      : `asked to move ${requests.length} records together: ${requests.map((one) => `${textAt(one, 'record') ?? '?'} to ${askedWords(one).slice('to '.length)}`).join('; ')}`;
  const gates = gatesWords(request);
  const watched = gates === null ? say(at, 'waiting', 'no gate watches it') : sayAside(at, 'plain', `gates: ${gates}`);
  return [say(at, 'said', `${whom(textAt(request, 'by'))} ${what}`), watched, ...freezeOf(request, at)];
}

function freezeOf(request: unknown, at: number): readonly Sentence[] {
  const reason = textAt(request, 'freeze', 'override', 'reason');
  return reason === null ? [] : [say(at, 'waiting', `it may begin in a freeze: ${reason}`)];
}

/** Activities whose end nobody waited for (the hold that was stopped when the run moved on) are no news. */
const worthTelling = (runs: readonly ActivityRun[]): readonly ActivityRun[] =>
  runs.filter(({ type, end }) => type !== 'notify' && (end.kind !== 'cancelled' || !type.startsWith('watch')));

/** The second of two equal sentences in a row says nothing new. */
const withoutEchoes = (sentences: readonly Sentence[]): readonly Sentence[] =>
  sentences.filter(({ text }, index) => text !== sentences[index - 1]?.text);

const END_WORDS: Readonly<Record<string, string>> = {
  promoted: 'promoted: from here on nothing is rolled back automatically',
  unchanged: 'ended: the record served this already, nothing was written',
  refused: 'refused: nothing was written',
  'rolled-back': 'rolled back: red serves as it did before',
  superseded: 'ended: a reset of the record has passed this deployment',
  'not-restored': 'ended without restoring red, as somebody decided',
};

function endOf({ first, last }: RunView, outcome: string): readonly Sentence[] {
  const words = Object.hasOwn(END_WORDS, outcome) ? END_WORDS[outcome] : undefined;
  if (last.endedAt === null || words === undefined) return [];
  const tone = TONES[outcome] ?? 'bad';
  return [say(last.endedAt, tone, `${words}. It took ${lasted(first.startedAt, last.endedAt)}`)];
}

function approvalsNow(view: RunView, requests: readonly unknown[], subject: string): readonly string[] {
  if (view.last.end !== 'running') return [];
  return approvalsOf(view.timers)
    .filter(({ end }) => end === 'open')
    .map(({ label }) => {
      const by = deciders(label, requests[0]).join(', ') || 'somebody';
      return `${by} to decide: ./switchyard approve ${subject}, or ./switchyard reject ${subject} --reason TEXT`;
    });
}

function endingOf(view: RunView, subject: string): Ending {
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
  // What somebody else has written since, the run has not read.
  const passed = ['superseded', 'not-restored'].includes(textAt(report, 'outcome') ?? '');
  const where = `${serverWords(listAt(serving, 'servers')).sentence}${seenAt(serving)}`;
  if (seen !== null && passed) return `${subject} may serve something else by now; this run saw last: ${seen}`;
  return seen === null ? writtenLast(view, subject) : `${subject} serves ${seen}; ${where}`;
}

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
