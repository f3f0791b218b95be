import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

export interface Reminder {
  readonly afterMs: number;
  /** What the timer is called in the Temporal UI. */
  readonly summary: string;
  readonly run: () => void;
}

/** Runs `body`; if it is not done after a time, runs the reminder once and goes on waiting. */
export async function unlessDone<T>(reminder: Reminder, body: () => Promise<T>): Promise<T> {
  const timer = new CancellationScope();
  timer
    .run(async () => {
      await sleep(reminder.afterMs, { summary: reminder.summary });
      reminder.run();
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return await body();
  } finally {
    timer.cancel();
  }
}
