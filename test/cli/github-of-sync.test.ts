import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellGithubOfSync, type EndedSync } from '../../src/cli/github-of-sync.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { minute } from './statuses.ts';
import { endedSync, WORKING } from './syncs.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'switchyard-github-of-sync-'))));
afterAll(() => rm(folder, { recursive: true }));

async function told(end: EndedSync['end'], github: boolean) {
  const at = (file: string): string => join(folder, `${file}-${crypto.randomUUID()}`);
  const env = { GITHUB_STEP_SUMMARY: at('summary'), GITHUB_OUTPUT: at('output') };
  let text = '';
  const sink = { write: (more: string) => (text += more) };
  const terminal = openTerminal(
    { stdout: sink, stderr: sink },
    { ...env, ...(github ? { GITHUB_ACTIONS: 'true' } : {}) },
    '/',
  );
  await tellGithubOfSync(terminal, { pair: 'tasks', end, link: null, now: minute(2) });
  const read = (file: string) => readFile(file, 'utf8').catch(() => null);
  return { text, summary: await read(env.GITHUB_STEP_SUMMARY), output: await read(env.GITHUB_OUTPUT) };
}

test.each([
  ['synced', 'notice'],
  ['synced-with-exceptions', 'warning'],
  ['stopped', 'error'],
  ['failed', 'error'],
  ['cancelled', 'error'],
] as const)(
  'GitHub Actions is told of a sync that is %s by an annotation (%s), a summary and an output',
  async (outcome, kind) => {
    const { text, summary, output } = await told({ kind: 'reported', status: endedSync(outcome) }, true);
    expect(text).toMatch(new RegExp(`^::${kind} title=switchyard sync/tasks::.*sync/tasks`));
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(summary).toMatch(new RegExp(`^## sync/tasks: ${outcome}\n\n {4}[^\n]*sync/tasks`));
    expect(output).toBe(`outcome=${outcome}\n`);
  },
);

test('a run without a word of its own is an error there, and its outcome is unknown', async () => {
  const { text, output } = await told({ kind: 'speechless', why: 'terminated', last: WORKING }, true);
  expect(text).toMatch(/^::error .*NOT SURE/);
  expect(output).toBe('outcome=unknown\n');
});

test('elsewhere nothing is written for GitHub', async () => {
  const { text, summary, output } = await told({ kind: 'reported', status: endedSync('failed') }, false);
  expect([text, summary, output]).toEqual(['', null, null]);
});
