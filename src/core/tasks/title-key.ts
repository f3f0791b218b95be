import { cleanLine } from './clean-line.ts';

/** Equal for titles that a person would call the same: case, white space, joiners and ways to write an accent do not count. */
export function titleKey(title: string): string {
  const letters = cleanLine(title)
    .replace(/\p{Cf}/gu, '')
    .normalize('NFC');
  // To capitals and back, so that `ß` and `SS` meet.
  return letters.toUpperCase().toLowerCase().normalize('NFC');
}
