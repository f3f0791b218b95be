import { execFileSync } from 'node:child_process';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { EmbeddedFailure } from './failure.ts';

export interface PortWish {
  /** What the port is for, in the words of an error. */
  readonly what: string;
  /** Asked for by the operator: this one or none. */
  readonly asked: number | undefined;
  /** Taken where it is free. */
  readonly usual: number;
}

/**
 * A free port on 127.0.0.1: the asked one, else the usual one, else any.
 *
 * @throws EmbeddedFailure of kind `port-in-use` that says who has the asked port.
 */
export async function choosePort({ what, asked, usual }: PortWish): Promise<number> {
  if (asked === undefined) return (await isFree(usual)) ? usual : anyFreePort();
  if (asked === 0) return anyFreePort();
  if (await isFree(asked)) return asked;
  const who = whoHas(asked) ?? 'another process';
  throw new EmbeddedFailure(
    'port-in-use',
    `Port ${asked}, asked for as the ${what}, is taken by ${who}. Stop it, or ask for another port or none.`,
  );
}

/** A port that nobody has at this moment. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  // Both: macOS lets 127.0.0.1 be bound beside a listener on all addresses, and a bound port need not be listening yet.
  return !(await answers(port)) && (await canListen(port));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.setTimeout(1000, () => end(true));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Who listens on a port, where `lsof` or `ss` can tell: both leave out the processes of other users. */
function whoHas(port: number): string | undefined {
  const lsof = ask('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const byLsof = /^p(\d+)\nc(.+)$/m.exec(lsof);
  if (byLsof) return `${byLsof[2]} (pid ${byLsof[1]})`;
  const ss = ask('ss', ['-Hltnp', `sport = :${port}`]);
  const bySs = /users:\(\("([^"]+)",pid=(\d+)/.exec(ss);
  return bySs ? `${bySs[1]} (pid ${bySs[2]})` : undefined;
}

function ask(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 3000 });
  } catch {
    return ''; // not installed, or nothing to tell
  }
}
