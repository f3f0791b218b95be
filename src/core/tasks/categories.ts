import { cleanLine } from './clean-line.ts';
import { cutLine } from './cut-line.ts';

/** Labels as categories, in the form that is written and compared: clean, each once, sorted by code units on every machine alike. */
export function categories(labels: readonly string[]): readonly string[] {
  const names = labels.map((label) => cutLine(cleanLine(label), LONGEST_NAME));
  return [...new Set(names)].filter((name) => name !== '').sort();
}

const LONGEST_NAME = 255;
