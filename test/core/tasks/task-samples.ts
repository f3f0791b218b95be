import fc from 'fast-check';
import { openZone } from '../../../src/activities/tasks/zone.ts';
import { mapTask, type MapOptions } from '../../../src/core/tasks/map-task.ts';
import type { Fields, SourceTask, Zone } from '../../../src/core/tasks/model.ts';

export const OPTIONS: MapOptions = { reminders: true, categories: true, priority3: 'normal', titleMax: 255 };

export function sourceTask(changes: Partial<SourceTask> = {}): SourceTask {
  return {
    id: '6X4Vw2Hfmg73Q2XR',
    content: 'Buy milk',
    description: '',
    project: 'Home',
    parentId: null,
    parentTitle: null,
    priority: 1,
    labels: [],
    due: null,
    deadline: null,
    duration: null,
    ...changes,
  };
}

export const due = (date: string, text = ''): SourceTask['due'] => ({ date, text, recurring: text !== '' });

export function zoneNamed(name: string): Zone {
  const zone = openZone(name);
  if (zone === null) throw new Error(`unknown zone ${name}`);
  return zone;
}

export const BERLIN = zoneNamed('Europe/Berlin');

/** For tasks that can be mapped. */
export function fieldsOf(task: SourceTask, options: Partial<MapOptions> = {}, zone: Zone = BERLIN): Fields {
  const mapped = mapTask(task, { ...OPTIONS, ...options }, zone);
  if (mapped.kind !== 'mapped') throw new Error(mapped.reason);
  return mapped.fields;
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map(zoneNamed);
export const anyZone = fc.constantFrom(...ZONES);

/** Texts of all kinds of characters, many of them those that are treated apart. */
const HARD = [
  '\u200d',
  '\u200c',
  '\ufe0f',
  '👩',
  '🏽',
  '🏴',
  '\u{e0067}',
  '\u{e007f}',
  '🇩',
  '🇪',
  '\u0301',
  '\ud83d',
  '\udc00',
  ' ',
  '\n',
];
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('a', 'é', '\r\n', '\t', '\u202e', '\u0000', ...HARD),
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

const anyMoment = fc.date({ min: new Date('1900-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
export const anyDay = anyMoment.map((date) => date.toISOString().slice(0, 10));
const anyDate = fc.oneof(
  anyDay,
  anyMoment.map((date) => date.toISOString().slice(0, 19)),
  anyMoment.map((date) => `${date.toISOString().slice(0, 19)}Z`),
);

export const anyTask: fc.Arbitrary<SourceTask> = fc.record({
  id: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  content: anyText,
  description: anyText,
  project: anyText,
  parentId: fc.constant(null),
  parentTitle: fc.option(anyText),
  priority: fc.constantFrom(1, 2, 3, 4),
  labels: fc.array(anyText, { maxLength: 5 }),
  due: fc.option(fc.record({ date: anyDate, text: anyText, recurring: fc.boolean() })),
  deadline: fc.option(anyDay),
  duration: fc.option(fc.record({ amount: fc.integer(), unit: fc.constantFrom('minute', 'day') })),
});

export const anyOptions: fc.Arbitrary<MapOptions> = fc.record({
  reminders: fc.boolean(),
  categories: fc.boolean(),
  priority3: fc.constantFrom('high', 'normal'),
  titleMax: fc.integer({ min: 1, max: 60 }),
});
