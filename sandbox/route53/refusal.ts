import type { XmlContent } from './xml-content.ts';

/** An error of the Route 53 API, in its own words; thrown by operations, turned into an ErrorResponse by the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Members of the error shape beside its message. */
  readonly members: Readonly<Record<string, XmlContent>>;

  constructor(
    error: { readonly status: number; readonly code: string; readonly members?: Readonly<Record<string, XmlContent>> },
    message: string,
  ) {
    super(message);
    this.status = error.status;
    this.code = error.code;
    this.members = error.members ?? {};
  }
}

/** All failures of a batch in one bracketed message: https://github.com/aws/aws-sdk-kotlin/issues/1433 */
export function invalidChangeBatch(failures: readonly string[]): Refusal {
  return new Refusal({ status: 400, code: 'InvalidChangeBatch' }, `[${failures.join(', ')}]`);
}

export function invalidInput(message: string): Refusal {
  return new Refusal({ status: 400, code: 'InvalidInput' }, message);
}

/** A value outside the bounds of the API's model: Route 53 counts them and lists them all. */
export function outOfBounds(violations: readonly string[]): Refusal {
  const noun = violations.length === 1 ? 'validation error' : 'validation errors';
  return invalidInput(`${violations.length} ${noun} detected: ${violations.join('; ')}`);
}

export function noSuchHostedZone(id: string): Refusal {
  return new Refusal({ status: 404, code: 'NoSuchHostedZone' }, `No hosted zone found with ID: ${id}`);
}

export function noSuchChange(id: string): Refusal {
  return new Refusal({ status: 404, code: 'NoSuchChange' }, `Could not find resource with ID: ${id}`);
}

export function throttled(): Refusal {
  return new Refusal({ status: 400, code: 'Throttling' }, 'Rate exceeded');
}

export function priorRequestNotComplete(): Refusal {
  return new Refusal(
    { status: 400, code: 'PriorRequestNotComplete' },
    'The request was rejected because Route 53 was still processing a prior request.',
  );
}

export function accessDenied({ arn }: { readonly arn: string }, operation: string): Refusal {
  return new Refusal(
    { status: 403, code: 'AccessDenied' },
    `User: ${arn} is not authorized to perform: route53:${operation} ` +
      `because no identity-based policy allows the route53:${operation} action`,
  );
}

/** What a zone or a change of another account is answered with. */
export function notYours(arn: string): Refusal {
  return new Refusal({ status: 403, code: 'AccessDenied' }, `User: ${arn} is not authorized to access this resource`);
}
