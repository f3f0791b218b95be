import { resultOf, type ActivityRun } from './activities-of.ts';
import { listAt, momentAt, numberAt, textAt, textsAt, valueAt } from './read-loosely.ts';
import { serverWords, setsWords } from './record-words.ts';
import { countOf, lasted, said, say, sayAside } from './say.ts';
import type { Sentence, Tone } from './story.ts';
import type { Tellers } from './tell-activity.ts';

/** What the activities of a deployment tell, those of one record and those of a group. */
export const MOVE_TELLERS: Tellers = {
  readRecord: (run, result, at) => [tellRead(run, result, at)],
  readRecords: (run, result, at) =>
    together(
      listAt(result, 'records').map((one) => tellRead(run, one, at)),
      'were read: a rollback restores what they had',
    ),
  verifyAnswers: (_run, result, at) => [tellVerified('', result, at)],
  verifyRecords: (run, result, at) =>
    together(
      listAt(result, 'records').map((one, index) => tellVerified(`${recordOf(run, index)}: `, one, at)),
      'answer as wanted',
    ),
  checkEndpoints: (run, result, at) => tellChecked(whenChecked(run), result, at),
  checkRecords: (run, result, at) =>
    together(
      listAt(result, 'records').flatMap((one, index) =>
        tellChecked(`${whenChecked(run)}${recordOf(run, index)}: `, one, at),
      ),
      'passed before the first write',
      'side',
    ),
  checkMetrics: (_run, result, at) => listAt(result, 'readings').flatMap((reading) => tellReading(reading, at)),
  measureRecords: (run, result, at) =>
    together(
      listAt(result, 'records').flatMap((one, index) =>
        listAt(one, 'readings')
          .flatMap((reading) => tellReading(reading, at))
          .map((sentence) => ofRecord(recordOf(run, index), sentence)),
      ),
      'passed before the first write',
      'metric gate',
    ),
  swapRecord: (run, result, at) => [tellWritten(run, momentAt(result, 'at') ?? at, setsOf(result))],
  swapZone: (run, result, at) => tellZone(run, result, momentAt(result, 'at') ?? at),
  awaitInsync: (run, _result, at) => [
    sayAside(at, 'plain', `Route 53 said "in sync" ${lasted(run.scheduledAt, at)} after it was asked`),
  ],
  watchEndpoints: (run, result, at) => tellWatched(run, result, at),
  watchRecords: (run, result, at) => tellGroupWatched(run, result, at),
  restoreRecord: (_run, result, at) => [tellRestored('red', result, at)],
  restoreZone: (run, result, at) => [
    ...tellZone(run, result, momentAt(result, 'at') ?? at),
    ...listAt(result, 'left').map((left) => say(at, 'bad', `left alone: ${textAt(left, 'sentence') ?? 'a record'}`)),
  ],
  setFence: (run, _result, at) => [sayAside(at, 'plain', run.label)],
  setZoneFences: (run, _result, at) => [sayAside(at, 'plain', run.label)],
  notify: () => [], // told together
};

function tellRead({ label }: ActivityRun, snapshot: unknown, at: number): Sentence {
  const zone = textAt(snapshot, 'zone', 'name')?.replace(/\.$/, '') ?? '?';
  const name = textAt(snapshot, 'record') ?? 'the record';
  const again = label.endsWith(' again') ? ' again' : '';
  const found = setsWords(valueAt(snapshot, 'sets'));
  return say(at, 'plain', `read ${name}${again} in zone ${zone}: ${found}. That is what a rollback restores`);
}

