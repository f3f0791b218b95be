import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LONGEST_FIRST } from '../support/longest-first.js';

test('each file that is to come first is there: one that moved would come last, and the run take longer', () => {
  const gone = LONGEST_FIRST.filter((file) => !existsSync(fileURLToPath(new URL(`../..${file}`, import.meta.url))));
  expect(gone).toEqual([]);
});
