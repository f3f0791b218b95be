import { declaredIn } from '../../src/cli/declared.ts';
import { freezeFacts, freezeLines, freezeOf, frozenNow } from '../../src/cli/freeze.ts';
import { freezeWindows } from '../../src/cli/freeze-windows.ts';
import { requestHash } from '../../src/cli/plan-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { asSentence, Stop } from '../../src/cli/stop.ts';
import { requestFor } from '../support/yard.ts';

const WEEKEND = { weekly: 'Fri 16:00 - Mon 07:00', zone: 'Europe/Berlin' };
const times = async (policy: Parameters<typeof freezeWindows>[0][number], now: string) =>
  (await freezeWindows([policy], Date.parse(now))).map(({ from, until }) =>
    [from, until].map((ms) => new Date(ms).toISOString().slice(0, 16)).join(' '),
  );

describe('the windows of a freeze', () => {
  test('of a week are those of the next 14 days, the running one included', async () => {
    expect(await times(WEEKEND, '2026-11-28T12:00:00Z')).toEqual([
      '2026-11-27T15:00 2026-11-30T06:00',
      '2026-12-04T15:00 2026-12-07T06:00',
      '2026-12-11T15:00 2026-12-14T06:00',
    ]);
  });

  test('follow the clock on the wall when summer time begins and ends', async () => {
    // 28 March 2027, 02:00 -> 03:00: the weekend begins in winter time and ends in summer time.
    expect((await times(WEEKEND, '2027-03-26T12:00:00Z'))[0]).toBe('2027-03-26T15:00 2027-03-29T05:00');
    // 31 October 2027, 03:00 -> 02:00.
    expect((await times(WEEKEND, '2027-10-29T12:00:00Z'))[0]).toBe('2027-10-29T14:00 2027-11-01T06:00');
  });

  test('hold through both, where a time comes twice', async () => {
    // 02:30 comes twice on 25 October 2026, at 00:30 and at 01:30 UTC: it begins with the first, and ends with the last.
    const begins = { weekly: 'Sun 02:30 - Sun 12:00', zone: 'Europe/Berlin' };
    const ends = { weekly: 'Sat 12:00 - Sun 02:30', zone: 'Europe/Berlin' };
    expect((await times(begins, '2026-10-24T20:00:00Z'))[0]).toBe('2026-10-25T00:30 2026-10-25T11:00');
    expect((await times(ends, '2026-10-24T20:00:00Z'))[0]).toBe('2026-10-24T10:00 2026-10-25T01:30');
  });

  test('take a time that the clock skips as the one an hour later', async () => {
    const skipped = { weekly: 'Sun 02:30 - Sun 12:00', zone: 'Europe/Berlin' };
    expect((await times(skipped, '2027-03-27T20:00:00Z'))[0]).toBe('2027-03-28T01:30 2027-03-28T10:00');
  });

  test('within one day, over a week’s end, and to the end of a day', async () => {
    expect((await times({ weekly: 'Tue 08:00 - Tue 10:00', zone: 'UTC' }, '2026-12-01T09:00:00Z'))[0]).toBe(
      '2026-12-01T08:00 2026-12-01T10:00',
    );
    // Its end is before its begin: it is in force all the week but for two hours.
    expect((await times({ weekly: 'Tue 10:00 - Tue 08:00', zone: 'UTC' }, '2026-12-01T07:00:00Z'))[0]).toBe(
      '2026-11-24T10:00 2026-12-01T08:00',
    );
    expect((await times({ weekly: 'Sat 00:00 - Sun 24:00', zone: 'UTC' }, '2026-12-05T07:00:00Z'))[0]).toBe(
      '2026-12-05T00:00 2026-12-07T00:00',
    );
  });

  test('of dates are days as a whole, or times; what is over or far away is left out', async () => {
    const holidays = { from: '2026-12-23', to: '2027-01-02', zone: 'America/New_York', reason: 'holidays' };
    expect(await times(holidays, '2026-12-20T00:00:00Z')).toEqual(['2026-12-23T05:00 2027-01-03T05:00']);
    expect(await times(holidays, '2026-11-30T00:00:00Z')).toEqual([]);
    expect(await times(holidays, '2027-01-03T05:00:00Z')).toEqual([]);
    const launch = { from: '2026-12-01 18:00', to: '2026-12-02T06:00', zone: 'UTC' };
    expect(await times(launch, '2026-11-30T00:00:00Z')).toEqual(['2026-12-01T18:00 2026-12-02T06:00']);
  });
});

