import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/**
 * The client knows one queue only, so every test file in which it really deploys has a namespace of its own. They are made with the
 * server, since it takes seconds until all of its parts know a new one.
 */
export const CLI_NAMESPACES = {
  undo: 'cli-undo',
  ifBusy: 'cli-if-busy',
  observed: 'observed',
  show: 'cli-show',
  group: 'cli-group',
  versions: 'cli-versions',
  canary: 'canary',
} as const;

export type CliNamespace = (typeof CLI_NAMESPACES)[keyof typeof CLI_NAMESPACES];

const ALREADY_EXISTS = 6;
const RETENTION = msToTs('1 day');

export async function registerNamespaces(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const register = async (namespace: string): Promise<void> => {
    try {
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION });
    } catch (error) {
      if ((error as { code?: number }).code !== ALREADY_EXISTS) throw error;
    }
  };
  await Promise.all(Object.values(CLI_NAMESPACES).map(register));
  await connection.close();
}

/** Until the server takes a start there: a list is answered sooner, by a part that looks it up. */
export async function untilKnown({ workflowService }: Connection, namespace: CliNamespace): Promise<void> {
  for (;;) {
    try {
      await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'nobody' } });
      await workflowService.countWorkflowExecutions({ namespace });
      return;
    } catch {
      await sleep(200);
    }
  }
}
