import fc from 'fast-check';
import { hashFields } from '../../../src/core/tasks/hash-fields.ts';
import { mapTask } from '../../../src/core/tasks/map-task.ts';
import type { Fields, SourceTask } from '../../../src/core/tasks/model.ts';
import { occurrenceOf } from '../../../src/core/tasks/occurrence.ts';
import { anyOptions, anyTask, anyZone, BERLIN, due, fieldsOf, OPTIONS, sourceTask, zoneNamed } from './task-samples.ts';

const LINK = 'https://app.todoist.com/app/task/6X4Vw2Hfmg73Q2XR';

test('maps a plain task', () => {
  expect(fieldsOf(sourceTask())).toEqual({
    title: 'Buy milk',
    body: LINK,
    day: null,
    reminder: null,
    importance: 'normal',
    categories: [],
  });
});

describe('the due day', () => {
  test.each([
    ['all-day', 'Europe/Berlin', '2026-11-25', '2026-11-25', null],
    ['floating', 'Europe/Berlin', '2026-11-25T09:30:00', '2026-11-25', '2026-11-25T08:30Z'],
    ['floating, without seconds', 'Europe/Berlin', '2026-11-25T09:30', '2026-11-25', '2026-11-25T08:30Z'],
    ['fixed, with fractions', 'Europe/Berlin', '2026-11-25T09:30:59.000000Z', '2026-11-25', '2026-11-25T09:30Z'],
    ['fixed, the next day here', 'Europe/Berlin', '2026-11-25T23:30:00Z', '2026-11-26', '2026-11-25T23:30Z'],
    ['fixed, the day before here', 'America/Los_Angeles', '2026-11-25T03:00:00Z', '2026-11-24', '2026-11-25T03:00Z'],
    ['fixed, far east', 'Pacific/Kiritimati', '2026-11-25T10:00:00Z', '2026-11-26', '2026-11-25T10:00Z'],
    ['Feb 29', 'Europe/Berlin', '2028-02-29', '2028-02-29', null],
    ['Feb 29 of a century', 'Europe/Berlin', '2000-02-29', '2000-02-29', null],
    ['the first day', 'Europe/Berlin', '1900-01-01', '1900-01-01', null],
    ['the last day', 'Europe/Berlin', '9999-12-31', '9999-12-31', null],
    ['the last day, far west', 'Pacific/Pago_Pago', '9999-12-31', '9999-12-31', null],
    ['a time that the clocks skip', 'Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29', '2026-03-29T01:30Z'],
    ['a time that comes twice', 'Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25', '2026-10-25T00:30Z'],
    ['a midnight that the clocks skip', 'America/Sao_Paulo', '2018-11-04', '2018-11-04', null],
    ['a day that the zone skipped', 'Pacific/Apia', '2011-12-30', '2011-12-31', null],
  ])('is never off by one: %s', (_, zone, date, day, reminder) => {
    expect(fieldsOf(sourceTask({ due: due(date) }), {}, zoneNamed(zone))).toMatchObject({ day, reminder });
  });

  test.each([
    '',
    'tomorrow',
    '0000-01-01',
    '0001-01-01',
    '1899-12-31',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '10000-01-01',
    '+010000-01-01',
    '2026-1-1',
    '2026-11-25T24:00:00',
    '2026-11-25T09:60:00',
    '2026-11-25T09:30:60',
    '2026-11-25T',
    '2026-11-25 09:30:00',
    '2026-11-25T09:30:00+02:00',
    '2026-11-25\n',
    '２０２６-11-25',
  ])('that does not exist sets the task aside and throws nothing (S5): %j', (date) => {
    expect(mapTask(sourceTask({ due: due(date) }), OPTIONS, BERLIN)).toEqual({
      kind: 'unmappable',
      reason:
        'its due date is none that To Do can hold: expected a day that exists, from 1900-01-01 to 9999-12-31, with or without a time',
    });
  });

  test.each([
    ['Asia/Tokyo', '9999-12-31T23:30:00Z'],
    ['America/New_York', '9999-12-31T23:30:00'],
  ])('that leaves the calendar by its time sets the task aside: %s %s', (zone, date) => {
    expect(mapTask(sourceTask({ due: due(date) }), OPTIONS, zoneNamed(zone)).kind).toBe('unmappable');
  });

  test('names no text of the task in the reason (A1)', () => {
    const mapped = mapTask(sourceTask({ content: 'secret', due: due('secret', 'secret') }), OPTIONS, BERLIN);
    expect(JSON.stringify(mapped)).not.toContain('secret');
  });
});

