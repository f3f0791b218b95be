import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { forgetSignIn } from '../../src/sign-in/sign-in-file.ts';
import { signInState } from '../../src/sign-in/sign-in-state.ts';
import { modeOf, namesIn, OTHER, PAIR, refusalOf, startRig, textOf, type Rig } from './rig.ts';

const DAY_MS = 86_400_000;

const rigs: Rig[] = [];
async function rigWith(...options: Parameters<typeof startRig>): Promise<Rig> {
  const rig = await startRig(...options);
  rigs.push(rig);
  return rig;
}
afterAll(() => Promise.all(rigs.map((rig) => rig.close())));

const refreshing = (request: { readonly body: string }): boolean => request.body.includes('grant_type=refresh_token');

test('a sign-in gives tokens without asking Microsoft again while they are good', async () => {
  const rig = await rigWith();
  await rig.signIn();
  const before = rig.refreshes();
  const tokens = rig.tokens();
  expect(await tokens.get()).toBe(rig.given[0]);
  expect(await tokens.get()).toBe(rig.given[0]);
  expect(rig.refreshes()).toBe(before);
});

test('a token is renewed hours and days later, each time with the newest refresh token', async () => {
  const rig = await rigWith({ graceMs: 0 });
  await rig.signIn();
  let ahead = 0;
  const tokens = rig.tokens({ now: () => Date.now() + ahead });
  for (const days of [0.05, 1, 60, 60, 60]) {
    ahead += days * DAY_MS;
    rig.microsoft.passTime(days * DAY_MS);
    expect(await tokens.get()).toBe(rig.given.at(-1));
  }
  expect(rig.given).toHaveLength(6);
});

test('a token that Graph refuses is renewed although it says that it is good', async () => {
  const rig = await rigWith();
  await rig.signIn();
  const tokens = rig.tokens();
  const old = await tokens.get();
  rig.microsoft.expireAccessTokens();
  expect(await tokens.get(true)).not.toBe(old);
});

test('nothing can be renewed beside the lock: Microsoft’s offer to renew early is not kept', async () => {
  const rig = await rigWith();
  await rig.signIn();
  await rig.tokens().get(true);
  expect(textOf(rig.file)).toContain('expires_on');
  expect(textOf(rig.file)).not.toMatch(/refresh_?on/i);
});

test('many requests that are refused for one token cost one renewal, those that hear of it late included', async () => {
  const rig = await rigWith();
  await rig.signIn();
  const tokens = rig.tokens();
  const old = await tokens.get();
  const got = await Promise.all(Array.from({ length: 20 }, () => tokens.refuse(old)));
  got.push(await tokens.refuse(old), await tokens.get());
  expect(new Set(got)).toEqual(new Set([rig.given[1]]));
  expect(rig.given).toHaveLength(2);
});

test('a worker takes the token that another one has renewed meanwhile, unless it is the refused one', async () => {
  const rig = await rigWith({ graceMs: 0 });
  await rig.signIn();
  const [one, two] = [rig.tokens(), rig.tokens()];
  const first = await one.get();
  expect(await two.get()).toBe(first);
  const second = await one.get(true);
  expect(await two.get()).toBe(second);
  expect(await two.get(true)).not.toBe(second);
  expect(await one.get()).toBe(rig.given.at(-1));
  expect(rig.given).toHaveLength(3);
});

test('what is kept is for its owner alone, and holds no lock or draft afterwards', async () => {
  const rig = await rigWith();
  await rig.signIn();
  await rig.tokens().get(true);
  expect(modeOf(rig.config.tokenDir)).toBe('700');
  expect(modeOf(rig.file)).toBe('600');
  expect(namesIn(rig.config.tokenDir)).toEqual([`${PAIR}.json`]);
});

/** A key, as the configuration hands it over. */
function keyOf(): () => Buffer {
  const key = randomBytes(32);
  return () => key;
}

