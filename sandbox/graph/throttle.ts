/** Both of Graph's limits on one mailbox: requests at the same time, and requests in a window. */
import { throttled } from './refusal.ts';
import type { Settings } from './settings.ts';

export class Throttle {
  readonly #settings: Settings;
  /** By user. */
  readonly #inFlight = new Map<string, number>();
  readonly #windows = new Map<string, { readonly startedAt: number; readonly used: number }>();
  /** The most requests that one mailbox had in flight at once. */
  peak = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Counts a request as in flight until the returned function is called. @throws Refusal 429. */
  enter(user: string): () => void {
    const { inFlight, retryAfterSeconds } = this.#settings;
    const now = (this.#inFlight.get(user) ?? 0) + 1;
    if (now > inFlight) throw throttled('Application is over its MailboxConcurrency limit.', retryAfterSeconds);
    this.#inFlight.set(user, now);
    this.peak = Math.max(this.peak, now);
    return () => void this.#inFlight.set(user, (this.#inFlight.get(user) ?? 1) - 1);
  }

  /** Takes one request from the budget of the window. @throws Refusal 429 until the window ends. */
  spend(user: string): void {
    const { budget, now } = this.#settings;
    const at = now();
    const last = this.#windows.get(user);
    const window = last && at < last.startedAt + budget.windowMs ? last : { startedAt: at, used: 0 };
    if (window.used >= budget.requests) {
      const waitMs = window.startedAt + budget.windowMs - at;
      throw throttled('Application is over its request limit.', Math.max(1, Math.ceil(waitMs / 1_000)));
    }
    this.#windows.set(user, { ...window, used: window.used + 1 });
  }
}
