import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { startMicrosoft, type MicrosoftOptions, type MicrosoftStandIn } from '../../sandbox/microsoft/stand-in.ts';

const ME = { upn: 'me@example.com', oid: '00000000-0000-0000-0000-0000000000aa' };

const started: MicrosoftStandIn[] = [];
async function start(options: MicrosoftOptions = {}): Promise<MicrosoftStandIn> {
  const microsoft = await startMicrosoft(options);
  started.push(microsoft);
  return microsoft;
}
afterAll(() => Promise.all(started.map((microsoft) => microsoft.close())));

async function ask(microsoft: MicrosoftStandIn, path: string, form?: Readonly<Record<string, string>>) {
  const body = form === undefined ? undefined : new URLSearchParams({ client_id: microsoft.clientId, ...form });
  const method = body === undefined ? 'GET' : 'POST';
  const sent = httpsRequest(`${microsoft.authority}${path}`, { method, ca: microsoft.ca, agent: false });
  sent.end(body?.toString());
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, ...(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) };
}

const token = (microsoft: MicrosoftStandIn, form: Readonly<Record<string, string>>) =>
  ask(microsoft, '/oauth2/v2.0/token', form);

async function newCode(microsoft: MicrosoftStandIn): Promise<{ user: string; device: string }> {
  const answer = (await ask(microsoft, '/oauth2/v2.0/devicecode', { scope: 'User.Read' })) as Record<string, unknown>;
  return { user: String(answer['user_code']), device: String(answer['device_code']) };
}

const redeem = (microsoft: MicrosoftStandIn, device: string) =>
  token(microsoft, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device });

const refresh = (microsoft: MicrosoftStandIn, refreshToken: unknown) =>
  token(microsoft, { grant_type: 'refresh_token', refresh_token: String(refreshToken) });

async function signedIn(options: MicrosoftOptions = {}) {
  const microsoft = await start(options);
  const code = await newCode(microsoft);
  microsoft.approve(code.user, ME);
  return { microsoft, tokens: (await redeem(microsoft, code.device)) as Record<string, unknown> };
}

test('a code waits for a person, is good once, and gives tokens for who approved it', async () => {
  const given: unknown[] = [];
  const microsoft = await start({ onToken: (issued) => void given.push(issued) });
  const { user, device } = await newCode(microsoft);
  expect(await redeem(microsoft, device)).toMatchObject({ status: 400, error: 'authorization_pending' });
  microsoft.approve(user, ME);
  const tokens = await redeem(microsoft, device);
  expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3_600 });
  expect(given).toEqual([expect.objectContaining({ account: ME, access: 'delegated' })]);
  expect(await redeem(microsoft, device)).toMatchObject({ status: 400, error: 'bad_verification_code' });
});

test('a code that was declined or that came too late gives nothing', async () => {
  const microsoft = await start();
  const [declined, late] = [await newCode(microsoft), await newCode(microsoft)];
  microsoft.decline(declined.user);
  expect(await redeem(microsoft, declined.device)).toMatchObject({ error: 'authorization_declined' });
  microsoft.passTime(16 * 60_000);
  microsoft.approve(late.user, ME);
  expect(await redeem(microsoft, late.device)).toMatchObject({ error: 'expired_token' });
  expect(() => microsoft.approve('NOCODE', ME)).toThrow(RangeError);
});

test('somebody who plays with the sandbox enters the code by hand', async () => {
  const microsoft = await start();
  const { user, device } = await newCode(microsoft);
  expect(await ask(microsoft, '/device')).toMatchObject({ usage: expect.stringContaining('POST') as string });
  expect(await ask(microsoft, '/device', { code: 'NOCODE', account: ME.upn })).toMatchObject({ status: 400 });
  expect(await ask(microsoft, '/device', { code: user, account: ME.upn })).toMatchObject({ account: ME.upn });
  expect(await redeem(microsoft, device)).toMatchObject({ status: 200 });
});

