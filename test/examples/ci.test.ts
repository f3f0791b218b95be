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

  test('is pinned itself', async () => {
    const uses = (await action()).runs.steps.flatMap((step) => step.uses ?? []);
    expect(uses.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
  });
});
