import type { NotifyPolicy, SwitchyardFile } from '../contracts/file.ts';
import { DEFAULT_NOTIFY_PACE, type NotifyRequest } from '../contracts/notify.ts';
import { DEFAULT_EVENTS, PAGERDUTY_URL, type NotifyTarget } from '../core/notify/target.ts';

/** Every target that the file declares, with every default in it. */
export function declaredTargets({ notify = {} }: Pick<SwitchyardFile, 'notify'>): readonly NotifyTarget[] {
  return Object.entries(notify).map(([name, policy]) => targetOf(name, policy));
}

/** What a request carries of them; nothing where there are none. */
export function notifyOf(targets: readonly NotifyTarget[]): { readonly notify?: NotifyRequest } {
  return targets.length === 0 ? {} : { notify: { targets, ui: null, pace: DEFAULT_NOTIFY_PACE } };
}

function targetOf(name: string, policy: NotifyPolicy): NotifyTarget {
  const chosen = { name, on: policy.on ?? DEFAULT_EVENTS[policy.format] };
  switch (policy.format) {
    case 'slack':
      return { ...chosen, format: 'slack', secret: policy.secret };
    case 'pagerduty':
      return { ...chosen, format: 'pagerduty', secret: policy.secret, url: policy.url ?? PAGERDUTY_URL };
    case 'webhook':
      return { ...chosen, format: 'webhook', secret: policy.secret ?? null, url: policy.url };
  }
}
