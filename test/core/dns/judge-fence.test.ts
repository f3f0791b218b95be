import fc from 'fast-check';
import { readFenceOwner } from '../../../src/core/dns/fence-owner.ts';
import type { Fence } from '../../../src/core/dns/fence.ts';
import {
  isOpen,
  judgeFence,
  sightOf,
  type FenceLook,
  type FenceSight,
  type FenceVerdict,
  type OwnerSight,
} from '../../../src/core/dns/judge-fence.ts';
import { txt } from './record-sets.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-30T12:00:00Z');
const NAMESPACE = 'ns-1';
const FENCE: Fence = {
  gen: 7,
  stage: 'step',
  owner: `${NAMESPACE}/deploy:www.example.com/run-1`,
  until: NOW + 10 * MINUTE,
  sets: 'a'.repeat(64),
  red: '%',
};
const CLOSED = { kind: 'closed', status: 'TERMINATED' } as const satisfies OwnerSight;
const UNSEEN: OwnerSight = { kind: 'not-seen', why: 'it is away.' };

const middle = (changes: Partial<Fence> = {}): FenceSight => ({
  kind: 'in-the-middle',
  fence: { ...FENCE, ...changes },
});

function judged(changes: Partial<FenceLook> = {}): FenceVerdict {
  return judgeFence({
    record: 'www.example.com',
    sight: middle(),
    namespace: { kind: 'known', id: NAMESPACE },
    owner: { kind: 'running' },
    earlier: null,
    now: NOW,
    pace: { lookAgainMs: 2 * MINUTE, overdueAfterMs: 5 * MINUTE },
    ...changes,
  });
}

const looks = (
  goneAt: number | null,
  unseenAt: number | null = null,
  changes: { gen?: number; owner?: string } = {},
) => ({
  owner: FENCE.owner,
  gen: FENCE.gen,
  goneAt,
  unseenAt,
  ...changes,
});

describe('a fence in the middle', () => {
  test.each<[string, Partial<FenceLook>, FenceVerdict['kind']]>([
    ['is left to a run that lives', {}, 'running'],
    ['is left to a run that lives, also 4:59 min late', { sight: middle({ until: NOW - 5 * MINUTE + 1 }) }, 'running'],
    ['is overdue where its run is 5 min late', { sight: middle({ until: NOW - 5 * MINUTE }) }, 'overdue'],
    ['is never overdue where it says no end', { sight: middle({ until: null }) }, 'running'],
    ['is suspect at the first look without a run', { owner: CLOSED }, 'suspect'],
    ['is suspect also where Temporal has forgotten the run', { owner: { kind: 'not-found' } }, 'suspect'],
    ['is asked for long before its end: dead is dead', { owner: CLOSED, earlier: looks(NOW - 2 * MINUTE) }, 'finding'],
    ['is still suspect 1:59 min later', { owner: CLOSED, earlier: looks(NOW - 2 * MINUTE + 1) }, 'suspect'],
    [
      'is a finding where both looks differ in how it ended',
      { owner: { kind: 'not-found' }, earlier: looks(NOW - 2 * MINUTE) },
      'finding',
    ],
    ['is the run’s again where it was only being reset', { earlier: looks(NOW - 2 * MINUTE) }, 'running'],
    [
      'is suspect anew where somebody wrote in between',
      { owner: CLOSED, earlier: looks(NOW - 2 * MINUTE, null, { gen: 6 }) },
      'suspect',
    ],
    [
      'is suspect anew where a newer run took it',
      { owner: CLOSED, earlier: looks(NOW - 2 * MINUTE, null, { owner: 'x/y/z' }) },
      'suspect',
    ],
    [
      'is not found dead by looks that could not look',
      { owner: CLOSED, earlier: looks(null, NOW - 2 * MINUTE) },
      'suspect',
    ],
    [
      'is left where somebody has decided so',
      { owner: { ...CLOSED, left: ['www.example.com'] }, earlier: looks(NOW - 2 * MINUTE) },
      'left',
    ],
    [
      'is dead where another record of the group was left',
      { owner: { ...CLOSED, left: ['api.example.com'] }, earlier: looks(NOW - 2 * MINUTE) },
      'finding',
    ],
    [
      'of another namespace is not ours to judge',
      { namespace: { kind: 'known', id: 'ns-2' }, owner: CLOSED },
      'foreign-namespace',
    ],
    [
      'without an owner that names a run is unknown',
      { sight: middle({ owner: 'somebody' }), owner: CLOSED },
      'unknown',
    ],
    ['is not seen where Temporal does not say', { owner: UNSEEN }, 'not-seen'],
    ['is not seen where nobody asked', { owner: null }, 'not-seen'],
    [
      'is not seen without a namespace to compare',
      { namespace: { kind: 'not-seen', why: 'away.' }, owner: null },
      'not-seen',
    ],
    ['that is at rest is no matter', { sight: { kind: 'rest' } }, 'at-rest'],
    ['that is no fence is said', { sight: { kind: 'unreadable', why: 'version "2"' } }, 'unknown'],
    ['that Route 53 did not give is said', { sight: { kind: 'unread', sentence: 'throttled.', next: null } }, 'unread'],
  ])('%s', (_, look, kind) => {
    expect(judged(look).kind).toBe(kind);
  });

  test('that could not be looked at twice is due once it should have ended 5 min ago, and not before', () => {
    const twice = { owner: UNSEEN, earlier: looks(null, NOW - 2 * MINUTE) };
    expect(judged({ owner: UNSEEN })).toMatchObject({ kind: 'not-seen', again: true });
    expect(judged(twice)).toMatchObject({ kind: 'not-seen', again: false });
    expect(judged({ ...twice, sight: middle({ until: NOW - 5 * MINUTE }) }).kind).toBe('due');
    expect(judged({ ...twice, sight: middle({ until: null }) }).kind).toBe('not-seen');
    expect(judged({ owner: UNSEEN, sight: middle({ until: NOW - 60 * MINUTE }) }).kind).toBe('not-seen');
  });

  test('says which run, how it ended, when it was seen, and what to type', () => {
    expect(judged({ owner: CLOSED, earlier: looks(NOW - 2 * MINUTE) })).toMatchObject({
      sentence:
        'www.example.com stands in the middle of a deployment (stage step, generation 7), and its run deploy:www.example.com ' +
        'has ended (TERMINATED): seen at 11:58:00 UTC and at 12:00:00 UTC. Nobody else is going to restore red.',
      next: './switchyard guard --once --restore www.example.com (or ./switchyard reset www.example.com --to-snapshot)',
    });
  });
});

