import type { Info } from '@temporalio/activity';
import { createNotifyActivities } from '../../src/activities/notify.ts';
import { loadConfig } from '../../src/config.ts';
import { makeNotice, type NoticeFacts } from '../../src/core/notify/notice.ts';
import type { NotifyTarget } from '../../src/core/notify/target.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { startNotify, type NotifyStandIn } from '../../sandbox/notify/stand-in.ts';
import { environment, failureOf } from './rig.ts';

let standIn: NotifyStandIn;
beforeEach(async () => {
  standIn = await startNotify();
});
afterEach(() => standIn.close());

const FACTS: NoticeFacts = {
  event: 'blocked',
  subject: 'www.example.com',
  severity: 'critical',
  title: 'www.example.com: ROLLBACK BLOCKED',
  sentence: 'it said "<!channel> & more"',
  stands: null,
  next: null,
  outcome: null,
  begins: true,
  ends: [],
  key: 'deploy:www.example.com',
};
const notice = (facts: Partial<NoticeFacts> = {}) =>
  makeNotice({ ...FACTS, ...facts }, { id: 'run-1-blocked', at: Date.now(), link: null });

const targets = () => ({
  slack: { name: 'team', format: 'slack', secret: 'slack-hook', on: ['blocked'] } as const,
  pagerduty: {
    name: 'oncall',
    format: 'pagerduty',
    url: `${standIn.url}/v2/enqueue`,
    secret: 'pagerduty-key',
    on: ['blocked'],
  } as const,
  webhook: {
    name: 'robot',
    format: 'webhook',
    url: `${standIn.url}/hook`,
    secret: 'hook-secret',
    on: ['blocked'],
  } as const,
});
type Format = NotifyTarget['format'];
const FORMATS = ['slack', 'pagerduty', 'webhook'] as const satisfies readonly Format[];

function tell(
  target: NotifyTarget,
  {
    env = {},
    facts = {},
    info,
  }: { env?: Record<string, string>; facts?: Partial<NoticeFacts>; info?: Partial<Info> } = {},
): Promise<{ readonly status: number }> {
  const config = loadConfig({ ...standIn.env(), ...env });
  const activities = createNotifyActivities({ config, exchangeMs: 300 });
  return environment(info).run(() => activities.notify({ target, notice: notice(facts) }));
}

function strike(operation: string, fault: Fault, times = 1): void {
  standIn.faults.add({ operation, fault, times });
}

describe('each format as its service takes it', () => {
  test('Slack shows one text, with what it would have taken for a mention', async () => {
    await expect(tell(targets().slack)).resolves.toEqual({ status: 200 });
    expect(standIn.slack.texts).toEqual(['*www.example.com: ROLLBACK BLOCKED*\nit said "&lt;!channel&gt; &amp; more"']);
  });

  test('PagerDuty opens one incident a workflow id, adds to it, and resolves it', async () => {
    const { pagerduty } = targets();
    await expect(tell(pagerduty)).resolves.toEqual({ status: 202 });
    await tell(pagerduty);
    expect(standIn.pagerDuty.incident(FACTS.key)).toMatchObject({ state: 'triggered', summaries: { length: 2 } });
    await tell(pagerduty, { facts: { event: 'promoted', begins: false, ends: ['blocked'] } });
    expect(standIn.pagerDuty.incident(FACTS.key)?.state).toBe('resolved');
    expect(standIn.pagerDuty.events).toEqual(['trigger', 'trigger', 'resolve'].map((one) => `${one} ${FACTS.key}`));
  });

  test('a webhook is signed as the Standard Webhooks are, and its id stays the same', async () => {
    const { webhook } = targets();
    await tell(webhook);
    await tell(webhook);
    expect(standIn.receiver.received.map(({ id }) => id)).toEqual(['run-1-blocked', 'run-1-blocked']);
    expect(standIn.receiver.received[0]?.message).toMatchObject({
      event: 'blocked',
      trouble: 'begins',
      key: FACTS.key,
    });
    const failed = await failureOf(tell(webhook, { env: { SWITCHYARD_SECRET_HOOK_SECRET: 'another' } }));
    expect(failed).toMatchObject({ type: 'Unauthorized', message: 'robot (127.0.0.1) answered HTTP 401.' });
  });
});

