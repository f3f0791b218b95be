import { cleanLine } from './clean-line.ts';

/**
 * A clean line of at most `max` UTF-16 units, the last one an ellipsis where something is missing. Letters keep their accents and emoji
 * stay whole. Not by `Intl.Segmenter`: its answer changes with the version of Node, and two workers must cut alike (S2).
 */
export function cutLine(line: string, max: number): string {
  if (line.length <= max) return line;
  return cleanLine(`${line.slice(0, lastBoundary(line, Math.max(0, max - 1))).trimEnd()}…`);
}

/** More than any emoji has; hundreds of accents on one letter are cut. Half a character that is left by that is cleaned away. */
const LONGEST_CLUSTER = 64;

function lastBoundary(line: string, from: number): number {
  for (let at = from; at > 0 && at > from - LONGEST_CLUSTER; at -= 1) if (mayCut(line, at)) return at;
  return from;
}

function mayCut(line: string, at: number): boolean {
  const next = line.slice(at, at + 2);
  if (CONTINUES.test(next) || line[at - 1] === ZERO_WIDTH_JOINER) return false;
  return !(REGIONAL.test(next) && endsInsideFlag(line.slice(0, at)));
}

/** Flags are pairs of regional letters: only the number of letters says where one ends. */
function endsInsideFlag(head: string): boolean {
  let start = head.length;
  while (REGIONAL.test(head.slice(start - 2, start))) start -= 2;
  return (head.length - start) % 4 === 2;
}

const ZERO_WIDTH_JOINER = '\u200d';
const CONTINUES = /^[\p{M}\p{Cs}\p{Emoji_Modifier}\u200c-\u200d\u{e0020}-\u{e007f}]/u;
const REGIONAL = /^\p{Regional_Indicator}/u;