describe('whatever was seen', () => {
  const owners = fc.constantFrom<OwnerSight>(
    { kind: 'running' },
    CLOSED,
    { kind: 'closed', status: 'COMPLETED' },
    { kind: 'not-found' },
    UNSEEN,
  );
  const times = fc.option(fc.integer({ min: NOW - 10 * MINUTE, max: NOW }));
  const earlier = fc.option(
    fc.record({
      owner: fc.constantFrom(FENCE.owner, 'ns-1/deploy:www.example.com/run-2'),
      gen: fc.constantFrom(6, 7),
      goneAt: times,
      unseenAt: times,
    }),
  );
  const found = fc.record({
    owner: owners,
    earlier,
    sight: fc
      .record({
        until: fc.option(fc.integer({ min: NOW - 60 * MINUTE, max: NOW + 60 * MINUTE })),
        stage: fc.constantFrom('step' as const, 'restoring' as const),
        owner: fc.constantFrom(FENCE.owner, 'ns-2/deploy:www.example.com/run-1', 'nobody'),
      })
      .map(middle),
  });

  test('a run that lives is never a finding, and what is found dead was seen dead twice, under one fence (D6)', () => {
    fc.assert(
      fc.property(found, (look) => {
        const verdict = judged(look);
        if (verdict.kind !== 'finding') return;
        expect(['closed', 'not-found']).toContain(look.owner.kind);
        expect(look.earlier).toMatchObject({ owner: FENCE.owner, gen: FENCE.gen });
        expect(NOW - (look.earlier?.goneAt ?? NOW)).toBeGreaterThanOrEqual(2 * MINUTE);
      }),
    );
  });

  test('what is due was out of sight twice, and late', () => {
    fc.assert(
      fc.property(found, (look) => {
        const verdict = judged(look);
        if (verdict.kind !== 'due') return;
        expect(look.owner.kind).toBe('not-seen');
        expect(look.sight.kind === 'in-the-middle' ? (look.sight.fence.until ?? NOW) : NOW).toBeLessThanOrEqual(
          NOW - 5 * MINUTE,
        );
      }),
    );
  });

  test('an open verdict is closed by a second look that finds the same', () => {
    fc.assert(
      fc.property(found, (look) => {
        const first = judged({ ...look, earlier: null });
        if (!isOpen(first)) return;
        expect(isOpen(judged({ ...look, earlier: first.looks, now: NOW + 2 * MINUTE }))).toBe(false);
      }),
    );
  });
});

test('any owner at all is read without throwing, and the parts of one make it again', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const owner = readFenceOwner(text);
      if (owner !== null) expect(`${owner.namespaceId}/${owner.workflowId}/${owner.firstRunId}`).toBe(text);
    }),
  );
});

test('a workflow id with slashes is read whole', () => {
  expect(readFenceOwner('ns/a/b/c/run')).toEqual({ namespaceId: 'ns', workflowId: 'a/b/c', firstRunId: 'run' });
});

test.each([
  ['no fence', { kind: 'none' as const }, 'rest'],
  ['a fence at rest', { kind: 'standing' as const, set: txt([]), fence: { ...FENCE, stage: 'idle' as const } }, 'rest'],
  [
    'what a reset left',
    { kind: 'standing' as const, set: txt([]), fence: { ...FENCE, stage: 'reset' as const } },
    'rest',
  ],
  ['a step', { kind: 'standing' as const, set: txt([]), fence: FENCE }, 'in-the-middle'],
  [
    'a rollback',
    { kind: 'standing' as const, set: txt([]), fence: { ...FENCE, stage: 'restoring' as const } },
    'in-the-middle',
  ],
])('%s counts as what it is', (_, reading, kind) => {
  expect(sightOf(reading).kind).toBe(kind);
});
