import type { FaultedRequest } from '../faults.ts';
import { readChangeRequest } from './change-request.ts';
import { storedName } from './domain-name.ts';
import type { PolicyRequest } from './policy.ts';
import type { Route } from './routes.ts';

/** A request as IAM sees it, with the condition keys of ChangeResourceRecordSets. @throws Refusal for a batch that is none. */
export function policyRequestOf({ name, path }: Pick<Route, 'name' | 'path'>, { body }: FaultedRequest): PolicyRequest {
  const [id] = path;
  const kind = name === 'GetChange' ? 'change' : 'hostedzone';
  return {
    action: `route53:${name}`,
    resource: id === undefined ? '*' : `arn:aws:route53:::${kind}/${id}`,
    context: name === 'ChangeResourceRecordSets' ? contextOf(body) : {},
  };
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html */
function contextOf(body: string): PolicyRequest['context'] {
  const { changes } = readChangeRequest(body);
  const each = (read: (change: (typeof changes)[number]) => string): readonly string[] => [
    ...new Set(changes.map(read)),
  ];
  return {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': each(({ recordSet }) => normalized(recordSet.Name ?? '')),
    'route53:ChangeResourceRecordSetsRecordTypes': each(({ recordSet }) => recordSet.Type ?? ''),
    'route53:ChangeResourceRecordSetsActions': each(({ action }) => action),
  };
}

/** Lower case, with octal escapes, without the final dot. */
const normalized = (name: string): string => storedName(name).replace(/\.$/, '');
