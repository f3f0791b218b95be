/**
 * What the reset uses of `@temporalio/common`, which scripts/build-lambda.mjs puts in its place: failures are Temporal's everywhere
 * in Switchyard, and 75 KB of converters that no Lambda calls would come with them. What is missing here fails the build.
 */
import type { ApplicationFailureOptions } from '@temporalio/common';

class TemporalFailure extends Error {}

/** The failure that all activities throw. */
export class ApplicationFailure extends TemporalFailure {
  override readonly cause?: Error | undefined;
  readonly type: string | null | undefined;
  readonly details: readonly unknown[] | null | undefined;
  readonly nextRetryDelay: unknown;

  constructor({ message, type, details, nextRetryDelay, cause }: ApplicationFailureOptions) {
    super(message);
    this.type = type;
    this.details = details;
    this.nextRetryDelay = nextRetryDelay;
    this.cause = cause;
  }

  static create(options: ApplicationFailureOptions): ApplicationFailure {
    return new ApplicationFailure(options);
  }
}

/** Of workflows alone: nothing in a Lambda throws these. */
export class ActivityFailure extends TemporalFailure {}
export class CancelledFailure extends TemporalFailure {}
export class TimeoutFailure extends TemporalFailure {}
export { TemporalFailure };
