import { TemporalFailure, type ApplicationFailure } from '@temporalio/common';
import { failure } from '../../policies/failures.ts';
import { asServiceFailure, ServiceError, type ServiceErrorFacts } from '../../policies/service-error.ts';

/** What an activity throws for anything that went wrong in it: with its type, its sentence, and what to do (A3). */
export function asActivityFailure(error: unknown, pair: string): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (!(error instanceof ServiceError)) return faultOf(error);
  const { facts } = error;
  return asServiceFailure(
    facts.kind === 'unauthorized' ? new ServiceError({ next: signIn(facts, pair), ...facts }) : error,
  );
}

function signIn({ service }: ServiceErrorFacts, pair: string): string {
  if (service === 'Todoist') return 'Renew the token of the pair on the worker; the next run goes on from here.';
  return `Sign in again with ./switchyard login ${pair}; the next run goes on from here.`;
}

/** Without its message, which may quote what it stumbled over (A1). */
function faultOf(error: unknown): ApplicationFailure {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const where = /at (?:async )?([\w.]+) /.exec(stack)?.[1] ?? 'an unknown place';
  return failure('Fault', `Switchyard itself failed: ${name} in ${where}.`, {
    next: 'Report it with the history of this run.',
  });
}
