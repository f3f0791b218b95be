import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const EVERY_MS = 200;
const run = promisify(execFile);

/** Looks at the resident memory of a process until `stop` is called, which returns the most that was seen, in MB. */
export function watchMemory(pid: number): { stop(): number } {
  let most = 0;
  const timer = setInterval(() => {
    void residentMb(pid).then((mb) => (most = Math.max(most, mb)));
  }, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** What a process has in memory, in MB; 0 for one that has ended. */
export async function residentMb(pid: number): Promise<number> {
  try {
    return Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim()) / 1_000;
  } catch {
    return 0;
  }
}
