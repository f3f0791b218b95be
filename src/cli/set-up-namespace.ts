import { setTimeout as sleep } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../contracts/deploy.ts';
import { ensureKeywords } from '../embedded/search-attributes.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';
import { codeOf, isNotFound, lastWords, type TemporalClient } from './temporal-client.ts';

const ALREADY_EXISTS = 6;

/** Its parts learn of a new namespace, and of its attributes, one after another: ten seconds are usual with a database. */
const KNOWN_WITHIN_MS = 90_000;

/**
 * Makes the namespace and its search attributes, where they are missing, and waits until a worker and a query may use them.
 *
 * @returns whether the namespace is new.
 * @throws Stop with exit 3 where the server refuses, as Temporal Cloud does, which has a console and a tool of its own for this.
 */
export async function setUpNamespace(temporal: TemporalClient, retentionMs: number): Promise<boolean> {
  const { connection, place } = temporal;
  try {
    const made = !(await exists(temporal)) && (await register(temporal, retentionMs));
    await untilServed(temporal);
    await ensureKeywords(connection, place.namespace, { names: SEARCH_ATTRIBUTES, withinMs: KNOWN_WITHIN_MS });
    return made;
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    const next = `make it with the tools of that server: a namespace, and in it ${SEARCH_ATTRIBUTES.join(' and ')} of type Keyword`;
    const found = `namespace ${place.namespace} at ${place.address} was not made ready: ${lastWords(cause)}`;
    throw new Stop(EXIT.refused, [problem(found, null, next)], cause);
  }
}

async function exists({ ask, connection, place: { namespace } }: TemporalClient): Promise<boolean> {
  try {
    await ask(() => connection.workflowService.describeNamespace({ namespace }));
    return true;
  } catch (cause) {
    if (isNotFound(cause)) return false;
    throw cause;
  }
}

/** False where somebody else was faster, or a call whose answer was lost had done it. */
async function register({ ask, connection, place }: TemporalClient, retentionMs: number): Promise<boolean> {
  const { namespace } = place;
  const workflowExecutionRetentionPeriod = msToTs(retentionMs);
  try {
    await ask(() => connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }));
    return true;
  } catch (cause) {
    if (codeOf(cause) === ALREADY_EXISTS) return false;
    throw cause;
  }
}

/** A worker that starts before its namespace is served dies. */
async function untilServed({ ask, connection, place: { namespace } }: TemporalClient): Promise<void> {
  for (const giveUp = Date.now() + KNOWN_WITHIN_MS; ;) {
    try {
      await ask(() => connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'nobody' } }));
      await ask(() => connection.workflowService.countWorkflowExecutions({ namespace }));
      return;
    } catch (cause) {
      if (!isNotFound(cause) || Date.now() > giveUp) throw cause;
      await sleep(250);
    }
  }
}
