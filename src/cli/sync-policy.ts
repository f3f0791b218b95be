import type { PairPolicy, ScopePolicy } from '../contracts/file.ts';
import type { Lists, PairSpec, Scope } from '../contracts/sync.ts';
import type { NotifyTarget } from '../core/notify/target.ts';
import { parseDuration } from '../core/duration.ts';
import { declaredTargets } from './notify-targets.ts';
import type { ReadFile } from './read-file.ts';

/** A pair out of `switchyard.yaml`, with every default in it. */
export interface DeclaredPair {
  readonly spec: PairSpec;
  /** Null: only when somebody asks. */
  readonly everyMs: number | null;
  /** Whom to tell that somebody has to sign in. */
  readonly notify: readonly NotifyTarget[];
  /** `switchyard.yaml:12`, of a key of this pair. */
  readonly at: (...keys: readonly PropertyKey[]) => string;
}

/** Every pair that the file declares, by its name. */
export function declaredPairs({ file, at }: Pick<ReadFile, 'file' | 'at'>): ReadonlyMap<string, DeclaredPair> {
  const pairs = new Map<string, DeclaredPair>();
  const notify = declaredTargets(file).filter(({ on }) => on.includes('token'));
  for (const [pair, policy] of Object.entries(file.sync ?? {})) {
    const place = (...keys: readonly PropertyKey[]): string => at(['sync', pair, ...keys]);
    pairs.set(pair, { spec: specOf(pair, policy), everyMs: everyOf(policy), notify, at: place });
  }
  return pairs;
}

/** The schema has seen that it is an interval. */
function everyOf({ every }: PairPolicy): number | null {
  const read = every === undefined ? null : parseDuration(every);
  return read?.kind === 'ok' ? read.ms : null;
}

function specOf(pair: string, policy: PairPolicy): PairSpec {
  const { from, to, stopAt, fields } = policy;
  return {
    pair,
    from: { secret: from.secret, scope: scopeOf(from.scope), assignee: from.assignee ?? 'me-or-none' },
    to: {
      account: to.account ?? null,
      secret: to.secret ?? null,
      access: to.access ?? 'delegated',
      lists: listsOf(to.lists),
    },
    completion: policy.completion ?? 'both',
    onDeleted: policy.onDeleted ?? 'complete',
    onOutOfScope: policy.onOutOfScope ?? 'remove',
    timeZone: policy.timeZone ?? null,
    stopAt: {
      percent: Number((stopAt?.removals ?? '10%').replace('%', '')),
      atLeast: stopAt?.atLeast ?? 5,
      never: stopAt?.never ?? 100,
      empty: stopAt?.empty !== 'allow',
    },
    fields: {
      reminders: fields?.reminders ?? true,
      categories: fields?.categories ?? true,
      priority3: fields?.priority3 ?? 'normal',
      titleMax: fields?.titleMax ?? 255,
    },
  };
}

function scopeOf(scope: ScopePolicy = 'everything'): Scope {
  if (scope === 'everything') return { kind: 'everything' };
  const { projects, label, filter } = scope;
  if (projects !== undefined) return { kind: 'projects', projects };
  if (label !== undefined) return { kind: 'label', label };
  return { kind: 'filter', filter: filter ?? '' }; // the schema has seen that one of them is there
}

function listsOf(lists = 'default'): Lists {
  if (lists === 'default' || lists === 'per-project') return { kind: lists };
  return { kind: 'named', name: lists };
}
