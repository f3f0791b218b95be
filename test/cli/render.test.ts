import { changeLines, closingLines, speechlessLines, statusLines } from '../../src/cli/render.ts';
import { planLines } from '../../src/cli/render-plan.ts';
import { about, countdown } from '../../src/cli/words.ts';
import { ended, HOLDING, minute, PLAN, ROLLED_BACK } from './statuses.ts';

const plain = (_style: unknown, text: string): string => text;
const LOOK = { paint: plain, now: minute(15), link: 'http://localhost:8233/x' };

describe('a plan', () => {
  test('shows every step, how long the world needs to follow, and its hash', () => {
    const view = {
      snapshot: { record: PLAN.record, zone: PLAN.zone, readAt: minute(3, 11) },
      readBy: 'the worker at temporal.example.com:7233',
      verbose: false,
    };
    expect(planLines({ kind: 'planned', plan: PLAN }, view)).toEqual([
      'www.example.com  A  simple, TTL 60  (zone example.com, read 12:03:11 UTC by the worker at temporal.example.com:7233)',
      '   10 %  192.0.2.20 gets weight 10 of 100, held 5 min  6 changes',
      '   50 %  weight 50 of 100, held 5 min                  6 changes',
      'promote  one simple record, TTL 60                     5 changes',
      'Every resolver follows within 60 s of being in sync; the way back takes as long.',
      'Plan 7f3a91c0, about 27 min. Nothing was written.',
    ]);
  });

  test('shows every reason of a refusal, and what to type', () => {
    const reasons = [
      { code: 'ttl', sentence: 'TTL 3600 makes the way back slow.', next: '--pre-lower-ttl 60s' },
      { code: 'aaaa', sentence: 'AAAA stands there.', next: null },
    ];
    const view = { snapshot: { record: PLAN.record, zone: PLAN.zone, readAt: 0 }, readBy: 'x', verbose: false };
    expect(planLines({ kind: 'refused', reasons }, view)).toEqual([
      'refused      TTL 3600 makes the way back slow.  --pre-lower-ttl 60s',
      'refused      AAAA stands there.',
    ]);
  });
});

describe('the last four lines', () => {
  test('of a rollback say what stands and where, why, until when caches differ, and where to look', () => {
    expect(closingLines(ROLLED_BACK, LOOK)).toEqual([
      'rolled back  www.example.com  192.0.2.10 (red) at 4 of 4 name servers',
      'why          black failed 4 of the last 6 probes at 50 %: HTTP 503 /healthz (12:14:11 to 12:14:31 UTC)',
      'caches       agree by 12:15:40 UTC; keep black until 12:25:40 UTC',
      'look         http://localhost:8233/x    ./switchyard history www.example.com',
    ]);
  });

  test('of a promotion say how long to keep red', () => {
    const status = ended('promoted', {
      serving: { sentence: '192.0.2.20 (black)', share: 100, seenAt: minute(14), servers: [] },
      cachesAgreeAt: minute(14),
      keepRedUntil: minute(24),
    });
    expect(closingLines(status, LOOK)).toEqual([
      'promoted     www.example.com  192.0.2.20 (black) in Route 53 at 12:14:00 UTC, name servers not asked',
      'why          every gate passed: black passed 6 of the last 6 probes',
      'caches       agree since 12:14:00 UTC; keep red until 12:24:00 UTC',
      'look         http://localhost:8233/x    ./switchyard status www.example.com',
    ]);
  });

  test('name the servers that were not seen, and those that answer something else', () => {
    const { serving } = ROLLED_BACK;
    const servers = [
      { server: 'ns-1', kind: 'agrees' as const, values: ['192.0.2.10'] },
      { server: 'ns-2', kind: 'not-seen' as const, values: [] },
      { server: 'ns-3', kind: 'differs' as const, values: ['192.0.2.20'] },
    ];
    const [first] = closingLines({ ...ROLLED_BACK, serving: { ...serving!, servers } }, LOOK);
    expect(first).toBe(
      'rolled back  www.example.com  192.0.2.10 (red) at 1 of 3 name servers, ns-2 not seen, ns-3 answers 192.0.2.20',
    );
  });

  test('of a refusal show every reason at once (A2)', () => {
    const refused = ['one.', 'two.'].map((sentence) => ({ code: 'x', sentence, next: null }));
    expect(closingLines(ended('refused', { refused }), { ...LOOK, link: null }).slice(0, 3)).toEqual([
      'refused      www.example.com  nothing was written',
      'why          one.',
      '             two.',
    ]);
  });

  test('of a terminated run do not claim that anything was restored (D8)', () => {
    const lines = speechlessLines(
      'www.example.com',
      { why: 'the run was terminated in Temporal: oops', last: HOLDING },
      LOOK,
    );
    expect(lines[0]).toBe(
      'NOT SURE     www.example.com  it was watching at 50 %, 0:00 left, 50 % to black as written last; nothing was rolled back',
    );
    expect(lines[3]).toMatch(/reset www\.example\.com --to-snapshot$/);
  });
});

describe('the live view', () => {
  test('has a line a step, the newest probes, and a countdown', () => {
    expect(statusLines(HOLDING, { ...LOOK, now: minute(10, 1) })).toEqual([
      'www.example.com  192.0.2.10 -> 192.0.2.20  watching at 50 %, 4:59 left  by ann (not authenticated)',
      ` ✓ ${'checking black and red'.padEnd(40)} 21 s`,
      ` … ${'watching 50 %'.padEnd(40)} 4:59 left`,
      '   /healthz  black 192.0.2.20  +-  HTTP 503 /healthz, 9 ms',
    ]);
  });

  test('makes text from outside harmless', () => {
    const aborted = { ...HOLDING, by: 'x\u001b[2J', notices: ['a\n::error::b'] };
    const text = statusLines(aborted, LOOK).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\n::');
  });
});

describe('plain lines', () => {
  test('are one a state change, and none where nothing changed', () => {
    expect(changeLines(null, HOLDING)).toEqual(['12:00:00 UTC  checking black and red', '12:10:00 UTC  watching 50 %']);
    expect(changeLines(HOLDING, HOLDING)).toEqual([]);
    const failed = {
      ...HOLDING,
      stages: HOLDING.stages.map((stage) => ({ ...stage, endedAt: minute(14), outcome: 'failed' as const })),
    };
    expect(changeLines(HOLDING, failed)).toContain('12:14:00 UTC  failed: watching 50 %');
  });

  test('say once that a rollback is blocked', () => {
    const blocked = { ...HOLDING, blocked: { since: minute(16), sentence: 'access denied.', next: 'Decide.' } };
    expect(changeLines(HOLDING, blocked)).toEqual(['12:16:00 UTC  BLOCKED: access denied. Decide.']);
    expect(changeLines(blocked, blocked)).toEqual([]);
  });
});

test('times are rounded to what people say', () => {
  expect([about(0), about(89_000), about(90_000), about(5_400_000), about(7_200_000)]).toEqual([
    '0 s',
    '89 s',
    '2 min',
    '1 h 30 min',
    '2 h',
  ]);
  expect([countdown(-1), countdown(61_000)]).toEqual(['0:00', '1:01']);
});
