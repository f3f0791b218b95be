import { chmod, cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parse } from 'yaml';
import { buildClient } from '../../scripts/build-cli.mjs';
import type { Ran } from './e2e-child.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

export interface ExampleStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

export interface ExampleWorkflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly ExampleStep[]; readonly concurrency?: unknown }>>;
}

export async function readExample<T>(path: string): Promise<T> {
  return parse(await readFile(join(EXAMPLES, path), 'utf8')) as T;
}

/** The machine of a CI job: a folder with the client on its PATH, and what a secret store would answer. */
export interface Job {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  /** What the job has written to one of GitHub's files. */
  read(file: 'GITHUB_ENV' | 'GITHUB_OUTPUT' | 'GITHUB_STEP_SUMMARY'): Promise<string>;
  run(script: string, env: Readonly<Record<string, string>>): Promise<Ran>;
}

export const SECRET = 'the-key-of-temporal';

export async function startJob(): Promise<Job> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-job-'));
  const action = join(folder, '.action');
  const bin = join(action, 'dist'); // where the action of GitHub builds it
  await mkdir(bin, { recursive: true });
  await cp(await builtClient(), bin, { recursive: true });
  await writeFile(join(bin, 'aws'), `#!/bin/sh\necho ${SECRET}\n`);
  await chmod(join(bin, 'aws'), 0o755);
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const files = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'].map((name) => [name, join(folder, `.${name}`)]),
  );
  for (const file of Object.values(files)) await writeFile(file, '');
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    read: (file) => readFile(files[file] ?? '', 'utf8'),
    run: (script, env) =>
      bash(script, folder, {
        PATH: path,
        HOME: folder,
        TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTOR: 'ann',
        GITHUB_ACTION_PATH: action,
        RUNNER_TEMP: folder,
        ...files,
        ...env,
      }),
  };
}

/** The folder that a build of the client fills: built once for all jobs of a test file. */
function builtClient(): Promise<string> {
  return (client ??= mkdtemp(join(tmpdir(), 'switchyard-client-')).then(async (folder) => {
    await buildClient(join(folder, 'switchyard'));
    return folder;
  }));
}

let client: Promise<string> | undefined;

/** As a runner does: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#exit-codes-and-error-action-preference */
async function bash(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, ...said };
}

/** The script of the step of that name. */
export const scriptOf = ({ jobs }: ExampleWorkflow, job: string, name: string): string =>
  stepIn(jobs[job]?.steps ?? [], name);

/** The script of a step of the action in the root of the repository. */
export async function actionScript(name: string): Promise<string> {
  const action = await readExample<{ readonly runs: { readonly steps: readonly ExampleStep[] } }>('../action.yml');
  return stepIn(action.runs.steps, name);
}

function stepIn(steps: readonly ExampleStep[], name: string): string {
  const step = steps.find((one) => one.name === name);
  if (step?.run === undefined) throw new Error(`no step ${name}`);
  return step.run;
}
