import type { ActivityRun } from './activities-of.ts';
import { commonSentences } from './common-sentences.ts';
import { approvalsOf, DECISIONS, deciders, tellApproval, tellDecision, tellTimer } from './decision-sentences.ts';
import { DEPLOYMENT_ENDS, endingOf } from './deployment-ending.ts';
import { deploymentPictures } from './deployment-pictures.ts';
import { joinStretches, MOVE_TELLERS } from './move-sentences.ts';
import { askedWords, gatesWords } from './opening-words.ts';
import { listAt, textAt } from './read-loosely.ts';
import { outcomeOf, tellEnd, toneOf } from './run-ending.ts';
import type { RunView, Telling } from './run-view.ts';
import { say, sayAside, whom } from './say.ts';
import type { Sentence } from './story.ts';
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
    tone: toneOf(outcome, DEPLOYMENT_ENDS),
    by,
    sentences: [
      ...openingOf(view, requests, subject),
      ...withoutEchoes(joinStretches(worthTelling(view.activities)).flatMap((run) => tellActivity(run, MOVE_TELLERS))),
      ...tellNotices(view.activities),
      ...view.messages.flatMap(tellDecision),
      ...view.timers.flatMap(tellTimer),
      ...approvalsOf(view.timers).flatMap((timer) => tellApproval(timer, requests[0])),
      ...commonSentences(view.events, DECISIONS),
      ...tellEnd(view, outcome, DEPLOYMENT_ENDS),
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

function openingOf({ first }: RunView, requests: readonly unknown[], subject: string): readonly Sentence[] {
  const at = first.startedAt;
  const [request] = requests;
  const gates = gatesWords(request);
  const watched = gates === null ? say(at, 'waiting', 'no gate watches it') : sayAside(at, 'plain', `gates: ${gates}`);
  const who = whom(textAt(request, 'by'));
  const moves = requests.map((one) => `${textAt(one, 'record') ?? '?'} ${askedWords(one)}`);
  const asked =
    moves.length === 1
      ? [say(at, 'said', `${who} asked to move ${subject} ${askedWords(request)}`)]
      : [
          say(at, 'said', `${who} asked to move ${moves.length} records together`),
          ...moves.map((move, index) => ({ ...say(at, 'plain', `asked to move ${move}`), detail: index >= FEW })),
        ];
  return [...asked, watched, ...freezeOf(request, at)];
}

/** So many records of a group are told one by one; more are a detail. */
const FEW = 3;

function freezeOf(request: unknown, at: number): readonly Sentence[] {
  const reason = textAt(request, 'freeze', 'override');
  return reason === null ? [] : [say(at, 'waiting', `it may begin in a freeze: ${reason}`)];
}

/** Activities whose end nobody waited for (the hold that was stopped when the run moved on) are no news. */
const worthTelling = (runs: readonly ActivityRun[]): readonly ActivityRun[] =>
  runs.filter(({ type, end }) => type !== 'notify' && (end.kind !== 'cancelled' || !type.startsWith('watch')));

/** The second of two equal sentences in a row says nothing new. */
const withoutEchoes = (sentences: readonly Sentence[]): readonly Sentence[] =>
  sentences.filter(({ text }, index) => text !== sentences[index - 1]?.text);

function approvalsNow(view: RunView, requests: readonly unknown[], subject: string): readonly string[] {
  if (view.last.end !== 'running') return [];
  return approvalsOf(view.timers)
    .filter(({ end }) => end === 'open')
    .map(({ label }) => {
      const by = deciders(label, requests[0]).join(', ') || 'somebody';
      return `${by} to decide: ./switchyard approve ${subject}, or ./switchyard reject ${subject} --reason TEXT`;
    });
}
