import { DEFAULT_DOCS_PACE, type DocsListing, type SiteSpec } from '../contracts/docs-runs.ts';
import { docsWork } from './docs-activities.ts';

/** What stands in a site, and which releases are kept; changes nothing. */
export async function listDocs(input: { readonly spec: SiteSpec }): Promise<DocsListing> {
  return docsWork({ pace: DEFAULT_DOCS_PACE }).listSite(input);
}
