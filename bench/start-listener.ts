import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** A server of this project in a process of its own, once it has said where it listens. */
export async function startListener(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Listener> {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url !== undefined)
      return {
        url,
        close: async () => {
          child.kill('SIGTERM');
          await exit;
        },
      };
    await Promise.race([once(child.stdout, 'data'), exit.then(() => gone(said))]);
  }
}

function gone(said: string): never {
  throw new Error(`it ended before it listened: ${said}`);
}
