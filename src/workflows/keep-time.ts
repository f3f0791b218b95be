import { CancellationScope, condition } from '@temporalio/workflow';
import { formatDuration } from '../core/duration.ts';
import { failure } from '../policies/failures.ts';
import type { Run } from './run.ts';

interface Deadline {
  /** Counted from the first task of the run. */
  readonly deadlineMs: number;
  /** For how long the run had to wait for others before: the deadline stands still then too. */
  readonly waitedMs: number;
}

/** The deadline runs beside the way forward and ends with it. */
export async function withTime<T>(run: Run, deadline: Deadline, body: () => Promise<T>): Promise<T> {
  const clock = new CancellationScope();
  clock.run(() => keepTime(run, deadline)).catch(() => undefined); // cancelled when the way forward has ended
  try {
    return await body();
  } finally {
    clock.cancel();
  }
}

/** Ends the way forward when its time is over. The deadline stands still during pauses and while somebody has to decide; both have a limit of their own. */
async function keepTime(run: Run, { deadlineMs, waitedMs }: Deadline): Promise<void> {
  const { orders, progress, request } = run;
  let forwardMs = deadlineMs + waitedMs - (Date.now() - progress.status.startedAt);
  let pauseMs = request.pace.pauseLimitMs;
  for (;;) {
    const from = Date.now();
    const paused = orders.pausedSince !== null;
    const deciding = !paused && run.approval !== null;
    progress.show({ deadlineAt: paused || deciding ? null : from + forwardMs });
    if (deciding) {
      await condition(() => run.approval === null || orders.pausedSince !== null);
      continue;
    }
    const changed = paused
      ? await condition(() => orders.pausedSince === null, Math.max(1, pauseMs), { summary: 'longest pause' })
      : await condition(() => orders.pausedSince !== null || run.approval !== null, Math.max(1, forwardMs), {
          summary: 'deadline',
        });
    if (!changed) {
      run.interrupt(paused ? pausedTooLong(run) : deadlineExceeded(deadlineMs));
      return;
    }
    if (paused) pauseMs -= Date.now() - from;
    else forwardMs -= Date.now() - from;
  }
}

function deadlineExceeded(deadlineMs: number) {
  return failure('DeadlineExceeded', `not promoted within the deadline of ${formatDuration(deadlineMs)}.`, {
    next: 'Give it more time with --deadline, or find out what kept it.',
  });
}

function pausedTooLong(run: Run) {
  return failure('PausedTooLong', `paused for ${formatDuration(run.request.pace.pauseLimitMs)} in all.`);
}
