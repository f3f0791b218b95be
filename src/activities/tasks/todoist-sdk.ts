/**
 * Asks through Todoist's own SDK, where that is safe: single things that are read (docs/decisions/0006-the-todoist-sdk.md).
 *
 * Its transport is ours: connections are kept, limits and cancellation hold, and nothing is sent twice. The SDK sends again what failed with
 * a network error (measured: up to three times, at once), and loses the headers of an answer; so it only hears that the request has failed, and why is
 * taken from the request itself.
 */
import { TodoistApi, type CustomFetchResponse } from '@doist/todoist-api-typescript';
import { askTodoist, unreadableAnswer, type Json, type TodoistOptions } from './todoist-connection.ts';

export interface SdkCall {
  readonly name: string;
  readonly signal: AbortSignal;
}

/**
 * One read through the SDK, which must make one request for it.
 *
 * @throws ServiceError `unavailable` with code UNREADABLE_ANSWER where the SDK does not accept what was answered.
 */
export async function throughSdk<T>(
  options: TodoistOptions,
  call: SdkCall,
  ask: (api: TodoistApi) => Promise<T>,
): Promise<T> {
  let asked: Promise<Json> | undefined;
  const customFetch = (url: string): Promise<CustomFetchResponse> => {
    asked = askTodoist(options, { ...call, method: 'GET', path: pathOf(url), writes: false });
    return asked.then(asResponse, requestFailed);
  };
  try {
    // Who asks is said by our own request; the SDK only must not find the place empty.
    return await ask(new TodoistApi('said by our own request', { customFetch }));
  } catch {
    await asked; // throws why, where it was the request that failed
    throw unreadableAnswer({ name: call.name, writes: false }, 200);
  }
}

/** The SDK knows one root, at the host of its choice; ours may be another, with a path of its own. */
const pathOf = (url: string): string => url.slice(url.indexOf('/api/v1/') + '/api/v1'.length);

function asResponse(body: Json): CustomFetchResponse {
  const text = JSON.stringify(body);
  return {
    ok: true,
    status: 200,
    statusText: 'OK',
    headers: {},
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(body),
  };
}

/** A plain Error without a word of networks: anything else, and the SDK sends the request again. */
function requestFailed(): never {
  throw new Error('not answered');
}
