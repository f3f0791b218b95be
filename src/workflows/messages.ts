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
  DeployPhase,
  DeployStatus,
  MessageAnswer,
  PauseRequest,
  PromoteRequest,
  ResolveRequest,
} from '../contracts/deploy.ts';
import { failure } from '../policies/failures.ts';
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
  const { progress, orders } = run;
  const answer = (sentence: string): MessageAnswer => ({ sentence, status: progress.status });

  setHandler(status, () => progress.status, { description: 'Where the deployment is; everything needed to draw it.' });

  setHandler(
    abort,
    async (request) => {
      takeAbort(run, request);
      // A plain variable in a shielded scope: the answer must survive a cancellation that comes meanwhile (measured).
      await CancellationScope.nonCancellable(() => condition(() => progress.status.outcome !== null));
      return answer(afterAbort(progress.status));
    },
    {
      description: 'Restores red. Answers when the record is restored.',
      validator: (_request: AbortRequest) => mustBeUnderWay(run, 'abort'),
    },
  );
  setHandler(abortLater, (request) => {
    if (progress.status.outcome === null) takeAbort(run, request);
  });

  setHandler(
    promote,
    async ({ full, by }) => {
      const verdict = await (run.gatesNow ?? noHold)();
      if (verdict.kind !== 'pass') throw failure('Refused', `the gates do not pass now: ${verdict.reason}.`);
      orders.promote = full ? 'all holds' : 'this hold';
      progress.notice(`${by} ended ${full ? 'all remaining holds' : 'this hold'} early`);
      return answer(full ? 'all remaining holds end now' : 'this hold ends now');
    },
    {
      description: 'Ends this hold, or with `full` all holds; the gates must be passing now.',
      validator: (_request: PromoteRequest) => mustBeIn(run, 'promote', ['holding', 'paused']),
    },
  );

  setHandler(
    pause,
    ({ by, reason }) => {
      orders.pausedSince = Date.now();
      const { phase } = progress.status;
      progress.show({ pausedSince: orders.pausedSince, phase: phase === 'holding' ? 'paused' : phase });
      progress.notice(`paused by ${by}: ${reason}`);
      return answer('paused: the clock stands still, the gates stay on');
    },
    {
      description: 'Stops the clock of the hold; the gates stay on.',
      validator: (_request: PauseRequest) => {
        mustBeUnderWay(run, 'pause');
        if (orders.pausedSince !== null) throw refused(run, 'pause', 'it is paused already');
      },
    },
  );

  setHandler(
    resume,
    ({ by }) => {
      const { phase, holdEndsAt } = progress.status;
      const paused = pausedMs(orders) - orders.pausedMs;
      orders.pausedMs += paused;
      orders.pausedSince = null;
      progress.show({
        pausedSince: null,
        phase: phase === 'paused' ? 'holding' : phase,
        holdEndsAt: holdEndsAt === null ? null : holdEndsAt + paused,
      });
      progress.notice(`resumed by ${by}`);
      return answer('the clock runs again');
    },
    {
      description: 'Lets the clock of the hold run again.',
      validator: (_request: PauseRequest) => {
        if (orders.pausedSince === null) throw refused(run, 'resume', 'it is not paused');
      },
    },
  );

  setHandler(
    resolve,
    async (request) => {
      orders.decision = request;
      await CancellationScope.nonCancellable(() => condition(() => orders.decision === null || ended(run)));
      return answer(request.decision === 'leave' ? 'left as it stands' : 'trying again');
    },
    {
      description: 'Decides a blocked rollback or a foreign record: retry, or leave what stands (with a reason).',
      validator: (request: ResolveRequest) => {
        mustBeIn(run, 'resolve', ['blocked']);
        if (request.decision === 'leave' && request.reason.trim() === '')
          throw refused(run, 'leave', 'no reason was given');
      },
    },
  );
}

function takeAbort(run: Run, request: AbortRequest): void {
  run.progress.show({ aborted: { ...request, at: Date.now() } });
  run.interrupt(failure('Aborted', `aborted by ${request.by}: ${request.reason}.`));
}

function afterAbort(status: DeployStatus): string {
  if (status.outcome === 'promoted') return `${status.record} had been promoted before the abort arrived`;
  return status.outcome === 'refused' ? 'stopped before anything was written' : `ended: ${status.outcome ?? 'unknown'}`;
}

function noHold(): Promise<never> {
  return Promise.reject(failure('Refused', 'the hold has just ended.'));
}

function mustBeUnderWay(run: Run, verb: string): void {
  if (ended(run)) throw refused(run, verb, `it has ended: ${run.progress.status.outcome ?? ''}`);
}

function mustBeIn(run: Run, verb: string, phases: readonly DeployPhase[]): void {
  const { phase } = run.progress.status;
  if (!phases.includes(phase)) throw refused(run, verb, `it is ${phase}, not ${phases.join(' or ')}`);
}

function refused(run: Run, verb: string, why: string) {
  return failure('Refused', `cannot ${verb} the deployment of ${run.progress.status.record}: ${why}.`);
}

function ended(run: Run): boolean {
  return run.progress.status.outcome !== null;
}
