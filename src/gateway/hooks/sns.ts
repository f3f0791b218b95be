import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { alarmMessage, OLDEST_ALARM_MS } from '../cloudwatch-alarm.ts';
import { denied, ignored, unreadable, wishing, type Delivery, type Hook, type Reading } from '../hook.ts';
import { readBody } from '../read-body.ts';
import { NOTHING_RINGS, ring, type AlarmRule } from '../ring.ts';

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.string(),
  Signature: z.base64(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
});

type Envelope = z.infer<typeof envelope>;

/** What the hook asks of Amazon. */
export interface SnsPorts {
  /** The text at an address of SNS, within seconds and of a bounded size. */
  readonly fetchText: (url: string) => Promise<string>;
}

/**
 * Alarms of CloudWatch through a topic of SNS. What is believed is a message that SNS has signed (version 2, SHA-256), of a topic that the
 * file names, made within the last 15 min. The certificate comes from a host of SNS alone, and a subscription is confirmed by a call that is
 * made here, never by following an address of the message.
 *
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export function snsHook(topics: readonly string[], rules: readonly AlarmRule[], ports: SnsPorts): Hook {
  const certificates = rememberFew(ports.fetchText);
  return {
    name: 'sns',
    read: async (delivery) => {
      const told = readBody(delivery.body, envelope);
      if (told === null) return unreadable('no message of SNS');
      const refusal = refuse(told, topics, delivery);
      if (refusal !== null) return denied(refusal);
      const pem = await certificates(told.SigningCertURL).catch(() => null);
      if (pem === null) return { kind: 'unavailable', why: 'the certificate of SNS could not be fetched' };
      if (!isSigned(told, pem, delivery.now)) return denied('bad signature');
      return read(told, { rules, ports, now: delivery.now });
    },
  };
}

/** What can be said before anything is fetched. */
function refuse(
  { TopicArn, Timestamp, SignatureVersion, SigningCertURL }: Envelope,
  topics: readonly string[],
  { now }: Delivery,
) {
  if (!topics.includes(TopicArn)) return 'a topic that the file does not name';
  if (SignatureVersion !== '2') return 'signature version 1: set SignatureVersion of the topic to 2';
  if (Math.abs(now - Date.parse(Timestamp)) > OLDEST_ALARM_MS) return 'made more than 15 min ago';
  if (!isOfSns(SigningCertURL, regionOf(TopicArn))) return 'a certificate from elsewhere than SNS';
  return null;
}

interface Reads {
  readonly rules: readonly AlarmRule[];
  readonly ports: SnsPorts;
  readonly now: number;
}

async function read(told: Envelope, { rules, ports, now }: Reads): Promise<Reading> {
  switch (told.Type) {
    case 'SubscriptionConfirmation':
      return confirm(told, ports);
    case 'UnsubscribeConfirmation':
      return ignored('the subscription was ended');
    case 'Notification': {
      const alarm = alarmMessage.safeParse(told.Message);
      if (!alarm.success) return ignored('no alarm of CloudWatch');
      return wishing(ring(alarm.data.value === 'ALARM' ? [alarm.data] : [], rules, now), NOTHING_RINGS);
    }
  }
}

async function confirm({ TopicArn, Token = '' }: Envelope, { fetchText }: SnsPorts): Promise<Reading> {
  const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn, Token, Version: '2010-03-31' });
  try {
    await fetchText(`https://${hostOf(regionOf(TopicArn))}/?${query.toString()}`);
    return ignored('the subscription is confirmed');
  } catch {
    return { kind: 'unavailable', why: 'the subscription could not be confirmed' };
  }
}

/** `arn:aws:sns:eu-central-1:123456789012:alarms` */
const regionOf = (topic: string): string => topic.split(':')[3] ?? '';

const hostOf = (region: string): string => `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** The host is compared as a whole, by the parser that will connect to it. */
function isOfSns(address: string, region: string): boolean {
  if (!URL.canParse(address) || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return false;
  const { protocol, host, username, pathname, search } = new URL(address);
  const ours = protocol === 'https:' && host === hostOf(region) && username === '' && search === '';
  return ours && /^\/SimpleNotificationService-[0-9a-z]+\.pem$/.test(pathname);
}

function isSigned(told: Envelope, pem: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) return false;
    return createVerify('RSA-SHA256').update(signedText(told)).verify(certificate.publicKey, told.Signature, 'base64');
  } catch {
    return false; // what is no certificate or no signature proves nothing
  }
}

/** The fields that are signed, in their order, each a line of its own. */
function signedText(told: Envelope): string {
  const fields =
    told.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return fields.flatMap((field) => (told[field] == null ? [] : [`${field}\n${told[field]}\n`])).join('');
}

const MOST_REMEMBERED = 16;

/** Certificates change once a year. What failed is asked for again. */
function rememberFew(fetchText: SnsPorts['fetchText']): SnsPorts['fetchText'] {
  const known = new Map<string, string>();
  return async (url) => {
    const text = known.get(url) ?? (await fetchText(url));
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(url, text);
    return text;
  };
}
