import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMicrosoft, type Account, type MicrosoftStandIn } from '../../sandbox/microsoft/stand-in.ts';
import { runProgram } from '../../src/cli/program.ts';
import { outputSchema } from '../support/output-schema.ts';

const ME: Account = { upn: 'me@example.com', oid: '00000000-0000-0000-0000-0000000000aa' };
const OTHER: Account = { upn: 'other@example.com', oid: '00000000-0000-0000-0000-0000000000bb' };

const FILE = `version: 1
sync:
  tasks:
    from: { secret: todoist-token }
    to: { account: me@example.com }
  team:
    from: { secret: todoist-token }
    to: { account: me@example.com, access: application, lists: Team }
  trial:
    from: { secret: todoist-token }
    to: { secret: graph-token, lists: Trial }
`;

let microsoft: MicrosoftStandIn;
let folder: string;
let tokenDir: string;
beforeAll(async () => {
  microsoft = await startMicrosoft({
    pollSeconds: 0.02,
    tenant: 'example.com',
    clientSecret: 'secret-of-the-application',
  });
  folder = mkdtempSync(join(tmpdir(), 'switchyard-login-'));
  tokenDir = join(folder, 'state', 'tokens');
  writeFileSync(join(folder, 'switchyard.yaml'), FILE);
  writeFileSync(join(folder, 'ca.pem'), microsoft.ca);
});
afterAll(async () => {
  await microsoft.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  microsoft.faults.clear();
  rmSync(tokenDir, { recursive: true, force: true });
});

type Hand = (code: string) => void;
const approve: Hand = (code) => microsoft.approve(code, ME);

/** The program in this process; `hand` acts as soon as it has printed a code. */
async function run(args: readonly string[], hand: Hand = approve, more: Record<string, string | undefined> = {}) {
  const text = { out: '', err: '' };
  let acted = false;
  const hear = (written: string): void => {
    text.out += written;
    const code = /^code {2}(\w+)$/m.exec(text.out)?.[1] ?? /"code":"(\w+)"/.exec(text.out)?.[1];
    if (code === undefined || acted) return;
    acted = true;
    hand(code);
  };
  const streams = { stdout: { write: hear }, stderr: { write: (written: string) => (text.err += written) } };
  const env = {
    ...microsoft.env(),
    SWITCHYARD_CA_FILE: join(folder, 'ca.pem'),
    SWITCHYARD_HOME: join(folder, 'state'),
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    ...more,
  };
  const exit = await runProgram(args, { streams, env, cwd: folder });
  expect(`${text.out}${text.err}`).not.toMatch(/secret-(access|refresh|code|of)|eyJ/);
  return { exit, ...text };
}

test('login prints address and code, waits, and says who signed in and which workers read it', async () => {
  const { exit, out } = await run(['login', 'tasks']);
  expect(exit).toBe(0);
  expect(out.split('\n')).toEqual([
    `open  ${microsoft.authority}/device`,
    expect.stringMatching(/^code {2}[0-9A-F]{9}$/),
    '      sign in as me@example.com within 15 min',
    'signed in  me@example.com, for pair tasks',
    `kept       ${tokenDir}/tasks.json (readable by its owner alone; SWITCHYARD_TOKEN_KEY would encrypt it)`,
    `worker     workers with SWITCHYARD_TOKEN_DIR=${tokenDir} read it there and renew it; none has to be restarted`,
    '',
  ]);
  expect(readFileSync(join(tokenDir, 'tasks.json'), 'utf8')).toContain('me@example.com');
});

test('login says for programs what it says for people, an object a line', async () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const { exit, out } = await run(['login', 'tasks', '--json'], approve, { SWITCHYARD_TOKEN_KEY: key });
  expect(exit).toBe(0);
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(events.filter((event) => !outputSchema.safeParse(event).success)).toEqual([]);
  expect(events).toEqual([
    expect.objectContaining({
      schemaVersion: 1,
      event: 'code',
      pair: 'tasks',
      address: `${microsoft.authority}/device`,
    }),
    expect.objectContaining({
      event: 'signed-in',
      account: 'me@example.com',
      file: join(tokenDir, 'tasks.json'),
      encrypted: true,
    }),
  ]);
});

test('login refuses another account than the pair names, and keeps nothing (S4)', async () => {
  const { exit, err } = await run(['login', 'tasks'], (code) => microsoft.approve(code, OTHER));
  expect(exit).toBe(3);
  expect(err).toContain(
    'other@example.com signed in, and pair tasks names me@example.com; nothing of it is kept; sign in as',
  );
  expect(() => readdirSync(tokenDir)).toThrow('ENOENT');
});

test.each<readonly [string, Hand, RegExp]>([
  ['declined', (code) => microsoft.decline(code), /\(authorization_declined\); The sign-in was declined/],
  [
    'came too late',
    () => microsoft.passTime(16 * 60_000),
    /\(expired_token\); Nobody signed in before the code expired/,
  ],
])('login that was %s is refused with a sentence', async (_, hand, sentence) => {
  const { exit, err } = await run(['login', 'tasks'], hand);
  expect(err).toMatch(sentence);
  expect(exit).toBe(3);
});

