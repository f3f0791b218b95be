/** What each hook believes, and what it makes of it. */
import { createHmac } from 'node:crypto';
import { NO_GATES } from '../../src/contracts/docs.ts';
import type { SiteSpec } from '../../src/contracts/docs-runs.ts';
import type { Delivery, Hook, Reading } from '../../src/gateway/hook.ts';
import { alertmanagerHook } from '../../src/gateway/hooks/alertmanager.ts';
import { cloudwatchHook } from '../../src/gateway/hooks/cloudwatch.ts';
import { githubHook } from '../../src/gateway/hooks/github.ts';
import { gitlabHook } from '../../src/gateway/hooks/gitlab.ts';
import { todoistHook } from '../../src/gateway/hooks/todoist.ts';

const SECRET = 'hook-secret';
const NOW = Date.parse('2026-11-30T12:00:00Z');
const COMMIT = 'a'.repeat(40);
const secret = () => Promise.resolve(SECRET);

const site = (name: string, url: string, tags: string | null = null): SiteSpec => ({
  site: name,
  source: { kind: 'git', url, ref: 'main', secret: null },
  generator: null,
  dependencies: 'none',
  tags,
  gates: NO_GATES,
  baseUrl: null,
  keep: { releases: 5, graceMs: 0 },
});
const SITES = [
  site('handbook', 'https://git.example.com/acme/app.git', 'v*'),
  site('other', 'https://git.example.com/acme/other.git'),
];
const ALARMS = [
  { alarm: 'www-5xx', record: 'www.example.com', act: 'abort' },
  { alarm: 'www-down', record: 'www.example.com', act: 'reset' },
] as const;

type Headers = Readonly<Record<string, string>>;

function deliver(hook: Hook, body: unknown, headers: Headers | ((bytes: Buffer) => Headers)): Promise<Reading> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const sent = typeof headers === 'function' ? headers(bytes) : headers;
  const delivery: Delivery = { body: bytes, header: (name) => sent[name.toLowerCase()], now: NOW };
  return hook.read(delivery);
}

const hmac = (bytes: Buffer, encoding: 'hex' | 'base64', key = SECRET): string =>
  createHmac('sha256', key).update(bytes).digest(encoding);

