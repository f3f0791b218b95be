import { cleanText } from '../clean-text.ts';
import { addressOf, shownValues } from './address.ts';
import { sameForm } from './ip-address.ts';
import { canonicalName, displayName, isInZone, sameName } from './name.ts';
import type { PlanRequest, Reason } from './plan.ts';
import { reason } from './reason.ts';
import type { RecordSets } from './record-set.ts';
import type { Snapshot } from './snapshot.ts';

/** What is wrong with a request whatever stands there: names, shares, durations, TTLs. */
export function refuseRequest(snapshot: Snapshot, request: PlanRequest, types: readonly string[]): readonly Reason[] {
  return [
    ...refuseName(snapshot, request, types),
    ...refuseSteps(request),
    ...refuseDurations(request),
    ...refuseTtls(request),
  ];
}

/** `--from` says what the caller believes to stand: refused when something else does. */
export function refuseFrom(request: PlanRequest, red: RecordSets): readonly Reason[] {
  if (request.from === null) return [];
  const found = red.flatMap((set) => shownValues(addressOf(set)));
  const expected = request.from.map(fromValue);
  const bare = found.map((value) => value.replace(/^alias:/, ''));
  if (expected.length === found.length && bare.every((value) => expected.includes(value))) return [];
  return [
    reason(
      'from',
      `${request.record}: expected ${request.from.map((text) => cleanText(text, 80)).join(', ')} (--from), found ${found.join(', ')}.`,
      'Look at what serves now, and plan again.',
    ),
  ];
}

function fromValue(text: string): string {
  const bare = text
    .replace(/^alias:/, '')
    .replace(/[@].*$/, '')
    .trim();
  return bare.includes(':') ? sameForm(bare) : displayName(bare);
}

function refuseName(snapshot: Snapshot, request: PlanRequest, types: readonly string[]): readonly Reason[] {
  const { record, zone } = snapshot;
  const name = canonicalName(record);
  if (name.kind === 'bad') return [reason('record', name.why)];
  const reasons: Reason[] = [];
  if (!sameName(request.record, record))
    reasons.push(reason('record', `The request names ${cleanText(request.record, 260)}, and ${record} was read.`));
  if (!isInZone(record, zone.name))
    reasons.push(
      reason('zone', `${record} is not in zone ${displayName(zone.name)} (${zone.id}).`, 'Give another --zone.'),
    );
  if (types.includes('CNAME') && sameName(record, zone.name))
    reasons.push(
      reason(
        'apex-cname',
        `${record} is the apex of its zone, where no CNAME can stand.`,
        'Give addresses, or --to alias:NAME for an AWS endpoint.',
      ),
    );
  return reasons;
}

/** More would leave a history of too many events. */
const MOST_STEPS = 50;

function refuseSteps({ steps }: PlanRequest): readonly Reason[] {
  const shares = steps.map(({ share }) => share);
  const shown = shares.slice(0, MOST_STEPS).join(',');
  const next = 'Write --steps as rising shares that end in 100, for example 5,25,50,100.';
  if (shares.length > MOST_STEPS)
    return [reason('steps', `--steps has ${shares.length} shares; a plan has at most ${MOST_STEPS}.`, next)];
  if (shares.some((share) => !(share > 0 && share <= 100)))
    return [reason('steps', `--steps ${shown}: a share is a number above 0 and at most 100.`, next)];
  if (shares.at(-1) !== 100) return [reason('steps', `--steps ${shown}: the last share is 100.`, next)];
  const falls = shares.some((share, index) => index > 0 && share <= (shares[index - 1] ?? 0));
  return falls
    ? [reason('steps', `--steps ${shown}: shares never move the wrong way, each is above the one before.`, next)]
    : [];
}

function refuseDurations(request: PlanRequest): readonly Reason[] {
  const durations: readonly (readonly [string, number | null])[] = [
    ['--hold', request.holdMs],
    ['--bake', request.bakeMs],
    ...request.steps.map(({ share, holdMs }) => [`the hold at ${share} %`, holdMs] as const),
  ];
  const bad = durations.filter(([, ms]) => ms !== null && !(Number.isSafeInteger(ms) && ms >= 0));
  const deadline = request.deadlineMs;
  const late = deadline !== null && !(Number.isSafeInteger(deadline) && deadline > 0);
  return [...bad, ...(late ? [['--deadline', deadline] as const] : [])].map(([what, ms]) =>
    reason(
      'duration',
      `${what} is ${String(ms)} ms: expected a whole number of milliseconds, not below 0.`,
      'Write it as 90s, 10m or 2h.',
    ),
  );
}

const LONGEST_TTL = 2_147_483_647;

function refuseTtls({ ttl, preLowerTtl }: PlanRequest): readonly Reason[] {
  const given = [['--ttl', ttl] as const, ['--pre-lower-ttl', preLowerTtl] as const];
  const bad = given.filter(
    ([, seconds]) => seconds !== null && !(Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_TTL),
  );
  return bad.map(([flag, seconds]) =>
    reason('ttl', `${flag} is ${String(seconds)}: a TTL is a whole number of seconds from 0 to ${LONGEST_TTL}.`),
  );
}
