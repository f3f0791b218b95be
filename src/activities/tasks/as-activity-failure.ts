import { TemporalFailure, type ApplicationFailure } from '@temporalio/common';
import type { PairSpec } from '../../contracts/sync.ts';
import { failure } from '../../policies/failures.ts';
import { asServiceFailure, ServiceError, type ServiceErrorFacts } from '../../policies/service-error.ts';

/** What an activity throws for anything that went wrong in it: with its type, its sentence, and what to do (A3). */
export function asActivityFailure(error: unknown, spec: PairSpec): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (!(error instanceof ServiceError)) return faultOf(error);
  if (error.facts.code === 'OTHER_ACCOUNT') return otherAccount(error, spec);
  const next = nextFor(error.facts, spec);
  return asServiceFailure(next === null ? error : new ServiceError({ next, ...error.facts }));
}

/** No token that ran out, but a guard (S4). */
function otherAccount({ facts }: ServiceError, { pair }: PairSpec): ApplicationFailure {
  return failure('StoppedByGuard', `The kept sign-in of sync/${pair} is of another account than the pair declares.`, {
    next: facts.next ?? `Sign in with ./switchyard login ${pair}.`,
  });
}

/** What is plain from the kind of error and the pair; what the error itself says comes first. */
function nextFor({ kind, service }: ServiceErrorFacts, { pair, from, to }: PairSpec): string | null {
  if (kind !== 'unauthorized' && kind !== 'forbidden') return null;
  if (service === 'Todoist') return renew(from.secret, kind, 'may read and write tasks');
  if (to.secret !== null) return renew(to.secret, kind, 'has Tasks.ReadWrite and User.Read');
  if (to.access === 'application')
    return `Check the worker's own sign-in and its permission Tasks.ReadWrite.All; ${GOES_ON}`;
  if (kind === 'unauthorized') return `Sign in again with ./switchyard login ${pair}; ${GOES_ON}`;
  return `Grant the app Tasks.ReadWrite and User.Read, and sign in again with ./switchyard login ${pair}; ${GOES_ON}`;
}

const GOES_ON = 'the next run goes on from here.';

function renew(secret: string, kind: 'unauthorized' | 'forbidden', may: string): string {
  const what = kind === 'unauthorized' ? 'Renew the token of the pair' : `Give the pair a token that ${may}`;
  return `${what} (secret ${secret} on the worker); ${GOES_ON}`;
}

/** Without its message, which may quote what it stumbled over (A1). */
function faultOf(error: unknown): ApplicationFailure {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const where = /at (?:async )?([\w.]+) /.exec(stack)?.[1] ?? 'an unknown place';
  return failure('Fault', `Switchyard itself failed: ${name} in ${where}.`, {
    next: 'Report it with the history of this run.',
  });
}
