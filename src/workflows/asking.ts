import { CancellationScope, condition } from '@temporalio/workflow';
import { askedWords, subjectWords, type ApprovalRule, type OpenApproval, type Subject } from '../core/dns/approval.ts';
import { formatDuration } from '../core/duration.ts';
import { failure } from '../policies/failures.ts';
import type { Run } from './run.ts';

/**
 * Opens an approval around what waits for it. Its time has a clock of its own: when that is over, as after a rejection, the way forward
 * ends wherever it stands.
 */
export async function asking<T>(
  run: Run,
  what: Subject & { readonly rule: ApprovalRule },
  body: (isApproved: () => boolean) => Promise<T>,
): Promise<T> {
  run.approvals += 1;
  const approval: OpenApproval = {
    number: run.approvals,
    of: what.of,
    ...(what.gates === undefined ? {} : { gates: what.gates }),
    by: what.rule.by,
    since: Date.now(),
    until: null,
  };
  run.approval = approval;
  run.progress.show({ phase: 'awaiting-approval', approval });
  const clock = new CancellationScope();
  clock.run(() => keepApprovalTime(run, approval, what.rule)).catch(() => undefined); // cancelled when it is decided
  try {
    return await body(() => isApproved(run, approval));
  } finally {
    clock.cancel();
    run.approval = null;
    run.progress.show({ approval: null });
  }
}

/** A rejection takes the approval away too, and ends the way forward. */
function isApproved({ progress }: Run, { number }: OpenApproval): boolean {
  return (progress.status.decisions ?? []).some((one) => one.number === number && one.decision === 'approved');
}

/** Ends the way forward when nobody has decided in time, and reminds of it before; a pause stops this clock too. */
async function keepApprovalTime(run: Run, approval: OpenApproval, rule: ApprovalRule): Promise<void> {
  const { orders, progress } = run;
  const isDecided = () => run.approval !== approval;
  const remindMs = rule.remindMs ?? Infinity;
  let leftMs = rule.withinMs;
  let quietMs = remindMs;
  while (!isDecided()) {
    const from = Date.now();
    const paused = orders.pausedSince !== null;
    progress.show({ approval: { ...approval, until: paused ? null : from + leftMs } });
    const isPauseOver = () => isDecided() || (orders.pausedSince !== null) !== paused;
    if (paused) {
      await condition(isPauseOver);
      continue;
    }
    const waitMs = Math.max(1, Math.min(leftMs, quietMs));
    const changed = await condition(isPauseOver, waitMs, { summary: askedWords(approval) });
    const tookMs = Math.max(changed ? 0 : waitMs, Date.now() - from);
    leftMs -= tookMs;
    quietMs -= tookMs;
    if (isDecided()) return;
    if (leftMs <= 0) {
      run.interrupt(notApproved(approval, rule));
      return;
    }
    if (quietMs > 0) continue;
    quietMs = remindMs;
    progress.notice(reminder(run.request.record, approval, leftMs));
    run.notices.remind();
  }
}

function reminder(record: string, approval: OpenApproval, leftMs: number): string {
  const who = approval.by.join(', ');
  return `${subjectWords(approval)} still waits for ${who}, ${formatDuration(leftMs)} left: ./switchyard approve ${record}`;
}

function notApproved(approval: OpenApproval, { withinMs }: ApprovalRule) {
  const within = formatDuration(withinMs);
  if (approval.of === 'confirmation')
    return failure('NotApproved', `the cutover was not confirmed within ${within}.`, {
      next: 'Confirm the next one with ./switchyard approve, or give it more time with --confirm-by.',
    });
  return failure(
    'NotApproved',
    `nobody of ${approval.by.join(', ')} approved ${subjectWords(approval)} within ${within}.`,
    {
      next: 'Deploy again when somebody is there to approve it.',
    },
  );
}
