import { readFile } from 'node:fs/promises';
import { declaredIn } from '../../src/cli/declared.ts';
import { notifyOf } from '../../src/cli/notify-targets.ts';
import { requestHash } from '../../src/cli/plan-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { asSentence, type Stop } from '../../src/cli/stop.ts';
import { DEFAULT_NOTIFY_PACE } from '../../src/contracts/notify.ts';
import { requestFor } from '../support/yard.ts';

const declared = async (text: string) => declaredIn(await checkSwitchyardFile(text, 'switchyard.yaml')).notify;
const target = (policy: string) => declared(`version: 1\nnotify:\n  team: ${policy}\n`);

test('a target has every default in it: events that suit its format, and the address of PagerDuty', async () => {
  const everythingButSteps = ['started', 'waiting', 'rolled-back', 'blocked', 'promoted', 'guard', 'token'];
  expect(await target('{ format: slack, secret: slack-hook }')).toEqual([
    { name: 'team', format: 'slack', secret: 'slack-hook', on: everythingButSteps },
  ]);
  expect(await target('{ format: pagerduty, secret: key }')).toEqual([
    {
      name: 'team',
      format: 'pagerduty',
      secret: 'key',
      url: 'https://events.pagerduty.com/v2/enqueue',
      on: ['blocked', 'guard', 'token'],
    },
  ]);
  expect(await target('{ format: webhook, url: https://hooks.example.com/a, on: [step] }')).toEqual([
    { name: 'team', format: 'webhook', url: 'https://hooks.example.com/a', secret: null, on: ['step'] },
  ]);
});

test.each([
  ['{ format: teams, secret: hook }', /switchyard.yaml:3: .*accepted: a mapping with a format of slack, pagerduty or/],
  ['{ secret: hook }', /switchyard.yaml:3: .*a format of slack, pagerduty or webhook/],
  ['{ format: slack }', /switchyard.yaml:3: .*secret/],
  ['{ format: slack, secret: https://hooks.slack.com/services/T/B/x }', /switchyard.yaml:3: .*no name of a secret/],
  ['{ format: slack, secret: hook, url: https://hooks.slack.com }', /unknown key "url"; accepted: format, secret, on/],
  ['{ format: slack, secret: hook, on: [rolled] }', /no event; accepted: started, waiting, step, rolled-back/],
  ['{ format: slack, secret: hook, on: [] }', /switchyard.yaml:3: /],
  [
    '{ format: pagerduty, secret: key, on: [promoted] }',
    /no event that pages somebody; accepted: rolled-back, blocked/,
  ],
  ['{ format: webhook, secret: key }', /switchyard.yaml:3: .*url/],
  ['{ format: webhook, url: "https://a.example/x?token=1" }', /without a user, a query and a fragment/],
  ['{ format: webhook, url: "https://me:pw@a.example/x" }', /no address that can be told/],
  ['{ format: webhook, url: "file:///etc/passwd" }', /no address that can be told/],
])('%s is refused with its line (A2)', async (policy, why) => {
  const said = await target(policy).then(
    () => 'taken',
    (error: unknown) => (error as Stop).problems.map(asSentence).join('\n'),
  );
  expect(said).toMatch(why);
});

test('a request carries targets only where there are some, and is the same request with them', async () => {
  expect(notifyOf([])).toEqual({});
  const notify = notifyOf(await target('{ format: slack, secret: slack-hook }'));
  expect(notify.notify).toMatchObject({ ui: null, pace: DEFAULT_NOTIFY_PACE });
  const request = requestFor('www.example.com');
  expect(requestHash({ ...request, ...notify })).toBe(requestHash(request));
});

test('the example is taken', async () => {
  const text = await readFile(new URL('../../examples/notifications.yaml', import.meta.url), 'utf8');
  expect((await declared(text)).map(({ name, format }) => `${name} ${format}`)).toEqual([
    'team slack',
    'oncall pagerduty',
    'audit webhook',
  ]);
});

test('a blocked rollback is told again every quarter of an hour, unless a test is in a hurry', () => {
  expect(DEFAULT_NOTIFY_PACE.remindMs).toBe(15 * 60_000);
});
