import { z } from 'zod';
import { ALWAYS, only, timeZone } from './schema-parts.ts';

const DAY = '(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const WEEKLY = new RegExp(`^${DAY} ${TIME} +- +${DAY} (?:${TIME}|24:00)$`);
const MOMENT = new RegExp(`^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])(?:[ T]${TIME})?$`);

const moment = z
  .string()
  .regex(MOMENT, { error: 'no moment; accepted: 2026-12-20 18:00, or a day such as 2026-12-20' })
  .refine(isDay, { error: 'no day of the calendar; accepted: one such as 2026-12-20' });

const freeze = only({
  weekly: z
    .string()
    .regex(WEEKLY, { error: 'no times of a week; accepted: Fri 16:00 - Mon 07:00' })
    .refine((text) => new Set(text.toLowerCase().split(/ +- +/)).size === 2, {
      error: 'begins and ends at the same time; accepted: two times of a week',
    })
    .optional()
    .meta({ description: 'Each week: Fri 16:00 - Mon 07:00.' }),
  from: moment.optional().meta({ description: 'Once: 2026-12-20 18:00, or a day from its beginning.' }),
  to: moment.optional().meta({ description: 'Its end: 2027-01-03 06:00, or a day to its end.' }),
  zone: timeZone.meta({ description: 'IANA name of the zone whose clock is meant.' }),
  reason: z.string().min(1).max(200).optional(),
})
  .refine(
    ({ weekly, from, to }) =>
      weekly === undefined ? from !== undefined && to !== undefined : (from ?? to) === undefined,
    {
      ...ALWAYS,
      error: 'a freeze is either weekly, or has from and to',
    },
  )
  .refine(endsLater, { ...ALWAYS, error: 'ends before it begins' });

/** When no cutover begins. */
export const freezePolicies = z.array(freeze).max(100);

/** 31 February is written like a day. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** As much of a freeze as was understood. Both are times of one zone, written alike. */
function endsLater({ from, to }: { readonly from?: unknown; readonly to?: unknown }): boolean {
  if (typeof from !== 'string' || typeof to !== 'string') return true;
  const end = to.length === 10 ? `${to} 24:00` : to;
  return from.replace('T', ' ') < end.replace('T', ' ');
}
