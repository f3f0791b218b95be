import { cleanText } from './clean-text.ts';

export type DurationReading =
  { readonly kind: 'ok'; readonly ms: number } | { readonly kind: 'bad'; readonly why: string };

/** Reads `90s`, `10m`, `2h`, `1h30m`, `500ms`, `1d` into milliseconds; at most 366 days. A bare number is refused: of what? */
export function parseDuration(text: string): DurationReading {
  if (/^\d+$/.test(text)) return bad(`${text} has no unit: write ${text}s, ${text}m or ${text}h.`);
  const match = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,12})ms)?$/.exec(text);
  if (match === null || text === '')
    return bad(`${JSON.stringify(cleanText(text, 40))} is not a duration: write it as 90s, 10m, 2h or 1h30m.`);
  const ms = UNITS.reduce((total, unit, index) => total + Number(match[index + 1] ?? 0) * unit, 0);
  return ms > LONGEST ? bad(`${text} is longer than 366 days.`) : { kind: 'ok', ms };
}

/** Milliseconds as people say them: `1 h 30 min`, `90 s`, `250 ms`. Whole seconds above one second; minutes from two on. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 120) return `${seconds} s`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

const SECOND = 1_000;
/** Days, hours, minutes, seconds, milliseconds: in the order of the pattern's groups. */
const UNITS = [86_400 * SECOND, 3_600 * SECOND, 60 * SECOND, SECOND, 1];
const LONGEST = 366 * 86_400 * SECOND;

const bad = (why: string): DurationReading => ({ kind: 'bad', why });