/** Many sentences of one kind are one, with those that went well as details under it; what did not go well is told each. */
function together(sentences: readonly Sentence[], words: string, thing = 'record'): readonly Sentence[] {
  const well = sentences.filter(({ tone }) => tone === 'good' || tone === 'plain');
  const [first] = well;
  if (sentences.length <= 1 || first === undefined) return sentences;
  const some = well.length === sentences.length ? 'all' : `${well.length} of`;
  const one = say(first.at, first.tone, `${some} ${countOf(sentences.length, thing)} ${words}`);
  return [
    ...sentences.filter((sentence) => !well.includes(sentence)),
    one,
    ...well.map((sentence) => ({ ...sentence, detail: true })),
  ];
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

/** One batch of a zone: what it left, record by record. */
function tellZone(run: ActivityRun, written: unknown, at: number): readonly Sentence[] {
  const left = listAt(written, 'standings').map((standing, index) => ({
    name: recordOf(run, index),
    sets: setsWords(valueAt(standing, 'sets')),
  }));
  const zone = textAt(run.input, 'zone', 'name')?.replace(/\.$/, '') ?? 'a zone';
  const step = run.type === 'restoreZone' ? 'what stood before' : stepOf(run);
  const what = step === 'promote' ? 'the promotion' : run.type === 'restoreZone' ? `${step} back` : `"${step}"`;
  return [
    say(at, 'good', `wrote ${what} in zone ${zone}, ${countOf(left.length, 'record')} in one batch`),
    ...left.map(({ name, sets }) => sayAside(at, 'good', `${name}: ${sets}`)),
  ];
}

/** The record that stands at this place in the input of an activity of many. */
export const recordOf = (run: ActivityRun, index: number): string =>
  textAt(listAt(run.input, 'records')[index], 'record') ?? 'a record';

function tellRestored(what: string, result: unknown, at: number): Sentence {
  return say(momentAt(result, 'at') ?? at, 'good', `wrote ${what} back: ${setsOf(result)}`);
}

function tellWatched(run: ActivityRun, result: unknown, at: number): readonly Sentence[] {
  const watched = watchSentence(run, result, at);
  return [watched, ...protections(result, at), ...measured(result, at).map((one) => unlessSaid(one, watched))];
}

/** What the sentence of the watch says already is a detail. */
const unlessSaid = (sentence: Sentence, { text, detail }: Sentence): Sentence =>
  !detail && text.includes(sentence.text.slice('gate '.length)) ? { ...sentence, detail: true } : sentence;

/**
 * All records of a group in one sentence, by the one that is worst off; those that ended the watch are told each, and so are gates on
 * metrics that did not pass.
 */
function tellGroupWatched(run: ActivityRun, result: unknown, at: number): readonly Sentence[] {
  const all = listAt(result, 'records').map((one, index) => {
    const watched = watchSentence(run, one, at);
    const readings = measured(one, at).map((reading) => unlessSaid(reading, watched));
    return { one, name: recordOf(run, index), watched, readings };
  });
  const odd = all.filter(({ one }) => textAt(one, 'end', 'kind') !== 'held');
  const unsure = all.find(({ one }) => textAt(one, 'verdict', 'kind') !== 'pass') ?? all[0];
  const told = odd.length > 0 ? odd : unsure === undefined ? [] : [unsure];
  return [
    ...told.map(({ name, watched }) => (watched.tone === 'good' ? watched : ofRecord(name, watched))),
    ...all.flatMap(({ one }) => protections(one, at)), // they name their records
    ...together(
      all.flatMap(({ name, readings }) => readings.map((reading) => ofRecord(name, reading))),
      'passed',
      'metric gate',
    ),
  ];
}

const ofRecord = (name: string, sentence: Sentence): Sentence => ({
  ...sentence,
  text: said(`${name}: ${sentence.text}`),
});

function watchSentence(run: ActivityRun, result: unknown, at: number): Sentence {
  const share = numberAt(run.input, 'share') ?? numberAt(listAt(run.input, 'records')[0], 'share');
  const watched = `watched ${share === null ? 'it' : `${share} %`} for ${lasted(run.scheduledAt, at)}`;
  const reason = textAt(result, 'verdict', 'reason');
  const end = textAt(result, 'end', 'kind') ?? 'unknown';
  switch (end) {
    case 'held':
      return say(at, heldTone(result), `${watched}${reason === null ? '' : `: ${reason}`}`);
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

/** Held, and by its last look not ill enough to end it. */
const heldTone = (result: unknown): Tone => {
  const kind = textAt(result, 'verdict', 'kind');
  return kind === null || kind === 'pass' ? 'good' : 'waiting';
};

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
