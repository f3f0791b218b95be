import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** A history as it is kept in test/histories: nothing of the machine that recorded it, no stack traces with its paths, no process ids with its name. */
export async function recordedHistory(handle: WorkflowHandle): Promise<string> {
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  const hidden = (key: string, value: unknown): unknown =>
    key === 'stackTrace' ? '' : key === 'identity' ? 'recorded' : value;
  return `${JSON.stringify(history, hidden)}\n`;
}
