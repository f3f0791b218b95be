import { commonSentences } from './common-sentences.ts';
import { DECISIONS, tellDecision } from './decision-sentences.ts';
import { DEPLOYMENT_ENDS, endingOf } from './deployment-ending.ts';
import { askedWords } from './opening-words.ts';
import { numberAt, textAt, valueAt } from './read-loosely.ts';
import { outcomeOf, tellEnd, toneOf } from './run-ending.ts';
import type { RunView, Telling } from './run-view.ts';
import { say, whom } from './say.ts';
import { NO_PICTURES, type Sentence, type SharePoint } from './story.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** The lock of one record, which the deployment of its group holds and tells how the record fares: the group's own story has the rest. */
export function tellLock(view: RunView, moment: Moment): Telling {
  const request = valueAt(view.first.input, 'request');
  const subject = textAt(request, 'record') ?? view.workflowId;
  const group = `group/${textAt(view.first.input, 'group') ?? '?'}`;
  const outcome = outcomeOf(view.last);
  const by = textAt(request, 'by');
  const next = `./switchyard show ${group}`;
  const asked = `${whom(by)} asked to move ${group}, and with it ${subject} ${askedWords(request)}`;
  const { ending, waits } = { ending: endingOf(view, subject), waits: waitsFor(view, moment) };
  return {
    kind: 'deployment',
    subject,
    outcome,
    tone: toneOf(outcome, DEPLOYMENT_ENDS),
    by,
    sentences: [
      say(view.first.startedAt, 'said', `${asked}. ${next} tells it step by step`),
      ...told(view).map(({ at, phase, share }) => say(at, 'plain', `${group} said: ${phase}, ${share} % to black`)),
      ...view.messages.flatMap(tellDecision),
      ...commonSentences(view.events, [...DECISIONS, ...TOLD, 'answer', 'forward']),
      ...tellEnd(view, outcome, DEPLOYMENT_ENDS),
    ],
    waitsFor: outcome === 'running' ? [`${group}, which moves it`, ...waits] : [],
    ending: { ...ending, next: ending.next ?? next },
    pictures: { ...NO_PICTURES, shares: sharesOf(view) },
  };
}

/** How the group says how its record fares; the second with the last word. */
const TOLD: readonly string[] = ['tell', 'release'];

interface ToldByGroup extends Pick<Sentence, 'at'> {
  readonly phase: string;
  readonly share: number;
}

/** Where it has changed. */
function told({ messages }: RunView): readonly ToldByGroup[] {
  const all = messages
    .filter(({ name }) => TOLD.includes(name))
    .map(({ at, input }) => ({ at, phase: textAt(input, 'phase') ?? '?', share: numberAt(input, 'share') ?? 0 }));
  return all.filter(({ phase, share }, index) => phase !== all[index - 1]?.phase || share !== all[index - 1]?.share);
}

function sharesOf(view: RunView): readonly SharePoint[] {
  const all = [{ at: view.first.startedAt, share: 0 }, ...told(view).map(({ at, share }) => ({ at, share }))];
  const changes = all.filter(({ share }, index) => share !== all[index - 1]?.share);
  return changes.length <= 1 ? [] : changes;
}
