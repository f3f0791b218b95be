import type { DocsWish, SiteSpec } from '../contracts/docs-runs.ts';
import { fieldOf, textOf } from './read-message.ts';

const TRIGGERS: readonly unknown[] = ['manual', 'schedule', 'event'] satisfies readonly DocsWish['trigger'][];

/** Whoever asks for a build without saying more asks for the version's own, by hand. */
export function readDocsWish(message: unknown): DocsWish {
  const trigger = fieldOf(message, 'trigger');
  return {
    ref: textOrNull(fieldOf(message, 'ref')),
    commit: textOrNull(fieldOf(message, 'commit')),
    trigger: TRIGGERS.includes(trigger) ? (trigger as DocsWish['trigger']) : 'manual',
    by: textOf(message, 'by', 'unknown'),
  };
}

/** As it is declared now, where that is a declaration of the same site at all. */
export function readSiteSpec(message: unknown, before: SiteSpec): SiteSpec | undefined {
  return fieldOf(message, 'site') === before.site && isShapedLike(message, before) ? (message as SiteSpec) : undefined;
}

/** Whether what the stages work with is there; what it says they judge. */
function isShapedLike(message: unknown, { keep }: SiteSpec): boolean {
  const [source, gates] = [fieldOf(message, 'source'), fieldOf(message, 'gates')];
  const places = fieldOf(source, 'kind') === 'git' ? ['url', 'ref'] : ['path'];
  return (
    places.every((field) => typeof fieldOf(source, field) === 'string') &&
    typeof gates === 'object' &&
    gates !== null &&
    typeof fieldOf(message, 'dependencies') === 'string' &&
    Object.keys(keep).every((field) => typeof fieldOf(fieldOf(message, 'keep'), field) === 'number')
  );
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