describe('what goes wrong is named, and whether it can help to ask again', () => {
  test.each(FORMATS)('%s: a throttled one is told when it asked for, at once where it said so', async (format) => {
    strike(format, { kind: 'refuse', status: 429, code: 'slow down', retryAfterSeconds: 7 });
    expect(await failureOf(tell(targets()[format]))).toMatchObject({ type: 'Throttled', nextRetryDelay: 7_000 });
    strike(format, { kind: 'refuse', status: 429, code: 'slow down', retryAfterSeconds: 0 });
    expect(await failureOf(tell(targets()[format]))).toMatchObject({ type: 'Throttled', nextRetryDelay: 1 });
    strike(format, { kind: 'refuse', status: 429, code: 'slow down' });
    expect(await failureOf(tell(targets()[format]))).not.toHaveProperty('nextRetryDelay', expect.any(Number));
  });

  test.each<[string, Fault, string]>([
    ['a fault of the receiver', { kind: 'refuse', status: 500, code: 'oops' }, 'Unavailable'],
    ['one that is away', { kind: 'refuse', status: 503, code: 'oops', retryAfterSeconds: 1 }, 'Unavailable'],
    ['one that hangs', { kind: 'hang' }, 'Unavailable'],
    ['a lost answer', { kind: 'apply-then-reset' }, 'Unavailable'],
    ['a redirect, which is not followed (A4)', { kind: 'garble', status: 302, body: '' }, 'Invalid'],
    ['what it does not understand', { kind: 'refuse', status: 400, code: 'invalid_payload' }, 'Invalid'],
    ['a webhook that was removed', { kind: 'refuse', status: 404, code: 'no_service' }, 'NotFound'],
    ['a channel that was archived', { kind: 'refuse', status: 410, code: 'channel_is_archived' }, 'NotFound'],
    ['one that does not let us', { kind: 'refuse', status: 403, code: 'action_prohibited' }, 'Unauthorized'],
  ])('%s', async (_, fault, type) => {
    for (const format of FORMATS) {
      strike(format, fault);
      expect(await failureOf(tell(targets()[format]))).toMatchObject({ type });
    }
  });

  test('PagerDuty has heard of it only where it says 202', async () => {
    strike('pagerduty', { kind: 'garble', status: 200, body: '<html>a proxy</html>' });
    expect(await failureOf(tell(targets().pagerduty))).toMatchObject({
      type: 'Unavailable',
      message: 'oncall (127.0.0.1) answered HTTP 200.',
    });
  });

  test('nobody listens', async () => {
    const { webhook } = targets();
    const failed = await failureOf(tell({ ...webhook, url: 'http://127.0.0.1:9/hook' }));
    expect(failed).toMatchObject({
      type: 'Unavailable',
      message: 'robot (127.0.0.1) was not told: connection refused.',
    });
  });
});

describe('a secret is sent only where it is bound, and is told nobody (A1, A4)', () => {
  test.each(FORMATS)('%s: to another host nothing is sent', async (format) => {
    const bound = Object.fromEntries(
      ['SLACK_HOOK', 'PAGERDUTY_KEY', 'HOOK_SECRET'].map((name) => [
        `SWITCHYARD_SECRET_${name}_HOSTS`,
        'hooks.slack.com',
      ]),
    );
    const failed = await failureOf(tell(targets()[format], { env: bound }));
    expect(failed).toMatchObject({
      type: 'Refused',
      message: expect.stringContaining('_HOSTS=hooks.slack.com,127.0.0.1') as string,
    });
    expect(standIn.faults.seen).toEqual([]);
  });

  test('a secret that is no address is not taken for one, and not shown', async () => {
    const env = { SWITCHYARD_SECRET_SLACK_HOOK: 'xoxb-canary' };
    const failed = await failureOf(tell(targets().slack, { env }));
    expect(failed).toMatchObject({ type: 'Refused', message: expect.stringContaining('slack-hook') as string });
    expect(failed.message).not.toContain('canary');
  });

  test('a worker without the secret says which one it lacks', async () => {
    const failed = await failureOf(tell({ ...targets().slack, secret: 'other-hook' }));
    expect(failed.message).toContain('SWITCHYARD_SECRET_OTHER_HOOK');
  });

  test('an unsigned webhook goes to hosts of the worker alone', async () => {
    const robot = { ...targets().webhook, secret: null };
    expect((await failureOf(tell(robot))).message).toContain('SWITCHYARD_NOTIFY_HOSTS=127.0.0.1');
    expect(standIn.faults.seen).toEqual([]);
    const failed = await failureOf(tell(robot, { env: { SWITCHYARD_NOTIFY_HOSTS: '127.0.0.1' } }));
    expect(failed.message).toContain('HTTP 401'); // it was sent, and this receiver wants a signature
  });

  test.each(['http://169.254.169.254/hook', 'http://0251.0376.0251.0376/hook', 'http://[fd00:ec2::254]/hook'])(
    '%s is told nothing, although the worker names it (A4)',
    async (url) => {
      const env = { SWITCHYARD_NOTIFY_HOSTS: new URL(url).hostname.replace(/^\[|\]$/g, '') };
      const failed = await failureOf(tell({ ...targets().webhook, url, secret: null }, { env }));
      expect(failed).toMatchObject({ type: 'Unavailable', message: expect.stringMatching(/is never asked/) as string });
    },
  );

  test.each(FORMATS)('%s: an answer that quotes the secret is not quoted', async (format) => {
    const { slack, pagerDuty, receiver } = standIn;
    const secrets = [`${standIn.url}${slack.path}`, slack.path, pagerDuty.routingKey, receiver.secret];
    strike(format, { kind: 'refuse', status: 400, code: secrets.join(' '), message: '' });
    const failed = await failureOf(tell(targets()[format]));
    const own = { slack: secrets.slice(0, 2), pagerduty: secrets.slice(2, 3), webhook: secrets.slice(3) }[format];
    for (const secret of own) expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain(secret);
  });
});
