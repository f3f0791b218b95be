import { makeNotice, NOTICE_EVENTS, type NoticeEvent, type NoticeFacts } from '../../../src/core/notify/notice.ts';
import { DEFAULT_EVENTS, tellingOf, TROUBLES } from '../../../src/core/notify/target.ts';

const notice = (event: NoticeEvent, facts: Partial<NoticeFacts> = {}) =>
  makeNotice(
    {
      event,
      subject: 'www.example.com',
      severity: 'info',
      title: 'title',
      sentence: 'sentence',
      stands: null,
      next: null,
      outcome: null,
      begins: false,
      ends: [],
      key: 'deploy:www.example.com',
      ...facts,
    },
    { id: 'id', at: 0, link: null },
  );
const blocked = notice('blocked', { begins: true });
const rolledBack = notice('rolled-back', { begins: true, ends: ['blocked', 'guard'] });
const promoted = notice('promoted', { ends: ['blocked', 'rolled-back', 'guard'] });

test.each([
  ['slack', ['blocked'], blocked, 'tell'],
  ['slack', ['blocked'], rolledBack, null],
  ['webhook', ['promoted'], promoted, 'tell'],
  ['pagerduty', ['blocked'], blocked, 'trigger'],
  ['pagerduty', ['token'], blocked, null],
  // Its trouble was that the rollback was blocked: that is over.
  ['pagerduty', ['blocked'], rolledBack, 'resolve'],
  // Its trouble is that it was rolled back: that has only begun.
  ['pagerduty', ['blocked', 'rolled-back'], rolledBack, 'trigger'],
  ['pagerduty', ['rolled-back'], promoted, 'resolve'],
  ['pagerduty', ['token'], promoted, null],
  ['pagerduty', ['guard'], promoted, 'resolve'],
] as const)('%s on %j', (format, on, one, telling) => {
  expect(tellingOf({ format, on }, one)).toBe(telling);
});

test('whoever is paged is paged for trouble alone', () => {
  expect(TROUBLES).toEqual(expect.arrayContaining([...DEFAULT_EVENTS.pagerduty]));
  for (const event of NOTICE_EVENTS)
    expect(tellingOf({ format: 'pagerduty', on: NOTICE_EVENTS }, notice(event))).toBeNull();
});