describe('with a key', () => {
  test('a plain sign-in is read once and encrypted from then on', async () => {
    const rig = await rigWith();
    await rig.signIn();
    expect(textOf(rig.file)).toContain('secret-refresh');
    const microsoft = { ...rig.config, tokenKey: keyOf() };
    await rig.tokens({ microsoft }).get();
    expect(textOf(rig.file)).not.toMatch(/secret|example\.com/);
    expect(await rig.tokens({ microsoft }).get(true)).toBe(rig.given.at(-1));
    expect(await signInState({ microsoft, pair: PAIR })).toMatchObject({ kind: 'signed-in', encrypted: true });
  });

  test.each([
    ['no key', null, /SWITCHYARD_TOKEN_KEY is not set/],
    ['another key', keyOf(), /with another key than SWITCHYARD_TOKEN_KEY/],
  ])('a sign-in that cannot be opened with %s stays as it is, with a sentence', async (_, tokenKey, sentence) => {
    const rig = await rigWith();
    await rig.signIn(undefined, { ...rig.config, tokenKey: keyOf() });
    const before = textOf(rig.file);
    const microsoft = { ...rig.config, tokenKey };
    const { facts } = await refusalOf(rig.tokens({ microsoft }).get());
    expect(facts).toMatchObject({
      kind: 'unauthorized',
      code: 'LOCKED_AWAY',
      next: expect.stringMatching(sentence) as string,
    });
    expect(await signInState({ microsoft, pair: PAIR })).toMatchObject({ kind: 'unreadable' });
    expect(textOf(rig.file)).toBe(before);
  });

  test('a sign-in that was changed on disk is damaged, not somebody else’s', async () => {
    const rig = await rigWith();
    const microsoft = { ...rig.config, tokenKey: keyOf() };
    await rig.signIn(undefined, microsoft);
    const sealed = JSON.parse(textOf(rig.file)) as { tag: string };
    writeFileSync(rig.file, JSON.stringify({ ...sealed, tag: randomBytes(16).toString('base64') }));
    expect((await refusalOf(rig.tokens({ microsoft }).get())).facts.code).toBe('DAMAGED');
  });
});

test.each(['', '{', '[]', '{"account":"me@example.com"}', '\u0000\u0000'])(
  'a damaged sign-in (%j) is moved aside, and the sentence says to sign in again',
  async (text) => {
    const rig = await rigWith();
    await rig.signIn();
    writeFileSync(rig.file, text);
    expect(await signInState({ microsoft: rig.config, pair: PAIR })).toMatchObject({ kind: 'unreadable' });
    const { facts } = await refusalOf(rig.tokens({ now: () => Date.UTC(2026, 10, 25, 1, 2, 3) }).get());
    expect(facts).toMatchObject({ kind: 'unauthorized', code: 'DAMAGED' });
    expect(facts.next).toBe(
      'The kept sign-in was damaged; it was moved aside as tasks.json.damaged-20261125T010203Z. Sign in again: ./switchyard login tasks',
    );
    expect(namesIn(rig.config.tokenDir)).toEqual(['tasks.json.damaged-20261125T010203Z']);
    expect((await refusalOf(rig.tokens().get())).facts.code).toBe('NOT_SIGNED_IN');
  },
);

test.each([['{"Account":5,"RefreshToken":{"x":null}}'], ['{"Account":{"x":null}}'], ['{}']])(
  'a cache that MSAL does not understand (%s) is damaged too, and ends in a sentence',
  async (cache) => {
    const rig = await rigWith();
    await rig.signIn();
    writeFileSync(rig.file, JSON.stringify({ ...(JSON.parse(textOf(rig.file)) as object), cache }));
    expect((await refusalOf(rig.tokens().get())).facts).toMatchObject({ kind: 'unauthorized', code: 'DAMAGED' });
  },
);

test.each(['AccessToken', 'RefreshToken', 'IdToken', 'AppMetadata'])(
  'a cache whose %s is nonsense ends in a token or in a sentence, not in a crash',
  async (part) => {
    const rig = await rigWith();
    await rig.signIn();
    const kept = JSON.parse(textOf(rig.file)) as { cache: string };
    for (const nonsense of [5, { x: null }, { x: { secret: 5 } }, ['x']]) {
      const cache = JSON.stringify({ ...(JSON.parse(kept.cache) as object), [part]: nonsense });
      writeFileSync(rig.file, JSON.stringify({ ...kept, cache }));
      const outcome = await rig
        .tokens()
        .get(true)
        .catch((cause: unknown) => cause);
      if (typeof outcome !== 'string') expect(outcome).toMatchObject({ facts: { kind: 'unauthorized' } });
    }
  },
);

