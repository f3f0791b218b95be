import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Transport } from './reply.ts';

/** Gives the packet to send back; undefined leaves the asker without an answer. */
export type Respond = (packet: Buffer, transport: Transport) => Buffer | undefined;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Answers DNS on one loopback port, by UDP and by TCP, as a client that falls back to TCP expects. */
export async function listen(respond: Respond): Promise<Listening> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => serveConnection(socket, connections, respond));
  const udp = createSocket('udp4', (packet, from) => {
    const reply = respond(packet, 'udp');
    if (reply !== undefined) udp.send(reply, from.port, from.address);
  });
  const port = await bindBoth(tcp, udp);
  udp.on('error', () => undefined); // an asker that has gone away is no concern of the server
  return { port, close: () => closeBoth(tcp, udp, connections) };
}

/** The port that TCP got may be taken for UDP: then the next one is tried. */
async function bindBoth(tcp: Server, udp: UdpSocket): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    tcp.listen(0, HOST);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo; // a TCP listener's address is never a path
    try {
      udp.bind(port, HOST);
      await once(udp, 'listening');
      return port;
    } catch (cause) {
      tcp.close();
      if (attempt === 20) throw new Error(`no port on ${HOST} is free for both UDP and TCP after 20 tries`, { cause });
    }
  }
}

function serveConnection(socket: Socket, connections: Set<Socket>, respond: Respond): void {
  let unread = Buffer.alloc(0);
  connections.add(socket);
  socket.on('close', () => connections.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const { messages, rest } = splitMessages(Buffer.concat([unread, chunk]));
    unread = Buffer.from(rest);
    for (const message of messages) answerMessage(socket, respond(message, 'tcp'));
  });
}

/** Over TCP each message follows its length, and a chunk may hold half a message or several. */
function splitMessages(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let rest = bytes;
  while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
    const end = 2 + rest.readUInt16BE(0);
    messages.push(rest.subarray(2, end));
    rest = rest.subarray(end);
  }
  return { messages, rest };
}

function answerMessage(socket: Socket, reply: Buffer | undefined): void {
  if (reply === undefined) return;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(reply.length);
  socket.write(Buffer.concat([length, reply]));
}

async function closeBoth(tcp: Server, udp: UdpSocket, connections: Set<Socket>): Promise<void> {
  for (const socket of connections) socket.destroy();
  await Promise.all([
    new Promise<void>((resolve) => void tcp.close(() => resolve())),
    new Promise<void>((resolve) => void udp.close(() => resolve())),
  ]);
}
