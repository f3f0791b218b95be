import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Readers of one page, in a process of their own. */
export interface Readers {
  /** Misses: answers that were no page, or not all of one release. */
  stop(): Promise<{ readonly reads: number; readonly misses: number }>;
}

const CHILD = fileURLToPath(new URL('./docs-readers-child.ts', import.meta.url));

export async function startReaders(url: string, count: number): Promise<Readers> {
  const child = fork(CHILD, [url, String(count)], { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return {
    stop: async () => {
      const heard = once(child, 'message');
      child.send('stop');
      const [found] = (await heard) as [Awaited<ReturnType<Readers['stop']>>];
      return found;
    },
  };
}
