/** What tests can turn while the stand-in runs; GraphOptions says what each means. */
export interface Settings {
  readonly now: () => number;
  lagMs: number;
  /** Every second read of all tasks of a list (`GET tasks`) is answered as if it had come so much earlier. */
  flickerMs: number;
  latencyMs: { readonly read: number; readonly write: number };
  ghostMs: number;
  titleMax: number;
  rewriteBody: (content: string) => string;
  linkedResourcesExpand: 'accepted' | 'refused';
  recurrenceCopies: 'marked' | 'bare';
  emptyPages: boolean;
  readonly inFlight: number;
  readonly retryAfterSeconds: number;
  readonly budget: { readonly requests: number; readonly windowMs: number };
}
