import { resultOf, type ActivityRun } from './activities-of.ts';
import { listAt, momentAt, numberAt, textAt, textsAt, valueAt } from './read-loosely.ts';
import { serverWords, setsWords } from './record-words.ts';
import { lasted, say, sayAside } from './say.ts';
import type { Sentence, Tone } from './story.ts';
import type { Tellers } from './tell-activity.ts';

/** What the activities of a deployment tell, those of one record and those of a group. */
export const MOVE_TELLERS: Tellers = {
  readRecord: (_run, result, at) => tellRead(result, at),
  readRecords: (_run, result, at) => listAt(result, 'records').flatMap((one) => tellRead(one, at)),
  verifyAnswers: (_run, result, at) => [tellVerified('', result, at)],
  verifyRecords: (run, result, at) =>
    listAt(result, 'records').map((one, index) => tellVerified(`${recordOf(run, index)}: `, one, at)),
  checkEndpoints: (run, result, at) => tellChecked(whenChecked(run), result, at),
  checkRecords: (run, result, at) =>
    listAt(result, 'records').flatMap((one, index) =>
      tellChecked(`${whenChecked(run)}${recordOf(run, index)}: `, one, at),
    ),
  checkMetrics: (_run, result, at) => listAt(result, 'readings').flatMap((reading) => tellReading(reading, at)),
  swapRecord: (run, result, at) => [tellWritten(run, momentAt(result, 'at') ?? at, setsOf(result))],
  swapZone: (run, result, at) => [tellWritten(run, momentAt(result, 'at') ?? at, zoneSets(run, result))],
  awaitInsync: (run, _result, at) => [
    sayAside(at, 'plain', `Route 53 said "in sync" ${lasted(run.scheduledAt, at)} after it was asked`),
  ],
  watchEndpoints: (run, result, at) => tellWatched(run, result, at),
  watchRecords: (run, result, at) => tellGroupWatched(run, result, at),
  restoreRecord: (_run, result, at) => [tellRestored('red', result, at)],
  restoreZone: (run, result, at) => [
    say(at, 'good', `wrote back what stood before: ${zoneSets(run, result)}`),
    ...listAt(result, 'left').map((left) => say(at, 'bad', `left alone: ${textAt(left, 'sentence') ?? 'a record'}`)),
  ],
  setFence: (run, _result, at) => [sayAside(at, 'plain', run.label)],
  setZoneFences: (run, _result, at) => [sayAside(at, 'plain', run.label)],
  notify: () => [], // told together
};

function tellRead(snapshot: unknown, at: number): readonly Sentence[] {
  const zone = textAt(snapshot, 'zone', 'name')?.replace(/\.$/, '') ?? '?';
  const name = textAt(snapshot, 'record') ?? 'the record';
  const found = setsWords(valueAt(snapshot, 'sets'));
  return [say(at, 'plain', `read ${name} in zone ${zone}: ${found}. That is what a rollback restores`)];
}

function tellVerified(prefix: string, result: unknown, at: number): Sentence {
  const { sentence, agree } = serverWords(listAt(result, 'servers'));
  return say(at, agree ? 'good' : 'bad', `${prefix}${sentence}`);
}

function tellChecked(prefix: string, result: unknown, at: number): readonly Sentence[] {
  const seen = new Set(listAt(result, 'windows').map((window) => textAt(window, 'side')));
  return (['black', 'red'] as const).flatMap((side) => {
    const reason = textAt(result, side, 'reason');
    if (reason === null || (!seen.has(side) && textAt(result, side, 'kind') !== 'fail')) return [];
    return [say(at, verdictTone(valueAt(result, side)), `${prefix}${reason}`)];
  });
}

/** The same check is made before the first write, and for somebody who wants to go on early. */
const whenChecked = ({ label }: ActivityRun): string =>
  label.startsWith('checking') ? 'before the first write: ' : '';

function tellReading(reading: unknown, at: number): readonly Sentence[] {
  const verdict = valueAt(reading, 'verdict');
  const [gate, reason] = [textAt(reading, 'gate'), textAt(verdict, 'reason')];
  if (gate === null || reason === null) return [];
  const aside = textAt(reading, 'weight') === 'dry-run' ? ' (dry run, never decides)' : '';
  return [say(at, verdictTone(verdict), `gate ${gate}: ${reason}${aside}`)];
}

const TONES: Readonly<Record<string, Tone>> = { pass: 'good', fail: 'bad', inconclusive: 'waiting' };
const verdictTone = (verdict: unknown): Tone => TONES[textAt(verdict, 'kind') ?? ''] ?? 'plain';

