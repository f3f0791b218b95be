/** What people and senders ask: obeyed, or refused with a reason; never a fault, and no word of it given back (A2). */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { parseCheck } from '../../src/cli/parse/check.ts';
import { parseDocsName } from '../../src/cli/parse/docs-name.ts';
import { parseFailRule, parseSpan, parseSteps, parseTtl } from '../../src/cli/parse/numbers.ts';
import { parsePairName } from '../../src/cli/parse/pair-name.ts';
import type { Parsed } from '../../src/cli/parse/parsed.ts';
import { parseRecordName } from '../../src/cli/parse/record-name.ts';
import { parseTarget } from '../../src/cli/parse/target.ts';
import { runProgram } from '../../src/cli/program.ts';
import { asSentence } from '../../src/cli/stop.ts';
import { NO_GATES } from '../../src/contracts/docs.ts';
import type { SiteSpec } from '../../src/contracts/docs-runs.ts';
import { parseDuration } from '../../src/core/duration.ts';
import type { Hook, Wish } from '../../src/gateway/hook.ts';
import { alertmanagerHook } from '../../src/gateway/hooks/alertmanager.ts';
import { cloudwatchHook } from '../../src/gateway/hooks/cloudwatch.ts';
import { githubHook } from '../../src/gateway/hooks/github.ts';
import { gitlabHook } from '../../src/gateway/hooks/gitlab.ts';
import { snsHook } from '../../src/gateway/hooks/sns.ts';
import { todoistHook } from '../../src/gateway/hooks/todoist.ts';
import { gatewayMetrics } from '../../src/gateway/metrics.ts';
import { serveGateway, type Listening } from '../../src/gateway/serve-gateway.ts';
import { brokenJsonText, brokenText, fuzzing, nastyText } from '../support/broken.ts';

