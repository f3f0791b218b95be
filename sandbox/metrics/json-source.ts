/** A stand-in for any service that answers numbers in JSON: whatever it was told, at the path it was told for. */
import { createFaultPlan, type FaultPlan } from '../faults.ts';
import { startFaultedServer } from '../faulted-server.ts';

export interface JsonSource {
  readonly url: string;
  readonly faults: FaultPlan;
  /** What `path`, with its query, answers from now on. */
  answer(path: string, body: unknown): void;
  close(): Promise<void>;
}

export async function startJsonSource(): Promise<JsonSource> {
  const faults = createFaultPlan();
  const told = new Map<string, unknown>();
  const server = await startFaultedServer({
    faults,
    operationOf: (method) => method,
    process: ({ path }) =>
      told.has(path)
        ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(told.get(path)) }
        : { status: 404, body: 'not here\n' },
    refusal: ({ status, message }) => ({ status, body: `${message}\n` }),
  });
  return {
    url: server.url,
    faults,
    answer: (path, body) => void told.set(path, body),
    close: () => server.close(),
  };
}
