import { setTimeout as sleep } from 'node:timers/promises';
import { askNameServer } from '../src/activities/ask-name-server.ts';
import { readHostPort, type HostPort } from '../src/host-port.ts';
import { countAnswer, NO_ANSWERS, type AnswerCount, type Colours } from './traffic-share.ts';

export interface Watched {
  readonly record: string;
  /** `host:port` of every authoritative server. */
  readonly servers: readonly string[];
  readonly colours: Colours;
}

const ROUNDS_A_SECOND = 25;
const TIMEOUT_MS = 500;
const DNS_PORT = 53;

/**
 * Asks every server for the record 25 times a second, with real packets, and tells each second's answers. Returns what ends it.
 */
export function watchAnswers(watched: Watched, tell: (count: AnswerCount) => void): () => Promise<void> {
  const ended = new AbortController();
  const watching = watch(watched, { tell, signal: ended.signal });
  return async () => {
    ended.abort();
    await watching;
  };
}

interface Telling {
  readonly tell: (count: AnswerCount) => void;
  readonly signal: AbortSignal;
}

async function watch(watched: Watched, { tell, signal }: Telling): Promise<void> {
  let count = NO_ANSWERS;
  const ticks = setInterval(() => {
    tell(count);
    count = NO_ANSWERS;
  }, 1_000);
  while (!signal.aborted) {
    const [answers] = await Promise.all([askAll(watched), sleep(1_000 / ROUNDS_A_SECOND)]);
    for (const values of answers) count = countAnswer(count, values, watched.colours);
  }
  clearInterval(ticks);
}

/** What each server answers once, in the order of the servers; null from one that is silent. */
export async function askAll({ record, servers }: Watched): Promise<readonly (readonly string[] | null)[]> {
  return Promise.all(
    servers.map(async (server) => {
      const answer = await askNameServer(addressOf(server), { name: record, type: 'A' }, { timeoutMs: TIMEOUT_MS });
      return answer.kind === 'answer' ? answer.values : null;
    }),
  );
}

function addressOf(server: string): HostPort {
  const read = readHostPort(server, DNS_PORT);
  if (read === null) throw new Error(`${server} is no HOST:PORT of a name server`);
  return read;
}
