import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { annotation, stepSummary, tellGithub } from '../../src/cli/github.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { minute, ROLLED_BACK } from './statuses.ts';

const END = { kind: 'reported' as const, status: ROLLED_BACK };

test('an annotation cannot be ended, nor a second one begun, by text from outside', () => {
  expect(annotation('error', 'a:b,c', '100 %\n::add-mask::x')).toBe('::error title=a%3Ab%2Cc::100 %25%0A::add-mask::x');
});

test('the step summary has the last lines, the steps, and the share over time as a chart', () => {
  const summary = stepSummary({ record: 'www.example.com', end: END, link: null, now: minute(15) });
  expect(summary).toContain('## www.example.com: rolled back');
  expect(summary).toContain('    rolled back  www.example.com  192.0.2.10 (red) at 4 of 4 name servers');
  expect(summary).toContain('| began (UTC) |');
  expect(summary).toContain('| checking black and red | 12:00:00 | 21 s | 0 % | done |');
  expect(summary).toMatch(/xychart-beta[\s\S]*x-axis \["12:00:00", "12:10:00", "12:15:00"\][\s\S]*line \[0, 50, 0\]/);
});

test('the step summary takes no HTML and no table from outside', () => {
  const stages = [{ ...ROLLED_BACK.stages[0]!, label: '<img src=x> | b' }];
  const summary = stepSummary({
    record: 'r',
    end: { ...END, status: { ...ROLLED_BACK, stages } },
    link: null,
    now: minute(15),
  });
  expect(summary).toContain('&lt;img src=x\\> \\| b');
});

test('writes annotation, summary and output under GitHub Actions, and nothing elsewhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-github-'));
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_OUTPUT: join(folder, 'output'),
  };
  let text = '';
  const sink = { write: (more: string) => (text += more) };
  const input = { record: 'www.example.com', end: END, link: null, now: minute(15) };
  await tellGithub(openTerminal({ stdout: sink, stderr: sink }, {}, '/'), input);
  expect(text).toBe('');
  await tellGithub(openTerminal({ stdout: sink, stderr: sink }, env, '/'), input);
  expect(text).toMatch(/^::error title=switchyard www\.example\.com::rolled back/);
  expect(await readFile(env.GITHUB_OUTPUT, 'utf8')).toBe('outcome=rolled-back\n');
  expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('mermaid');
  await rm(folder, { recursive: true });
});
