/** What Lambda shows as `errorType`. */
export type LambdaErrorType =
  /** The environment of the function cannot be read. */
  | 'BadSettings'
  /** An event that this function does not know: nothing was asked, and nothing written. */
  | 'BadEvent'
  /** The alarm went off too long ago to act on it unasked. */
  | 'StaleAlarm'
  /** At least one record does not have its default, or is not known to have it. */
  | 'NotRestored';

/** Ends an invocation as an error; its message is the `errorMessage`, a sentence a line. */
export class LambdaError extends Error {
  override readonly name: LambdaErrorType;

  constructor(name: LambdaErrorType, sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = name;
  }
}
