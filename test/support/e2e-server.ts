import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporalCli } from '../../src/embedded/find-cli.ts';
import { startEmbedded, type EmbeddedOptions } from '../../src/embedded/server.ts';

/** A Temporal server of a test file's own, which may be killed. */
export interface OwnServer {
  readonly address: string;
  /** kill -9; what it had written stays. */
  kill(): Promise<void>;
  /** Starts it again on the same file and port. */
  startAgain(): Promise<void>;
  /** What its database holds at this moment, of a server that is killed. */
  backUp(): Promise<Backup>;
  close(): Promise<void>;
}

/** Puts the database of then in the place of what a server that is killed has now. */
export type Backup = () => Promise<void>;

export async function startOwnServer(options: Pick<EmbeddedOptions, 'searchAttributes'> = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-e2e-'));
  const say = (): void => undefined;
  const explicit = process.env['SWITCHYARD_TEMPORAL_CLI'];
  const { path: cli } = await findTemporalCli({ explicit, env: process.env, say });
  const data = join(folder, 'data');
  await mkdir(data);
  const file = join(data, 'temporal.db');
  const start = (port: number) => startEmbedded({ cli, file, port, uiPort: 'headless', say, ...options });
  let server = await start(0);
  const { address } = server;
  const kill = async (): Promise<void> => {
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  };
  return {
    address,
    kill,
    startAgain: async () => {
      server = await start(Number(address.split(':').at(-1)));
    },
    backUp: async () => {
      const copy = join(folder, `backup-${Date.now()}`);
      await cp(data, copy, { recursive: true });
      return async () => {
        await rm(data, { recursive: true });
        await cp(copy, data, { recursive: true });
      };
    },
    close: async () => {
      await kill(); // an orderly end takes three seconds, and nothing here is kept
      await rm(folder, { recursive: true, force: true });
    },
  };
}
