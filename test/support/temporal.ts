import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  /** For workers. */
  readonly nativeConnection: NativeConnection;
  close(): Promise<void>;
}

/**
 * Connects to the server of this test run, or to a file's own: once a file, in `beforeAll`, and `close` in `afterAll` after the workers
 * ended.
 */
export async function connect(address: string = temporalAddress()): Promise<TestTemporal> {
  const namespace = 'default';
  const retries = startRetries();
  const [connection, nativeConnection] = await Promise.all([
    Connection.connect({ address, interceptors: [makeGrpcRetryInterceptor(retries.options)] }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection, namespace });
  const close = async () => {
    await retries.end();
    await connection.close();
    await nativeConnection.close();
  };
  return { address, namespace, connection, client, nativeConnection, close };
}

/**
 * The client's own retries of calls, until they are ended: one that comes when its channel is closed throws where nobody can catch it, and a test that has
 * passed often leaves a question unanswered.
 */
function startRetries() {
  const usual = defaultGrpcRetryOptions();
  const state = { ended: false, lastAt: 0 };
  const options: typeof usual = {
    retryableDecider: (attempt, status) => !state.ended && usual.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = usual.delayFunction(attempt, status);
      state.lastAt = Math.max(state.lastAt, Date.now() + delayMs);
      return delayMs;
    },
  };
  const end = async (): Promise<void> => {
    state.ended = true;
    while (Date.now() <= state.lastAt) await sleep(50);
  };
  return { options, end };
}

/** Where the server of this test run is, as `host:port`. */
export function temporalAddress(): string {
  return fromSetup('SWITCHYARD_TEST_TEMPORAL');
}

/** The workflows of `src/workflows`, bundled once for this test run: pass it to `Worker.create`. */
export function workflowBundle(): { readonly codePath: string } {
  return { codePath: fromSetup('SWITCHYARD_TEST_BUNDLE') };
}

/** `test/support/fixtures/worker-child.ts`, translated once for this test run. */
export function workerProgram(): string {
  return fromSetup('SWITCHYARD_TEST_WORKER');
}

/** A task queue that no other file, test or run polls. */
export function freshTaskQueue(what = 'test'): string {
  return `${what}-${randomUUID()}`;
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: test/support/global-setup.ts did not run, or started nothing.`);
  return value;
}
