import type { GateFinding, ReleaseFacts } from '../contracts/docs.ts';
import type { DocsDecision, DocsStatus, SiteSpec } from '../contracts/docs-runs.ts';
import { assertNever } from '../core/assert-never.ts';
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

/** What the decision about a pointer means for a build. */
export function outcomeOf(
  decision: DocsDecision,
  { release, reused }: { readonly release: string; readonly reused: boolean },
): Pick<DocsStatus, 'outcome' | 'stands' | 'why'> {
  switch (decision.kind) {
    case 'move':
      return { outcome: 'published', stands: release, why: null };
    case 'already':
      return { outcome: reused ? 'unchanged' : 'published', stands: release, why: null };
    case 'pinned': {
      const { release: stands, pinnedSince, by } = decision.stands;
      return { outcome: 'not-published', stands, why: `pinned since ${pinnedSince ?? ''} by ${by}` };
    }
    case 'overtaken':
      return {
        outcome: 'not-published',
        stands: decision.stands.release,
        why: `what was asked for later stands already, by ${decision.stands.by}`,
      };
    case 'refused':
      return { outcome: 'not-published', stands: null, why: decision.reason };
    default:
      return assertNever(decision);
  }
}
