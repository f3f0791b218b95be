import { createRequire } from 'node:module';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesIn } from './cli-cache.ts';
import type { Environment } from './run-command.ts';
import { runCommand } from './run-command.ts';

export interface SdkDownload {
  readonly into: string;
  readonly env: Environment;
  readonly say: (line: string) => void;
  /** The module that downloads; by default the project's own @temporalio/testing. */
  readonly testing?: string;
}

/**
 * Lets the Temporal SDK fetch the CLI that fits it, from temporal.download, and returns the executable.
 *
 * The SDK downloads only to start a server, so it starts one and stops it at once; in a process of its own, because the
 * SDK's runtime keeps signals for itself in the process that loads it (facts: a node that has it ignores SIGINT).
 *
 * @throws Error with the SDK's reason; within a second where there is no internet.
 */
export async function downloadWithSdk({ into, env, say, testing }: SdkDownload): Promise<string> {
  const module = testing ?? createRequire(import.meta.url).resolve('@temporalio/testing');
  await runCommand(process.execPath, ['--input-type=module', '-e', DOWNLOAD, module, into], {
    env,
    stallMs: 60_000,
    measure: () => bytesIn(into),
    onProgress: (bytes) => say(`... ${Math.round(bytes / 1e6)} MB so far`),
  });
  const files = (await readdir(into)).filter((name) => !name.endsWith('.downloading'));
  if (files[0] === undefined) throw new Error('the SDK downloaded nothing');
  return join(into, files[0]);
}

const DOWNLOAD = `
const [, testing, downloadDir] = process.argv;
try {
  const { TestWorkflowEnvironment } = (await import(testing)).default;
  const executable = { type: 'cached-download', downloadDir };
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
  process.exit(0);
} catch (cause) {
  console.error(cause.message.split(': ').slice(-2).join(': ')); // the rest says the address three times
  process.exit(1);
}
`;
