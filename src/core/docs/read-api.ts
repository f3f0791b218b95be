import { canonicalJson } from '../canonical-json.ts';

/** One thing that a package exports, out of TypeDoc's JSON. */
export interface ApiExport {
  /** With the names of what it stands in: `Route.open`. */
  readonly name: string;
  /** `function`, `class`. */
  readonly kind: string;
  /** Equal for equal types, whatever is said about them and wherever they stand. */
  readonly shape: string;
  readonly documented: boolean;
}

/**
 * Everything that TypeDoc asks a comment for by default: https://typedoc.org/documents/Options.Validation.html#requiredtobedocumented. What is
 * inherited is documented where it comes from.
 *
 * @param model What `--json` gives, of version 0.28; anything else has no exports.
 */
export function readApi(model: unknown): readonly ApiExport[] {
  const found: ApiExport[] = [];
  if (isReflection(model)) for (const child of model.children ?? []) visit(child, [], found);
  return found;
}

/** https://typedoc.org/api/enums/Models.ReflectionKind.html */
const KINDS: Readonly<Record<number, string>> = {
  8: 'enum',
  16: 'enum member',
  32: 'variable',
  64: 'function',
  128: 'class',
  256: 'interface',
  1_024: 'property',
  2_048: 'method',
  262_144: 'accessor',
  2_097_152: 'type',
};

interface Reflection {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly flags?: { readonly isPrivate?: unknown };
  readonly comment?: { readonly summary?: unknown; readonly blockTags?: unknown };
  readonly children?: readonly unknown[];
  readonly signatures?: readonly unknown[];
  readonly getSignature?: unknown;
  readonly setSignature?: unknown;
  readonly type?: { readonly declaration?: unknown };
  readonly inheritedFrom?: unknown;
}

const isReflection = (value: unknown): value is Reflection => typeof value === 'object' && value !== null;

function visit(value: unknown, above: readonly string[], found: ApiExport[]): void {
  if (!isReflection(value) || typeof value.name !== 'string') return;
  if (value.flags?.isPrivate === true || value.inheritedFrom !== undefined) return;
  const path = [...above, value.name];
  const kind = KINDS[Number(value.kind)];
  if (kind !== undefined)
    found.push({ name: path.join('.'), kind, shape: shapeOf(value), documented: isDocumented(value) });
  for (const child of value.children ?? []) visit(child, path, found);
}

/** A comment of its own, or of one of its signatures. */
function isDocumented(value: unknown): boolean {
  if (!isReflection(value)) return false;
  const { comment, signatures = [], getSignature, setSignature, type } = value;
  const says = [comment?.summary, comment?.blockTags].some((part) => Array.isArray(part) && part.length > 0);
  return says || [...signatures, getSignature, setSignature, type?.declaration].some(isDocumented);
}

/** What says nothing of a type: where it stands, what is said of it, how pages are ordered; children are exports of their own. */
const BESIDE: ReadonlySet<string> = new Set([
  'id',
  'sources',
  'comment',
  'groups',
  'categories',
  'children',
  'target',
  'variant',
  'inheritedFrom',
  'overwrites',
  'implementationOf',
]);

const shapeOf = (value: Reflection): string => canonicalJson(bare(value, 'children'));

/** The members of an object type are part of it; those of a class are not. */
function bare(value: unknown, without: 'children' | null): unknown {
  if (Array.isArray(value)) return value.map((one) => bare(one, null));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => (key === 'children' && without === null) || !BESIDE.has(key));
  return Object.fromEntries(kept.map(([key, part]) => [key, bare(part, null)]));
}