describe('a freeze of switchyard.yaml', () => {
  const read = async (freeze: string) =>
    declaredIn(await checkSwitchyardFile(`version: 1\nfreeze:\n  - ${freeze}\n`, 'switchyard.yaml'));
  const SATURDAY = Date.parse('2026-11-28T12:00:00Z');
  const TUESDAY = Date.parse('2026-12-01T12:00:00Z');
  const weekend = '{ weekly: "Fri 16:00 - Mon 07:00", zone: Europe/Berlin }';

  test('refuses a cutover with its end and the way out, and lets a reason pass', async () => {
    const frozen = { record: 'www.example.com', ...(await freezeOf(await read(weekend), undefined, SATURDAY)) };
    expect(frozenNow(frozen, SATURDAY)).toMatchObject({ exit: 3 });
    expect(frozenNow(frozen, SATURDAY)?.message).toMatch(
      /no cutover begins before 2026-11-30 06:00 UTC \(Fri 16:00 - Mon 07:00, Europe\/Berlin\); .*--override-freeze/,
    );
    expect(frozenNow(frozen, TUESDAY)).toBeNull();
    const passed = { ...frozen, ...(await freezeOf(await read(weekend), 'incident 4711', SATURDAY)) };
    expect(frozenNow(passed, SATURDAY)).toBeNull();
    expect(passed.freeze?.override).toBe('incident 4711');
    await expect(freezeOf(await read(weekend), '  ', SATURDAY)).rejects.toMatchObject({ exit: 2 });
  });

  test('is shown by the plan: the one in force, and the next', async () => {
    const request = await freezeOf(await read(weekend), undefined, SATURDAY);
    expect(freezeLines(request, SATURDAY)).toEqual([
      'freeze       until 2026-11-30 06:00 UTC (Fri 16:00 - Mon 07:00, Europe/Berlin): ./switchyard deploy refuses this without --override-freeze REASON',
      'freeze       next from 2026-12-04 15:00 UTC until 2026-12-07 06:00 UTC (Fri 16:00 - Mon 07:00, Europe/Berlin)',
    ]);
    expect(freezeFacts(request, TUESDAY)).toMatchObject({
      freeze: { inForce: null, next: { from: Date.parse('2026-12-04T15:00:00Z') } },
    });
    expect([freezeLines({}, SATURDAY), freezeFacts({}, SATURDAY)]).toEqual([[], {}]);
  });

  test('is no part of what makes two requests the same, so that a rerun joins what runs', async () => {
    const request = requestFor('www.example.com');
    const frozen = { ...request, ...(await freezeOf(await read(weekend), undefined, SATURDAY)) };
    expect(frozen.freeze).toBeDefined();
    expect(requestHash(frozen)).toBe(requestHash(request));
  });

  test.each([
    ['{ weekly: "Friday - Monday", zone: UTC }', /no times of a week; accepted: Fri 16:00 - Mon 07:00/],
    ['{ weekly: "Fri 16:00 - Fri 16:00", zone: UTC }', /begins and ends at the same time/],
    ['{ weekly: "Fri 16:00 - Mon 07:00", zone: Mars/Base }', /no time zone; accepted: an IANA name/],
    ['{ weekly: "Fri 16:00 - Mon 07:00" }', /zone/],
    [
      '{ weekly: "Fri 16:00 - Mon 07:00", from: 2026-12-01, to: 2026-12-02, zone: UTC }',
      /either weekly, or has from and to/,
    ],
    ['{ from: 2026-12-01, zone: UTC }', /either weekly, or has from and to/],
    ['{ from: 2026-12-02, to: 2026-12-01, zone: UTC }', /ends before it begins/],
    ['{ from: 2027-02-29, to: 2027-03-01, zone: UTC }', /no day of the calendar/],
    ['{ from: tomorrow, to: 2027-03-01, zone: UTC }', /no moment; accepted: 2026-12-20 18:00/],
  ])('%s is refused with its line (A2)', async (freeze, why) => {
    const said = await read(freeze).then(
      () => 'taken',
      (error: unknown) => (error instanceof Stop ? error.problems.map(asSentence).join('\n') : String(error)),
    );
    expect(said).toMatch(why);
    expect(said).toMatch(/switchyard\.yaml:[23]/);
  });
});
