import type { GateFinding, ReleaseFacts } from '../contracts/docs.ts';
import type { SiteSpec } from '../contracts/docs-runs.ts';
import { failure } from '../policies/failures.ts';

/** @throws failure `GatesFailed`: the release is kept, and stays a preview (P2). */
export function mustPassGates(
  { site }: Pick<SiteSpec, 'site'>,
  { id }: Pick<ReleaseFacts, 'id'>,
  findings: readonly GateFinding[],
): void {
  const failed = findings.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  throw failure('GatesFailed', failed.map(({ sentence }) => sentence).join(' '), {
    next: `Release ${id} is kept as a preview: look at it with ./switchyard docs serve ${site}.`,
  });
}
