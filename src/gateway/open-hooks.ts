import type { SiteSpec } from '../contracts/docs-runs.ts';
import type { HooksPolicy } from '../contracts/file.ts';
import type { Hook, ReadSecret } from './hook.ts';
import { alertmanagerHook } from './hooks/alertmanager.ts';
import { cloudwatchHook } from './hooks/cloudwatch.ts';
import { githubHook } from './hooks/github.ts';
import { gitlabHook } from './hooks/gitlab.ts';
import { snsHook, type SnsPorts } from './hooks/sns.ts';
import { todoistHook } from './hooks/todoist.ts';
import type { AlarmRule } from './ring.ts';

/** What the file declares of what hooks may ask for. */
export interface Declarations {
  readonly pairs: readonly string[];
  readonly sites: readonly SiteSpec[];
  readonly alarms: readonly AlarmRule[];
}

export interface HookPorts extends SnsPorts {
  /** A secret of this process, by its name. */
  readonly secret: (name: string) => Promise<string>;
}

/** The hooks that the file names; every other address answers 404. */
export function openHooks(policy: HooksPolicy, declared: Declarations, ports: HookPorts): readonly Hook[] {
  const { pairs, sites, alarms } = declared;
  const { todoist, github, gitlab, alertmanager, cloudwatch, sns } = policy;
  const secretOf =
    ({ secret }: { readonly secret: string }): ReadSecret =>
    () =>
      ports.secret(secret);
  return [
    todoist === undefined ? [] : todoistHook(secretOf(todoist), todoist.pairs ?? pairs),
    github === undefined ? [] : githubHook(secretOf(github), sites),
    gitlab === undefined ? [] : gitlabHook(secretOf(gitlab), sites),
    alertmanager === undefined ? [] : alertmanagerHook(secretOf(alertmanager), alarms),
    cloudwatch === undefined ? [] : cloudwatchHook(secretOf(cloudwatch), alarms),
    sns === undefined ? [] : snsHook(sns.topics, alarms, ports),
  ].flat();
}
