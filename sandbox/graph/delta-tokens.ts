import { randomBytes } from 'node:crypto';
import { invalid, Refusal } from './refusal.ts';

/** Where a reader of changes is. */
export interface DeltaState {
  /** The list, or `lists`. */
  readonly scope: string;
  /** Ids that are still to be told, from `offset` on; null: all that changed since `position`. */
  readonly rest: { readonly ids: readonly string[]; readonly offset: number } | null;
  /** The position on the shelf up to which this round tells. */
  readonly position: number;
}

/** Opaque tokens: they can be used again, and older ones stay valid, until they die. */
export class DeltaTokens {
  readonly #states = new Map<string, DeltaState | 'gone' | 'malformed'>();

  issue(state: DeltaState): string {
    const token = randomBytes(300).toString('base64url');
    this.#states.set(token, state);
    return token;
  }

  /** @throws Refusal 410 SyncStateNotFound, or 400 for a badly formed token; both mean: begin again. */
  read(token: string, scope: string): DeltaState {
    const state = this.#states.get(token);
    if (state === 'gone')
      throw new Refusal({ status: 410, code: 'SyncStateNotFound' }, 'The sync state generation is not found.');
    if (state === undefined || state === 'malformed' || state.scope !== scope) throw invalid('Badly formed token.');
    return state;
  }

  /** Every token handed out so far is dead from now on, and answers so. */
  kill(answer: 'gone' | 'malformed'): void {
    for (const token of this.#states.keys()) this.#states.set(token, answer);
  }
}