test('a token folder that is no folder is told as such, and is not taken for "nobody is signed in"', async () => {
  const rig = await rigWith();
  writeFileSync(rig.config.tokenDir, 'x');
  const { facts } = await refusalOf(rig.tokens().get());
  expect(facts).toMatchObject({ kind: 'forbidden', code: 'ENOTDIR' });
  expect(facts.next).toMatch(/^SWITCHYARD_TOKEN_DIR must be a folder/);
  expect(await signInState({ microsoft: rig.config, pair: PAIR })).toBeNull();
});

test('a sign-in that was never made, or forgotten, makes no folder and says what to type', async () => {
  const rig = await rigWith();
  const never = await refusalOf(rig.tokens().get());
  expect(never.facts).toMatchObject({ kind: 'unauthorized', code: 'NOT_SIGNED_IN', outcome: 'not-run' });
  expect(never.facts.next).toMatch(/\.\/switchyard login tasks/);
  expect(namesIn(rig.folder)).toEqual([]);
  await rig.signIn();
  const tokens = rig.tokens();
  await tokens.get();
  expect(await forgetSignIn({ microsoft: rig.config, pair: PAIR })).toBe(true);
  expect(await forgetSignIn({ microsoft: rig.config, pair: PAIR })).toBe(false);
  expect((await refusalOf(tokens.get())).facts.code).toBe('NOT_SIGNED_IN');
  expect(await signInState({ microsoft: rig.config, pair: PAIR })).toMatchObject({ kind: 'signed-out' });
});

test('the sign-in of another account is not used (S4)', async () => {
  const rig = await rigWith();
  await rig.signIn(OTHER);
  const { facts } = await refusalOf(rig.tokens().get());
  expect(facts).toMatchObject({ kind: 'unauthorized', code: 'OTHER_ACCOUNT' });
  expect(facts.next).toBe(
    'other@example.com is signed in, the pair names me@example.com. Sign in as me@example.com: ./switchyard login tasks',
  );
  expect(await rig.tokens({ account: 'OTHER@example.com' }).get()).toBe(rig.given[0]);
  expect(await rig.tokens({ account: null }).get()).toBe(rig.given[0]);
});

test('a sign-in through another application is not tried with this one', async () => {
  const rig = await rigWith();
  await rig.signIn();
  const microsoft = { ...rig.config, clientId: '22222222-2222-3333-4444-555555555555' };
  expect((await refusalOf(rig.tokens({ microsoft }).get())).facts.code).toBe('OTHER_APPLICATION');
  const without = { ...rig.config, clientId: null };
  expect((await refusalOf(rig.tokens({ microsoft: without }).get())).facts).toMatchObject({
    kind: 'forbidden',
    next: expect.stringContaining('SWITCHYARD_MICROSOFT_CLIENT_ID') as string,
  });
});

test.each([
  ['signed-out' as const, 'invalid_grant AADSTS70043'],
  ['password-changed' as const, 'invalid_grant AADSTS50173'],
])('a revoked sign-in (%s) says to sign in again, and is good again afterwards', async (why, code) => {
  const rig = await rigWith();
  await rig.signIn();
  const tokens = rig.tokens();
  await tokens.get();
  rig.microsoft.revoke('me@example.com', why);
  for (const attempt of [1, 2]) {
    const { facts, message } = await refusalOf(tokens.get(true));
    expect(facts).toMatchObject({
      kind: 'unauthorized',
      status: 400,
      code,
      next: 'Sign in again: ./switchyard login tasks',
    });
    expect(message).toBe(
      `the Microsoft sign-in: token for pair tasks: the token is missing or not accepted (HTTP 400, ${code}).`,
    );
    expect(attempt).toBeLessThan(3);
    rig.microsoft.expireAccessTokens();
  }
  await rig.signIn();
  expect(await tokens.get()).toBe(rig.given.at(-1));
});

test('an inactive sign-in that has expired says to sign in again', async () => {
  const rig = await rigWith();
  await rig.signIn();
  rig.microsoft.passTime(91 * DAY_MS);
  const { facts } = await refusalOf(rig.tokens({ now: () => Date.now() + 91 * DAY_MS }).get());
  expect(facts).toMatchObject({ kind: 'unauthorized', code: 'invalid_grant AADSTS700082' });
});

