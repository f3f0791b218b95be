/** A role that records may name (A4), and what it stands for here. */
export interface RoleBinding {
  /** As in `role:` of a record. */
  readonly role: string;
  /** What is assumed; null: the credentials at hand are the role's already. */
  readonly arn: string | null;
  /** What the role's trust policy wants to be told; null for none. */
  readonly externalId: string | null;
}

/** What `role:` of a record may look like. */
export const ROLE_NAME = /^[a-z][a-z0-9-]{0,62}$/;

export const BINDINGS = 'NAME=ARN, such as route53-net=arn:aws:iam::123456789012:role/switchyard, or NAME=own';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html ; a comma would end the binding. */
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=.@/-]{1,576}$/;
const OWN = 'own';

/** One binding, as `SWITCHYARD_ROLES` has them; null where it is none. */
export function readRoleBinding(text: string): Pick<RoleBinding, 'role' | 'arn'> | null {
  const [role = '', ...more] = text.split('=');
  const bound = more.join('=');
  if (!ROLE_NAME.test(role) || (bound !== OWN && !ROLE_ARN.test(bound))) return null;
  return { role, arn: bound === OWN ? null : bound };
}

/** The account of a role's ARN. */
export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

const EXTERNAL_ID = /^SWITCHYARD_ROLE_([A-Z0-9_]+)_EXTERNAL_ID$/;

export const isExternalId = (variable: string): boolean => EXTERNAL_ID.test(variable);

/** `SWITCHYARD_ROLE_ROUTE53_NET_EXTERNAL_ID` is the one of `route53-net`. Some keep them as secrets, so that none is shown. */
export function withExternalIds(
  bindings: readonly Pick<RoleBinding, 'role' | 'arn'>[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly roles: readonly RoleBinding[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const ids = new Map<string, string>();
  for (const [variable, value = ''] of Object.entries(env)) {
    const role = EXTERNAL_ID.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (role === undefined || value === '') continue;
    if (!bindings.some((binding) => binding.role === role && binding.arn !== null))
      problems.push(`${variable}: found no role ${role} with an ARN, expected one in SWITCHYARD_ROLES`);
    if (!/^[\w+=,.@:/-]{2,1224}$/.test(value))
      problems.push(`${variable}: found ${value.length} characters, expected 2 to 1224 letters, digits and _+=,.@:/-`);
    ids.set(role, value);
  }
  const twice = bindings.filter(({ role }, at) => bindings.findIndex((one) => one.role === role) !== at);
  problems.push(...twice.map(({ role }) => `SWITCHYARD_ROLES: found ${role} twice, expected every role once`));
  return { roles: bindings.map((binding) => ({ ...binding, externalId: ids.get(binding.role) ?? null })), problems };
}
