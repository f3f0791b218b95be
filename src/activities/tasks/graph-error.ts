/** What an answer of Graph that is not the one asked for means, and whether the request may have been obeyed. */
import { retryAfterMs } from '../../policies/retry-after.ts';
import { ServiceError, type ServiceErrorFacts, type ServiceErrorKind } from '../../policies/service-error.ts';

export interface GraphRefusal {
  readonly status: number;
  /** `{error: {code, ...}}`, or anything. */
  readonly body: unknown;
  readonly retryAfter: string | null;
}

interface Asked {
  /** As sentences name it. */
  readonly name: string;
  readonly now: number;
  /** Whether it is a step of a `$batch`: there only 429 means to wait. */
  readonly step: boolean;
}

/** The error for an answer outside 2xx. */
export function graphError(refusal: GraphRefusal, { name, now, step }: Asked): ServiceError {
  const { status, body, retryAfter } = refusal;
  const pause = retryAfterMs(retryAfter, now);
  const { kind, outcome } = judge(status, pause !== null && !step);
  return new ServiceError({ ...notRun(kind, name, codeIn(body)), outcome, status, retryAfterMs: pause });
}

/** An answer that is not Graph's own form, or no answer at all: the request may have been obeyed. */
export function garbled(name: string, code = 'GARBLED'): ServiceError {
  return new ServiceError({ ...notRun('unavailable', name, code), outcome: 'unknown' });
}

/** The facts of a request that had no effect. */
export function notRun(kind: ServiceErrorKind, request: string, code: string | null): ServiceErrorFacts {
  return { service: 'Microsoft To Do', kind, request, outcome: 'not-run', status: null, code, retryAfterMs: null };
}

type Judged = Pick<ServiceErrorFacts, 'kind' | 'outcome'>;

function judge(status: number, saysWhenToComeBack: boolean): Judged {
  const refused = REFUSED[status];
  if (refused !== undefined) return { kind: refused, outcome: 'not-run' };
  if (status === 503 && saysWhenToComeBack) return { kind: 'throttled', outcome: 'unknown' };
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'invalid', outcome: 'not-run' };
  return { kind: 'unavailable', outcome: 'unknown' };
}

/** The request was looked at and did not run. */
const REFUSED: Readonly<Record<number, ServiceErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'conflict',
  424: 'unavailable', // a step behind one that failed: nothing is wrong with it
  429: 'throttled',
};

/** Graph's own code, never its message: that one may quote what was sent (A1). */
function codeIn(body: unknown): string | null {
  const { error } = (body ?? {}) as { error?: unknown };
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : null;
}
