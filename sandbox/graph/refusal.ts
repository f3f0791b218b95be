/** An error of Microsoft Graph, in its own words; thrown by operations, turned into an error body by the front door. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: RefusalMore;

  constructor(error: { readonly status: number; readonly code: string } & RefusalMore, message: string) {
    super(message);
    this.status = error.status;
    this.code = error.code;
    this.more = error;
  }
}

interface RefusalMore {
  /** The code that Graph nests below its own. */
  readonly inner?: string;
  readonly retryAfterSeconds?: number;
}

export function invalid(message: string, code = 'invalidRequest'): Refusal {
  return new Refusal({ status: 400, code }, message);
}

export function notFound(): Refusal {
  return new Refusal({ status: 404, code: 'ErrorItemNotFound' }, 'The specified object was not found in the store.');
}

/** Graph says this to any query option that its broker cannot read, `$select` included. */
export function unreadableQuery(message: string): Refusal {
  return new Refusal({ status: 400, code: 'RequestBroker--ParseUri' }, message);
}

export function throttled(message: string, retryAfterSeconds: number): Refusal {
  const inner = 'ApplicationThrottled';
  return new Refusal({ status: 429, code: 'activityLimitReached', inner, retryAfterSeconds }, message);
}
