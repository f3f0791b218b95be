import { assertNever } from '../assert-never.ts';
import type { Decision } from './pointer-move.ts';

/** How a build ends that came as far as the pointer. */
export interface MoveOutcome {
  readonly outcome: 'published' | 'unchanged' | 'not-published';
  /** The release that the version shows now; null: none. */
  readonly stands: string | null;
  /** Why it was not published. */
  readonly why: string | null;
}

/** What the decision about a pointer means for the build of a release. */
export function outcomeOfMove(
  decision: Decision,
  { release, reused }: { readonly release: string; readonly reused: boolean },
): MoveOutcome {
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
