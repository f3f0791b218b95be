import type { GroupRequest } from '../contracts/deploy-group.ts';
import { changedOtherwise, undoOfGroup } from '../core/dns/group-undo.ts';
import type { Undo, Plan } from '../core/dns/plan.ts';
import { placeOf, type DeployRequest, type Place } from '../contracts/deploy.ts';
import { chooseRevision, mustHavePast, sourceWords } from './choose-undo.ts';
import { inputOfRun, movesOfRevision } from './recorded-revision.ts';
import type { TemporalClient } from './temporal-client.ts';

/** What an undo of a group brings back, record by record, and where that was recorded. */
export interface ChosenGroupUndo {
  readonly records: readonly {
    readonly undo: Undo;
    readonly newest: { readonly plan: Plan; readonly request: DeployRequest | null };
  }[];
  /** Records of the group that stay as they are. */
  readonly resting: readonly Place[];
  /** For the operator. */
  readonly source: string;
}

/**
 * Reads out of the histories of a group's runs what is to come back: what stood before the newest revision, or what a named one left.
 *
 * @throws Stop with exit 3 where no history knows it.
 */
export async function chooseGroupUndo(
  temporal: TemporalClient,
  group: string,
  toRevision: number | null,
): Promise<ChosenGroupUndo> {
  const past = await mustHavePast(temporal, group);
  const chosen = chooseRevision(past, { record: group, toRevision, newest: past[0] });
  const since = past.slice(0, past.indexOf(chosen.run) + 1);
  const [moves, requests] = await Promise.all([
    Promise.all(since.map((run) => movesOfRevision(temporal, group, run))),
    Promise.all(since.map((run) => inputOfRun<GroupRequest>(temporal, group, run))),
  ]);
  const records = undoOfGroup(moves, { state: chosen.state, toRevision }).map(({ undo, newest: plan, run }) => ({
    undo,
    newest: { plan, request: requests[run]?.records.find(({ record }) => record === plan.record) ?? null },
  }));
  const moved = new Set(records.map(({ newest }) => newest.plan.record));
  const known = [...(requests[0]?.records ?? []), ...(requests[0]?.resting ?? [])];
  const resting = known.filter(({ record }) => !moved.has(record)).map(placeOf);
  const others = changedOtherwise(moves);
  const also = others.length === 0 ? '' : `; ${others.join(', ')} changed otherwise since, and stay as they are`;
  return { records, resting, source: `${sourceWords(chosen)}${also}` };
}
