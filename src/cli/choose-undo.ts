import type { DeployRequest } from '../contracts/deploy.ts';
import { findRevision, type FoundRevision } from '../core/dns/find-revision.ts';
import type { Plan, Undo } from '../core/dns/plan.ts';
import { EXIT } from './exit-codes.ts';
import { pastRevisions, type PastRevision } from './past-revisions.ts';
import { planOfRevision, requestOfRun } from './recorded-revision.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import { day, outside } from './words.ts';

/** What an undo brings back, and where that was recorded. */
export interface ChosenUndo {
  readonly undo: Undo;
  /** The plan and the request of the newest revision: the one that is undone. */
  readonly newest: { readonly plan: Plan; readonly request: DeployRequest | null };
  /** For the operator. */
  readonly source: string;
}

/** Of these a number is looked for; `history --last` shows as many. */
const MOST_REVISIONS = 100;

/**
 * Reads out of Temporal's histories what is to come back: what stood before the newest revision, or what a named one made of the record.
 *
 * @throws Stop with exit 3 where no history knows it.
 */
export async function chooseUndo(
  temporal: TemporalClient,
  record: string,
  toRevision: number | null,
): Promise<ChosenUndo> {
  const past = await mustHavePast(temporal, record);
  const [newest] = past;
  const chosen = chooseRevision(past, { record, toRevision, newest });
  const [plan, request, back] = await Promise.all([
    planOfRevision(temporal, record, newest),
    requestOfRun(temporal, record, newest),
    planOfRevision(temporal, record, chosen.run),
  ]);
  const sets = chosen.state === 'after' ? back.promotion.sets : back.before;
  const expectedRevision = newest.revision?.number ?? null;
  return {
    undo: { sets, expected: plan.promotion.sets, expectedRevision, toRevision },
    newest: { plan, request },
    source: sourceWords(chosen),
  };
}

/** The promoted deployments of a record or a group, newest first. @throws Stop with exit 3 where Temporal keeps none. */
export async function mustHavePast(
  temporal: TemporalClient,
  subject: string,
): Promise<readonly [PastRevision, ...PastRevision[]]> {
  const [newest, ...older] = await temporal.ask(() => pastRevisions(temporal, subject, MOST_REVISIONS));
  if (newest === undefined) throw nothingKnown(subject);
  return [newest, ...older];
}

interface Choice {
  readonly run: PastRevision;
  readonly state: 'after' | 'before';
}

interface Wanted {
  readonly record: string;
  readonly toRevision: number | null;
  readonly newest: PastRevision;
}

/** @throws Stop with exit 3 where there is none, or several. */
export function chooseRevision(past: readonly PastRevision[], { record, toRevision, newest }: Wanted): Choice {
  if (toRevision === null) return { run: newest, state: 'before' };
  const found = findRevision(
    past.map(({ revision }) => revision),
    toRevision,
  );
  const run = found.kind === 'found' ? past[found.at] : undefined;
  if (found.kind !== 'found' || run === undefined) throw notFound(found, past, { record, toRevision });
  return { run, state: found.state };
}

/** Where what comes back was recorded. */
export function sourceWords({ run: { at, runId, memo, revision }, state }: Choice): string {
  const number = revision === null ? 'a revision without a number' : `revision ${revision.number}`;
  const what = state === 'before' ? `what ${number} replaced` : `what ${number} served`;
  return `${what}: recorded by the deployment of ${outside(memo.by ?? '?')}, ${day(at)} UTC, run ${runId}`;
}

function nothingKnown(record: string): Stop {
  return new Stop(EXIT.refused, [
    problem(
      `Temporal keeps no promoted deployment of ${record}, so there is nothing to undo (it forgets ended ones after its retention time)`,
      null,
      `nothing was written; name the values: ./switchyard deploy ${record} --to VALUE, or put the default back: ./switchyard reset ${record}`,
    ),
  ]);
}

function notFound(
  found: FoundRevision,
  past: readonly PastRevision[],
  { record, toRevision }: Pick<Wanted, 'record' | 'toRevision'>,
): Stop {
  const number = String(toRevision);
  if (found.kind === 'ambiguous') {
    const dates = found.at.map((at) => day(past[at]?.at ?? 0)).join(' and ');
    return new Stop(EXIT.refused, [
      problem(
        `revision ${number} of ${record} is several, of ${dates} UTC: its fence was removed by hand in between`,
        null,
        `nothing was written; name the values: ./switchyard deploy ${record} --to VALUE`,
      ),
    ]);
  }
  const known = found.kind === 'unknown' && found.known.length > 0 ? found.known.join(', ') : 'none that has a number';
  return new Stop(EXIT.refused, [
    problem(`${record} has no revision ${number} that Temporal still keeps`, known, `./switchyard history ${record}`),
  ]);
}
