import packet, { type Answer, type DecodedPacket, type RecordType } from 'dns-packet';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import type { HostPort } from '../host-port.ts';
import { displayName } from '../core/dns/name.ts';

export interface Question {
  /** In any spelling; a wildcard asks for the wildcard itself. */
  readonly name: string;
  readonly type: string;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** Default: UDP, then TCP where the answer was cut. */
  readonly transport?: 'udp' | 'tcp';
  readonly signal?: AbortSignal;
}

/** What one server answered. "I could not look" is not "it is not there". */
export type NameServerAnswer =
  | {
      readonly kind: 'answer';
      /** Values of the question's type at the question's name, normalised: addresses compressed, names without the final dot. */
      readonly values: readonly string[];
      /** The smallest TTL among them, in seconds; null without an answer. */
      readonly ttl: number | null;
      /** `NOERROR`, `NXDOMAIN`. */
      readonly rcode: string;
    }
  | { readonly kind: 'silent'; readonly why: string };

/**
 * Asks one server straight, without recursion. Only an authoritative answer (AA bit) counts: anything else comes from a
 * resolver or a middlebox in between, and says nothing about the server.
 */
export async function askNameServer(
  server: HostPort,
  question: Question,
  options: AskOptions,
): Promise<NameServerAnswer> {
  try {
    const reply = options.transport === 'tcp' ? undefined : await overUdp(server, question, options);
    const whole =
      reply === undefined || (reply.flag_tc && options.transport !== 'udp')
        ? await overTcp(server, question, options)
        : reply;
    return read(whole, question);
  } catch (cause) {
    return { kind: 'silent', why: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** One spelling for one value, as record sets and answers write it: `2001:db8::1`, `app.example.net`. */
export function plainValue(type: string, value: string): string {
  if (type === 'A') return value;
  if (type === 'AAAA') return isIPv6(value) ? new URL(`http://[${value}]`).hostname.slice(1, -1) : value;
  return displayName(value);
}

function read(reply: DecodedPacket, { name, type }: Question): NameServerAnswer {
  const rcode = (reply as { readonly rcode?: string }).rcode ?? 'NOERROR';
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'silent', why: `it answers ${rcode}` };
  if (!reply.flag_aa) return { kind: 'silent', why: 'the answer is not authoritative' };
  const answers = (reply.answers ?? []).filter((answer) => isOf(answer, name, type));
  return {
    kind: 'answer',
    rcode,
    values: answers.map((answer) => plainValue(type, String((answer as { readonly data: unknown }).data))).sort(),
    ttl: answers.length === 0 ? null : Math.min(...answers.map((answer) => (answer as { ttl?: number }).ttl ?? 0)),
  };
}

function isOf(answer: Answer, name: string, type: string): boolean {
  return answer.type === type && displayName(answer.name) === displayName(name);
}

function query({ name, type }: Question, id: number): Buffer {
  return packet.encode({
    type: 'query',
    id,
    questions: [{ name: displayName(name), type: type as RecordType }],
    additionals: [
      // EDNS: answers up to the size that is safe from fragmentation come without TCP.
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1_232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

const newId = (): number => randomInt(65_536);

async function overUdp(server: HostPort, question: Question, options: AskOptions): Promise<DecodedPacket> {
  const id = newId();
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  try {
    return await within(options, `${options.timeoutMs} ms without an answer over UDP`, (resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (message) => {
        const reply = decoded(message);
        if (reply?.id === id && reply.type === 'response') resolve(reply); // anything else is not the answer
      });
      // Connected, so that the system drops what comes from elsewhere and reports a closed port.
      socket.connect(server.port, server.host, () => socket.send(query(question, id)));
    });
  } finally {
    socket.close();
  }
}

async function overTcp(server: HostPort, question: Question, options: AskOptions): Promise<DecodedPacket> {
  const id = newId();
  let socket: Socket | undefined;
  try {
    return await within(options, `${options.timeoutMs} ms without an answer over TCP`, (resolve, reject) => {
      const opened = connect(server.port, server.host, () => opened.write(framed(query(question, id))));
      socket = opened;
      let received = Buffer.alloc(0);
      opened.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const message = unframed(received);
        const reply = message === null ? null : decoded(message);
        if (reply?.id === id) resolve(reply);
        else if (message !== null) reject(new Error('the answer over TCP is not DNS'));
      });
      opened.once('error', reject);
      opened.once('close', () => reject(new Error('the connection was closed without an answer')));
    });
  } finally {
    socket?.destroy();
  }
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Null until the whole message is there. */
function unframed(received: Buffer): Buffer | null {
  if (received.length < 2) return null;
  const length = received.readUInt16BE(0);
  return received.length < 2 + length ? null : received.subarray(2, 2 + length);
}

function decoded(message: Buffer): DecodedPacket | null {
  try {
    return packet.decode(message);
  } catch {
    return null; // not DNS
  }
}

type Settle<T> = (resolve: (value: T) => void, reject: (cause: Error) => void) => void;

async function within<T>({ timeoutMs, signal }: AskOptions, late: string, start: Settle<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const done = new AbortController();
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(late)), timeoutMs);
      signal?.addEventListener('abort', () => reject(new Error('no longer wanted')), { signal: done.signal });
      start(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}
