import { parseSpan } from './parse/numbers.ts';
import { parsePairName } from './parse/pair-name.ts';
import { quoted, startFindings, type Findings } from './parse/parsed.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';

/** What the command line of `sync` says, as text. */
export interface SyncFlags {
  readonly detach?: true | undefined;
  readonly soon?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly pause?: true | undefined;
  readonly resume?: true | undefined;
  readonly wait?: string | undefined;
  readonly onCancel?: 'leave' | 'abort' | undefined;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  readonly adopt?: true | undefined;
  readonly allowRemovals?: string | undefined;
  readonly exitCode?: true | undefined;
}

export type SyncMode = (typeof MODES)[number] | 'follow';

/** What `sync` is asked to do, read. */
export interface SyncWish {
  readonly pair: string;
  readonly mode: SyncMode;
  readonly adopt: boolean;
  /** Null: none beyond the guards. */
  readonly allowRemovals: number | null;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  readonly onCancel: 'leave' | 'abort';
}

const MODES = ['detach', 'soon', 'dryRun', 'pause', 'resume'] as const;

/** Flags that mean something in some modes only. */
const BELONGS = {
  adopt: ['follow', 'detach', 'dryRun'],
  allowRemovals: ['follow', 'detach', 'dryRun'],
  wait: ['follow'],
  onCancel: ['follow'],
  exitCode: ['dryRun'],
  reason: ['pause', 'resume'],
} as const satisfies Partial<Record<keyof SyncFlags, readonly SyncMode[]>>;

/** @throws Stop with exit 2: every problem at once (A2). */
export function syncWish(name: string, flags: SyncFlags): SyncWish {
  const findings = startFindings();
  const wish = {
    pair: findings.take(parsePairName(name), ''),
    mode: modeOf(flags, findings),
    adopt: flags.adopt === true,
    allowRemovals: removalsOf(flags, findings),
    waitMs: flags.wait === undefined ? null : findings.take(parseSpan(flags.wait, '--wait'), null),
    onCancel: flags.onCancel ?? 'leave',
  };
  noteStray(flags, wish.mode, findings);
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return wish;
}

function modeOf(flags: SyncFlags, findings: Findings): SyncMode {
  const given = MODES.filter((mode) => flags[mode] === true);
  if (given.length > 1) findings.note(problem(`${given.map(dashed).join(' and ')} exclude each other`, 'one of them'));
  return given[0] ?? 'follow';
}

function removalsOf({ allowRemovals }: SyncFlags, findings: Findings): number | null {
  if (allowRemovals === undefined) return null;
  if (/^[1-9]\d{0,5}$/.test(allowRemovals)) return Number(allowRemovals);
  findings.note(problem(`--allow-removals: ${quoted(allowRemovals)} is no count`, '1 to 999999'));
  return null;
}

function noteStray(flags: SyncFlags, mode: SyncMode, findings: Findings): void {
  for (const flag of Object.keys(BELONGS) as (keyof typeof BELONGS)[]) {
    const modes: readonly SyncMode[] = BELONGS[flag];
    if (flags[flag] === undefined || modes.includes(mode)) continue;
    const with_ = mode === 'follow' ? 'without the others' : `with ${dashed(mode)}`;
    findings.note(problem(`${dashed(flag)} means nothing ${with_}`, modes.map(placeOf).join(', ')));
  }
}

const placeOf = (mode: SyncMode): string => (mode === 'follow' ? 'following a run' : `with ${dashed(mode)}`);

const dashed = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
