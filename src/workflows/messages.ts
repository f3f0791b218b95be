import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { MESSAGES } from '../contracts/deploy.ts';
import type {
  AbortRequest,
  DeployStatus,
  MessageAnswer,
  PauseRequest,
  PromoteRequest,
  ResolveRequest,
} from '../contracts/deploy.ts';
import { failure } from '../policies/failures.ts';
import { afterAbort, answer, ended, mustBeIn, mustBeUnderWay, refused } from './answering.ts';
import { hearDecisions } from './decisions.ts';
import { hear } from './hear.ts';
import { readAbort, readPromote, readResolve } from './read-message.ts';
import { pausedMs, type Run } from './run.ts';

const status = defineQuery<DeployStatus>(MESSAGES.status);
const abort = defineUpdate<MessageAnswer, [AbortRequest]>(MESSAGES.abort);
const abortLater = defineSignal<[AbortRequest]>(MESSAGES.abort);
const promote = defineUpdate<MessageAnswer, [PromoteRequest]>(MESSAGES.promote);
const pause = defineUpdate<MessageAnswer, [PauseRequest]>(MESSAGES.pause);
const resume = defineUpdate<MessageAnswer, [PauseRequest]>(MESSAGES.resume);
const resolve = defineUpdate<MessageAnswer, [ResolveRequest]>(MESSAGES.resolve);

/** Sets every handler, before the run awaits anything: an update without a handler is rejected, not kept. */
export function listen(run: Run): void {
  setHandler(status, () => run.progress.status, {
    description: 'Where the deployment is; everything needed to draw it.',
  });
  hearAbort(run);
  hearPromote(run);
  hearPause(run);
  hearResume(run);
  hearResolve(run);
  hearDecisions(run);
}

function hearAbort(run: Run): void {
  const { progress } = run;
  hear(run, abort, {
    description: 'Restores red. Answers when the record is restored.',
    validator: () => mustBeUnderWay(run, 'abort'),
    handle: async (request) => {
      takeAbort(run, readAbort(request));
      // A plain variable in a shielded scope: the answer must survive a cancellation that comes meanwhile (measured).
      await CancellationScope.nonCancellable(() => condition(() => ended(run)));
      return answer(run, afterAbort(progress.status));
    },
  });
  setHandler(abortLater, (request) => {
    if (!ended(run)) takeAbort(run, readAbort(request));
  });
}

function hearPromote(run: Run): void {
  hear(run, promote, {
    description: 'Ends this hold, or with `full` all holds; the gates must be passing now.',
    validator: () => mustBeIn(run, 'promote', ['holding']),
    handle: async (request) => {
      const { full, by } = readPromote(request);
      const { hold } = run;
      if (hold === null) throw refused(run, 'promote', 'no hold is running that could be ended');
      const verdict = await hold.askGates();
      if (verdict.kind !== 'pass') throw failure('Refused', `the gates do not pass now: ${verdict.reason}.`);
      if (run.hold !== hold || run.rollback !== 'none') throw refused(run, 'promote', 'the hold has just ended');
      hold.endedEarly = true;
      run.orders.promoteAll ||= full;
      run.progress.notice(`${by} ended ${full ? 'all remaining holds' : 'this hold'} early`);
      return answer(
        run,
        full ? 'this hold ends now, and the next ones as soon as their gates pass' : 'this hold ends now',
      );
    },
  });
}

function hearPause(run: Run): void {
  const { orders, progress } = run;
  hear(run, pause, {
    description: 'Stops the clock of the hold; the gates stay on.',
    validator: () => {
      mustBeIn(run, 'pause', ['reading', 'checking', 'awaiting-approval', 'writing', 'settling', 'holding', 'paused']);
      if (orders.pausedSince !== null) throw refused(run, 'pause', 'it is paused already');
    },
    handle: (request) => {
      const { by, reason } = readAbort(request);
      orders.pausedSince = Date.now();
      const { phase } = progress.status;
      progress.notice(`paused by ${by}: ${reason}`); // before what is told of it
      progress.show({ pausedSince: orders.pausedSince, phase: phase === 'holding' ? 'paused' : phase });
      return answer(run, 'paused: the clock stands still, the gates stay on');
    },
  });
}

function hearResume(run: Run): void {
  const { orders, progress } = run;
  hear(run, resume, {
    description: 'Lets the clock of the hold run again.',
    validator: () => {
      if (orders.pausedSince === null) throw refused(run, 'resume', 'it is not paused');
    },
    handle: (request) => {
      const { by, reason } = readAbort(request);
      const { phase, holdEndsAt } = progress.status;
      const paused = pausedMs(orders) - orders.pausedMs;
      orders.pausedMs += paused;
      orders.pausedSince = null;
      progress.show({
        pausedSince: null,
        phase: phase === 'paused' ? 'holding' : phase,
        holdEndsAt: holdEndsAt === null ? null : holdEndsAt + paused,
      });
      progress.notice(reason === '' ? `resumed by ${by}` : `resumed by ${by}: ${reason}`);
      return answer(run, 'the clock runs again');
    },
  });
}

function hearResolve(run: Run): void {
  const { orders } = run;
  hear(run, resolve, {
    description: 'Decides a blocked rollback or a foreign record: retry, or leave what stands (with a reason).',
    validator: (request) => {
      mustBeIn(run, 'resolve', ['blocked']);
      const { decision, reason, record } = readResolve(request);
      if (decision === 'leave' && reason === 'none given') throw refused(run, 'leave', 'no reason was given');
      if (record !== undefined && !run.isBlocked(record)) throw refused(run, 'resolve', `${record} is not blocked`);
    },
    handle: async (request) => {
      orders.decision = readResolve(request);
      await CancellationScope.nonCancellable(() => condition(() => orders.decision === null || ended(run)));
      return answer(run, ended(run) ? afterAbort(run.progress.status) : 'trying again');
    },
  });
}

function takeAbort(run: Run, request: AbortRequest): void {
  const { aborted } = run.progress.status;
  const isKnown = request.automatic === true && aborted !== null; // what a person has asked for is not taken back by a machine
  if (!isKnown) run.progress.show({ aborted: { ...request, at: Date.now() } });
  run.interrupt(failure('Aborted', `aborted by ${request.by}: ${request.reason}.`));
}
