import { guardNotices } from '../../../src/core/dns/guard-notices.ts';
import type { Guarded } from '../../../src/core/dns/stand-guard.ts';

const WWW = 'www.example.com';
const found = (changes: Partial<Guarded> = {}): Guarded => ({
  record: WWW,
  verdict: 'finding',
  sentence: 'It is dead.',
  next: 'Restore it.',
  fence: { gen: 3, stage: 'step', owner: 'ns/deploy/run', until: null },
  repair: null,
  ...changes,
});
const repair = (outcome: NonNullable<Guarded['repair']>['outcome']) => ({ outcome, sentence: 'So it is.', next: null });
const shortly = (guarded: readonly Guarded[], before: Parameters<typeof guardNotices>[1] = []) => {
  const { facts, told } = guardNotices(guarded, before);
  return { facts: facts.map(({ title, begins, ends }) => `${begins ? '+' : '-'}${ends.length} ${title}`), told };
};

test('a trouble is told once, and again only where it has become another one', () => {
  const first = shortly([found()]);
  expect(first.facts).toEqual([`+0 ${WWW}: ACT NOW: a deployment has died in the middle`]);
  expect(shortly([found()], first.told)).toEqual({ facts: [], told: first.told });
  expect(shortly([found({ sentence: 'Other words.' })], first.told).facts).toEqual([]);
  expect(
    shortly([found({ fence: { gen: 4, stage: 'step', owner: 'ns/deploy/run', until: null } })], first.told).facts,
  ).toHaveLength(1);
  expect(shortly([found({ repair: repair('failed') })], first.told).facts).toHaveLength(1);
});

test('the end of a trouble is told once, as restored or as over', () => {
  const { told } = shortly([found()]);
  expect(shortly([], told)).toEqual({ facts: [`-1 ${WWW}: what the guard had found is over`], told: [] });
  expect(shortly([found({ repair: repair('restored') })], told)).toEqual({
    facts: [`-3 ${WWW}: red was restored`],
    told: [],
  });
  expect(shortly([found({ repair: repair('there') })], told).facts).toEqual([
    `-1 ${WWW}: what the guard had found is over`,
  ]);
  expect(shortly([], [])).toEqual({ facts: [], told: [] });
});

test('a run in time is no trouble, and a late one is told though it lives', () => {
  expect(shortly([found({ verdict: 'running' })])).toEqual({ facts: [], told: [] });
  expect(shortly([found({ verdict: 'overdue' })]).facts).toEqual([`+0 ${WWW}: a deployment is late`]);
});
