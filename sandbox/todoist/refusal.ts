/** An error of the Todoist API, in its own words: thrown by operations, sent as the answer or as the status of one command. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly tag: string;
  /** `error_extra`: which argument, what was expected, when to come back. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    error: {
      readonly status: number;
      readonly code: number;
      readonly tag: string;
      readonly extra?: Readonly<Record<string, unknown>>;
    },
    message: string,
  ) {
    super(message);
    this.status = error.status;
    this.code = error.code;
    this.tag = error.tag;
    this.extra = error.extra ?? {};
  }
}

/** The form of every error: https://developer.todoist.com/api/v1/ */
export function errorBody(refusal: Refusal): Readonly<Record<string, unknown>> {
  return {
    error: refusal.message,
    error_code: refusal.code,
    error_tag: refusal.tag,
    error_extra: refusal.extra,
    http_code: refusal.status,
  };
}

export function invalidArgument(argument: string, explanation: string): Refusal {
  const extra = { argument, explanation };
  return new Refusal({ status: 400, code: 20, tag: 'INVALID_ARGUMENT_VALUE', extra }, 'Invalid argument value');
}

export function missingArgument(argument: string): Refusal {
  return new Refusal(
    { status: 400, code: 19, tag: 'ARGUMENT_MISSING', extra: { argument } },
    'Required argument is missing',
  );
}

export function notFound(what: 'ITEM' | 'PROJECT'): Refusal {
  const name = what === 'ITEM' ? 'Item' : 'Project';
  return new Refusal({ status: 404, code: what === 'ITEM' ? 22 : 21, tag: `${what}_NOT_FOUND` }, `${name} not found`);
}

export function invalidToken(): Refusal {
  return new Refusal({ status: 401, code: 477, tag: 'AUTH_INVALID_TOKEN' }, 'Invalid token');
}

export function forbidden(): Refusal {
  return new Refusal({ status: 403, code: 32, tag: 'FORBIDDEN' }, 'Insufficient permissions');
}

export function tooManyRequests(retryAfterSeconds: number): Refusal {
  const extra = { retry_after: retryAfterSeconds };
  return new Refusal(
    { status: 429, code: 35, tag: 'LIMITS_REACHED', extra },
    'Too many requests. Limits reached. Try again later',
  );
}

export function limitReached(tag: string, maximum: number): Refusal {
  return new Refusal({ status: 403, code: 49, tag, extra: { max_count: maximum } }, 'Maximum number reached');
}
