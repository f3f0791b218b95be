import { EXIT } from '../../src/cli/exit-codes.ts';
import { EXPLANATIONS, explain, exitOfLook, exitOfOutcome, exitOfSync } from '../../src/cli/explain.ts';
import { FAILURES } from '../../src/policies/failures.ts';

describe('what a failure means', () => {
  test('is said for every failure type, with a command and an exit code (A3)', () => {
    expect(Object.keys(EXPLANATIONS).sort()).toEqual(Object.keys(FAILURES).sort());
    for (const { sentence, next, exit } of Object.values(EXPLANATIONS)) {
      expect(sentence).toMatch(/\.$/);
      expect(next('www.example.com')).toMatch(/^\.\/switchyard \w+ .*www\.example\.com/);
      expect(Object.values(EXIT)).toContain(exit);
    }
  });

  test('speaks of no deployment where a sync may end so', () => {
    const deploymentsAlone = ['Protected', 'Foreign', 'ZoneUnclear', 'Superseded', 'NotInSync', 'NotRestored'];
    for (const [type, { sentence }] of Object.entries(EXPLANATIONS))
      if (!deploymentsAlone.includes(type)) expect(sentence).not.toMatch(/deployment/i);
  });

  test('is a fault where a newer worker names a type that this client does not know', () => {
    expect(explain('SomethingNew')).toBe(EXPLANATIONS.Fault);
    expect(explain('constructor')).toBe(EXPLANATIONS.Fault);
  });

  test('a look that Route 53 did not answer could not reach it, one that it refused is refused', () => {
    expect(['Throttled', 'Unavailable'].map(exitOfLook)).toEqual([6, 6]);
    expect(['Unauthorized', 'ZoneUnclear', 'Fault', 'SomethingNew'].map(exitOfLook)).toEqual([3, 3, 3, 3]);
  });

  test('a rollback that was left is never called safe (D8)', () => {
    expect(exitOfOutcome('not-restored')).toBe(4);
    expect(exitOfOutcome('rolled-back')).toBe(1);
    expect(exitOfOutcome('superseded')).toBe(1);
    expect(exitOfOutcome('refused')).toBe(3);
    expect(exitOfOutcome('promoted')).toBe(0);
  });

  test('leads from a sync to verbs that take a sync, never to those of records', () => {
    const verbs = Object.entries(EXPLANATIONS)
      .filter(([type]) => !['ZoneUnclear', 'Foreign', 'NotRestored'].includes(type)) // of records alone
      .map(([, { next }]) => next('sync/tasks'));
    for (const command of verbs)
      expect(command).toMatch(/^\.\/switchyard (sync tasks --dry-run|(status|doctor|history) sync\/tasks)$/);
  });

  test('a sync that was stopped or left something aside is told apart from one that is done (S4, S5)', () => {
    const outcomes = ['synced', 'synced-with-exceptions', 'stopped', 'failed', 'cancelled'] as const;
    expect(outcomes.map(exitOfSync)).toEqual([0, 7, 3, 1, 1]);
  });
});
