import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TestTemporal } from './temporal.ts';

/** A way to the Temporal of the test run that can fail while every other way to it goes on. */
export interface TemporalRelay {
  /** Asks over this way, as a worker does. */
  readonly client: Client;
  /** Ends each connection, and takes none. */
  refuse(): void;
  /** What is asked arrives, and no answer comes back. */
  silence(): void;
  /** Each answer comes so much later. */
  delay(ms: number): void;
  heal(): void;
  close(): Promise<void>;
}

type Mood = 'well' | 'refusing' | 'silent' | { readonly lateMs: number };

export async function openRelay({ address, namespace }: TestTemporal): Promise<TemporalRelay> {
  const way = { mood: 'well' as Mood };
  const sockets = new Set<Socket>();
  const [host = '', port = ''] = address.split(':');
  const server = createServer((near) => {
    if (way.mood === 'refusing') return void near.destroy();
    const far = connectSocket(Number(port), host);
    const end = () => {
      for (const socket of [near, far]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.pipe(far);
    far.on('data', (answer) => {
      answerWhere(way.mood, () => void near.write(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = await NativeConnection.connect({
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const drop = () => sockets.forEach((socket) => socket.destroy());
  const become = (mood: Mood, what: () => void = () => undefined) => {
    way.mood = mood;
    what();
  };
  return {
    client: new Client({ connection, namespace }),
    refuse: () => become('refusing', drop),
    silence: () => become('silent'),
    delay: (lateMs) => become({ lateMs }),
    heal: () => become('well', way.mood === 'silent' ? drop : undefined), // what was swallowed is missing in the stream
    close: async () => {
      await connection.close();
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerWhere(mood: Mood, answer: () => void): void {
  if (mood === 'well') answer();
  if (typeof mood === 'object') setTimeout(answer, mood.lateMs);
}
