import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket, Packet, RecordType } from 'dns-packet';

/** What dns-packet decodes beyond its published types. */
export type Answered = DecodedPacket & { readonly rcode: string };

/** A query packet; `type` may be one that dns-packet does not know, as `UNKNOWN_65`. */
export function query(name: string, type: string, more: Partial<Packet> = {}): Packet {
  return {
    type: 'query',
    id: Math.floor(Math.random() * 65_536),
    flags: 0,
    questions: [{ name, type: type as RecordType }],
    ...more,
  };
}

/** Asks by UDP with bytes as they are; rejects when no answer comes within `timeoutMs`. */
export async function sendUdp(address: string, bytes: Buffer, timeoutMs = 5_000): Promise<Answered> {
  const socket = createSocket('udp4');
  try {
    const { host, port } = hostAndPort(address);
    socket.send(bytes, port, host);
    const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) })) as [Buffer];
    return dnsPacket.decode(message) as Answered;
  } finally {
    socket.close();
  }
}

export function askUdp(address: string, packet: Packet, timeoutMs?: number): Promise<Answered> {
  return sendUdp(address, dnsPacket.encode(packet), timeoutMs);
}

/** Asks by TCP, several questions on one connection, written in chunks of `chunk` bytes. */
export async function askTcp(address: string, packets: readonly Packet[], chunk = 65_536): Promise<Answered[]> {
  const { host, port } = hostAndPort(address);
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect');
    const bytes = Buffer.concat(packets.map((packet) => dnsPacket.streamEncode(packet)));
    for (let at = 0; at < bytes.length; at += chunk) {
      socket.write(bytes.subarray(at, at + chunk));
      await setImmediate(); // or the pieces would be joined again on their way
    }
    return await readAnswers(socket, packets.length);
  } finally {
    socket.destroy();
  }
}

async function readAnswers(socket: AsyncIterable<Buffer>, count: number): Promise<Answered[]> {
  const answers: Answered[] = [];
  let unread = Buffer.alloc(0);
  for await (const chunk of socket) {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
      answers.push(dnsPacket.decode(unread.subarray(2)) as Answered);
      unread = unread.subarray(2 + unread.readUInt16BE(0));
    }
    if (answers.length === count) return answers;
  }
  throw new Error(`expected ${count} answers, the connection ended after ${answers.length}`);
}

/** The answers as `name ttl type data`, sorted. */
export function lines(records: readonly Answer[] | undefined): string[] {
  return (records ?? []).map((record) => line(record)).sort();
}

function line(record: Answer): string {
  if (record.type === 'OPT') return 'OPT';
  const data: unknown = record.data;
  if (record.type === 'TXT') return `${record.name} ${record.ttl ?? 0} TXT ${String(record.data)}`;
  return `${record.name} ${record.ttl ?? 0} ${record.type} ${typeof data === 'string' ? data : JSON.stringify(data)}`;
}

function hostAndPort(address: string): { host: string; port: number } {
  const [host = '', port = ''] = address.split(':');
  return { host, port: Number(port) };
}
