import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

/** Bundles the workflows once, into a file for SWITCHYARD_WORKFLOW_BUNDLE: a worker that starts with it need not bundle them itself. */
export async function bundleWorkflows(file: string): Promise<void> {
  const workflowsPath = fileURLToPath(new URL('../src/workflows', import.meta.url));
  const quiet = { trace: drop, debug: drop, info: drop, warn: drop, error: drop, log: drop };
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  await writeFile(file, code);
}

const drop = (): void => undefined;
