import type { Finding } from '../contracts/doctor.ts';
import { DEFAULT_DOCS_PACE, type SiteSpec } from '../contracts/docs-runs.ts';
import { lookingAtSite } from './docs-activities.ts';

/** Whether the worker can have a site's source, make its pages, and publish them; changes nothing. */
export async function diagnoseDocs(input: { readonly spec: SiteSpec }): Promise<readonly Finding[]> {
  return lookingAtSite(DEFAULT_DOCS_PACE).diagnoseDocs(input);
}
