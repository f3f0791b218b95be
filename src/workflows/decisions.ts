import { defineUpdate } from '@temporalio/workflow';
import { MESSAGES, type MessageAnswer } from '../contracts/deploy.ts';
import {
  refuseDecision,
  subjectWords,
  type Decided,
  type DecisionRequest,
  type OpenApproval,
} from '../core/dns/approval.ts';
import { failure } from '../policies/failures.ts';
import { answer, refused } from './answering.ts';
import { hear } from './hear.ts';
import { readDecision } from './read-message.ts';
import type { Run } from './run.ts';

const approve = defineUpdate<MessageAnswer, [DecisionRequest]>(MESSAGES.approve);
const reject = defineUpdate<MessageAnswer, [DecisionRequest]>(MESSAGES.reject);

/** What people decide about an approval that is open; each is decided once. */
export function hearDecisions(run: Run): void {
  hear(run, approve, {
    description: 'Approves what the deployment waits for.',
    validator: (request) => void mustMayDecide(run, 'approve', readDecision(request)),
    handle: (request) => {
      const decided = decide(run, 'approved', readDecision(request));
      return answer(run, `${subjectWords(decided)} is approved`);
    },
  });
  hear(run, reject, {
    description: 'Rejects what the deployment waits for: nothing is written, or red is restored.',
    validator: (request) => void mustMayDecide(run, 'reject', readDecision(request)),
    handle: (request) => {
      const decided = decide(run, 'rejected', readDecision(request));
      const { of, by, reason } = decided;
      const what = subjectWords(decided);
      run.interrupt(failure('Rejected', `${what} was rejected by ${by}: ${reason}.`));
      return answer(run, `${what} is rejected: ${of === 'cutover' ? 'nothing will be written' : 'red comes back'}`);
    },
  });
}

/** Asked again where the decision is taken: another one may have come between, in the same task. */
function mustMayDecide(run: Run, verb: 'approve' | 'reject', request: DecisionRequest): OpenApproval {
  const { approval, progress } = run;
  const isEnding = run.rollback !== 'none' || run.orders.interruption !== null || run.orders.cancelled;
  if (isEnding) throw refused(run, verb, `it is on its way back: ${progress.status.phase}`);
  const why = refuseDecision(approval, progress.status.decisions ?? [], request);
  if (approval === null || why !== null) throw refused(run, verb, `it is ${progress.status.phase}; ${why ?? ''}`);
  return approval;
}

function decide(run: Run, decision: Decided['decision'], request: DecisionRequest): Decided {
  const { number, of, gates } = mustMayDecide(run, decision === 'approved' ? 'approve' : 'reject', request);
  const { by, reason } = request;
  const decided: Decided = {
    number,
    of,
    ...(gates === undefined ? {} : { gates }),
    decision,
    by,
    reason,
    at: Date.now(),
  };
  run.approval = null;
  run.progress.show({ approval: null, decisions: [...(run.progress.status.decisions ?? []), decided] });
  return decided;
}
