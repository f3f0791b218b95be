import { maxAgeMs } from '../contracts/deploy.ts';
import type { Checked } from '../contracts/deploy-activities.ts';
import { healthOf, mayGoBack, mayStep, type RecordHealth } from '../core/dns/keep-healthy.ts';
import type { Share } from '../core/dns/plan.ts';
import { newestOf } from '../core/dns/probe-windows.ts';
import { failure } from '../policies/failures.ts';
import { memberOf, type GroupRun } from './group-run.ts';

/** Keeps what was seen of a record, for its status and for `keepHealthy`. */
export function learn(
  group: GroupRun,
  seen: Pick<Checked, 'windows'> & { readonly record: string; readonly verdict: Checked['black']; readonly at: number },
): void {
  const member = memberOf(group, seen.record);
  const { windows, verdict, at } = seen;
  const { pace } = member.request;
  member.health = healthOf(seen.record, windows, { rule: pace.fail, now: at, maxAgeMs: maxAgeMs(pace) });
  member.own = { ...member.own, windows, verdict, lastObservations: newestOf(windows) };
}

/** The rule on the state that a step leads to (G5). */
export function mustKeepHealthy(group: GroupRun, share: Share): void {
  const rule = mayStep(group.request.keepHealthy, healthOfAll(group), share);
  if (rule.kind === 'broken') throw failure('Unhealthy', `${rule.reason}.`);
}

/** `keepHealthy` on the way back (G5): null where it is kept, or where nobody has looked. */
export function ruleOnRed(group: GroupRun): string | null {
  const rule = mayGoBack(group.request.keepHealthy, healthOfAll(group), group.run.progress.status.share);
  return rule.kind === 'broken' ? rule.reason : null;
}

function healthOfAll({ members }: GroupRun): readonly RecordHealth[] {
  return members.map(({ request: { record }, health }) => health ?? { record, red: 'unknown', black: 'unknown' });
}
