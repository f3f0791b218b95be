import type { DocsStatus } from '../contracts/docs-runs.ts';
import type { RunEnd } from './look-at-run.ts';
import type { DocsName } from './parse/docs-name.ts';
import type { View } from './render.ts';
import {
  docsChangeLines,
  docsClosingLines,
  docsRunLines,
  speechlessDocsLines,
  type DocsLook,
} from './render-docs-run.ts';
import type { Face } from './reporter.ts';

/** What a build looks like while it is followed. */
export function docsFace(name: DocsName): Face<DocsLook, DocsStatus> {
  let before: DocsStatus | null = null;
  const changes = (status: DocsStatus): readonly string[] => {
    const lines = docsChangeLines(before, status);
    before = status;
    return lines;
  };
  return {
    subject: { ...name },
    drawn: docsRunLines,
    drawnLast: () => null,
    news: ({ status }) => (status === null ? [] : changes(status)),
    newsOfEnd: changes,
    facts: ({ status, trouble }) => ({ status, trouble }),
    endLines: (end, view) => docsEndLines(end, name, view),
  };
}

/** The last lines of any end. */
export function docsEndLines(end: RunEnd<DocsStatus>, name: DocsName, view: View): readonly string[] {
  return end.kind === 'reported' ? docsClosingLines(end.status, view) : speechlessDocsLines(name, end, view);
}
