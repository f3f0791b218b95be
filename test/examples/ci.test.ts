/** What people copy into their CI: pinned, with no more rights than it needs, and quoted so that no input becomes code. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { readExample, type ExampleStep, type ExampleWorkflow } from '../support/ci-example.ts';

const WORKFLOWS = ['deploy', 'sync', 'docs-preview'];
const run = promisify(execFile);
const github = (name: string) => readExample<ExampleWorkflow>(`github-actions/${name}.yml`);
const action = async () =>
  parse(await readFile(fileURLToPath(new URL('../../action.yml', import.meta.url)), 'utf8')) as {
    readonly runs: { readonly steps: readonly ExampleStep[] };
  };

test.each(WORKFLOWS)(
  '%s: every action is pinned to a commit, and no job may more than read and ask for a token',
  async (name) => {
    const { permissions, jobs } = await github(name);
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(jobs)) {
      expect(job).toMatchObject({ permissions: { contents: 'read', 'id-token': 'write' } });
      const uses = job.steps.flatMap((step) => step.uses ?? []);
      expect(uses.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
    }
  },
);

test.each(WORKFLOWS)('%s: nothing of an event is pasted into a script, where it would be code', async (name) => {
  const { jobs } = await github(name);
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.run ?? []));
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    expect(script).not.toContain('${{');
    await run('bash', ['-n', '-c', script]);
  }
});

test('a deployment is never cut short by the next commit, and jobs of one record run one after the other', async () => {
  const { jobs } = await github('deploy');
  expect(jobs['deploy']).toMatchObject({
    concurrency: { group: 'deploy-www.example.com', 'cancel-in-progress': false },
  });
  const gitlab = await readExample<Record<string, object>>('gitlab-ci/.gitlab-ci.yml');
  expect(gitlab['deploy']).toMatchObject({ resource_group: '$RECORD', interruptible: false });
});

describe('the action', () => {
  /** Its step `Run`, with a client that says what it was given. */
  async function runAction(args: string) {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-action-'));
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/switchyard'), '#!/bin/sh\nprintf "<%s>" "$@"\nexit 3\n');
    await chmod(join(folder, 'dist/switchyard'), 0o755);
    const script = (await action()).runs.steps.find(({ name }) => name === 'Run')?.run ?? '';
    const env = { ...process.env, GITHUB_ACTION_PATH: folder, SWITCHYARD_ARGS: args };
    const ended = await run('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env }).catch(
      (failed: unknown) => failed,
    );
    return { folder, ...(ended as { readonly code?: number; readonly stdout: string }) };
  }

  test('gives the client its words as they are quoted, and the step its exit code', async () => {
    expect(await runAction(`abort www.example.com --reason "it's slow"`)).toMatchObject({
      code: 3,
      stdout: `<abort><www.example.com><--reason><it's slow>`,
    });
  });

  test('runs nothing of what it is given', async () => {
    const { folder, stdout } = await runAction("status $(touch caught) `touch caught` ';' touch caught");
    expect(stdout).toContain('<$(touch>');
    expect(existsSync(join(folder, 'caught'))).toBe(false);
  });

  test('fails on a quote that does not end, before anything starts', async () => {
    expect(await runAction('abort www --reason "oh')).toMatchObject({ code: 1, stdout: '' });
  });

  test('builds the client once, from the commit that it is of, and puts it on the PATH of the job', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-action-'));
    const program = (path: string, says: string) =>
      writeFile(join(folder, path), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
    await mkdir(join(folder, 'dist'));
    await program('npm', `echo "$@" >> '${folder}/built'; cp '${folder}/npm' '${folder}/dist/switchyard'`);
    const script = (await action()).runs.steps.find(({ name }) => name === 'Build')?.run ?? '';
    const github = { GITHUB_ACTION_PATH: folder, GITHUB_PATH: join(folder, 'path') };
    const env = { ...process.env, ...github, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    for (let time = 0; time < 2; time += 1) await run('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env });
    expect(await readFile(join(folder, 'built'), 'utf8')).toBe(`--prefix ${folder} run --silent build:cli\n`);
    expect(await readFile(join(folder, 'path'), 'utf8')).toBe(`${folder}/dist\n`.repeat(2));
  });

  test('is pinned itself', async () => {
    const uses = (await action()).runs.steps.flatMap((step) => step.uses ?? []);
    expect(uses.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
  });
});

test('the jobs of the GitLab example check the client out at the commit that was read, and keep the token in a file', async () => {
  const { '.switchyard': base } = await readExample<{
    readonly '.switchyard': { readonly before_script: readonly string[] };
  }>('gitlab-ci/.gitlab-ci.yml');
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-gitlab-'));
  await mkdir(join(folder, 'project'));
  for (const name of ['git', 'npm', 'aws']) {
    const says = `#!/bin/sh\necho ${name} "$@" >> '${folder}/asked'\n${name === 'aws' ? 'echo the-key' : ''}\n`;
    await writeFile(join(folder, name), says, { mode: 0o755 });
  }
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    SWITCHYARD_COMMIT: 'abc',
    AWS_TOKEN: 'the-token',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
  };
  const script = [...base.before_script, 'echo "$TEMPORAL_API_KEY" "${PATH%%:*}"'].join('\n');
  const { stdout } = await run('bash', ['-eo', 'pipefail', '-c', script], { cwd: join(folder, 'project'), env });
  expect(stdout).toBe(`the-key ${folder}/project/../switchyard/dist\n`);
  expect(await readFile(join(folder, 'token'), 'utf8')).toBe('the-token\n');
  expect((await readFile(join(folder, 'asked'), 'utf8')).split('\n').slice(0, 3)).toEqual([
    'git clone --quiet https://git.example.com/acme/switchyard.git ../switchyard',
    'git -C ../switchyard checkout --quiet abc',
    'npm --prefix ../switchyard run --silent build:cli',
  ]);
});
