import { DEFAULT_PACE, roleOf, type DeployRequest } from '../contracts/deploy.ts';
import { addressOf, shownValues } from '../core/dns/address.ts';
import type { Gate } from '../core/dns/gate.ts';
import type { Plan, Undo } from '../core/dns/plan.ts';
import type { AskedNow } from './asked-now.ts';

/** What an undo is made from. */
export interface UndoFacts {
  readonly asked: AskedNow;
  readonly undo: Undo;
  /** Of the newest revision: the record's zone, and how it was watched. */
  readonly newest: { readonly plan: Plan; readonly request: DeployRequest | null };
  /** From `--check`; null: those of the newest revision. */
  readonly gates: readonly Gate[] | null;
  /** Not even the target is asked. */
  readonly force: boolean;
}

/**
 * A deployment for the middle of an incident: one step to 100 %, no bake, and no check of anything but the side that is to come
 * back. Nothing that waits for people or measurements is asked for; the lock, the fence and D1 to D8 are those of any deployment.
 */
export function undoRequest({ asked, undo, newest, gates, force }: UndoFacts): DeployRequest {
  const { record, zone } = newest.plan;
  const wanted = force ? [] : (gates ?? newest.request?.gates ?? []);
  const moved = undo.sets.map(({ type }) => type);
  return {
    record,
    zone: zone.id,
    ...roleOf(newest.request ?? {}),
    to: { kind: 'values', values: undo.sets.flatMap((set) => shownValues(addressOf(set))) },
    undo,
    type: null,
    from: null,
    steps: [{ share: 100, holdMs: 0 }],
    holdMs: null,
    bakeMs: null,
    deadlineMs: null,
    preLowerTtl: null,
    ttl: null,
    slowRollbackOk: true, // the way back is as long as it is: that refuses nothing now
    leave: LEADING.filter((type) => !moved.includes(type)),
    gates: wanted,
    unchecked: wanted.length === 0,
    acceptIllRed: true,
    ifRedIsIll: 'compare',
    verify: newest.request?.verify ?? 'authoritative',
    ...(newest.request?.notify === undefined ? {} : { notify: newest.request.notify }), // whoever heard of that hears of this
    planHash: null,
    ...asked,
    searchAttributes: false, // until the client has seen that they exist
    namespaceId: '', // known once Temporal has answered
    pace: { ...(newest.request?.pace ?? DEFAULT_PACE), preflight: SHORT_CHECK },
  };
}

/** Types that lead clients somewhere: the deployment that is undone left the others where they are, too. */
const LEADING = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'];

/** Two passes in a row: one could be the last of a dying service, and more is time that an incident has not. */
const SHORT_CHECK = { inARow: 2, overMs: 0 };