describe('webhooks', () => {
  const SECRET = 'hook-secret';
  const NOW = Date.parse('2026-11-30T12:00:00Z');
  const secret = () => Promise.resolve(SECRET);
  const site: SiteSpec = {
    site: 'handbook',
    source: { kind: 'git', url: 'https://git.example.com/acme/app.git', ref: 'main', secret: null },
    generator: null,
    dependencies: 'none',
    tags: 'v*',
    gates: NO_GATES,
    baseUrl: null,
    keep: { releases: 5, graceMs: 0 },
  };
  const rules = [{ alarm: 'www-5xx', record: 'www.example.com', act: 'abort' }] as const;
  const topic = 'arn:aws:sns:eu-central-1:123456789012:alarms';
  const certificate = () => Promise.resolve('no certificate');
  const hooks: readonly Hook[] = [
    todoistHook(secret, ['tasks']),
    githubHook(secret, [site]),
    gitlabHook(secret, [site]),
    alertmanagerHook(secret, rules),
    cloudwatchHook(secret, rules),
    snsHook([topic], rules, { fetchText: certificate }),
  ];
  const wished: unknown[] = [];
  let gateway: Listening;
  beforeAll(async () => {
    const parts = {
      hooks,
      act: (wish: Wish) => Promise.resolve(void wished.push(wish)),
      isReady: () => Promise.resolve(true),
      metrics: gatewayMetrics(),
      logger: pino({ level: 'silent' }),
      rate: { burst: 1_000_000, perSecond: 1_000_000 },
      now: () => NOW,
    };
    gateway = await serveGateway(parts, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => gateway.close());

  const repository = {
    clone_url: 'https://git.example.com/acme/app.git',
    html_url: 'https://git.example.com/acme/app',
  };
  const samples = [
    { event_name: 'item:added', event_data: { id: '1' } },
    { ref: 'refs/heads/main', after: 'a'.repeat(40), deleted: false, repository },
    {
      object_kind: 'push',
      ref: 'refs/tags/v1',
      checkout_sha: 'a'.repeat(40),
      project: { git_http_url: repository.clone_url },
    },
    {
      version: '4',
      alerts: [{ status: 'firing', labels: { alertname: 'www-5xx' }, startsAt: '2026-11-30T11:59:00Z' }],
    },
    {
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'www-5xx', state: { value: 'ALARM', timestamp: '2026-11-30T11:59:00.000+0000' } },
    },
    {
      Type: 'Notification',
      MessageId: 'm',
      TopicArn: topic,
      Message: '{"AlarmName":"www-5xx","NewStateValue":"ALARM"}',
      Timestamp: '2026-11-30T11:59:01.000Z',
      SignatureVersion: '2',
      Signature: 'AAAA',
      SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
    },
  ];
  const headersFor = (body: string): Record<string, string> => {
    const hmac = (encoding: 'hex' | 'base64') => createHmac('sha256', SECRET).update(body).digest(encoding);
    return {
      'x-todoist-hmac-sha256': hmac('base64'),
      'x-hub-signature-256': `sha256=${hmac('hex')}`,
      'x-github-event': 'push',
      'x-gitlab-token': SECRET,
      'x-gitlab-event': 'Push Hook',
      authorization: `Bearer ${SECRET}`,
      'x-api-key': SECRET,
      'content-type': 'application/json',
    };
  };
  const post = (name: string, body: string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${gateway.port}/hooks/${name}`, { method: 'POST', body, headers });

  /** To each hook what is meant for it, a little or very much broken. */
  const delivery = fc.oneof(
    ...hooks.map(({ name }, at) => {
      const text = JSON.stringify(samples[at]);
      return fc.tuple(fc.constant(name), fc.oneof(fc.constant(text), brokenJsonText(samples[at]), brokenText(text)));
    }),
  );
  /** A character that no header can carry never gets that far. */
  const header = nastyText().map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 2_000));

  test('whoever sends what, the answer is one of ours and gives nothing back (A1)', () =>
    fc.assert(
      fc.asyncProperty(delivery, fc.option(fc.tuple(fc.nat(7), header), { freq: 2 }), async ([name, body], forged) => {
        const sent = headersFor(body);
        const [at, text] = forged ?? [-1, ''];
        const key = Object.keys(sent)[at];
        if (key !== undefined) sent[key] = text;
        const answered = await post(name, body, sent);
        expect([200, 400, 401, 413, 503]).toContain(answered.status);
        expect((await answered.text()).length).toBeLessThan(40);
      }),
      fuzzing(250),
    ));

  test('nothing of a message chooses what is started but names of the file (A4)', () => {
    expect(wished.length).toBeGreaterThan(10); // enough got through to say so
    for (const wish of wished) expect(JSON.stringify(wish)).toMatch(/"(tasks|handbook|www\.example\.com)"/);
  });
});

describe('command lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-requests-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function mustBeParsed(read: Parsed<unknown>): void {
    if (read.ok) return;
    expect(read.problems.length).toBeGreaterThan(0);
    for (const line of read.problems.map(asSentence)) expect(line).not.toMatch(/\p{Cc}/u);
  }

  test('what an option says is read, or refused in a line without control characters', () => {
    const texts = [
      'www.example.com',
      '*.example.com',
      '192.0.2.20',
      '2001:db8::1',
      'app.example.net.',
      '5m',
      '90s',
      '10,50,100',
      '4/6',
      'https://www.example.com:8443/healthz?x=1',
      'tcp:443',
      'dns',
      'sync/tasks',
      'docs/handbook/v1.2',
    ];
    fc.assert(
      fc.property(brokenText(...texts), (text) => {
        mustBeParsed(parseRecordName(text));
        mustBeParsed(parseTarget([text], '--to'));
        mustBeParsed(parseSpan(text, '--hold'));
        mustBeParsed(parseTtl(text, '--ttl'));
        mustBeParsed(parseFailRule(text, '--fail'));
        mustBeParsed(parseSteps(text, '--steps'));
        mustBeParsed(parseCheck(text, 'www.example.com'));
        mustBeParsed(parsePairName(text));
        mustBeParsed(parseDocsName(text));
        parseDuration(text);
      }),
      fuzzing(300),
    );
  });

  /** What reaches Temporal only when all else is right; none of these starts a server or asks somebody to sign in. */
  const lines = [
    [
      'deploy',
      'www.example.com',
      '--to',
      '192.0.2.20',
      '--steps',
      '10,50,100',
      '--hold',
      '5m',
      '--check',
      '/healthz',
      '--no-such',
    ],
    ['plan', 'www.example.com', '--to', '192.0.2.20', '--ttl', '60', '--no-such'],
    ['abort', 'www.example.com', '--reason', 'x', '--no-such'],
    ['wait', 'www.example.com', '--for', 'nothing'],
    ['undo', 'www.example.com', '--to-revision', 'x', '--no-such'],
    ['reset', '--all', 'www.example.com', '--no-such'],
    ['sync', 'tasks', '--dry-run', '--no-such'],
    ['history', 'www.example.com', '--limit', 'x', '--no-such'],
    ['apply', '--dry-run', '--config', 'none.yaml'],
  ];

  test('a line that is wrong somewhere is a mistake of use, and no fault', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...lines), fc.nat(20), nastyText(), async (line, at, nasty) => {
        const args = line.map((word, index) => (index === at % line.length && index > 0 ? nasty : word));
        let written = '';
        const write = (text: string): void => void (written += text);
        const env = { SWITCHYARD_HOME: folder, TEMPORAL_ADDRESS: '127.0.0.1:9' };
        const exit = await runProgram([...args, '--another-flag-that-is-none'], {
          streams: { stdout: { write, isTTY: false }, stderr: { write } },
          env,
          cwd: folder,
        });
        expect([exit, written]).toEqual([EXIT.usage, expect.stringMatching(/\S/)]);
        expect(written).not.toMatch(/ at .*\.ts:\d+/);
        expect(written.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
      fuzzing(80),
    ));
});