describe('Microsoft that is ill', () => {
  test('throttles: nobody is asked before the time that it names', async () => {
    const rig = await rigWith();
    await rig.signIn();
    const fault = { kind: 'refuse' as const, status: 429, code: 'too_many', retryAfterSeconds: 120 };
    rig.microsoft.faults.add({ operation: 'token', fault });
    let now = Date.now();
    const tokens = rig.tokens({ now: () => now });
    await tokens.get();
    const { facts } = await refusalOf(tokens.get(true));
    expect(facts).toMatchObject({ kind: 'throttled', status: 429, retryAfterMs: 120_000 });
    now += 100_000;
    const asked = rig.refreshes();
    expect((await refusalOf(tokens.get(true))).facts).toMatchObject({ kind: 'throttled', retryAfterMs: 20_000 });
    expect(rig.refreshes()).toBe(asked);
    now += 20_000;
    expect(await tokens.get()).toBe(rig.given[1]); // the old one stays refused
  });

  test.each([
    ['503', { kind: 'refuse', status: 503, code: 'temporarily_unavailable' }, 'temporarily_unavailable AADSTS90033'],
    ['503 with Retry-After', { kind: 'refuse', status: 503, code: 'x', retryAfterSeconds: 0 }, 'x AADSTS90033'],
    ['a page of HTML', { kind: 'garble', body: '<html>' }, 'GARBLED'],
    ['a truncated answer', { kind: 'garble', body: '{"access_token":' }, 'GARBLED'],
    ['no object', { kind: 'garble', body: 'null' }, 'GARBLED'],
    ['a reset before', { kind: 'reset' }, 'ECONNRESET'],
    ['a reset after', { kind: 'apply-then-reset' }, 'ECONNRESET'],
    ['an error after', { kind: 'apply-then-error' }, 'InternalFailure AADSTS90033'],
    ['silence', { kind: 'hang' }, 'TIMEOUT'],
    ['silence after', { kind: 'apply-then-hang' }, 'TIMEOUT'],
  ] as const)('with %s: it is asked again later, and the sign-in survives', async (_, fault, code) => {
    const rig = await rigWith();
    await rig.signIn();
    rig.microsoft.faults.add({ operation: 'token', fault, when: refreshing });
    const tokens = rig.tokens({ timeoutMs: 500 });
    await tokens.get();
    expect((await refusalOf(tokens.get(true))).facts).toMatchObject({ kind: 'unavailable', code });
    rig.microsoft.expireAccessTokens();
    expect(await rig.tokens().get(true)).not.toBe(rig.given[0]);
  });

  test('an address where nobody listens, or that nobody trusts, is no reason to sign in again', async () => {
    const rig = await rigWith();
    await rig.signIn();
    const untrusting = { ...rig.config, ca: null };
    const late = { now: () => Date.now() + DAY_MS };
    expect((await refusalOf(rig.tokens({ microsoft: untrusting, ...late }).get())).facts).toMatchObject({
      kind: 'unavailable',
      code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) as string,
    });
    await rig.microsoft.close();
    expect((await refusalOf(rig.tokens(late).get())).facts).toMatchObject({
      kind: 'unavailable',
      code: 'ECONNREFUSED',
    });
  });
});

test('who stops waiting does not stop the renewal, whose refresh token is the only good one', async () => {
  const rig = await rigWith({ graceMs: 0 });
  await rig.signIn();
  const leaving = new AbortController();
  const { signInTokens } = await import('../../src/sign-in/sign-in-tokens.ts');
  const tokens = signInTokens({ microsoft: rig.config, pair: PAIR, account: null, now: Date.now });
  const first = await tokens.accessToken(leaving.signal);
  rig.microsoft.faults.add({ operation: 'token', fault: { kind: 'meanwhile', run: () => leaving.abort() } });
  await expect(tokens.accessToken(leaving.signal, { refused: first })).rejects.toMatchObject({ name: 'AbortError' });
  const second = await tokens.accessToken(new AbortController().signal);
  expect(second).toBe(rig.given[1]);
  expect(await tokens.accessToken(new AbortController().signal, { refused: second })).toBe(rig.given[2]);
});
