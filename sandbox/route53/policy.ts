/**
 * An identity-based policy of IAM, as far as Route 53 and CloudWatch go: what it does not allow is denied, and what it cannot mean here is refused.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */

export interface Policy {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One request as IAM sees it. */
export interface PolicyRequest {
  /** `route53:GetChange` */
  readonly action: string;
  readonly resource: string;
  /** Condition keys with their values; a key that the request does not have is left out. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** Whether the policy allows the request: some statement does, and none denies it. @throws Error for what this stand-in does not know. */
export function isAllowed({ Statement }: Policy, request: PolicyRequest): boolean {
  const matching = Statement.filter((statement) => appliesTo(statement, request)).map(({ Effect }) => Effect);
  return matching.includes('Allow') && !matching.includes('Deny');
}

function appliesTo(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context }: PolicyRequest,
): boolean {
  const named = all(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  const meant = all(Resource).some((pattern) => matches(pattern, resource));
  return named && meant && Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context));
}

function holds(
  operator: string,
  keys: Readonly<Record<string, string | readonly string[]>>,
  context: PolicyRequest['context'],
): boolean {
  return Object.entries(keys).every(([key, wanted]) => {
    const found = context[key];
    switch (operator) {
      case 'Null':
        return (found === undefined) === (String(wanted) === 'true');
      case 'ForAllValues:StringEquals': // of nothing, all is true: alone it lets pass what has no such key
        return (found ?? []).every((value) => all(wanted).includes(value));
      case 'ForAnyValue:StringEquals':
        return (found ?? []).some((value) => all(wanted).includes(value));
      default:
        throw new Error(`The stand-in knows no condition ${operator}.`);
    }
  });
}

const all = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** `*` for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${parts}$`, 's').test(text);
}
