/** What is believed of Amazon SNS: every message is signed here as SNS signs, with a certificate that the stand-in of its host serves. */
import { createSign } from 'node:crypto';
import { createApplicationCertificate } from '../../sandbox/microsoft/application-certificate.ts';
import { snsHook } from '../../src/gateway/hooks/sns.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const CERTIFICATE = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem';
const NOW = Date.parse('2026-11-30T12:00:00Z');
const pem = createApplicationCertificate('sns.amazonaws.com');
const strange = createApplicationCertificate('sns.amazonaws.com');

type Message = Record<string, string>;

const alarm = (state: string) =>
  JSON.stringify({
    AlarmName: 'www-5xx',
    AlarmArn: null,
    NewStateValue: state,
    StateChangeTime: '2026-11-30T11:59:00.000+0000',
  });

const notification = (overrides: Message = {}): Message => ({
  Type: 'Notification',
  MessageId: '09652ef4-873d-5bf9-a715-76f6dc0771c5',
  TopicArn: TOPIC,
  Message: alarm('ALARM'),
  Timestamp: '2026-11-30T11:59:01.000Z',
  SignatureVersion: '2',
  SigningCertURL: CERTIFICATE,
  ...overrides,
});

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
function signed(message: Message, key = pem, algorithm = 'RSA-SHA256'): Message {
  const order =
    message['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = order.filter((name) => name in message).map((name) => `${name}\n${message[name] ?? ''}\n`);
  return { ...message, Signature: createSign(algorithm).update(text.join('')).sign(key, 'base64') };
}

function openHook(answers: (url: string) => string = () => pem) {
  const asked: string[] = [];
  const fetchText = (url: string): Promise<string> => {
    asked.push(url);
    return Promise.resolve().then(() => answers(url));
  };
  const hook = snsHook([TOPIC], [{ alarm: 'www-5xx', record: 'www.example.com', act: 'abort' }], { fetchText });
  const read = (message: unknown) =>
    hook.read({ body: Buffer.from(JSON.stringify(message)), header: () => undefined, now: NOW });
  return { asked, read };
}

test('an alarm through a topic of the file does what its record says; the certificate is fetched once', async () => {
  const { asked, read } = openHook();
  const wishes = [
    { kind: 'alarm', record: 'www.example.com', act: 'abort', alarm: 'www-5xx', since: expect.any(Number) as number },
  ];
  expect(await read(signed(notification()))).toEqual({ kind: 'wishes', wishes });
  expect(await read(signed(notification({ Subject: 'ALARM: www' })))).toEqual({ kind: 'wishes', wishes });
  expect(asked).toEqual([CERTIFICATE]);
});

test.each([
  ['one that is over', notification({ Message: alarm('OK') })],
  ['a text that is no alarm', notification({ Message: 'hello' })],
  [
    'an end of the subscription',
    notification({ Type: 'UnsubscribeConfirmation', Token: 't', SubscribeURL: 'https://x.example' }),
  ],
])('%s does nothing', async (_, message) => {
  expect(await openHook().read(signed(message))).toMatchObject({ kind: 'ignored' });
});

test.each<[string, Message]>([
  ['a topic of somebody else', signed(notification({ TopicArn: `${TOPIC}-of-others` }))],
  ['a body that was changed', { ...signed(notification()), Message: alarm('OK') }],
  ['a subject that was added', { ...signed(notification()), Subject: 'x' }],
  ['the signature of another certificate', signed(notification(), strange)],
  ['the older signature, SHA-1', signed(notification({ SignatureVersion: '1' }), pem, 'RSA-SHA1')],
  ['SHA-1 that calls itself version 2', signed(notification(), pem, 'RSA-SHA1')],
  ['a message of long ago', signed(notification({ Timestamp: '2026-11-30T11:44:59.000Z' }))],
  ['a message of the future', signed(notification({ Timestamp: '2026-11-30T12:16:00.000Z' }))],
])('denies %s', async (_, message) => {
  expect(await openHook().read(message)).toMatchObject({ kind: 'denied' });
});

test.each([
  'http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com;evil.example/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-0123abcd.pem',
  'https://evil.example/?https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com/other/SimpleNotificationService-0123abcd.pem',
  'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem?x=1',
  'https://169.254.169.254/SimpleNotificationService-0123abcd.pem',
  'no address',
])('asks %s for no certificate', async (SigningCertURL) => {
  const { asked, read } = openHook();
  expect(await read(signed(notification({ SigningCertURL })))).toMatchObject({ kind: 'denied' });
  expect(asked).toEqual([]);
});

test('a subscription is confirmed at the host of the topic, never at an address of the message', async () => {
  const { asked, read } = openHook();
  const message = notification({
    Type: 'SubscriptionConfirmation',
    Token: 'a+b/c',
    SubscribeURL: 'https://evil.example/',
  });
  expect(await read(signed(message))).toMatchObject({ kind: 'ignored', why: 'the subscription is confirmed' });
  expect(asked).toEqual([
    CERTIFICATE,
    `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(TOPIC)}&Token=a%2Bb%2Fc&Version=2010-03-31`,
  ]);
});

test('what could not be fetched is asked for again, and the sender sends again', async () => {
  let away = true;
  const { read } = openHook(() => {
    if (away) throw new Error('ETIMEDOUT');
    return pem;
  });
  expect(await read(signed(notification()))).toMatchObject({ kind: 'unavailable' });
  away = false;
  expect(await read(signed(notification()))).toMatchObject({ kind: 'wishes' });
});

test('what is served instead of a certificate proves nothing', async () => {
  expect(await openHook(() => '<html></html>').read(signed(notification()))).toMatchObject({ kind: 'denied' });
});
