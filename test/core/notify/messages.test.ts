import fc from 'fast-check';
import { makeNotice, NOTICE_EVENTS, type Notice, type NoticeFacts } from '../../../src/core/notify/notice.ts';
import { pagerDutyEvent } from '../../../src/core/notify/pagerduty-event.ts';
import { escapeSlack, slackMessage } from '../../../src/core/notify/slack-message.ts';
import { webhookMessage } from '../../../src/core/notify/webhook-message.ts';

const FACTS: NoticeFacts = {
  event: 'blocked',
  subject: 'www.example.com',
  severity: 'critical',
  title: 'www.example.com: ROLLBACK BLOCKED',
  sentence: 'the rollback has not succeeded since 12:00:00 UTC; it keeps trying.',
  stands: '50 % 192.0.2.20 (black), 50 % 192.0.2.10 (red)',
  next: 'Decide with: ./switchyard resolve www.example.com --retry.',
  outcome: null,
  begins: true,
  ends: [],
  key: 'deploy:www.example.com',
};
const TOLD = { id: 'run-1-blocked', at: 1_795_603_225_561, link: 'https://ui.example.com/namespaces/a/workflows/b/c' };
const notice = (facts: Partial<NoticeFacts> = {}): Notice => makeNotice({ ...FACTS, ...facts }, TOLD);

/** Texts as hostile as probes, people and records can make them. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc
    .constantFrom('<!channel>', '<https://evil.example|click>', '&amp;', '\ud800', '😀', '\n*x*', '&')
    .chain((part) => fc.integer({ min: 1, max: 3_000 }).map((times) => part.repeat(times))),
);
/** Half a character, which no receiver takes. */
const HALF = /\p{Cs}/u;

const anyNotice = fc
  .record({
    event: fc.constantFrom(...NOTICE_EVENTS),
    subject: hostile,
    title: hostile,
    sentence: hostile,
    stands: fc.option(hostile),
    next: fc.option(hostile),
    key: hostile,
    link: fc.option(hostile.map((text) => `https://ui.example.com/${text}`)),
  })
  .map(({ link, ...facts }) => makeNotice({ ...FACTS, ...facts }, { ...TOLD, link }));

test('no text from outside becomes a link, a mention or an entity in Slack', () => {
  fc.assert(
    fc.property(anyNotice, (one) => {
      const { text } = slackMessage(one);
      const own = text.replace(/\n<https:\/\/[^<>|\s]+\|the run in Temporal>$/, '');
      expect(own).not.toMatch(/[<>]/);
      expect(own).not.toMatch(/&(?!(amp|lt|gt);)/);
      expect(text.length).toBeLessThanOrEqual(4_000);
      expect(text).not.toMatch(HALF);
    }),
  );
});

test('what is escaped for Slack reads as it was, and is never cut inside an entity', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 200 }), (text, max) => {
      const escaped = escapeSlack(text, max);
      expect(escaped.length).toBeLessThanOrEqual(max);
      const read = escaped.replace(/&(amp|lt|gt);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '');
      expect(text.startsWith(escaped === read && text === read ? read : read.replace(/…$/, ''))).toBe(true);
    }),
  );
});

test('PagerDuty is never sent an event that it refuses for a length', () => {
  fc.assert(
    fc.property(anyNotice, fc.constantFrom('trigger', 'resolve'), (one, action) => {
      const event = pagerDutyEvent(one, action);
      expect(event.dedup_key.length).toBeLessThanOrEqual(255);
      if (event.event_action === 'resolve') return;
      expect(event.payload.summary.length).toBeLessThanOrEqual(1_024);
      expect(event.payload.summary).not.toMatch(HALF);
      expect(JSON.stringify(event).length).toBeLessThan(64_000);
    }),
  );
});

test('the beginning and the end of trouble have one dedup key, the workflow id', () => {
  expect(pagerDutyEvent(notice(), 'trigger').dedup_key).toBe('deploy:www.example.com');
  expect(pagerDutyEvent(notice({ begins: false }), 'resolve').dedup_key).toBe('deploy:www.example.com');
  const [one, other] = ['a', 'b'].map((end) => pagerDutyEvent(notice({ key: `${'x'.repeat(280)}${end}` }), 'resolve'));
  expect(one?.dedup_key).not.toBe(other?.dedup_key);
});

test('Slack reads: what happened, why, what stands, what to do, where to look', () => {
  expect(slackMessage(notice({ stands: 'a & b' })).text.split('\n')).toEqual([
    '*www.example.com: ROLLBACK BLOCKED*',
    'the rollback has not succeeded since 12:00:00 UTC; it keeps trying.',
    'now: a &amp; b',
    'next: Decide with: ./switchyard resolve www.example.com --retry.',
    '<https://ui.example.com/namespaces/a/workflows/b/c|the run in Temporal>',
  ]);
});

test('PagerDuty pages with what happened first, and carries the next step', () => {
  expect(pagerDutyEvent(notice(), 'trigger')).toMatchObject({
    client_url: TOLD.link,
    payload: {
      summary: `${FACTS.title}: ${FACTS.sentence}`,
      source: 'www.example.com',
      severity: 'critical',
      timestamp: '2026-11-25T10:40:25.561Z',
      custom_details: { next: FACTS.next, stands: FACTS.stands },
    },
  });
});

test('a webhook says whether trouble begins or ends', () => {
  expect(webhookMessage(notice())).toMatchObject({ schemaVersion: 1, id: TOLD.id, trouble: 'begins' });
  expect(webhookMessage(notice({ begins: false, ends: ['blocked'] })).trouble).toBe('ends');
  expect(webhookMessage(notice({ begins: false })).trouble).toBeNull();
});
