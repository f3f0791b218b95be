import fc from 'fast-check';
import { ianaOf, openZone } from '../../../src/activities/tasks/zone.ts';
import type { Zone } from '../../../src/core/tasks/model.ts';

function zoneNamed(name: string): Zone {
  const zone = openZone(name);
  if (zone === null) throw new Error(`unknown zone ${name}`);
  return zone;
}

test.each([
  ['Europe/Berlin', '2026-11-25T09:30:00', '2026-11-25T08:30:00'],
  ['Europe/Berlin', '2026-07-25T09:30:00', '2026-07-25T07:30:00'],
  ['Europe/London', '2026-10-24T12:00:00', '2026-10-24T11:00:00'],
  ['America/Sao_Paulo', '2026-01-15T00:00:00', '2026-01-15T03:00:00'],
  ['Australia/Lord_Howe', '2026-01-15T00:00:00', '2026-01-14T13:00:00'],
  ['Australia/Lord_Howe', '2026-07-15T00:00:00', '2026-07-14T13:30:00'],
  ['Pacific/Apia', '2011-12-29T23:59:59', '2011-12-30T09:59:59'],
  ['Pacific/Apia', '2011-12-31T00:00:00', '2011-12-30T10:00:00'],
  ['Asia/Kathmandu', '2026-11-25T00:00:00', '2026-11-24T18:15:00'],
  ['UTC', '9999-12-31T23:59:59', '9999-12-31T23:59:59'],
])('knows the moment of a clock time and back: %s %s', (name, local, utc) => {
  const zone = zoneNamed(name);
  expect(zone.instantOf(local)).toBe(Date.parse(`${utc}Z`));
  expect(zone.localOf(Date.parse(`${utc}Z`))).toBe(local);
});

test.each([
  ['Europe/Berlin', '2026-03-29T02:00:00', '2026-03-29T03:00:00'],
  ['Europe/Berlin', '2026-03-29T02:59:59', '2026-03-29T03:59:59'],
  ['Europe/London', '2026-03-29T01:30:00', '2026-03-29T02:30:00'],
  ['America/Sao_Paulo', '2018-11-04T00:00:00', '2018-11-04T01:00:00'],
  ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-04T02:45:00'],
  ['Pacific/Apia', '2011-12-30T00:00:00', '2011-12-31T00:00:00'],
  ['Pacific/Apia', '2011-12-30T18:00:00', '2011-12-31T18:00:00'],
])('moves a time that the clocks skip forward: %s %s', (name, local, moved) => {
  const zone = zoneNamed(name);
  expect(zone.localOf(zone.instantOf(local))).toBe(moved);
});

test.each([
  ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00'],
  ['Europe/London', '2026-10-25T01:30:00', '2026-10-25T00:30:00'],
  ['America/Sao_Paulo', '2018-02-17T23:30:00', '2018-02-18T01:30:00'],
  ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00'],
  ['America/Havana', '2026-11-01T00:00:00', '2026-11-01T04:00:00'],
])('takes the first of a time that comes twice: %s %s', (name, local, utc) => {
  expect(zoneNamed(name).instantOf(local)).toBe(Date.parse(`${utc}Z`));
});

test('finds the way back to every moment in every zone, but for the second of two equal times', () => {
  const zones = Intl.supportedValuesOf('timeZone').map(zoneNamed);
  const moments = fc.date({ min: new Date('1900-01-02'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(fc.constantFrom(...zones), moments, (zone, moment) => {
      const instant = Math.floor(moment.getTime() / 1_000) * 1_000;
      const found = zone.instantOf(zone.localOf(instant));
      expect(zone.localOf(found)).toBe(zone.localOf(instant));
      expect(found).toBeLessThanOrEqual(instant);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  '',
  ' ',
  'Mars/Olympus',
  'Europe',
  'W. Europe Standard Time',
  '+02:00',
  'UTC+2',
  '../etc',
  'a\u0000b',
  '__proto__',
])('takes %j for no zone', (name) => {
  expect(openZone(name)).toBeNull();
});

test.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['Europe/Kyiv', 'Europe/Kyiv'],
  ['Europe/Kiev', 'Europe/Kiev'],
  ['utc', 'UTC'],
])('spells %s as the tables do: %s', (name, spelled) => {
  expect(openZone(name)?.name).toBe(spelled);
});

test.each([
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['Eastern Standard Time', 'America/New_York'],
  ['UTC', 'UTC'],
  ['Europe/London', 'Europe/London'],
  ['Customized Time Zone', null],
  ['', null],
])('finds the IANA name of %j: %j', (name, iana) => {
  expect(ianaOf(name)).toBe(iana);
});
