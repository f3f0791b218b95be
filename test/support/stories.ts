import { readdirSync, readFileSync } from 'node:fs';
import { storyOfFile } from '../../src/cli/read-story.ts';
import type { Story } from '../../src/core/story/story.ts';

const FOLDER = new URL('../histories/', import.meta.url);

/** The names of all histories that are recorded. */
export const RECORDED = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

export interface RecordedHistory {
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export const recorded = (name: string): RecordedHistory =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as RecordedHistory;

/** Long after all of them. */
const NOW = Date.UTC(2026, 11, 1);

export function storyOf(history: unknown): Story {
  const story = storyOfFile(history, NOW);
  if (story === null) throw new Error('it is no history');
  return story;
}
