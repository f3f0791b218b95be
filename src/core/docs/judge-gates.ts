import { megabytes } from './byte-size.ts';

/** What a gate needs to know of a release; its manifest has all of it. */
export interface GateFacts {
  readonly release: string;
  /** A short hash of each, without the places that move with every edit. */
  readonly warnings: { readonly count: number; readonly keys: readonly string[] };
  readonly brokenLinks: { readonly count: number; readonly keys: readonly string[] };
  /** Null: the generator gives no model of what is exported. */
  readonly coveragePercent: number | null;
  readonly bytes: number;
}

type Rule = 'ignore' | 'fail' | 'no-new';

export interface GateRules {
  readonly warnings: Rule;
  readonly links: Rule;
  readonly coverage: { readonly minPercent: number | null; readonly mayFall: boolean };
  readonly size: { readonly maxBytes: number | null };
}

export interface Finding {
  readonly gate: keyof GateRules;
  readonly passed: boolean;
  /** With the numbers. */
  readonly sentence: string;
}

/**
 * Judges a release by the gates of its site; a gate that nobody asked for says nothing. Judged when it is built, and again before it is
 * activated: another release may stand by then.
 *
 * @param stands What readers see now; null: nothing yet, so that there is nothing to be new or less against.
 */
export function judgeGates(rules: GateRules, built: GateFacts, stands: GateFacts | null): readonly Finding[] {
  return [
    ...counted('warnings', 'warnings', { rule: rules.warnings, built: built.warnings, stands, of: 'warnings' }),
    ...counted('links', 'broken links', { rule: rules.links, built: built.brokenLinks, stands, of: 'brokenLinks' }),
    ...coverage(rules.coverage, built.coveragePercent, stands),
    ...size(rules.size, built.bytes),
  ];
}

interface Counted {
  readonly rule: Rule;
  readonly built: GateFacts['warnings'];
  readonly stands: GateFacts | null;
  readonly of: 'warnings' | 'brokenLinks';
}

function counted(gate: 'warnings' | 'links', what: string, { rule, built, stands, of }: Counted): readonly Finding[] {
  const found = `${built.count} ${what}`;
  if (rule === 'ignore') return [];
  if (rule === 'fail') return [{ gate, passed: built.count === 0, sentence: `${found}, and none are allowed.` }];
  if (stands === null)
    return [{ gate, passed: true, sentence: `${found}, to compare with from now on: nothing was published before.` }];
  const fresh = newIn(built, stands[of]);
  return [{ gate, passed: fresh === 0, sentence: `${found}, ${fresh} of them not in release ${stands.release}.` }];
}

/** Those that the other has as well are let through, each once for each time that it is there. Beyond the keys only numbers can tell. */
function newIn(built: GateFacts['warnings'], stands: GateFacts['warnings']): number {
  const known = new Map<string, number>();
  for (const key of stands.keys) known.set(key, (known.get(key) ?? 0) + 1);
  let fresh = 0;
  for (const key of built.keys) {
    const left = known.get(key) ?? 0;
    if (left === 0) fresh += 1;
    else known.set(key, left - 1);
  }
  const [unnamed, unnamedThen] = [built, stands].map(({ count, keys }) => count - keys.length) as [number, number];
  return fresh + Math.max(0, unnamed - unnamedThen);
}

function coverage(
  { minPercent, mayFall }: GateRules['coverage'],
  percent: number | null,
  stands: GateFacts | null,
): readonly Finding[] {
  if (minPercent === null && mayFall) return [];
  if (percent === null) return [covered(false, 'How much is documented is not known of what this generator makes.')];
  const has = `${percent} % of what is exported is documented`;
  const least =
    minPercent === null ? [] : [covered(percent >= minPercent, `${has}, at least ${minPercent} % is wanted.`)];
  const before = stands?.coveragePercent ?? null;
  if (mayFall || before === null) return least;
  return [...least, covered(percent >= before, `${has}, ${before} % in release ${stands?.release ?? ''}.`)];
}

const covered = (passed: boolean, sentence: string): Finding => ({ gate: 'coverage', passed, sentence });

function size({ maxBytes }: GateRules['size'], bytes: number): readonly Finding[] {
  if (maxBytes === null) return [];
  return [
    {
      gate: 'size',
      passed: bytes <= maxBytes,
      sentence: `${megabytes(bytes)}, at most ${megabytes(maxBytes)} is allowed.`,
    },
  ];
}
