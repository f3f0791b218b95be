import type { Connection } from '@temporalio/client';

/** What the server and its SDK call a Keyword: temporal.api.enums.v1.IndexedValueType. */
const KEYWORD = 2;

export interface Keywords {
  readonly names: readonly string[];
  /** How long to wait until a query may use them; default 10 s, which an embedded server does not need. */
  readonly withinMs?: number;
}

/**
 * Makes search attributes of type Keyword exist, and waits until a query may use them. Safe to repeat.
 *
 * Through the operator API, because start-dev's own flag is silently ignored on a database that exists (measured).
 *
 * @throws Error when one exists with another type: adding it again is accepted and changes nothing (measured).
 */
export async function ensureKeywords(
  connection: Connection,
  namespace: string,
  { names, withinMs = 10_000 }: Keywords,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wrong = names.filter((name) => name in customAttributes && Number(customAttributes[name]) !== KEYWORD);
  if (wrong.length > 0) {
    throw new Error(`Search attribute ${wrong.join(', ')} of namespace ${namespace} exists, but is not a Keyword`);
  }
  const missing = names.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  const query = missing.map((name) => `${name} = "x"`).join(' AND ');
  await untilAccepted(() => connection.workflowService.countWorkflowExecutions({ namespace, query }), withinMs);
}

/** A new attribute becomes known to the services one after another: tried every 50 ms. */
async function untilAccepted(ask: () => Promise<unknown>, withinMs: number): Promise<void> {
  for (const giveUp = Date.now() + withinMs; ;) {
    try {
      await ask();
      return;
    } catch (cause) {
      if (Date.now() > giveUp) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
