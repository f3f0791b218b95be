/** What can keep the embedded server from running; `up` and the tests tell them apart by `kind`. */
export type EmbeddedProblem = 'no-cli' | 'file-in-use' | 'port-in-use' | 'not-healthy' | 'died' | 'search-attributes';

/** The embedded server cannot run. The message is the whole story, for an operator: found, expected, what to do. */
export class EmbeddedFailure extends Error {
  override readonly name = 'EmbeddedFailure';
  readonly kind: EmbeddedProblem;

  constructor(kind: EmbeddedProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The sentence of anything that was thrown. */
export function sentenceOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
