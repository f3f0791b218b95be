import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApplicationCertificate } from '../../sandbox/microsoft/application-certificate.ts';
import type { MicrosoftConfig } from '../../src/config.ts';
import { applicationTokens } from '../../src/sign-in/application-tokens.ts';
import { ME, refusalOf, startRig, type Rig } from './rig.ts';

const certificate = createApplicationCertificate('switchyard');
const federatedToken = 'secret-federated-token';
const clientSecret = 'secret-of-the-application';
const secret = (): string => clientSecret;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ tenant: 'example.com', clientSecret, clientCertificate: certificate, federatedToken });
});
afterAll(() => rig.close());
afterEach(() => rig.microsoft.faults.clear());

const fileWith = (text: string): string => {
  const path = join(rig.folder, randomBytes(6).toString('hex'));
  writeFileSync(path, text);
  return path;
};

const tokensWith = (more: Partial<MicrosoftConfig>, mailbox = ME.upn) =>
  applicationTokens({ microsoft: { ...rig.config, mailboxes: [ME.upn], ...more }, mailbox, now: Date.now });

const tokenWith = (more: Partial<MicrosoftConfig>) => tokensWith(more).accessToken(new AbortController().signal);

test('proves itself by secret, by certificate, or by a federated token', async () => {
  expect(await tokenWith({ clientSecret: secret })).toBe(rig.given.at(-1));
  expect(await tokenWith({ clientCertificate: fileWith(certificate) })).toBe(rig.given.at(-1));
  expect(await tokenWith({ federatedTokenFile: fileWith(`${federatedToken}\n`) })).toBe(rig.given.at(-1));
});

test('keeps its token, and gets another one when Graph refuses it', async () => {
  const tokens = tokensWith({ clientSecret: secret });
  const { signal } = new AbortController();
  const first = await tokens.accessToken(signal);
  expect(await tokens.accessToken(signal)).toBe(first);
  expect(await tokens.accessToken(signal, { refused: first })).not.toBe(first);
});

test('reads the federated token anew for each request, because the platform replaces it', async () => {
  const path = fileWith('old');
  const tokens = tokensWith({ federatedTokenFile: path });
  const { signal } = new AbortController();
  await refusalOf(tokens.accessToken(signal));
  writeFileSync(path, federatedToken);
  expect(await tokens.accessToken(signal)).toBe(rig.given.at(-1));
});

test.each<[string, Partial<MicrosoftConfig>, string]>([
  ['a wrong secret', { clientSecret: () => 'secret-that-is-wrong' }, 'invalid_client AADSTS7000215'],
  ['another certificate', { clientCertificate: createApplicationCertificate('other') }, 'invalid_client AADSTS700027'],
  ['a wrong federated token', { federatedTokenFile: 'wrong' }, 'invalid_client AADSTS700027'],
  ['an empty federated token', { federatedTokenFile: ' ' }, 'NO_FEDERATED_TOKEN'],
  ['a certificate that is none', { clientCertificate: 'none' }, 'BAD_CERTIFICATE'],
  ['no credentials', {}, 'NO_CREDENTIALS'],
  [
    'an unknown application',
    { clientSecret: secret, clientId: '33333333-2222-3333-4444-555555555555' },
    'unauthorized_client AADSTS700016',
  ],
  ['no application', { clientSecret: secret, clientId: null }, 'NO_CLIENT_ID'],
  ['no tenant', { clientSecret: secret, authority: 'https://login.microsoftonline.com/common' }, 'NO_TENANT'],
])('with %s: forbidden, and what to check', async (_, more, code) => {
  const { clientCertificate, federatedTokenFile } = more;
  const files = {
    ...(clientCertificate == null ? {} : { clientCertificate: fileWith(clientCertificate) }),
    ...(federatedTokenFile == null ? {} : { federatedTokenFile: fileWith(federatedTokenFile) }),
  };
  const { facts } = await refusalOf((async () => tokenWith({ ...more, ...files }))());
  expect(facts).toMatchObject({
    kind: 'forbidden',
    code,
    next: expect.stringContaining('SWITCHYARD_MICROSOFT_') as string,
  });
});

test('a mailbox that the worker does not allow is never opened (A4)', async () => {
  const { facts } = await refusalOf(
    (async () => Promise.resolve(tokensWith({ clientSecret: secret }, 'boss@example.com')))(),
  );
  expect(facts).toMatchObject({
    kind: 'forbidden',
    next: 'Add boss@example.com to SWITCHYARD_MICROSOFT_MAILBOXES on the worker, if it shall be synced.',
  });
  expect(() => tokensWith({ clientSecret: secret }, 'ME@example.com')).not.toThrow();
});

test('a throttle is told with its time, and a service that is away as away', async () => {
  const { faults } = rig.microsoft;
  faults.add({ operation: 'token', fault: { kind: 'refuse', status: 429, code: 'x' } });
  expect((await refusalOf(tokenWith({ clientSecret: secret }))).facts).toMatchObject({
    kind: 'throttled',
    retryAfterMs: 60_000,
  });
  faults.add({ operation: 'token', fault: { kind: 'refuse', status: 503, code: 'x', retryAfterSeconds: 7 } });
  expect((await refusalOf(tokenWith({ clientSecret: secret }))).facts).toMatchObject({
    kind: 'unavailable',
    retryAfterMs: 7_000,
  });
});
