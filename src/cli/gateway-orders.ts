import type { Orders } from '../gateway/act-on-wishes.ts';
import type { Declarations } from '../gateway/open-hooks.ts';
import type { HooksPolicy } from '../contracts/file.ts';
import { declaredIn } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import type { ReadFile } from './read-file.ts';
import { resetTasks } from './reset-tasks.ts';
import { declaredSites } from './site-policy.ts';
import { problem, Stop } from './stop.ts';
import { declaredPairs } from './sync-policy.ts';
import { syncRequest } from './sync-request.ts';

/** What a gateway listens to, and what it may do: all of it from `switchyard.yaml`. */
export interface GatewayOrders {
  readonly hooks: HooksPolicy;
  readonly declared: Declarations;
  readonly orders: Orders;
}

/** @throws Stop with exit 2: no hooks, or hooks that name what is not declared. */
export function gatewayOrders(file: ReadFile): GatewayOrders {
  const { hooks } = file.file;
  if (hooks === undefined || Object.keys(hooks).length === 0)
    throw new Stop(EXIT.usage, [
      problem('switchyard.yaml names no hooks', 'hooks: { todoist: { secret: todoist-client } }, for instance'),
    ]);
  const declared = declaredIn(file);
  const pairs = declaredPairs(file);
  const sites = [...declaredSites(file).values()].map(({ spec }) => spec);
  const unknown = (hooks.todoist?.pairs ?? []).filter((pair) => !pairs.has(pair));
  if (unknown.length > 0)
    throw new Stop(EXIT.usage, [
      problem(
        `${file.at(['hooks', 'todoist', 'pairs'])}: there is no pair ${unknown.join(', ')}`,
        [...pairs.keys()].join(', '),
      ),
    ]);
  const alarms = [...declared.records.values()].flatMap(({ record, policy }) =>
    Object.entries(policy.onAlarm ?? {}).map(([alarm, act]) => ({ alarm, record, act })),
  );
  const toReset = alarms.filter(({ act }) => act === 'reset').map(({ record }) => record);
  const tasks = toReset.length === 0 ? [] : resetTasks(toReset, {}, declared);
  return {
    hooks,
    declared: { pairs: [...pairs.keys()], sites, alarms },
    orders: {
      syncs: new Map([...pairs].map(([pair, one]) => [pair, syncRequest(one, BY_EVENT)])),
      sites: new Map(sites.map((spec) => [spec.site, spec])),
      resets: new Map(tasks.map((task) => [task.record, { task, reason: '' }])),
    },
  };
}

const BY_EVENT = { trigger: 'event', by: 'the gateway', adopt: false, allowRemovals: null } as const;
