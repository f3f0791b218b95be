import { EXIT } from '../../src/cli/exit-codes.ts';
import { EXPLANATIONS, explain, exitOfLook, exitOfOutcome } from '../../src/cli/explain.ts';
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
});
