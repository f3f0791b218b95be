import { clockTime } from '../clock-time.ts';
import type { Verdict } from '../dns/gate.ts';
import { formatDuration } from '../duration.ts';

/** `> 0.01`: what a sample of an ill black looks like. */
export interface FailWhen {
  readonly operator: '>' | '>=' | '<' | '<=';
  readonly bound: number;
}

/** How samples become a verdict. Durations in milliseconds. */
export interface SampleRule {
  /** Bad ones that fail the gate, among the newest `of`. */
  readonly bad: number;
  readonly of: number;
  /** Fewer samples with a value are no pass. */
  readonly min: number;
  /** From the change in sync to the first look. */
  readonly afterMs: number;
  readonly everyMs: number;
}

/** One look: a number, or why there is none. Plain, since it travels through workflow histories. */
export interface Look {
  readonly at: number;
  readonly value: number | null;
  /** Why there is no number; null where there is one. */
  readonly why: string | null;
}

/** Looks of one gate at one step. */
export interface Looks {
  /** The newest, oldest first, at most `SampleRule.of`. */
  readonly newest: readonly Look[];
  /** How many gave a number, older ones included. */
  readonly counted: number;
}

export const NO_LOOKS: Looks = { newest: [], counted: 0 };

/** Reads `> 0.01`; null where it is no comparison with a finite number. */
export function readFailWhen(text: string): FailWhen | null {
  const found = /^\s*(>=|<=|>|<)\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)\s*$/i.exec(text);
  const bound = Number(found?.[2] ?? Number.NaN);
  return found === null || !Number.isFinite(bound) ? null : { operator: found[1] as FailWhen['operator'], bound };
}

/** NaN fails nothing and passes nothing: it never comes here. */
export function isBad(value: number, { operator, bound }: FailWhen): boolean {
  switch (operator) {
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
  }
}

export function addLook({ newest, counted }: Looks, look: Look, { of }: SampleRule): Looks {
  return { newest: [...newest, look].slice(-of), counted: counted + (look.value === null ? 0 : 1) };
}

export interface SamplesView {
  readonly looks: Looks;
  readonly failWhen: FailWhen;
  readonly rule: SampleRule;
  readonly now: number;
  /** An older look says nothing about now. */
  readonly maxAgeMs: number;
}

/**
 * Bad in M of the newest N looks fails at once, however few there have been. A pass needs the minimum of numbers, a fresh one, and a window that would pass even if
 * every look without a number had been bad: no data is not a pass (D7).
 */
export function judgeSamples(view: SamplesView): Verdict {
  const { looks, failWhen, rule, now, maxAgeMs } = view;
  const bad = looks.newest.filter(({ value }) => value !== null && isBad(value, failWhen));
  if (bad.length >= rule.bad) return { kind: 'fail', reason: `${badWords(bad.length, view)}${shownBad(bad)}` };
  const last = looks.newest.at(-1);
  if (last === undefined) return { kind: 'inconclusive', reason: 'nothing has been measured yet' };
  if (now - last.at > maxAgeMs) return { kind: 'inconclusive', reason: `nothing measured since ${clockTime(last.at)}` };
  const blind = looks.newest.filter(({ value }) => value === null);
  if (bad.length + blind.length >= rule.bad) return { kind: 'inconclusive', reason: unsure(blind, bad, view) };
  if (looks.counted < rule.min)
    return {
      kind: 'inconclusive',
      reason: `${looks.counted} of the ${rule.min} samples that it takes${blindWords(blind) || lastWords(view)}`,
    };
  return { kind: 'pass', reason: `${badWords(bad.length, view)}${lastWords(view)}` };
}

const operatorWords = ({ operator, bound }: FailWhen): string => `${operator} ${bound}`;

/** `3 of the last 5 samples > 0.01`. */
const badWords = (bad: number, { looks, failWhen }: SamplesView): string =>
  `${bad === 0 ? 'none' : bad} of the last ${looks.newest.length} samples ${operatorWords(failWhen)}`;

function shownBad(bad: readonly Look[]): string {
  const shown = bad.slice(-3).map(({ at, value }) => `${shortNumber(value ?? 0)} at ${clockTime(at)}`);
  return `: ${shown.join(', ')}`;
}

function lastWords({ looks }: SamplesView): string {
  const last = looks.newest.findLast(({ value }) => value !== null);
  return last === undefined ? '' : `, last ${shortNumber(last.value ?? 0)}`;
}

/** Why the newest look without a number has none. */
function blindWords(blind: readonly Look[]): string {
  const last = blind.at(-1);
  return last === undefined ? '' : `, the last look gave no number: ${last.why ?? ''} (${clockTime(last.at)})`;
}

function unsure(blind: readonly Look[], bad: readonly Look[], view: SamplesView): string {
  const last = blind.at(-1);
  if (last === undefined) return badWords(bad.length, view);
  const some = bad.length === 0 ? '' : `${badWords(bad.length, view)}, and `;
  return `${some}${blind.length} of the last ${view.looks.newest.length} looks gave no number: ${last.why ?? ''} (${clockTime(last.at)})`;
}

/** Four digits: enough to see on which side of a bound a number lies, short enough for a sentence. */
export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

/** From the change in sync until a gate of this rule can have passed, in milliseconds. */
export function earliestPassMs({ afterMs, everyMs, min }: SampleRule): number {
  return afterMs + Math.max(0, min - 1) * everyMs;
}

/** `3 of 5 samples > 0.01, every 15 s after 60 s`. */
export function ruleWords(failWhen: FailWhen, { bad, of, min, afterMs, everyMs }: SampleRule): string {
  const after = afterMs === 0 ? '' : ` after ${formatDuration(afterMs)}`;
  return `fails at ${bad} of ${of} samples ${operatorWords(failWhen)}, passes from ${min} on, every ${formatDuration(everyMs)}${after}`;
}
