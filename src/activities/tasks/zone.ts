import { IANAZone } from 'luxon';
import { findIana } from 'windows-iana';
import type { Zone } from '../../core/tasks/model.ts';

/**
 * A zone by its IANA name; null for a name that nobody knows. Here and not in core, because the tables of two workers can differ.
 *
 * A time that a change of the clocks skips moves forward by what was skipped; of a time that comes twice, the first is meant
 * (luxon leaves that open, so its offsets are used, and not its parser).
 */
export function openZone(name: string): Zone | null {
  const zone = opened.get(name) ?? newZone(name);
  if (zone !== null) opened.set(name, zone);
  return zone;
}

/** To ask for a zone takes longer than to map a task. Only names that exist get in, so there is an end to them. */
const opened = new Map<string, Zone>();

function newZone(name: string): Zone | null {
  // Newer versions of Node also take offsets for names; they know no summer.
  if (!/^[a-z]/i.test(name) || !IANAZone.isValidZone(name)) return null;
  const zone = IANAZone.create(name);
  const offsetMs = remembered((instant) => Math.round(zone.offset(instant) * 60_000));
  const localOf = (instant: number): string => new Date(instant + offsetMs(instant)).toISOString().slice(0, 19);
  return { name: spelled(name), localOf, instantOf: (local) => firstInstant(local, { offsetMs, localOf }) };
}

/** Tasks share their days, and each offset takes 10 µs to find. */
function remembered(offsetMs: Clock['offsetMs']): Clock['offsetMs'] {
  const known = new Map<number, number>();
  return (instant) => {
    const offset = known.get(instant) ?? offsetMs(instant);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(instant, offset);
    return offset;
  };
}

const MOST_REMEMBERED = 10_000;

interface Clock {
  readonly offsetMs: (instant: number) => number;
  readonly localOf: (instant: number) => string;
}

const DAY_MS = 86_400_000;

/** No offset exceeds a day, so those a day before and after are the ones on both sides of a change. */
function firstInstant(local: string, { offsetMs, localOf }: Clock): number {
  const asUtc = Date.parse(`${local}Z`);
  const before = asUtc - offsetMs(asUtc - DAY_MS);
  const after = asUtc - offsetMs(asUtc + DAY_MS);
  const found = [before, after].filter((instant) => localOf(instant) === local);
  return found.length === 0 ? before : Math.min(...found);
}

/** In the spelling of the tables: `europe/berlin` is a name to us, and may be none to Graph. An alias stays the alias that it is. */
function spelled(name: string): string {
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
}

/** The IANA name for a zone as Microsoft names it (`W. Europe Standard Time`), or as everybody does; null for a name that nobody knows. */
export function ianaOf(windowsOrIana: string): string | null {
  return openZone(windowsOrIana)?.name ?? findIana(windowsOrIana)[0] ?? null;
}
