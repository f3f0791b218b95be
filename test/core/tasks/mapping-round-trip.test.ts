import fc from 'fast-check';
import { openZone } from '../../../src/activities/tasks/zone.ts';
import { differs } from '../../../src/core/tasks/differs.ts';
import { mapTask } from '../../../src/core/tasks/map-task.ts';
import { mirrored } from '../../../src/core/tasks/mirrored.ts';
import type { Fields, Zone } from '../../../src/core/tasks/model.ts';
import { readFields, type FindZone, type RawTodoTask } from '../../../src/core/tasks/read-fields.ts';
import {
  writeFields,
  type DateTimeTimeZone,
  type TodoTaskBody,
  type WriteOptions,
} from '../../../src/core/tasks/write-fields.ts';
import { anyDay, anyOptions, anyTask, anyZone, BERLIN, due, fieldsOf, sourceTask, zoneNamed } from './task-samples.ts';

/** What Graph makes of what it is given (facts B3): due days as midnight of the zone sent, told in UTC, and text with CRLF. */
function keptByGraph(sent: TodoTaskBody): RawTodoTask {
  return {
    ...sent,
    body: { contentType: 'text', content: `${sent.body.content.replaceAll('\n', '\r\n')}\r\n` },
    dueDateTime: inUtc(sent.dueDateTime, (local) => `${local.slice(0, 10)}T00:00:00`),
    reminderDateTime: inUtc(sent.reminderDateTime ?? null, (local) => local),
    categories: [...(sent.categories ?? [])].reverse(),
  };
}