test('a refresh token rotates: the old one is good for the grace alone', async () => {
  const { microsoft, tokens } = await signedIn({ graceMs: 10_000 });
  const second = (await refresh(microsoft, tokens['refresh_token'])) as Record<string, unknown>;
  expect(second['refresh_token']).not.toBe(tokens['refresh_token']);
  expect(await refresh(microsoft, tokens['refresh_token'])).toMatchObject({ status: 200 });
  microsoft.passTime(10_001);
  expect(await refresh(microsoft, tokens['refresh_token'])).toMatchObject({
    status: 400,
    error: 'invalid_grant',
    suberror: 'bad_token',
  });
  expect(await refresh(microsoft, second['refresh_token'])).toMatchObject({ status: 200 });
});

test('a revoked account is told apart: signed out with a suberror, a changed password without', async () => {
  const { microsoft, tokens } = await signedIn();
  microsoft.revoke(ME.upn, 'password-changed');
  const changed = await refresh(microsoft, tokens['refresh_token']);
  expect(changed).toMatchObject({ error: 'invalid_grant', error_codes: [50173] });
  expect(changed).not.toHaveProperty('suberror');
  microsoft.revoke(ME.upn);
  expect(await refresh(microsoft, tokens['refresh_token'])).toMatchObject({ suberror: 'bad_token' });
});

test('access tokens that are ended by hand are told one by one', async () => {
  const ended: string[] = [];
  const { microsoft, tokens } = await signedIn({ onTokenEnd: (one) => void ended.push(one) });
  microsoft.expireAccessTokens();
  microsoft.expireAccessTokens();
  expect(ended).toEqual([tokens['access_token']]);
});

test('an application proves itself, and another one is unknown', async () => {
  const microsoft = await start({ clientSecret: 'right' });
  const grant = { grant_type: 'client_credentials' };
  expect(await token(microsoft, grant)).toMatchObject({ status: 401, error: 'invalid_client', error_codes: [7000218] });
  expect(await token(microsoft, { ...grant, client_secret: 'wrong' })).toMatchObject({ error_codes: [7000215] });
  const forged = { ...grant, client_assertion: 'eyJhbGciOiJub25lIn0.e30.' };
  expect(await token(microsoft, forged)).toMatchObject({ error_codes: [700027] });
  expect(await token(microsoft, { ...grant, client_secret: 'right' })).toMatchObject({ status: 200 });
  expect(await token(microsoft, { ...grant, client_id: 'x' })).toMatchObject({ error: 'unauthorized_client' });
  expect(await token(microsoft, { grant_type: 'password' })).toMatchObject({ error: 'unsupported_grant_type' });
});

test('the discovery document names endpoints at the Host that was asked, and other tenants are not here', async () => {
  const microsoft = await start({ tenant: 'example.com' });
  const document = await ask(microsoft, '/v2.0/.well-known/openid-configuration');
  expect(document).toMatchObject({ token_endpoint: `${microsoft.authority}/oauth2/v2.0/token` });
  expect(await ask(microsoft, '/../common/oauth2/v2.0/token', {})).toMatchObject({ status: 404 });
});

test('faults strike here as everywhere: refused with Retry-After in the words of the service', async () => {
  const microsoft = await start();
  const fault = { kind: 'refuse' as const, status: 429, code: 'too_many_requests', retryAfterSeconds: 3 };
  microsoft.faults.add({ operation: 'devicecode', fault });
  expect(await ask(microsoft, '/oauth2/v2.0/devicecode', {})).toMatchObject({
    status: 429,
    error: 'too_many_requests',
  });
  microsoft.faults.add({ operation: 'devicecode', fault: { kind: 'reset' } });
  await expect(ask(microsoft, '/oauth2/v2.0/devicecode', {})).rejects.toMatchObject({ code: 'ECONNRESET' });
});
