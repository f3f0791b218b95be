/**
 * Microsoft To Do through Microsoft Graph: plain requests, each sent once, and writes in `$batch` chains.
 *
 * Chains because a sequential batch of 20 counts as one request in flight and is not throttled, where a parallel one is (measured), and because
 * after a failed step none of the later ones has run. https://learn.microsoft.com/graph/json-batching
 */
import { isMembers } from '../../core/tasks/is-members.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { batchOf, MOST_STEPS, resultsOf } from './graph-batch.ts';
import { garbled, notRun } from './graph-error.ts';
import { createSender, type GraphOptions, type Send } from './graph-request.ts';
import type { Graph, GraphStep, StepResult } from './services.ts';

/** Every method throws a ServiceError, or the reason of its signal; requests wait for their place in `options.gate`. */
export function createGraph(options: GraphOptions): Graph {
  const { url, mailbox, timeouts } = options;
  const send = createSender(options);
  const ask = async (...asked: Parameters<Send>): Promise<unknown> => (await send(...asked)).content;
  const at = (path: string): string => url + mailbox + path;
  return {
    get: (path, name, signal) =>
      ask({ method: 'GET', url: at(path), headers: {}, name, timeoutMs: timeouts.readMs }, signal),
    post: (path, body, { name, signal }) =>
      ask({ method: 'POST', url: at(path), headers: {}, body, name, timeoutMs: timeouts.writeMs }, signal),
    pages: (path, name, signal) => pagesOf(send, { url: at(path), root: url, name, options }, signal),
    chain: (steps, signal) => chainOf(send, { steps, options }, signal),
  };
}

interface Pages {
  readonly url: string;
  readonly root: string;
  readonly name: string;
  readonly options: GraphOptions;
}

/** An empty page is not the end. The page size has to be asked for again with every page: it is not in the link (measured). */
async function* pagesOf(send: Send, pages: Pages, signal: AbortSignal): AsyncGenerator<readonly unknown[]> {
  const { name, root, options } = pages;
  const headers = { prefer: 'odata.maxpagesize=200' };
  for (let url: string | null = pages.url; url !== null;) {
    const page = await send({ method: 'GET', url, headers, name, timeoutMs: options.timeouts.readMs }, signal);
    const { value, '@odata.nextLink': next } = (page.content ?? {}) as { value?: unknown; '@odata.nextLink'?: unknown };
    // What is no entity may stand for a copy of ours: to pass it over would make a second one (S1).
    if (!Array.isArray(value) || !value.every(isMembers) || next === url) throw garbled(name);
    yield value;
    url = next === undefined || next === null ? null : linkWithin(root, next, name);
  }
}

/** A token must not travel to where an answer points. @throws ServiceError `invalid` for a link out of `root`. */
function linkWithin(root: string, link: unknown, name: string): string {
  const href = typeof link === 'string' && URL.canParse(link) ? new URL(link).href : '';
  if (href.startsWith(`${new URL(root).href}/`)) return href;
  throw new ServiceError(notRun('invalid', name, 'LINK_TO_ANOTHER_PLACE'));
}

interface Chain {
  readonly steps: readonly GraphStep[];
  readonly options: GraphOptions;
}

/** A step that met an expired token has not run, and neither has any behind it: they are sent again, once, with another one. */
async function chainOf(send: Send, chain: Chain, signal: AbortSignal): Promise<readonly StepResult[]> {
  if (chain.steps.length === 0) return [];
  if (chain.steps.length > MOST_STEPS) throw new RangeError(`A batch takes at most ${MOST_STEPS} steps.`);
  const { results, token } = await batched(send, chain, signal);
  const refused = results.findIndex((result) => result.kind === 'failed' && result.error.facts.kind === 'unauthorized');
  if (refused === -1) return results;
  const rest = { ...chain, steps: chain.steps.slice(refused), refused: token };
  return [...results.slice(0, refused), ...(await sentAgain(send, rest, signal))];
}

/** What is left of a chain, and the token that it met with. */
interface Rest extends Chain {
  readonly refused: string;
}

/** What was done before it stays done: where this one has no answer, only its own steps are without one. */
async function sentAgain(send: Send, chain: Rest, signal: AbortSignal): Promise<readonly StepResult[]> {
  try {
    await chain.options.tokens.accessToken(signal, { refused: chain.refused });
    return (await batched(send, chain, signal)).results;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return chain.steps.map(() => ({ kind: 'failed', error }));
  }
}

interface Batched {
  readonly results: readonly StepResult[];
  readonly token: string;
}

async function batched(send: Send, { steps, options }: Chain, signal: AbortSignal): Promise<Batched> {
  const { url, mailbox, now, timeouts } = options;
  const body = batchOf(steps, mailbox);
  const request = { method: 'POST', url: `${url}/$batch`, headers: {}, body, name: '$batch' } as const;
  const { content, token } = await send({ ...request, timeoutMs: timeouts.writeMs }, signal);
  return { results: resultsOf(steps, content, now()), token };
}