describe('todoist', () => {
  const hook = todoistHook(secret, ['tasks', 'team']);
  const signed = (bytes: Buffer): Headers => ({ 'x-todoist-hmac-sha256': hmac(bytes, 'base64') });

  test('asks for a sync of its pairs when a task has changed, whatever else the event says', async () => {
    expect(await deliver(hook, { event_name: 'item:added', event_data: { pair: 'evil' } }, signed)).toEqual({
      kind: 'wishes',
      wishes: [
        { kind: 'sync', pair: 'tasks' },
        { kind: 'sync', pair: 'team' },
      ],
    });
  });

  test('does nothing for what changes no copy', async () => {
    expect(await deliver(hook, { event_name: 'reminder:fired' }, signed)).toMatchObject({ kind: 'ignored' });
  });

  test.each<[string, Headers | ((bytes: Buffer) => Headers)]>([
    ['no signature', {}],
    ['an empty one', { 'x-todoist-hmac-sha256': '' }],
    ['that of another secret', (bytes) => ({ 'x-todoist-hmac-sha256': hmac(bytes, 'base64', 'other') })],
    ['the right one in another encoding', (bytes) => ({ 'x-todoist-hmac-sha256': hmac(bytes, 'hex') })],
    ['that of another body', { 'x-todoist-hmac-sha256': hmac(Buffer.from('{}'), 'base64') }],
    [
      'that of the parsed body',
      (bytes) => ({ 'x-todoist-hmac-sha256': hmac(Buffer.from(`${bytes.toString()} `), 'base64') }),
    ],
  ])('denies a delivery with %s', async (_, headers) => {
    expect(await deliver(hook, { event_name: 'item:added' }, headers)).toMatchObject({ kind: 'denied' });
  });

  test.each<[string, Buffer]>([
    ['no JSON', Buffer.from('{"event_name":')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['a number for a name', Buffer.from('{"event_name":1e400}')],
    ['brackets a hundred thousand deep', Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['a prototype', Buffer.from('{"__proto__":{"event_name":"item:added"}}')],
  ])('understands nothing of %s', async (_, body) => {
    expect(await deliver(hook, body, signed)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('github', () => {
  const hook = githubHook(secret, SITES);
  const repository = { clone_url: 'https://git.example.com/acme/app.git', ssh_url: 'git@git.example.com:acme/app.git' };
  const signed =
    (event: string) =>
    (bytes: Buffer): Headers => ({ 'x-hub-signature-256': `sha256=${hmac(bytes, 'hex')}`, 'x-github-event': event });

  test('builds the branch of a site, as it stands then: a push told late brings no older commit back', async () => {
    const pushed = { ref: 'refs/heads/main', after: COMMIT, deleted: false, repository };
    expect(await deliver(hook, pushed, signed('push'))).toEqual({
      kind: 'wishes',
      wishes: [{ kind: 'build', site: 'handbook', version: 'latest', ref: null, commit: COMMIT }],
    });
  });

  test('builds a tag that is a version', async () => {
    const pushed = { ref: 'refs/tags/v1.2', after: COMMIT, repository };
    expect(await deliver(hook, pushed, signed('push'))).toEqual({
      kind: 'wishes',
      wishes: [{ kind: 'build', site: 'handbook', version: 'v1.2', ref: 'refs/tags/v1.2', commit: COMMIT }],
    });
  });

  test.each<[string, string, object]>([
    ['another branch', 'push', { ref: 'refs/heads/topic', after: COMMIT, repository }],
    ['a tag that is no version', 'push', { ref: 'refs/tags/nightly', after: COMMIT, repository }],
    ['a branch that was deleted', 'push', { ref: 'refs/heads/main', after: '0'.repeat(40), deleted: true, repository }],
    [
      'another repository',
      'push',
      { ref: 'refs/heads/main', after: COMMIT, repository: { clone_url: 'https://git.example.com/acme/app2.git' } },
    ],
    [
      'another host',
      'push',
      { ref: 'refs/heads/main', after: COMMIT, repository: { clone_url: 'https://evil.example/acme/app.git' } },
    ],
    ['a ping', 'ping', { zen: 'Keep it logically awesome.' }],
  ])('builds nothing for %s', async (_, event, body) => {
    expect(await deliver(hook, body, signed(event))).toMatchObject({ kind: 'ignored' });
  });

  test('denies a push of the older signature, and understands no commit that is none', async () => {
    const pushed = { ref: 'refs/heads/main', after: '--upload-pack=x', repository };
    expect(await deliver(hook, pushed, { 'x-hub-signature': 'sha1=00', 'x-github-event': 'push' })).toMatchObject({
      kind: 'denied',
    });
    expect(await deliver(hook, pushed, signed('push'))).toMatchObject({ kind: 'unreadable' });
  });
});

describe('gitlab', () => {
  const hook = gitlabHook(secret, SITES);
  const project = { git_http_url: 'https://git.example.com/acme/app.git' };
  const headers = (event: string): Headers => ({ 'x-gitlab-token': SECRET, 'x-gitlab-event': event });

  test('builds the branch and the tag of a site', async () => {
    const branch = { ref: 'refs/heads/main', checkout_sha: COMMIT, project };
    expect(await deliver(hook, branch, headers('Push Hook'))).toMatchObject({
      wishes: [{ version: 'latest', ref: null }],
    });
    const tag = { ref: 'refs/tags/v2', checkout_sha: COMMIT, project };
    expect(await deliver(hook, tag, headers('Tag Push Hook'))).toMatchObject({ wishes: [{ version: 'v2' }] });
  });

  test('denies another token, and does nothing where a branch was deleted', async () => {
    const deleted = { ref: 'refs/heads/main', checkout_sha: null, project };
    expect(await deliver(hook, deleted, { ...headers('Push Hook'), 'x-gitlab-token': `${SECRET} ` })).toMatchObject({
      kind: 'denied',
    });
    expect(await deliver(hook, deleted, headers('Push Hook'))).toMatchObject({ kind: 'ignored' });
  });
});

describe('alarms', () => {
  const alertmanager = alertmanagerHook(secret, ALARMS);
  const bearer = { authorization: `Bearer ${SECRET}` };
  const alert = (name: string, overrides: object = {}) => ({
    status: 'firing',
    labels: { alertname: name, record: 'evil.example.com' },
    startsAt: '2026-11-30T11:59:00.000Z',
    ...overrides,
  });
  const group = (...alerts: object[]) => ({ version: '4', alerts });
  const since = Date.UTC(2026, 10, 30, 11, 59);

  test('an alert of Prometheus does what the records that name it say, and no label chooses a record', async () => {
    expect(await deliver(alertmanager, group(alert('www-5xx'), alert('www-down'), alert('unknown')), bearer)).toEqual({
      kind: 'wishes',
      wishes: [
        { kind: 'alarm', record: 'www.example.com', act: 'abort', alarm: 'www-5xx', since },
        { kind: 'alarm', record: 'www.example.com', act: 'reset', alarm: 'www-down', since },
      ],
    });
  });

  test.each([
    ['is resolved', alert('www-5xx', { status: 'resolved' })],
    ['began long ago, and is told again', alert('www-5xx', { startsAt: '2026-11-30T11:44:00Z' })],
    ['no record names', alert('constructor')],
  ])('an alert that %s does nothing', async (_, one) => {
    expect(await deliver(alertmanager, group(one), bearer)).toMatchObject({ kind: 'ignored' });
  });

  test('an alarm of CloudWatch by way of EventBridge does so too, by its key', async () => {
    const hook = cloudwatchHook(secret, ALARMS);
    const event = (value: string) => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [],
      detail: { alarmName: 'www-down', state: { value, timestamp: '2026-11-30T11:59:00.089+0000' } },
    });
    expect(await deliver(hook, event('ALARM'), { 'x-api-key': SECRET })).toMatchObject({ wishes: [{ act: 'reset' }] });
    expect(await deliver(hook, event('OK'), { 'x-api-key': SECRET })).toMatchObject({ kind: 'ignored' });
    expect(await deliver(hook, event('ALARM'), { 'x-api-key': 'other' })).toMatchObject({ kind: 'denied' });
    expect(await deliver(alertmanager, event('ALARM'), bearer)).toMatchObject({ kind: 'unreadable' });
  });
});
