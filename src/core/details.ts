import { escapeMarkdown } from './escape-markdown.ts';

/** Markdown for the UI's current details; Temporal keeps 20,000 bytes of it. */
export const details = (lines: readonly string[]): string => lines.join('\n').slice(0, 15_000);

/** A line of them, in a list, since the UI draws tables without borders. Text from outside stays text: the UI renders HTML and images. */
export const line = (name: string, text: string): string => `- ${escapeMarkdown(name)}: ${escapeMarkdown(text)}`;
