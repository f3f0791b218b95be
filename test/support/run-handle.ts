import type { WorkflowHandle } from '@temporalio/client';

/** How a run ended, whether well or not. */
export interface RunEnd<Report> {
  readonly status: string;
  readonly type: string | null;
  readonly message: string;
  readonly report: Report | null;
}

export async function endOf<Report>(handle: WorkflowHandle): Promise<RunEnd<Report>> {
  try {
    const report = (await handle.result()) as Report;
    return { status: 'COMPLETED', type: null, message: '', report };
  } catch (error) {
    const { status } = await handle.describe();
    const cause = (error as { cause?: { type?: string; message?: string; details?: unknown[] } }).cause;
    const report = (cause?.details?.[0] ?? null) as Report | null;
    return { status: status.name, type: cause?.type ?? null, message: cause?.message ?? String(error), report };
  }
}

/** Asks a run for its status until that fulfils a condition. @throws Error where it has ended before, or takes too long. */
export async function untilStatus<Status extends { readonly outcome: unknown }>(
  handle: WorkflowHandle,
  status: () => Promise<Status>,
  what: (status: Status) => boolean,
): Promise<Status> {
  const giveUpAt = Date.now() + 45_000;
  for (;;) {
    const now = await status();
    if (what(now)) return now;
    if (Date.now() > giveUpAt) throw await stillWaiting(handle, now);
    if (now.outcome !== null) throw new Error(`ended before: ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stillWaiting(handle: WorkflowHandle, now: unknown): Promise<Error> {
  const { raw } = await handle.describe();
  const pending = (raw.pendingActivities ?? []).map(({ activityType, attempt, state, lastFailure }) => ({
    activity: activityType?.name,
    attempt,
    state,
    lastFailure: lastFailure?.message,
  }));
  return new Error(`still waiting: ${JSON.stringify({ now, pending }, null, 1)}`);
}
