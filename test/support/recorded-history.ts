import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/**
 * A history as it is kept in test/histories: nothing of the machine that recorded it, no stack traces with its paths, no process ids with its
 * name.
 *
 * @param folder Where its runs worked; it becomes /srv, in payloads too.
 */
export async function recordedHistory(handle: WorkflowHandle, folder: string | null = null): Promise<string> {
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  const moved = (text: string): string => (folder === null ? text : text.replaceAll(folder, '/srv'));
  const hidden = (key: string, value: unknown): unknown => {
    if (key === 'stackTrace') return '';
    if (key === 'identity') return 'recorded';
    if (typeof value !== 'string') return value;
    return key === 'data'
      ? Buffer.from(moved(Buffer.from(value, 'base64').toString())).toString('base64')
      : moved(value);
  };
  return `${JSON.stringify(history, hidden)}\n`;
}
