import { judgeGoal, WAIT_GOALS, type EndedRun, type GoalVerdict } from '../../../src/core/dns/wait-goal.ts';

const NOON = Date.UTC(2026, 10, 30, 12, 0, 0);
const run = (outcome: EndedRun['outcome'], keepRedUntil: number | null = null): EndedRun => ({
  record: 'www.example.com',
  outcome,
  keepRedUntil,
});

test.each<[EndedRun['outcome'], Readonly<Record<(typeof WAIT_GOALS)[number], GoalVerdict['kind']>>]>([
  ['promoted', { promoted: 'holds', restored: 'never', 'red-idle': 'later' }],
  ['unchanged', { promoted: 'holds', restored: 'never', 'red-idle': 'never' }],
  ['refused', { promoted: 'never', restored: 'holds', 'red-idle': 'never' }],
  ['rolled-back', { promoted: 'never', restored: 'holds', 'red-idle': 'never' }],
  ['superseded', { promoted: 'never', restored: 'never', 'red-idle': 'never' }],
  ['not-restored', { promoted: 'never', restored: 'never', 'red-idle': 'never' }],
])('after %s it is told which goals hold, and red is never called idle where it serves', (outcome, expected) => {
  const ended = run(outcome, outcome === 'promoted' ? NOON + 60_000 : null);
  for (const goal of WAIT_GOALS) expect(judgeGoal(goal, ended, NOON).kind).toBe(expected[goal]);
});

test('red is idle from the moment on until which it had to be kept, and not a moment before', () => {
  expect(judgeGoal('red-idle', run('promoted', NOON), NOON)).toMatchObject({ kind: 'holds' });
  expect(judgeGoal('red-idle', run('promoted', NOON), NOON - 1)).toEqual({
    kind: 'later',
    until: NOON,
    sentence: 'caches may hold red of www.example.com until 12:00:00 UTC',
  });
});