test('makes no reminder where none are wanted, or without a time of day', () => {
  const timed = sourceTask({ due: due('2026-11-25T09:30:00') });
  expect(fieldsOf(timed, { reminders: false })).toMatchObject({ day: '2026-11-25', reminder: null });
  expect(fieldsOf(sourceTask({ due: due('2026-11-25') })).reminder).toBeNull();
});

describe('the body', () => {
  test.each<[string, Partial<SourceTask>, string]>([
    ['a description', { description: 'semi-skimmed' }, `semi-skimmed\n\n${LINK}`],
    ['line ends', { description: '\r\n a \r\nb\t\rc\u2028d\r\n\r\n' }, ` a\nb\nc\nd\n\n${LINK}`],
    ['an empty line inside', { description: 'a\n \nb' }, `a\n\nb\n\n${LINK}`],
    ['a tab', { description: 'a\tb' }, `a    b\n\n${LINK}`],
    ['NUL, bidi overrides, lone surrogates', { description: 'a\u0000\u202eb\ud800c' }, `abc\n\n${LINK}`],
    ['HTML', { description: '<script>x</script>&nbsp;' }, `<script>x</script>&nbsp;\n\n${LINK}`],
    ['a deadline', { deadline: '2026-11-30' }, `Deadline: 2026-11-30\n${LINK}`],
    ['minutes', { duration: { amount: 45, unit: 'minute' } }, `Duration: 45 min\n${LINK}`],
    ['a day', { duration: { amount: 1, unit: 'day' } }, `Duration: 1 day\n${LINK}`],
    ['days', { duration: { amount: 2, unit: 'day' } }, `Duration: 2 days\n${LINK}`],
    ['a duration of nothing', { duration: { amount: 0, unit: 'day' } }, LINK],
    ['a duration that is no number', { duration: { amount: Number.NaN, unit: 'minute' } }, LINK],
    ['a rule', { due: due('2026-11-30', 'every monday') }, `Due: every monday\n${LINK}`],
    [
      'a rule in another language',
      { due: due('2026-11-30', 'každé pondělí\n毎週') },
      `Due: každé pondělí 毎週\n${LINK}`,
    ],
    ['a rule with a time', { due: due('2026-11-30T09:00:00', 'every! 3 days 9am') }, `Due: every! 3 days 9am\n${LINK}`],
    ['a rule without words', { due: { date: '2026-11-30', text: ' ', recurring: true } }, LINK],
    ['a time of day', { due: due('2026-11-25T23:30:00Z') }, `Due: 2026-11-26 00:30\n${LINK}`],
    ['a word that is wrong tomorrow', { due: { date: '2026-11-25', text: 'tomorrow', recurring: false } }, LINK],
    ['an id that is no path', { id: 'a/../b?c#\ud800' }, 'https://app.todoist.com/app/task/a%2F..%2Fb%3Fc%23%EF%BF%BD'],
  ])('holds what To Do has no field for: %s', (_, changes, expected) => {
    expect(fieldsOf(sourceTask(changes)).body).toBe(expected);
  });

  test('keeps everything in one order', () => {
    const task = sourceTask({
      content: 'x'.repeat(300),
      description: 'why',
      due: due('2026-11-30', 'every monday'),
      deadline: '2026-12-01',
      duration: { amount: 30, unit: 'minute' },
    });
    expect(fieldsOf(task).body.split('\n')).toEqual([
      'why',
      '',
      'x'.repeat(300),
      'Due: every monday',
      'Deadline: 2026-12-01',
      'Duration: 30 min',
      LINK,
    ]);
  });
});

test.each([
  [1, 'normal', 'normal'],
  [2, 'high', 'normal'],
  [3, 'high', 'high'],
  [3, 'normal', 'normal'],
  [4, 'normal', 'high'],
] as const)('maps priority %d, with p2 as %s, to %s', (priority, priority3, importance) => {
  expect(fieldsOf(sourceTask({ priority }), { priority3 }).importance).toBe(importance);
});

