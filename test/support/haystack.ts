/** Everything that somebody may read of runs in one namespace of Temporal, as text, for tests that search it for what must not be there (A1). */
import type { Client } from '@temporalio/client';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a text was found, by the place it came from. */
export type Haystack = ReadonlyMap<string, string>;

/** Histories and descriptions of all runs, payloads decoded: inputs, results, failures, heartbeats, memos, search attributes, details. */
export async function historiesOf(client: Client): Promise<Haystack> {
  const found = new Map<string, string>();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    found.set(`run ${workflowId} ${runId}`, `${textOf(history)}\n${textOf(raw)}`);
  }
  for await (const { scheduleId } of client.schedule.list())
    found.set(`schedule ${scheduleId}`, textOf((await client.schedule.getHandle(scheduleId).describe()).raw));
  return found;
}

/** Every file below a folder. */
export async function filesIn(folder: string): Promise<Haystack> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}

/** All text in a value: bytes are what payloads are kept in. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${textOf(inner)}`)
    .join('\n');
}

/** Places that hold one of the needles, as it is or in an encoding that travels: `todoist-token in run sync:tasks ...`. */
export function leaksIn(haystack: Haystack, needles: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(needles).flatMap(([name, needle]) =>
    [...haystack]
      .filter(([, text]) => spellings(needle).some((spelling) => text.includes(spelling)))
      .map(([place]) => `${name} in ${place}`),
  );
}

function spellings(needle: string): readonly string[] {
  const basic = [needle, `x-access-token:${needle}`].map((text) => Buffer.from(text).toString('base64'));
  return [needle, needle.toLowerCase(), encodeURIComponent(needle), Buffer.from(needle).toString('hex'), ...basic];
}
