import { displayName } from '../core/dns/name.ts';
import type { Plan } from '../core/dns/plan.ts';
import type { Side } from '../core/dns/target.ts';
import type { DeployStatus } from '../contracts/deploy.ts';

/** The command that brings red back after a promotion: a deployment like any other, with its own gates. */
export function wayBack({
  record,
  plan,
}: Pick<DeployStatus, 'record'> & { readonly plan: Pick<Plan, 'red' | 'black' | 'zone'> | null }): string {
  if (plan === null) return `./switchyard plan ${record} --to VALUE`;
  return `./switchyard deploy ${record} --zone ${plan.zone.id} --to ${flagOf(plan.red)} --from ${flagOf(plan.black)} --check CHECK`;
}

/** A side as `--to` takes it. */
function flagOf({ addresses }: Side): string {
  const alias = addresses.find((address) => address.alias !== null)?.alias ?? null;
  if (alias !== null)
    return `alias:${displayName(alias.dnsName)}@${alias.zoneId}${alias.evaluateTargetHealth ? ':eval' : ''}`;
  return addresses.flatMap(({ type, values }) => (type === 'CNAME' ? values.map(displayName) : values)).join(',');
}
