import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLimited, type LimitedRun } from '../../../src/activities/docs/run-limited.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-limited-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (script: string, more: Partial<LimitedRun> = {}) =>
  runLimited({
    ...{ command: '/bin/sh', args: ['-c', script], cwd: folder, env: { PATH: '/usr/bin:/bin' }, timeMs: 60_000 },
    signal: new AbortController().signal,
    ...more,
  });

/** Starts a second process, says its id in a file, and goes on for ever. */
const FOREVER = 'sleep 1000 & echo $! > pid.part && mv pid.part pid; while :; do sleep 1; done';

async function pidOf(): Promise<number> {
  await until(() => existsSync(join(folder, 'pid')));
  return Number(await readFile(join(folder, 'pid'), 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('says how a program ended, and the last of what it said', async () => {
  expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({ kind: 'exited', code: 3 });
  const end = await run('i=0; while [ $i -lt 9000 ]; do echo line $i; i=$((i+1)); done');
  expect(end).toMatchObject({ kind: 'exited', code: 0, tail: expect.stringMatching(/line 8999\n$/) as string });
  expect(end.kind === 'exited' && end.tail.length).toBe(20_000);
});

test('gives it nothing of its own environment, and no input (A1)', async () => {
  process.env['SWITCHYARD_SECRET_CANARY'] = 'canary';
  const end = await run('env; cat');
  delete process.env['SWITCHYARD_SECRET_CANARY'];
  expect(end).toMatchObject({ kind: 'exited', code: 0 });
  expect(JSON.stringify(end)).not.toMatch(/canary|HOME=/);
});

test('leaves nothing of it when its time is over, with what it has started', async () => {
  const running = run(FOREVER, { timeMs: 1_500 });
  const pid = await pidOf();
  expect(await running).toEqual({ kind: 'timed-out' });
  await until(() => !isAlive(pid));
});

test('leaves nothing of it when it is cancelled, and throws why', async () => {
  const cancel = new AbortController();
  const running = run(FOREVER, { signal: cancel.signal });
  const pid = await pidOf();
  const why = new Error('cancelled');
  cancel.abort(why);
  await expect(running).rejects.toBe(why);
  await until(() => !isAlive(pid));
});

test('leaves nothing of it when it has ended itself and what it started has not', async () => {
  expect(await run('sleep 1000 & echo $! > pid')).toMatchObject({ kind: 'exited', code: 0 });
  const pid = await pidOf();
  await until(() => !isAlive(pid));
});

test('does not wait for what has left its group and holds its output open', async () => {
  const began = Date.now();
  expect(await run('setsid sleep 20 & exit 3')).toMatchObject({ kind: 'exited', code: 3 });
  expect(Date.now() - began).toBeLessThan(15_000);
});

test('ends it when somebody says that it is too much', async () => {
  expect(await run(FOREVER, { tooMuch: () => Promise.resolve('too big') })).toEqual({
    kind: 'too-much',
    why: 'too big',
  });
});

test('leaves nothing of it when this process is killed', async () => {
  const module = new URL('../../../src/activities/docs/run-limited.ts', import.meta.url).href;
  const task = {
    command: '/bin/sh',
    args: ['-c', FOREVER],
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    timeMs: 60_000,
  };
  const code = `import(${JSON.stringify(module)}).then((m) => m.runLimited({ ...${JSON.stringify(task)}, signal: new AbortController().signal }))`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '-e', code], { stdio: 'ignore' });
  const pid = await pidOf();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await until(() => !isAlive(pid));
});
