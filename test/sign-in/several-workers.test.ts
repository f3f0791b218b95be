import { spawn } from 'node:child_process';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSignInLock } from '../../src/sign-in/lock-sign-in.ts';
import { namesIn, PAIR, refusalOf, startRig, textOf, type Rig } from './rig.ts';

const rigs: Rig[] = [];
async function rigWith(...options: Parameters<typeof startRig>): Promise<Rig> {
  const rig = await startRig(...options);
  rigs.push(rig);
  return rig;
}
afterAll(() => Promise.all(rigs.map((rig) => rig.close())));

/** A worker in a process of its own, that renews its token as often as it is told to. */
function startWorker(rig: Rig, times: number) {
  const script = fileURLToPath(new URL('fixtures/get-tokens.ts', import.meta.url));
  const caFile = join(rig.folder, 'ca.pem');
  writeFileSync(caFile, rig.microsoft.ca);
  const env = {
    ...process.env,
    ...rig.microsoft.env(),
    SWITCHYARD_CA_FILE: caFile,
    SWITCHYARD_TOKEN_DIR: rig.config.tokenDir,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(times)], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  const ready = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const end = new Promise<string>((resolve) => child.once('close', () => resolve(text)));
  return { ready, begin: () => void child.stdin.end(), end, kill: () => child.kill('SIGKILL') };
}

/** Resolves when Microsoft has exchanged a refresh token, for an answer that never comes. */
function loseAnswer({ microsoft }: Rig): Promise<void> {
  return new Promise((resolve) => {
    const when = (request: { readonly body: string }): boolean => {
      setImmediate(resolve); // the exchange itself is done in this turn
      return request.body.includes('grant_type=refresh_token');
    };
    microsoft.faults.add({ operation: 'token', fault: { kind: 'apply-then-hang' }, when });
  });
}

test('workers that renew at once never lose the refresh token, even where the old one is good no longer', async () => {
  const rig = await rigWith({ graceMs: 0 });
  await rig.signIn();
  const workers = [startWorker(rig, 8), startWorker(rig, 8), startWorker(rig, 8)];
  await Promise.all(workers.map(({ ready }) => ready));
  workers.forEach(({ begin }) => begin());
  expect(await Promise.all(workers.map(({ end }) => end))).toEqual(Array.from({ length: 3 }, () => 'ready\ndone\n'));
  expect(await rig.tokens().get(true)).toBe(rig.given.at(-1));
  expect(namesIn(rig.config.tokenDir)).toEqual([`${PAIR}.json`]);
});

test.each([
  ['goes on with the old refresh token within the grace', 60_000, 'tokens'],
  ['ends as a sign-in that is needed after it', 0, 'refusal'],
])('a worker that is killed between rotation and saving: the next one %s', async (_, graceMs, expected) => {
  const rig = await rigWith({ graceMs });
  await rig.signIn();
  const before = textOf(rig.file);
  const worker = startWorker(rig, 1);
  await worker.ready;
  const rotated = loseAnswer(rig);
  worker.begin();
  await rotated;
  expect(namesIn(rig.config.tokenDir)).toHaveLength(2); // the sign-in, and the lock of the worker
  worker.kill();
  await worker.end;
  expect(textOf(rig.file)).toBe(before);
  rig.microsoft.passTime(1);
  if (expected === 'tokens') expect(await rig.tokens().get(true)).toBe(rig.given.at(-1));
  else expect((await refusalOf(rig.tokens().get(true))).facts).toMatchObject({ kind: 'unauthorized' });
  expect(namesIn(rig.config.tokenDir)).toEqual([`${PAIR}.json`]);
});

describe('the lock', () => {
  test('one after another, and what one throws frees it', async () => {
    const rig = await rigWith();
    const file = join(rig.folder, 'x.json');
    let inside = 0;
    const work = async (n: number): Promise<number> => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      expect(inside).toBe(1);
      inside -= 1;
      if (n % 3 === 0) throw new Error('a fault');
      return n;
    };
    const all = Array.from({ length: 9 }, (_, n) => withSignInLock(file, () => work(n)));
    const ended = await Promise.allSettled(all);
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    expect(namesIn(rig.folder)).toEqual([]);
  });

  test('a claim of another machine counts until it has stood for too long, and patience ends with a sentence', async () => {
    const rig = await rigWith();
    const file = join(rig.folder, 'x.json');
    const foreign = { place: 'elsewhere pid:[1]', pid: process.pid, start: 'then' };
    writeFileSync(`${file}.lock.foreign`, JSON.stringify(foreign));
    const never = withSignInLock(file, () => Promise.resolve('in'), { patienceMs: 100, foreignMs: 60_000 });
    expect((await refusalOf(never)).facts).toMatchObject({ kind: 'unavailable', code: 'LOCKED' });
    expect(await withSignInLock(file, () => Promise.resolve('in'), { patienceMs: 30_000, foreignMs: 50 })).toBe('in');
  });

  test('the claim of a process that is gone, or whose number is another’s now, is passed over at once', async () => {
    const rig = await rigWith();
    const file = join(rig.folder, 'x.json');
    const { place } = await withSignInLock(file, () => {
      const [claim = ''] = namesIn(rig.folder);
      return Promise.resolve(JSON.parse(textOf(join(rig.folder, claim))) as { place: string });
    });
    writeFileSync(`${file}.lock.dead`, JSON.stringify({ place, pid: 2 ** 22 + 1, start: 'then' }));
    writeFileSync(`${file}.lock.reused`, JSON.stringify({ place, pid: process.pid, start: 'then' }));
    expect(await withSignInLock(file, () => Promise.resolve('in'), { patienceMs: 1_000, foreignMs: 60_000 })).toBe(
      'in',
    );
    expect(namesIn(rig.folder)).toEqual([]);
  });

  test('what a crash left of a claim is removed by the next one, and one that is being made is left alone', async () => {
    const rig = await rigWith();
    const file = join(rig.folder, 'x.json');
    const long = new Date(Date.now() - 61_000);
    for (const id of ['old', 'new']) writeFileSync(`${file}.claim.${id}`, '');
    utimesSync(`${file}.claim.old`, long, long);
    await withSignInLock(file, () => Promise.resolve(), { patienceMs: 1_000, foreignMs: 60_000 });
    expect(namesIn(rig.folder)).toEqual(['x.json.claim.new']);
  });
});
