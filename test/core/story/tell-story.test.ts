import fc from 'fast-check';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { readHistory } from '../../../src/core/story/read-history.ts';
import type { Story } from '../../../src/core/story/story.ts';
import { outputSchema } from '../../support/output-schema.ts';
import { recorded, RECORDED, storyOf, type RecordedHistory } from '../../support/stories.ts';

/** The sentences without their details, marked by their tone. */
const told = ({ sentences }: Story): readonly string[] =>
  sentences.filter(({ detail }) => !detail).map(({ tone, text }) => `${MARKS[tone]} ${text}`);
const MARKS = { good: '+', bad: '!', waiting: '~', said: '>', plain: '-' };

describe('a recorded run is told', () => {
  test('a rollback: what was asked, written and seen, why, and what stands', () => {
    const story = storyOf(recorded('rolled-back'));
    const name = 'www.t323f1081.example';
    expect(told(story)).toEqual([
      `> an operator (not authenticated) asked to move ${name} to 192.0.2.20: 50 % (watched 60 s), 100 % (watched 100 ms), promote`,
      `- read ${name} in zone t323f1081.example: A 192.0.2.10 (TTL 60). That is what a rollback restores`,
      '+ 4 of 4 name servers answer as wanted: 192.0.2.10',
      '+ before the first write: black passed 2 probes in a row over 50 ms',
      '+ before the first write: red passed 2 probes in a row over 50 ms',
      '+ wrote "50 %": A 192.0.2.20 (weight 50, TTL 60), A 192.0.2.10 (weight 50, TTL 60)',
      '+ 4 of 4 name servers answer as wanted: 192.0.2.10 or 192.0.2.20',
      '! watched 50 % for 241 ms: black failed 4 of the last 5 probes: HTTP 503 /healthz (00:56:26 to 00:56:26 UTC)',
      '+ wrote red back: A 192.0.2.10 (TTL 60)',
      '+ 4 of 4 name servers answer as wanted: 192.0.2.10',
      '~ rolled back: red serves as it did before. It took 2 s',
    ]);
    expect(story.ending).toEqual({
      stands: `${name} serves 192.0.2.10 (red); 4 of 4 name servers answer as wanted: 192.0.2.10 (seen at 00:56:27 UTC)`,
      why: 'black failed 4 of the last 5 probes: HTTP 503 /healthz (00:56:26 to 00:56:26 UTC)',
      caches: 'caches agree by 00:57:27 UTC; keep black until 01:07:27 UTC',
      next: null,
      failure: 'Unhealthy',
    });
    expect(story.pictures.shares.map(({ share }) => share)).toEqual([0, 50, 0]);
    expect(story.pictures.gates[0]?.points.filter(({ ok }) => !ok)).toHaveLength(4);
  });

  test('a freeze that somebody overrode: with the reason', () => {
    const story = storyOf(askingFor('promoted', { freeze: { windows: [], override: 'the fix of INC-7' } }));
    expect(told(story)).toContain('~ it may begin in a freeze: the fix of INC-7');
  });

  test('an approval that nobody gave: who was asked, who said no', () => {
    expect(told(storyOf(recorded('rejected'))).slice(-6)).toEqual([
      '~ waited for the approval of the promotion by *@example.com, until 13:33:56 UTC at most',
      '+ watched 100 % for 1 s: black passed 6 of the last 6 probes',
      '> ann@example.com (not authenticated) rejected: not today',
      '+ wrote red back: A 192.0.2.10 (TTL 60)',
      '+ 4 of 4 name servers answer as wanted: 192.0.2.10',
      '~ rolled back: red serves as it did before. It took 2 s',
    ]);
    expect(told(storyOf(recorded('unconfirmed')))).toContain(
      '! nobody gave a confirmation in time, so the safe way was taken',
    );
  });

  test('gates that said nothing for too long: who was asked, and who is asked now', () => {
    expect(told(storyOf(recorded('asked-about-a-gate')))).toContainEqual(
      expect.stringMatching(/^~ waited for the approval of going on without errors by \*@example\.com, until /),
    );
    const { waitsFor } = storyOf(cutBefore('asked-about-a-gate', 'workflowExecutionUpdateAcceptedEventAttributes'));
    expect(waitsFor[0]).toMatch(/^\*@example\.com to decide: /);
  });

  test('a rollback that did not come through: since when, what its attempts said, and who aborted', () => {
    const lines = told(storyOf(recorded('told-blocked')));
    expect(lines).toContain('> a test (not authenticated) aborted: a test asked for it');
    expect(lines).toContain('! the rollback does not come through: BLOCKED, it keeps trying (2 s)');
    expect(lines.join('\n')).toMatch(
      /~ attempt 5 of "restoring red at \S+" began after 3 s; the one before: .*access denied/,
    );
  });

  test('what a run has not seen is not said to stand: somebody else wrote the record', () => {
    for (const name of ['superseded', 'blocked-and-resolved'])
      expect(storyOf(recorded(name)).ending.stands).toMatch(/may serve something else by now; this run saw last: 50 %/);
  });

  test('a run that was cancelled, which leaves no report, by what it wrote last', () => {
    const { ending, outcome } = storyOf(recorded('cancelled'));
    expect(outcome).toBe('rolled-back');
    expect(ending.stands).toMatch(
      /serves from red alone, as written last at 00:56:30 UTC; 4 of 4 name servers answer as wanted: 192\.0\.2\.10$/,
    );
  });

  test('a group: its records in one sentence where they fare alike, and each that fares ill', () => {
    const story = storyOf(recorded('group-rolled-back'));
    const [one, two] = ['z1r1.z1.t4e931761.example', 'z2r1.z2.t4e931761.example'];
    expect(told(story).slice(0, 1)).toEqual(['> an operator (not authenticated) asked to move 2 records together']);
    expect(told(story).slice(3)).toEqual([
      '- all 2 records were read: a rollback restores what they had',
      '+ all 2 records answer as wanted',
      '+ all 4 sides passed before the first write',
      '+ wrote "50 %" in zone z1.t4e931761.example, 1 record in one batch',
      '+ wrote "50 %" in zone z2.t4e931761.example, 1 record in one batch',
      `+ ${two}: 4 of 4 name servers answer as wanted: 192.0.2.102 or 198.51.100.40`,
      `+ ${one}: 4 of 4 name servers answer as wanted: 192.0.2.101 or 198.51.100.20`,
      expect.stringMatching(/^~ z1r1\S+: watched 50 % for 585 ms: black failed 3 of the last 4 probes/),
      expect.stringMatching(/^! z1r1\S+: watched 50 % for 12 ms: black failed 4 of the last 5 probes/),
      '+ wrote what stood before back in zone z1.t4e931761.example, 1 record in one batch',
      '+ wrote what stood before back in zone z2.t4e931761.example, 1 record in one batch',
      `+ ${two}: 4 of 4 name servers answer as wanted: 192.0.2.102`,
      `+ ${one}: 4 of 4 name servers answer as wanted: 192.0.2.101`,
      '~ rolled back: red serves as it did before. It took 2 s',
    ]);
    expect(story.ending.stands).toBe(`${one} serves 192.0.2.101 (red); ${two} serves 192.0.2.102 (red)`);
    expect(story.pictures.shares.map(({ share }) => share)).toEqual([0, 50, 0]);
    // A stretch that ended without a verdict is not drawn as one that went well.
    const watches = story.pictures.spans.filter(({ lane }) => lane === 'watch');
    expect(watches.map(({ tone }) => tone)).toEqual(['waiting', 'bad']);
  });

  test('the lock of a record, by what its group said, and where the rest is told', () => {
    const story = storyOf(recorded('group-lock'));
    expect(story).toMatchObject({ kind: 'deployment', outcome: 'rolled-back' });
    expect(told(story)[0]).toMatch(
      /asked to move group\/\S+, and with it z1r1\S+ to 198.*\.\/switchyard show group\/\S+ tells it/,
    );
    expect(told(story)).toContain('> an operator (not authenticated) aborted: wrong release');
    expect(story.ending.next).toMatch(/^\.\/switchyard show group\//);
  });

  test('gates on metrics by their numbers: against a bound, and by the evidence that a comparison has', () => {
    const gates = storyOf(recorded('measured-promoted')).pictures.gates.map(({ gate, failWhen, points }) => {
      return { gate, failWhen, some: points.length > 0, ill: points.filter(({ ok }) => !ok).length };
    });
    expect(gates).toEqual([
      { gate: 'healthy', failWhen: null, some: true, ill: 0 },
      { gate: 'worse', failWhen: { operator: '>=', bound: 20 }, some: true, ill: 0 },
      { gate: 'errors', failWhen: { operator: '>', bound: 0.01 }, some: true, ill: 0 },
    ]);
    const ill = storyOf(recorded('measured-rolled-back')).pictures.gates.find(({ gate }) => gate === 'errors');
    expect(ill?.points.map(({ ok, value }) => [ok, value])).toContainEqual([false, 0.2]);
    expect(told(storyOf(recorded('measured-rolled-back'))).filter((line) => line.startsWith('!'))).toEqual([
      expect.stringMatching(/^! watched 50 % for 130 ms: errors: 2 of the last 3 samples > 0\.01/),
    ]);
  });

  test('gates of a group by their records: those that are called alike are not one zigzag', () => {
    const { gates } = storyOf(recorded('group-rolled-back')).pictures;
    expect(gates.map(({ gate, points }) => [gate, points.some(({ ok }) => !ok)])).toEqual([
      ['z1r1.z1.t4e931761.example: healthy', true],
      ['z2r1.z2.t4e931761.example: healthy', false],
    ]);
  });

  test('a sync by counts and ids', () => {
    const story = storyOf(recorded('sync-synced-with-exceptions'));
    expect(told(story)).toEqual([
      '> a test (not authenticated) asked for a sync of pb5bc4207 (manual)',
      '+ found 4 tasks in scope and 0 copies; wrote create 3 in 45 ms',
      '~ set aside task 6H3VPQF5Rm8GHPPX: Microsoft To Do: POST task: refused as invalid (HTTP 400, invalidRequest).',
      '~ synced, but for the tasks that were set aside. It took 74 ms',
    ]);
    expect(story.pictures.counts[0]).toEqual({ kind: 'create', planned: 4, applied: 3 });
  });

  test('a build of documentation by its stages', () => {
    const story = storyOf(recorded('docs-gates-failed'));
    expect(told(story)).toEqual([
      '> me (not authenticated) asked for a build of docs/s3a968458 (manual)',
      '- the source is /srv/sources/s3a968458',
      '+ fetched 1 file in 23 ms',
      '- no release of this source is there yet',
      '+ generated the pages in 20 ms: 1 warning, 0 errors',
      '+ looked at 3 pages: 0 broken links',
      '+ made it release 20261125T232420Z-6b6733f4',
      '! gate warnings: 1 warnings, and none are allowed.',
      '! refused by a gate: the site shows what it showed before. It took 359 ms',
    ]);
    expect(story.ending.stands).toBe('docs/s3a968458: the pointer was not moved');
    expect(story.pictures.spans.map(({ lane }) => lane)).toContain('generate');
  });

  test('a guard by what it found and restored', () => {
    const lines = told(storyOf(recorded('guard-restored')));
    expect(lines[0]).toBe('- a guard of 1 fence began (restore)');
    expect(lines.join('\n')).toMatch(/Nobody is going to restore red\.\n\+ www\.t9e0648eb\.example: restored/);
  });

  test.each(RECORDED)('%s in whole sentences, in the order of its times, as the published schema says it', (name) => {
    const story = storyOf(recorded(name));
    const words = JSON.stringify(story);
    expect(story.sentences.length).toBeGreaterThan(1);
    expect(words).not.toMatch(/undefined|\[object|\$\{/);
    const times = story.sentences.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(outputSchema.safeParse({ schemaVersion: 1, link: null, story }).success).toBe(true);
  });
});

test('a history of the server reads as the one that the Temporal CLI exports', () => {
  for (const name of ['rolled-back', 'approved', 'docs-superseded', 'sync-wished'])
    expect(storyOf(historyFromJSON(recorded(name)))).toEqual(storyOf(recorded(name)));
});

describe('a run that ended without a word of its own', () => {
  const { events } = recorded('rolled-back');
  const watching = events.slice(0, 45); // at 50 %
  const at = '2026-11-23T01:30:00Z';
  const end = (name: string, facts: object = {}) =>
    storyOf({ events: [...watching, { eventId: '46', eventTime: at, [`${name}EventAttributes`]: facts }] });

  test('is told as terminated: by whom, why, that nothing was rolled back, and how to put red back', () => {
    const { outcome, tone, sentences, ending } = end('workflowExecutionTerminated', {
      identity: 'bob',
      reason: 'oops',
    });
    expect({ outcome, tone }).toEqual({ outcome: 'terminated', tone: 'bad' });
    expect(sentences.at(-1)?.text).toBe('terminated in Temporal by bob: oops');
    expect(ending.stands).toMatch(
      /serves 50 % from black, as written last at 00:56:26 UTC; 4 of 4 .*\. Nothing was rolled back$/,
    );
    expect(ending.next).toBe('./switchyard reset www.t323f1081.example --to-snapshot');
  });

  test('is told as timed out', () => {
    expect(end('workflowExecutionTimedOut').sentences.at(-1)?.text).toMatch(/timed out in Temporal/);
  });

  test('is told what a worker failed at, once for many times', () => {
    const failed = (eventId: string, second: number) => ({
      eventId,
      eventTime: `2026-11-23T01:00:0${second}Z`,
      workflowTaskFailedEventAttributes: { failure: { message: 'nondeterminism: no swapRecord' } },
    });
    const { sentences } = storyOf({ events: [...watching, failed('46', 1), failed('47', 4)] });
    expect(sentences.at(-1)?.text).toBe('a worker failed at the run: nondeterminism: no swapRecord, 2 times in 3 s');
  });
});

describe('a run that goes on', () => {
  test('says what it waits for: the approval, who may give it, and how', () => {
    const history = cutBefore('approved', 'workflowExecutionUpdateAcceptedEventAttributes');
    const { waitsFor, outcome } = storyOf(history);
    expect(outcome).toBe('running');
    expect(waitsFor[0]).toMatch(
      /^\*@example\.com to decide: \.\/switchyard approve www\.\S+, or \.\/switchyard reject/,
    );
  });

  test('says that no worker has come', () => {
    const { events } = recorded('promoted');
    expect(storyOf({ events: events.slice(0, 2) }).waitsFor).toEqual([
      expect.stringMatching(/^a worker: none has taken its next task for .*Is one running\?$/),
    ]);
  });

  test.each(['rolled-back', 'told-blocked', 'sync-in-chunks', 'docs-superseded', 'guard-restored'])(
    '%s is told at each of its events',
    (name) => {
      const { events } = recorded(name);
      for (let end = 1; end < events.length; end++) {
        const story = storyOf({ events: events.slice(0, end) });
        expect(story).toMatchObject({ outcome: 'running', endedAt: null });
        expect(JSON.stringify(story)).not.toMatch(/undefined|\[object/);
      }
    },
  );
});

describe('a history that is foreign, older or damaged', () => {
  test('is told all the same where nothing in it can be read, and says so', () => {
    for (const name of RECORDED) {
      const story = storyOf(encrypted(recorded(name)));
      expect(story.notes[0]).toMatch(/^\d+ values of its history could not be read \(kept as binary\/encrypted\)/);
      expect(JSON.stringify(story)).not.toMatch(/undefined|\[object/);
    }
  });

  test('is told as its history names it where its workflow is not known', () => {
    const history = JSON.stringify(recorded('promoted')).replace('"deployRedBlack"', '"brewCoffee"');
    const story = storyOf(JSON.parse(history));
    expect(story.kind).toBe('other');
    expect(told(story)[0]).toMatch(/^- a run of the workflow brewCoffee began/);
  });

  test.each([null, 7, 'text', [], {}, { events: [] }, { events: [null, 7] }, { events: [{ eventId: '1' }] }])(
    'is none where it has no beginning, %#',
    (value) => {
      expect(readHistory(value)).toBeNull();
    },
  );

  test('is told whatever is missing or otherwise in it', () => {
    const damage = fc.record({
      name: fc.constantFrom(...RECORDED),
      seed: fc.array(fc.record({ at: fc.nat(), value: fc.jsonValue() }), { minLength: 1, maxLength: 12 }),
      dropped: fc.array(fc.nat({ max: 200 }), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(damage, ({ name, seed, dropped }) => {
        const story = storyOf(damaged(recorded(name), seed, dropped));
        expect(story.sentences.every(({ at, text }) => Number.isFinite(at) && text !== '')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

function cutBefore(name: string, attributes: string): RecordedHistory {
  const { events } = recorded(name);
  return {
    events: events.slice(
      0,
      events.findIndex((event) => attributes in event),
    ),
  };
}

/** As if more had been asked for. */
function askingFor(name: string, more: object): unknown {
  const { events } = recorded(name);
  let isFirst = true;
  return JSON.parse(
    JSON.stringify({ events }, (key, value: unknown) => {
      if (key !== 'data' || !isFirst) return value;
      isFirst = false;
      const request = JSON.parse(Buffer.from(String(value), 'base64').toString()) as object;
      return Buffer.from(JSON.stringify({ ...request, ...more })).toString('base64');
    }),
  );
}

function encrypted(history: RecordedHistory): unknown {
  const encoding = Buffer.from('binary/encrypted').toString('base64');
  return JSON.parse(JSON.stringify(history), (key, value: unknown) => (key === 'encoding' ? encoding : value));
}

/** Puts values of any kind where others were, and leaves out events, never the first. */
function damaged(
  { events }: RecordedHistory,
  seed: readonly { readonly at: number; readonly value: unknown }[],
  dropped: readonly number[],
): unknown {
  let count = 0;
  JSON.stringify(events, (_key, value: unknown) => (count++, value));
  const places = new Map(seed.map(({ at, value }) => [at % count, value]));
  let place = 0;
  const replaced = JSON.parse(
    JSON.stringify(events, (key, value: unknown) => {
      const found = places.get(place++);
      const sacred = ['', '0', 'eventTime', 'workflowExecutionStartedEventAttributes'].includes(key);
      if (key === 'data' && typeof found !== 'undefined') return Buffer.from(JSON.stringify(found)).toString('base64');
      return found === undefined || sacred ? value : found;
    }),
  ) as unknown[];
  return { events: replaced.filter((_event, index) => index === 0 || !dropped.includes(index)) };
}
