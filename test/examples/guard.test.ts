import { readFile } from 'node:fs/promises';
import { scheduleOfGuard } from '../../src/cli/guard-schedule.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { GUARD_PACE } from '../../src/contracts/guard.ts';

test('examples/guard.yaml makes a Schedule that restores both of its records', async () => {
  const text = await readFile(new URL('../../examples/guard.yaml', import.meta.url), 'utf8');
  const schedule = scheduleOfGuard(await checkSwitchyardFile(text, 'guard.yaml'));
  expect(schedule).toMatchObject({ subject: 'guard/records', everyMs: 60_000 });
  expect(schedule?.schedule.action.args).toEqual([
    {
      act: 'restore',
      pace: GUARD_PACE,
      records: [
        { record: 'www.example.com', zone: 'example.com', verify: 'authoritative' },
        { record: 'api.example.com', zone: 'example.com', verify: 'authoritative' },
      ],
    },
  ]);
});

test('the guard tells whom the file names', async () => {
  const text =
    'version: 1\nnotify: { oncall: { format: pagerduty, secret: pagerduty-key } }\nrecords: { www.example.com: {} }\nguard: {}\n';
  const schedule = scheduleOfGuard(await checkSwitchyardFile(text, 'guard.yaml'));
  expect(schedule?.schedule.action.args).toMatchObject([
    { notify: { targets: [{ name: 'oncall', format: 'pagerduty' }] } },
  ]);
});

test('docs/guard.md names every word that a guard has, and every exit code of it', async () => {
  const text = await readFile(new URL('../../docs/guard.md', import.meta.url), 'utf8');
  const words = [
    'running',
    'overdue',
    'suspect',
    'finding',
    'not-seen',
    'due',
    'left',
    'foreign-namespace',
    'unknown',
    'unread',
  ];
  for (const word of words) expect(text).toContain(`| \`${word}\``);
  for (const exit of [0, 1, 3, 4, 6]) expect(text).toContain(`| ${exit}    |`);
});