function inUtc(time: DateTimeTimeZone | null, kept: (local: string) => string): unknown {
  if (time === null) return undefined;
  const instant = zoneNamed(time.timeZone).instantOf(kept(time.dateTime));
  return { dateTime: `${new Date(instant).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' };
}

/** Long before any reminder. */
const EVERYTHING: WriteOptions = { now: -Infinity, mirror: { reminders: true, categories: true } };
const noOther: FindZone = () => null;

const roundTrip = (fields: Fields, zone: Zone): Fields =>
  readFields(keptByGraph(writeFields(fields, zone, EVERYTHING)), zone, noOther);

test('reads back every task as it was written, in every zone: a rerun writes nothing (S2)', () => {
  fc.assert(
    fc.property(anyTask, anyOptions, anyZone, (task, options, zone) => {
      const mapped = mapTask(task, options, zone);
      fc.pre(mapped.kind === 'mapped');
      expect(roundTrip(mapped.fields, zone)).toEqual(mapped.fields);
      expect(differs(roundTrip(mapped.fields, zone), mapped.fields, 0)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('reads back every day as it was written, in every zone (S2)', () => {
  fc.assert(
    fc.property(anyDay, anyZone, (day, zone) => {
      const fields = fieldsOf(sourceTask({ due: due(day) }), {}, zone);
      expect(roundTrip(fields, zone)).toEqual(fields);
    }),
    { numRuns: 1_000 },
  );
});

test.each(['Europe/Berlin', 'Europe/London', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'])(
  'reads back all days around all changes of the clocks in %s (S2)',
  (name) => {
    const zone = zoneNamed(name);
    for (const at of [2011, 2018, 2026].flatMap(daysOf)) {
      const fields = fieldsOf(sourceTask({ due: due(new Date(at).toISOString().slice(0, 10)) }), {}, zone);
      expect(roundTrip(fields, zone).day).toBe(fields.day);
    }
  },
);

/** Midnights in UTC. */
const daysOf = (year: number): readonly number[] =>
  Array.from({ length: 365 }, (_, index) => Date.UTC(year, 0, 1 + index));

test('writes the JSON that Graph takes, and never a recurrence', () => {
  const task = sourceTask({ due: due('2026-11-25T09:30:00', 'every monday'), priority: 4, labels: ['b', 'a'] });
  expect(writeFields(fieldsOf(task), BERLIN, EVERYTHING)).toEqual({
    title: 'Buy milk',
    body: { content: 'Due: every monday\nhttps://app.todoist.com/app/task/6X4Vw2Hfmg73Q2XR', contentType: 'text' },
    importance: 'high',
    categories: ['a', 'b'],
    dueDateTime: { dateTime: '2026-11-25T00:00:00', timeZone: 'Europe/Berlin' },
    reminderDateTime: { dateTime: '2026-11-25T08:30:00', timeZone: 'UTC' },
    isReminderOn: true,
  });
  expect(writeFields(fieldsOf(sourceTask()), BERLIN, EVERYTHING)).toMatchObject({
    dueDateTime: null,
    reminderDateTime: null,
    isReminderOn: false,
  });
});

test('does not switch on a reminder that has rung', () => {
  const fields = fieldsOf(sourceTask({ due: due('2026-11-25T09:30:00') }));
  const at = Date.parse('2026-11-25T08:30Z');
  expect(writeFields(fields, BERLIN, { ...EVERYTHING, now: at })).toMatchObject({
    reminderDateTime: null,
    isReminderOn: false,
  });
  expect(writeFields(fields, BERLIN, { ...EVERYTHING, now: at - 1 })).toMatchObject({ isReminderOn: true });
});

test("leaves a person's own reminders and categories alone where these are not mirrored (S3)", () => {
  const mirror = { reminders: false, categories: false };
  const wanted = fieldsOf(sourceTask({ labels: ['a'] }), mirror);
  const sent = writeFields(wanted, BERLIN, { ...EVERYTHING, mirror });
  expect(Object.keys(sent)).toEqual(['title', 'body', 'importance', 'dueDateTime']);
  const found = { ...wanted, reminder: '2026-11-25T08:30Z', categories: ['mine'] };
  expect(differs(mirrored(found, mirror), wanted, 0)).toBe(false);
  expect(mirrored(found, { reminders: true, categories: true })).toEqual(found);
});

describe('a task read from To Do', () => {
  const dayOf = (dateTime: unknown, timeZone: unknown): string | null =>
    readFields({ dueDateTime: { dateTime, timeZone } }, BERLIN, openZone).day;

  test.each([
    ['midnight in winter', '2026-11-24T23:00:00.0000000', 'UTC', '2026-11-25'],
    ['midnight in summer', '2026-07-24T22:00:00.0000000', 'UTC', '2026-07-25'],
    ['midnight of a phone in New York', '2026-11-25T05:00:00', 'UTC', '2026-11-25'],
    ['midnight of a phone in Auckland', '2026-11-24T11:00:00', 'UTC', '2026-11-25'],
    ['midnight of UTC', '2026-11-25T00:00:00Z', undefined, '2026-11-25'],
    ["Outlook's way to say UTC", '2026-11-24T23:00:00', 'tzone://Microsoft/Utc', '2026-11-25'],
    ["the pair's own zone", '2026-11-25T00:00:00', 'Europe/Berlin', '2026-11-25'],
    ['another zone', '2026-11-25T00:00:00', 'America/New_York', '2026-11-25'],
    ['a zone that nobody knows', '2026-11-25T00:00:00', 'Mars/Olympus', null],
    ['no zone', '2026-11-25T00:00:00', undefined, null],
    ['no date', '', 'UTC', null],
    ['a day that does not exist', '2026-02-30T00:00:00', 'UTC', null],
    ["Outlook's nothing", '0001-01-01T00:00:00', 'UTC', null],
    ['the end of time', '9999-12-31T23:59:59', 'UTC', null],
    ['a number', 20261125, 'UTC', null],
  ])('shows the day that its person means: %s', (_, dateTime, timeZone, day) => {
    expect(dayOf(dateTime, timeZone)).toBe(day);
  });

  test('needs no other zones than its own and UTC', () => {
    const time = { dateTime: '2026-11-25T00:00:00', timeZone: 'Europe/Berlin' };
    expect(readFields({ dueDateTime: time }, BERLIN, noOther).day).toBe('2026-11-25');
    expect(readFields({ dueDateTime: { ...time, timeZone: 'Europe/Paris' } }, BERLIN, noOther).day).toBeNull();
  });

  test.each<[string, RawTodoTask]>([
    ['nothing', {}],
    ['nulls', { title: null, body: null, dueDateTime: null, reminderDateTime: null, categories: null }],
    [
      'other types',
      { title: 1, body: 'x', dueDateTime: [], reminderDateTime: 'x', isReminderOn: 'x', categories: 'x' },
    ],
    [
      'unknown words',
      { importance: 'urgent', isReminderOn: true, body: { contentType: 'text' }, categories: [1, null] },
    ],
  ])('throws for nothing that a service may answer: %s', (_, raw) => {
    expect(readFields(raw, BERLIN, noOther)).toEqual({
      title: '',
      body: '',
      day: null,
      reminder: null,
      importance: 'normal',
      categories: [],
    });
  });

  test('shows a reminder only while it is switched on', () => {
    const reminderDateTime = { dateTime: '2026-11-25T08:30:59.9990000', timeZone: 'UTC' };
    expect(readFields({ reminderDateTime, isReminderOn: true }, BERLIN, noOther).reminder).toBe('2026-11-25T08:30Z');
    expect(readFields({ reminderDateTime, isReminderOn: false }, BERLIN, noOther).reminder).toBeNull();
  });

  test('shows a formatted body as another than any that we write, and always as the same', () => {
    const html = (content: string) => readFields({ body: { contentType: 'HTML', content } }, BERLIN, noOther).body;
    expect(html('<b>x</b>')).toMatch(/^html:[0-9a-f]{32}$/);
    expect(html('<b>x</b>')).toBe(html('<b>x</b>'));
    expect(html('<b>x</b>')).not.toBe(html('<b>y</b>'));
  });
});

describe('a copy is written again', () => {
  const wanted = fieldsOf(sourceTask({ due: due('2026-11-25T09:30:00'), labels: ['a'] }));
  const rang = Date.parse('2026-11-25T08:30Z');

  test.each<[string, Partial<Fields>]>([
    ['title', { title: 'x' }],
    ['body', { body: 'x' }],
    ['day', { day: '2026-11-26' }],
    ['importance', { importance: 'high' }],
    ['categories', { categories: [] }],
    ['reminder', { reminder: null }],
  ])('when its %s is another', (_, changes) => {
    expect(differs({ ...wanted, ...changes }, wanted, rang - 1)).toBe(true);
  });

  test.each<[string, string | null, string | null, boolean]>([
    ['it rang and was switched off', null, '2026-11-25T08:30Z', false],
    ['it rang at another time', '2026-11-25T07:00Z', '2026-11-25T08:30Z', false],
    ['it is still going to ring, and should not', '2026-11-25T09:00Z', '2026-11-25T08:30Z', true],
    ['none is wanted any more', '2026-11-25T07:00Z', null, true],
    ['it is to ring later', null, '2026-11-25T08:31Z', true],
  ])('for its reminder only where that still matters: %s', (_, found, reminder, expected) => {
    expect(differs({ ...wanted, reminder: found }, { ...wanted, reminder }, rang)).toBe(expected);
  });
});