describe('categories', () => {
  const of = (labels: readonly string[], wanted = true) =>
    fieldsOf(sourceTask({ labels }), { categories: wanted }).categories;

  test('are sorted alike on every machine, each once, none empty', () => {
    expect(of(['work', ' ä', 'Work', 'work ', '', ' \u0000', '10', '9'])).toEqual(['10', '9', 'Work', 'work', 'ä']);
    expect(of(['work'], false)).toEqual([]);
  });

  test('are at most a hundred of at most 255 characters, of 10,000 labels', () => {
    const many = of(Array.from({ length: 10_000 }, (_, index) => `${'l'.repeat(300)}${index}`));
    expect(many).toEqual([`${'l'.repeat(254)}…`]);
    expect(of(Array.from({ length: 10_000 }, (_, index) => `label ${index}`))).toHaveLength(100);
  });
});

test('tells occurrences apart by the date as Todoist says it (S3)', () => {
  expect(occurrenceOf(sourceTask())).toBeNull();
  expect(occurrenceOf(sourceTask({ due: due('2026-11-30T09:00:00Z', 'every monday') }))).toBe('2026-11-30T09:00:00Z');
});

test.each<[string, string]>([
  ['flags', '🇩'.repeat(32_768)],
  ['accents', 'a\u0301'.repeat(32_768)],
  ['joiners', '\u200d'.repeat(65_536)],
  ['spaces', `a${' '.repeat(65_536)}b`],
  ['line ends', `a${'\n'.repeat(65_536)}b`],
  ['tags', `🏴${'\u{e0067}'.repeat(32_768)}`],
  ['white space in front of nothing', ' '.repeat(65_536)],
])('is not held up by 65,536 characters of %s', (_, text) => {
  const { title, body } = fieldsOf(sourceTask({ content: text, description: text, parentTitle: text, labels: [text] }));
  expect(title.length).toBeLessThanOrEqual(255);
  expect(body).toContain(LINK);
});

test('maps the same task to the same fields, and leaves it as it is (S2)', () => {
  fc.assert(
    fc.property(anyTask, anyOptions, anyZone, (task, options, zone) => {
      const before = structuredClone(task);
      expect(mapTask(task, options, zone)).toEqual(mapTask(before, options, zone));
      expect(task).toEqual(before);
    }),
  );
});

test('throws for no task, and lets no control character through (S5)', () => {
  const junk = fc.record({ date: fc.string({ unit: 'binary' }), text: fc.string(), recurring: fc.boolean() });
  fc.assert(
    fc.property(anyTask, anyOptions, fc.option(junk), (task, options, odd) => {
      const mapped = mapTask({ ...task, due: odd ?? task.due }, options, BERLIN);
      if (mapped.kind === 'unmappable') return;
      const { title, body, categories } = mapped.fields;
      expect([title, body.replaceAll('\n', ''), ...categories].join('')).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    }),
  );
});

describe('the hash', () => {
  const FIELDS = fieldsOf(sourceTask({ due: due('2026-11-25T09:30:00'), labels: ['a', 'b'] }));

  test('is the same text in every release that maps alike', () => {
    expect(hashFields(FIELDS)).toBe('eb17ecf44e9bc8ebff49defe8e34a1bb');
  });

  test('does not depend on the order of members', () => {
    expect(hashFields(Object.fromEntries(Object.entries(FIELDS).reverse()) as unknown as Fields)).toBe(
      hashFields(FIELDS),
    );
  });

  test('is equal exactly where the fields are', () => {
    fc.assert(
      fc.property(anyTask, anyTask, anyOptions, (one, other, options) => {
        const [a, b] = [fieldsOf(one, options), fieldsOf({ ...other, id: one.id }, options)];
        expect(hashFields(a) === hashFields(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(hashFields(structuredClone(a))).toBe(hashFields(a));
      }),
    );
  });

  test.each<[keyof Fields, Fields]>([
    ['title', { ...FIELDS, title: 'x' }],
    ['body', { ...FIELDS, body: 'x' }],
    ['day', { ...FIELDS, day: null }],
    ['reminder', { ...FIELDS, reminder: null }],
    ['importance', { ...FIELDS, importance: 'low' }],
    ['categories', { ...FIELDS, categories: ['ab'] }],
  ])('changes with the %s', (_, changed) => {
    expect(hashFields(changed)).not.toBe(hashFields(FIELDS));
  });
});
