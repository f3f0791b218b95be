import { rm } from 'node:fs/promises';
import type { TestRun } from './global-setup.ts';

/** Stops what {@link globalSetup} started. */
export default async function globalTeardown(): Promise<void> {
  const { switchyardTestRun: run } = globalThis as { switchyardTestRun?: TestRun };
  if (run === undefined) return;
  await run.server?.stop();
  await Promise.all(run.folders.map((folder) => rm(folder, { recursive: true, force: true })));
}
