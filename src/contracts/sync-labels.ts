import { escapeMarkdown } from '../core/escape-markdown.ts';
import type { SyncMemo, SyncRequest } from './sync.ts';

/** What is to be seen of a run without a worker, whoever starts it: its memo, and its line in the UI, which renders Markdown. */
export function syncLabels({ spec, by, trigger }: SyncRequest) {
  const memo: SyncMemo = { pair: spec.pair, by, trigger };
  const staticSummary = `${spec.pair}: ${trigger}, by ${escapeMarkdown(by).slice(0, 100)}`;
  return { memo: { ...memo }, staticSummary };
}
