import dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket, OptAnswer, Question } from 'dns-packet';
import type { Rcode, Reply } from './answer.ts';
import { nameForWire, nameFromWire } from './names.ts';

export type Transport = 'udp' | 'tcp';
export type Resolve = (name: string, type: string) => Reply;

/**
 * The packet that answers a packet; undefined for what is no query at all and gets no answer.
 *
 * An answer that is larger than the asker takes by UDP (512 bytes, or what EDNS says) is sent empty with the TC bit:
 * by TCP it goes out whole (RFC 2181 section 9).
 */
export function replyTo(packet: Buffer, transport: Transport, resolve: Resolve): Buffer | undefined {
  const query = decodeQuery(packet);
  if (query === undefined) return undefined;
  const reply = resolveQuery(query, resolve);
  const whole = encodeOrFail(query, reply);
  if (transport === 'tcp' || whole.length <= largestByUdp(query)) return whole;
  return encodeReply(query, { ...reply, answers: [], authorities: [] }, dnsPacket.TRUNCATED_RESPONSE);
}

const RCODES = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
} as const satisfies Record<Rcode, number>;

const OUR_UDP_LIMIT = 4096;

function decodeQuery(packet: Buffer): DecodedPacket | undefined {
  try {
    const query = dnsPacket.decode(packet);
    return query.flag_qr ? undefined : query;
  } catch {
    return undefined; // not DNS: a name server drops it
  }
}

function resolveQuery(query: DecodedPacket, resolve: Resolve): Reply {
  const [question, ...more] = query.questions ?? [];
  if (((query.flags ?? 0) >> 11) & 0xf) return bare('NOTIMP');
  if (question === undefined || more.length > 0) return bare('FORMERR');
  if (question.class !== 'IN') return bare('REFUSED');
  return inTheCaseOf(question, resolve(nameFromWire(question.name), question.type));
}

function bare(rcode: Rcode): Reply {
  return { rcode, answers: [], authorities: [] };
}

/** The name comes back as it was written: resolvers mix upper and lower case to recognise their answer. */
function inTheCaseOf(question: Question, reply: Reply): Reply {
  const name = nameForWire(nameFromWire(question.name));
  const answers = reply.answers.map((answer) => (answer.name === name ? { ...answer, name: question.name } : answer));
  return { ...reply, answers };
}

/** A value that is none of its type must not end the server: the asker learns that it failed. */
function encodeOrFail(query: DecodedPacket, reply: Reply): Buffer {
  try {
    return encodeReply(query, reply);
  } catch {
    return encodeReply(query, bare('SERVFAIL'));
  }
}

function encodeReply(query: DecodedPacket, reply: Reply, extraFlags = 0): Buffer {
  const authoritative = reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN' ? dnsPacket.AUTHORITATIVE_ANSWER : 0;
  const echoed = (query.flags ?? 0) & dnsPacket.RECURSION_DESIRED;
  return dnsPacket.encode({
    type: 'response',
    id: query.id,
    flags: authoritative | echoed | extraFlags | RCODES[reply.rcode],
    questions: query.questions,
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals: edns(query) === undefined ? [] : [OUR_EDNS],
  });
}

const OUR_EDNS: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: OUR_UDP_LIMIT,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function edns(query: DecodedPacket): OptAnswer | undefined {
  return query.additionals?.find((record) => record.type === 'OPT');
}

function largestByUdp(query: DecodedPacket): number {
  return Math.min(OUR_UDP_LIMIT, Math.max(512, edns(query)?.udpPayloadSize ?? 512));
}
