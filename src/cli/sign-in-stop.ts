import { ServiceError } from '../policies/service-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';

/** What a sign-in came to; its own refusals end the command. @throws Stop */
export async function orStop<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    const { message, facts } = cause;
    throw new Stop(exitOf(cause), [problem(message.replace(/\.$/, ''), null, facts.next ?? null)], cause);
  }
}

/** Away or throttled: trying again is safe; everything else was refused, and nothing is kept. */
function exitOf({ facts: { kind } }: ServiceError): ExitCode {
  return kind === 'unavailable' || kind === 'throttled' ? EXIT.unreachable : EXIT.refused;
}
