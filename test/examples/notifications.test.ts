/** The example is told to: each of its targets hears of an event that it asked for, under the secrets that it names. */
import { readFile } from 'node:fs/promises';
import { createNotifyActivities } from '../../src/activities/notify.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { loadConfig } from '../../src/config.ts';
import { makeNotice } from '../../src/core/notify/notice.ts';
import type { NotifyTarget } from '../../src/core/notify/target.ts';
import { startNotify, type NotifyStandIn } from '../../sandbox/notify/stand-in.ts';
import { environment } from '../activities/rig.ts';

let standIn: NotifyStandIn;
beforeAll(async () => void (standIn = await startNotify()));
afterAll(() => standIn.close());

/** The targets of the file, at the stand-in instead of the services themselves. */
async function targets(): Promise<readonly NotifyTarget[]> {
  const text = await readFile(new URL('../../examples/notifications.yaml', import.meta.url), 'utf8');
  const here = text.replace('https://hooks.example.com/switchyard', `${standIn.url}/hook`);
  const { notify } = declaredIn(await checkSwitchyardFile(here, 'notifications.yaml'));
  return notify.map((target) =>
    target.format === 'pagerduty' ? { ...target, url: `${standIn.url}/v2/enqueue` } : target,
  );
}

test('all three targets of the example are told, each in its own format', async () => {
  const activities = createNotifyActivities({ config: loadConfig(standIn.env()), exchangeMs: 2_000 });
  for (const target of await targets()) {
    const [event = 'blocked'] = target.on;
    const subject = 'www.example.com';
    const words = { title: `${subject}: ${event}`, sentence: 'it says why', stands: null, next: null, outcome: null };
    const about = { event, subject, severity: 'error', key: `deploy:${subject}`, begins: true, ends: [] } as const;
    const notice = makeNotice({ ...about, ...words }, { id: `run-1-${event}`, at: Date.now(), link: null });
    const told = await environment().run(() => activities.notify({ target, notice })); // what is refused is thrown
    expect(told).toMatchObject({ status: expect.any(Number) as number });
  }
  expect(standIn.slack.texts).toEqual(['*www.example.com: started*\nit says why']);
  expect(standIn.pagerDuty.incident('deploy:www.example.com')?.state).toBe('triggered');
  expect(standIn.receiver.received.map(({ message }) => message['event'])).toHaveLength(1);
});
