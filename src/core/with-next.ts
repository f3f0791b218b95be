/** A sentence, and what to do next where anything is said of it. */
export function withNext({ sentence, next }: { readonly sentence: string; readonly next: string | null }): string {
  return next === null ? sentence : `${sentence} ${next}`;
}
