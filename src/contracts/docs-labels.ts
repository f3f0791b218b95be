import { escapeMarkdown } from '../core/escape-markdown.ts';
import type { DocsMemo, DocsRequest, DocsWish } from './docs-runs.ts';

/** What is to be seen of a run without a worker, whoever starts it: its memo, and its line in the UI, which renders Markdown. */
export function docsLabels(
  { spec, version, publish }: Pick<DocsRequest, 'spec' | 'version' | 'publish'>,
  wish: DocsWish,
) {
  const { by, trigger } = wish;
  const memo: DocsMemo = { site: spec.site, version, by, trigger };
  const what = `${spec.site}/${version}${publish ? '' : ', a preview'}`;
  return { memo: { ...memo }, staticSummary: `${what}: ${trigger}, by ${escapeMarkdown(by).slice(0, 100)}` };
}
