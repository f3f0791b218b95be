import type { FailRule } from '../../core/dns/gate.ts';
import type { Share } from '../../core/dns/plan.ts';
import { parseDuration } from '../../core/duration.ts';
import { problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

const DURATIONS = 'a duration such as 90s, 10m or 2h';
const MOST_SECONDS = 604_800;

export interface DurationRange {
  readonly minMs: number;
  readonly maxMs: number;
  readonly range: string;
}

const WEEK: DurationRange = { minMs: 0, maxMs: 7 * 24 * 3_600_000, range: 'up to 7d' };

/** Milliseconds of `90s`, `10m`, `2h`. */
export function parseSpan(text: string, flag: string, limits: DurationRange = WEEK): Parsed<number> {
  const read = parseDuration(text);
  if (read.kind === 'bad') return rejected(problem(`${flag}: ${quoted(text)} is no duration`, DURATIONS));
  const { ms } = read;
  if (ms < limits.minMs || ms > limits.maxMs) {
    return rejected(problem(`${flag}: ${quoted(text)} is out of range`, `${DURATIONS}, ${limits.range}`));
  }
  return parsed(ms);
}

/** A TTL in whole seconds: `60` or `60s`. */
export function parseTtl(text: string, flag: string): Parsed<number> {
  const read = parseDuration(/^\d{1,10}$/.test(text) ? `${text}s` : text);
  const seconds = read.kind === 'ok' ? read.ms / 1_000 : Number.NaN;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MOST_SECONDS) {
    return rejected(
      problem(`${flag}: ${quoted(text)} is no TTL`, `whole seconds from 1 to ${MOST_SECONDS}, such as 60 or 60s`),
    );
  }
  return parsed(seconds);
}

/** `4/6`: ill at 4 failures among the last 6 probes. */
export function parseFailRule(text: string, flag: string): Parsed<FailRule> {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text);
  const failures = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match === null || failures < 1 || failures > of || of > 100) {
    return rejected(
      problem(
        `${flag}: ${quoted(text)} is no rule`,
        'FAILURES/PROBES with 1 <= FAILURES <= PROBES <= 100, such as 4/6',
      ),
    );
  }
  return parsed({ failures, of });
}

const STRATEGIES: Readonly<Record<string, readonly Share[]>> = {
  'red-black': [100],
  'blue-green': [50, 100],
  canary: [5, 25, 50, 100],
};

export const STRATEGY_NAMES = Object.keys(STRATEGIES);

/** The shares that a strategy stands for. */
export function parseStrategy(text: string): Parsed<readonly Share[]> {
  const shares = Object.hasOwn(STRATEGIES, text) ? STRATEGIES[text] : undefined;
  if (shares === undefined) return rejected(problem(`--strategy: ${quoted(text)} is none`, STRATEGY_NAMES.join(', ')));
  return parsed(shares);
}

/** `5,50,100`: rising shares that end in 100. */
export function parseSteps(text: string, flag: string): Parsed<readonly Share[]> {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^\d{1,3}$/.test(part))) {
    return rejected(problem(`${flag}: ${quoted(text)} is no list of shares`, SHARES));
  }
  return checkShares(parts.map(Number), flag);
}

const SHARES = 'rising whole per cents that end in 100, such as 5,50,100';

/** Shares never move the wrong way on the way forward. */
export function checkShares(shares: readonly Share[], flag: string): Parsed<readonly Share[]> {
  const rising = shares.every((share, at) => share > (shares[at - 1] ?? 0));
  if (!rising || shares.at(-1) !== 100) {
    return rejected(problem(`${flag}: ${shares.join(',')} does not rise to 100`, SHARES));
  }
  return parsed(shares);
}
