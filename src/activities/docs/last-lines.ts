import { stripVTControlCharacters } from 'node:util';

const MOST = 20;
const LONGEST = 300;

/** The last of what a program said, for a failure: without colours and blank lines, and cut. */
export const lastLines = (text: string): readonly string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-MOST)
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, LONGEST));
