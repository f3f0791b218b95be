import { DEFAULT_DOCS_PACE, type DocsDecision, type DocsMove } from '../contracts/docs-runs.ts';
import { docsWork } from './docs-activities.ts';

/** Rolls a version back, or lifts its pin; no build is needed, and none that is under way undoes it (P3). */
export async function moveDocs(move: DocsMove): Promise<DocsDecision> {
  const askedAt = new Date(Date.now()).toISOString(); // by the clock that builds are asked by, not by the client's
  return docsWork({ pace: DEFAULT_DOCS_PACE }).moveVersion({ ...move, askedAt });
}
