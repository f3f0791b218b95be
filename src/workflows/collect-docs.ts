import { DEFAULT_DOCS_PACE, type DocsCollection, type SiteSpec } from '../contracts/docs-runs.ts';
import { docsWork } from './docs-activities.ts';

/** Removes the releases that neither a pointer nor the way back needs. */
export async function collectDocs(input: { readonly spec: SiteSpec }): Promise<DocsCollection> {
  return docsWork({ pace: DEFAULT_DOCS_PACE }).collectReleases(input);
}