test('Ctrl-C ends the waiting at once and keeps nothing', async () => {
  const { exit } = await run(['login', 'tasks'], () => void process.emit('SIGINT', 'SIGINT'));
  expect(exit).toBe(130);
  expect(() => readdirSync(tokenDir)).toThrow('ENOENT');
});

test.each([
  [
    'no application',
    { SWITCHYARD_MICROSOFT_CLIENT_ID: undefined },
    2,
    /SWITCHYARD_MICROSOFT_CLIENT_ID is not set; accepted: the application/,
  ],
  [
    'an unknown application',
    { SWITCHYARD_MICROSOFT_CLIENT_ID: '33333333-2222-3333-4444-555555555555' },
    3,
    /AADSTS700016.*Check the app registration/,
  ],
  ['a bad variable', { SWITCHYARD_TOKEN_KEY: 'short' }, 2, /SWITCHYARD_TOKEN_KEY: found .*32 bytes/],
  [
    'nobody there',
    { SWITCHYARD_MICROSOFT_AUTHORITY: 'https://localhost:1/common' },
    6,
    /no usable answer \(ECONNREFUSED\)/,
  ],
])('login with %s ends with a sentence', async (_, env, exit, sentence) => {
  const ended = await run(['login', 'tasks'], approve, env);
  expect(ended.err).toMatch(sentence);
  expect(ended.exit).toBe(exit);
});

test.each([
  [['login', 'nothing'], 2, /there is no pair nothing in switchyard.yaml; accepted: tasks, team, trial/],
  [['login', 'No Pair'], 2, /"No Pair" is no name of a pair/],
  [['logout', '../x'], 2, /is no name of a pair/],
])('%j ends with %d and says what is accepted', async (args, exit, sentence) => {
  const ended = await run(args);
  expect(ended.err).toMatch(sentence);
  expect(ended.exit).toBe(exit);
});

test('a pair with a ready token, or of an application, needs no login; the application is tried', async () => {
  expect(await run(['login', 'trial'])).toMatchObject({
    exit: 0,
    out: "not needed  pair trial needs no login: it takes a ready access token, the worker's secret graph-token\n",
  });
  const application = {
    SWITCHYARD_MICROSOFT_CLIENT_SECRET: 'secret-of-the-application',
    SWITCHYARD_MICROSOFT_MAILBOXES: 'me@example.com',
  };
  expect(await run(['login', 'team'], approve, application)).toMatchObject({
    exit: 0,
    out: expect.stringContaining('were accepted just now') as string,
  });
  const wrong = await run(['login', 'team'], approve, { ...application, SWITCHYARD_MICROSOFT_CLIENT_SECRET: 'x' });
  expect(wrong).toMatchObject({ exit: 3, err: expect.stringContaining('AADSTS7000215') as string });
  const closed = await run(['login', 'team'], approve, {
    ...application,
    SWITCHYARD_MICROSOFT_MAILBOXES: 'a@example.com',
  });
  expect(closed).toMatchObject({
    exit: 3,
    err: expect.stringContaining('Add me@example.com to SWITCHYARD_MICROSOFT_MAILBOXES') as string,
  });
});

test('logout forgets the sign-in with everything that damaged or killed ones left, and can be repeated', async () => {
  await run(['login', 'tasks']);
  for (const rest of ['tasks.json.new', 'tasks.json.damaged-20261125T010203Z', 'team.json'])
    writeFileSync(join(tokenDir, rest), 'x');
  const first = await run(['logout', 'tasks']);
  expect(first).toMatchObject({ exit: 0, out: expect.stringContaining(`forgotten  ${tokenDir}/tasks.json`) as string });
  expect(readdirSync(tokenDir)).toEqual(['team.json']);
  const again = await run(['logout', 'tasks', '--json']);
  expect(again.exit).toBe(0);
  const document: unknown = JSON.parse(again.out);
  expect(outputSchema.safeParse(document).success).toBe(true);
  expect(document).toEqual({
    schemaVersion: 1,
    pair: 'tasks',
    forgotten: false,
    file: `${tokenDir}/tasks.json`,
    declared: true,
  });
});

test('logout tells a mistyped name by the file, and forgets all the same what is declared no more', async () => {
  const mistyped = await run(['logout', 'taks', '--config', join(folder, 'switchyard.yaml')]);
  expect(mistyped).toMatchObject({
    exit: 0,
    out: expect.stringMatching(
      /nothing to forget .*\nno such pair .*declares tasks, team, trial, and not taks/,
    ) as string,
  });
  await run(['login', 'tasks']);
  expect(await run(['logout', 'tasks', '--config', '/nonexistent.yaml'])).toMatchObject({
    exit: 2,
    err: expect.stringContaining('there is no such file') as string,
  });
  const elsewhere = { SWITCHYARD_CONFIG: '/nonexistent.yaml' };
  expect((await run(['logout', 'tasks'], approve, elsewhere)).out).toContain(`forgotten  ${tokenDir}/tasks.json`);
});
