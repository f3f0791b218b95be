import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workflowBundle } from '../support/temporal.ts';

const MAIN = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** The demo as a process of its own, without a terminal, as a user has it. */
const demo = (...args: string[]): Promise<Ended> => play(args, process.env);

/** The same with the workflows that were bundled for this test run, which takes as long as a scene. */
const bundledDemo = (...args: string[]): Promise<Ended> =>
  play(args, { ...process.env, SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath });

async function play(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => (said.out += String(text)));
  child.stderr.on('data', (text) => (said.err += String(text)));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, ...said };
}

/**
 * Scenes of one process share its stage, and what takes long is shown in a short form; the processes run beside each other, for what they
 * wait for is mostly the demo's clock.
 */
test.concurrent(
  'shows a rollback and documentation on a machine without a terminal, with the proof, and ends by itself (D3, P1 to P3)',
  async () => {
    const { exit, out, err } = await bundledDemo('rolled-back', 'docs');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/black failed 4 of the last 6 probes: HTTP 503/);
    expect(out).toMatch(/black 100 % of \d+ answers/); // real answers of real servers
    expect(out).toMatch(/192\.0\.2\.10 \(red\), 10 of 10/);
    expect(out).toMatch(/change log {3}red -> 10 % -> 50 % -> black -> red/);
    expect(out).toMatch(/workflows\/deploy%3Ashop\.example\.com\//);
    expect(out).toMatch(/added variable (\S+\/)?few\.FEW/);
    expect(out).toMatch(/GATE FAILED +\d+ warnings, 1 of them not in release/);
    expect(out).toMatch(/reader +\d+ page loads, 0 mixed, 0 missing/);
    expect(out).toMatch(/workflows\/docs%3Aswitchyard%3Alatest\//);
    // eslint-disable-next-line no-control-regex -- colours and redraws have no place in a log
    expect(out).not.toMatch(/\u001b/);
  },
  240_000,
);

test.concurrent(
  'waits for an approval, and syncs, on a machine without a terminal, over a killed worker and throttles, with its proof (S1, S2)',
  async () => {
    const { exit, out, err } = await demo('approval', 'sync');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/refused +cannot approve .*mallory@example\.org may not decide it; allowed: \*@example\.com/);
    expect(out).toMatch(/the cutover was approved by ann@example\.com/);
    expect(out).toMatch(/change log {3}red -> black,/);
    expect(out).toMatch(/the worker was killed \(kill -9\)/);
    expect(out).toMatch(/throttled \d times? for/);
    expect(out).toMatch(/60 of 60 tasks are in To Do/);
    expect(out).toMatch(/nothing to do, nothing was written; 60 tasks in scope/);
    expect(out).toMatch(/To Do {8}58 of them there exactly once, 0 otherwise/);
    expect(out).toMatch(/workflows\/sync%3Atasks\//);
  },
  240_000,
);

test.concurrent(
  'sees by a metric what probes miss, takes a group back as one, and repairs what a terminated run left, with the proof (D3, G2)',
  async () => {
    const { exit, out, err } = await bundledDemo('metrics', 'group', 'guard');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/three\.us\.example\.com: black failed 4 of the last 6 probes: HTTP 503/);
    expect(out.match(/change log {3}\S+\.(eu|us)\.example\.com: red -> 50 % -> red; the fence is idle/g)).toHaveLength(
      6,
    );
    expect(out).toMatch(/rolled back +cart\.example\.com.*\nwhy +errors: 3 of the last 5 samples > 0\.01: 0\.07 at /);
    expect(out).toMatch(/probes +healthy of black passed 6 of the last 6: HTTP 200/);
    expect(out).toMatch(/change log {3}red -> 50 % -> red, in \d batches; the fence is idle/);
    expect(out).toMatch(/why +the run was terminated in Temporal/);
    expect(out).toMatch(/blog\.example\.com +restored .* Restored: 192\.0\.2\.10/);
    expect(out).toMatch(/change log {3}red -> 50 % -> red, in \d batches; the fence is reset/);
  },
  240_000,
);

test('refuses a scene that is not there, and names those that are', async () => {
  const { exit, err } = await demo('sync', 'rolledback');
  expect(exit).toBe(2);
  expect(err).toMatch(
    /No scene is called rolledback: there are promoted, rolled-back, aborted, metrics, approval, group, guard, sync, docs/,
  );
});

test('lists the scenes without starting anything', async () => {
  const { exit, out } = await demo('--help');
  expect(exit).toBe(0);
  expect(out).toMatch(/^ {2}aborted +an operator aborts at 50 %$/m);
});