/** `50 %`, `promote`, `lower TTL to 60 s`: what stands behind the name of the record or the zone. */
export const stepOf = ({ label }: ActivityRun): string => label.slice(label.indexOf(': ') + 1).trim();

function tellWritten(run: ActivityRun, at: number, sets: string): Sentence {
  const step = stepOf(run);
  const what = step === 'promote' ? 'wrote the promotion' : `wrote "${step}"`;
  return say(at, 'good', `${what}: ${sets}`);
}

const setsOf = (written: unknown): string => setsWords(valueAt(written, 'standing', 'sets'));

function zoneSets(run: ActivityRun, written: unknown): string {
  return listAt(written, 'standings')
    .map((standing, index) => `${recordOf(run, index)} ${setsWords(valueAt(standing, 'sets'))}`)
    .join('; ');
}

const recordOf = (run: ActivityRun, index: number): string =>
  textAt(listAt(run.input, 'records')[index], 'record') ?? 'a record';

function tellRestored(what: string, result: unknown, at: number): Sentence {
  return say(momentAt(result, 'at') ?? at, 'good', `wrote ${what} back: ${setsOf(result)}`);
}

function tellWatched(run: ActivityRun, result: unknown, at: number): readonly Sentence[] {
  return [watchSentence(run, result, at), ...protections(result, at), ...measured(result, at)];
}

function tellGroupWatched(run: ActivityRun, result: unknown, at: number): readonly Sentence[] {
  const ended = listAt(result, 'records').map((one, index) => ({ one, name: recordOf(run, index) }));
  const odd = ended.filter(({ one }) => textAt(one, 'end', 'kind') !== 'held');
  if (odd.length === 0) return [watchSentence(run, ended[0]?.one, at)];
  return odd.map(({ one, name }) => {
    const sentence = watchSentence(run, one, at);
    return { ...sentence, text: `${name}: ${sentence.text}` };
  });
}

function watchSentence(run: ActivityRun, result: unknown, at: number): Sentence {
  const share = numberAt(run.input, 'share') ?? numberAt(listAt(run.input, 'records')[0], 'share');
  const watched = `watched ${share === null ? 'it' : `${share} %`} for ${lasted(run.scheduledAt, at)}`;
  const reason = textAt(result, 'verdict', 'reason');
  const end = textAt(result, 'end', 'kind') ?? 'unknown';
  switch (end) {
    case 'held':
      return say(at, 'good', `${watched}${reason === null ? '' : `: ${reason}`}`);
    case 'breach':
      return say(at, 'bad', `${watched}: ${textAt(result, 'end', 'verdict', 'reason') ?? 'a gate failed'}`);
    case 'asks':
      return asked(watched, textsAt(result, 'end', 'gates'), at);
    case 'drift':
      return say(at, 'bad', textAt(result, 'end', 'sentence') ?? 'somebody else wrote the record');
    default:
      return sayAside(at, 'plain', watched);
  }
}

function asked(watched: string, gates: readonly string[], at: number): Sentence {
  if (gates.length === 0) return sayAside(at, 'plain', `${watched}: nobody needs to be asked any more`);
  return say(at, 'waiting', `${watched}: ${gates.join(', ')} said nothing for too long, so somebody is asked`);
}

const protections = (result: unknown, at: number): readonly Sentence[] =>
  textsAt(result, 'protections').map((sentence) => say(at, 'waiting', sentence));

const measured = (result: unknown, at: number): readonly Sentence[] =>
  listAt(result, 'metrics', 'readings').flatMap((reading) => tellReading(reading, at));

const WATCHES: readonly string[] = ['watchEndpoints', 'watchRecords'];

/** A hold is watched in stretches; they are told as one, and what only stops one to begin another is not told. */
export function joinStretches(runs: readonly ActivityRun[]): readonly ActivityRun[] {
  const joined: ActivityRun[] = [];
  for (const run of runs) {
    const before = joined.at(-1);
    const goesOn = before !== undefined && WATCHES.includes(run.type) && before.label === run.label;
    const wentWell = before?.end.kind === 'cancelled' || textAt(resultOf(before ?? run), 'end', 'kind') === 'held';
    if (goesOn && (wentWell || before.end.kind === 'open'))
      joined.splice(-1, 1, { ...run, scheduledAt: before.scheduledAt });
    else joined.push(run);
  }
  return joined;
}
