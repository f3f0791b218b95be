import type { Copy, Fields, SourceTask } from '../../../src/core/tasks/model.ts';
import { hashFields } from '../../../src/core/tasks/hash-fields.ts';
import { copyOf, INBOX, markerOf, NOW, planOf, shortly, strangerOf, type Situation } from './plan-samples.ts';
import { due, fieldsOf, sourceTask } from './task-samples.ts';

const TASK = sourceTask({ id: 'a', due: due('2026-11-26') });
const CHILD = sourceTask({ id: 'child', parentId: 'a' });
const POSTPONED = { ...TASK, due: due('2026-11-27') };
const RENAMED = { ...TASK, content: 'Buy oat milk' };
const EDITED: Fields = { ...fieldsOf(TASK), title: 'Buy beer' };
const OTHER = { id: 'list-2', name: 'Home', isDefault: false, shared: 'no' } as const;

const copy = (changes: Partial<Copy> = {}): Copy => copyOf(TASK, changes);
const with_ = (...copies: readonly Copy[]): Situation => ({ copies });
const done = (settled: number, changes: Partial<Copy> = {}): Copy =>
  copy({ completed: true, marker: markerOf(TASK, { settled }), ...changes });
const unshown = (changes: Partial<Copy> = {}): Copy => copy({ completed: true, marker: null, ...changes });
const second = (changes: Partial<Copy> = {}): Copy =>
  copy({ id: 'second', createdAt: '2026-11-02T00:00:00Z', ...changes });

const movedTo = (): Copy => second({ listId: OTHER.id, marker: markerOf(TASK, { list: 'list:Home' }) });

const TWO = 'aside: there are two copies in To Do, and the second one was edited: delete one of them by hand';
const REPEATS = 'aside: the copy was made to repeat in To Do: switch that off there, Todoist repeats it';
const STEPS = 'aside: its list changed, and the copy has steps or attachments that a move would lose: move it by hand';
const CHILDREN = 'aside: completed in To Do, and has 1 open sub-tasks in Todoist, which closing it would close';
const UNTOLD =
  'aside: completed in To Do, and its marker is not shown, so that nobody knows whose completion that is: open it there again, or complete it in Todoist';
const DAY =
  'aside: its due date is none that To Do can hold: expected a day that exists, from 1900-01-01 to 9999-12-31, with or without a time';

const HOME = { lists: { kind: 'named', name: 'Home' }, todoLists: [INBOX, OTHER] } as const;
const TODOIST_ONLY = { policy: { completion: 'todoist-only' } } as const;

describe('a task that is open and in scope', () => {
  test.each<[string, Situation, readonly string[], SourceTask?]>([
    ['creates the copy that is missing (S1)', {}, ['create']],
    ['creates none where the task cannot be mapped (S5)', {}, [DAY], { ...TASK, due: due('2026-02-30') }],
    [
      'leaves the copy alone where the task cannot be mapped any more',
      with_(copy()),
      [DAY],
      { ...TASK, due: due('x') },
    ],
    ['writes nothing where the copy is right (S2)', with_(copy()), []],
    ['updates where the task changed', with_(copy()), ['update'], RENAMED],
    ['updates where the copy was edited', with_(copy({ fields: EDITED })), ['update']],
    ['repairs a marker that is lost', with_(copy({ marker: null })), ['repair']],
    ['updates a copy that lost its marker and was edited', with_(copy({ marker: null, fields: EDITED })), ['update']],
    ['repairs a link that is lost', with_(copy({ linked: false })), ['repair']],
    ['repairs a marker of an earlier mapping', with_(copy({ marker: markerOf(TASK, { version: 0 }) })), ['repair']],
    ['repairs a stale occurrence', with_(copy({ marker: markerOf(TASK, { occurrence: null }) })), ['repair']],
    [
      'opens a copy whose completion was marked and not written, against a write that is on its way (S3)',
      with_(copy({ marker: markerOf(TASK, { settled: 0 }) })),
      ['reopen'],
    ],
    [
      'writes no day on such a copy where it repeats',
      with_(copy({ marker: markerOf(TASK, { settled: 0 }), repeats: true })),
      ['repair'],
    ],
    ['leaves a copy in the list that a person moved it to', with_(copy({ listId: OTHER.id })), []],
    ['moves a copy where the wanted list changed', { ...HOME, copies: [copy()] }, ['move']],
    ['keeps the steps of a copy that would move', { ...HOME, copies: [copy({ extras: true })] }, [STEPS]],
    [
      'repairs the marker of a copy that is in the new list already',
      { ...HOME, copies: [copy({ listId: OTHER.id })] },
      ['repair'],
    ],
    ['updates a copy with steps in its place', with_(copy({ extras: true })), ['update'], RENAMED],
    ['lets a copy repeat as long as it is right', with_(copy({ repeats: true })), []],
    ['writes no day on a copy that repeats', with_(copy({ repeats: true })), [REPEATS], RENAMED],

    ['closes what a person completed (S3)', with_(done(-1)), ['close']],
    ['opens what the sync itself completed (S3)', with_(done(0)), ['reopen']],
    ['takes no completion back whose marker is not shown (S3)', with_(unshown()), [UNTOLD]],
    ['closes nothing for two of which one is not shown (S3)', with_(done(0), unshown({ id: 'second' })), [UNTOLD]],
    [
      'takes no completion of another occurrence back where one beside it is not shown (S3)',
      with_(done(-1), unshown({ id: 'second' })),
      [UNTOLD],
      POSTPONED,
    ],
    [
      'closes what a marker proves, whatever is not shown beside it',
      with_(done(-1, { listId: OTHER.id }), unshown({ id: 'second' })),
      ['close'],
    ],
    ['leaves a completed copy that is not shown beside an open one', with_(copy(), unshown({ id: 'second' })), []],
    [
      'repairs an open copy beside a completed one where neither is shown',
      with_(copy({ marker: null }), unshown({ id: 'second' })),
      ['repair'],
    ],
    [
      'opens a completed copy that is not shown where no completion travels back, for it is nobody’s',
      { ...with_(unshown()), ...TODOIST_ONLY },
      ['reopen'],
    ],
    ['closes nothing where completions do not travel back', { ...with_(done(-1)), ...TODOIST_ONLY }, ['reopen']],
    ['closes no other occurrence than the one that was completed (S3)', with_(done(-1)), ['reopen'], POSTPONED],
    ['closes no task with open sub-tasks', { ...with_(done(-1)), others: [CHILD] }, [CHILDREN]],
    [
      'keeps a task open below which a completion is not shown (S3)',
      { copies: [done(-1), copyOf(CHILD, { completed: true, marker: null })], others: [CHILD] },
      [CHILDREN],
    ],
    ['closes a task whose sub-tasks are done', { ...with_(done(-1)), fates: { child: 'completed' } }, ['close']],

    ['removes a second copy that nobody touched (S1)', with_(copy(), second()), ['remove']],
    ['removes a second copy that shows the task, marker or not', with_(copy(), second({ marker: null })), ['remove']],
    ['removes a second copy that is as it was written', with_(copyOf(RENAMED), second()), ['remove'], RENAMED],
    ['keeps a second copy that was edited', with_(copy(), second({ fields: EDITED })), [TWO]],
    ['keeps a second copy with steps', with_(copy(), second({ extras: true })), [TWO]],
    ['keeps a second copy that repeats', with_(copy(), second({ repeats: true })), [TWO]],
    ['keeps a completed copy beside an open one', with_(copy(), done(0, { id: 'second' })), []],
    [
      'closes nothing for a completed twin, and marks it, so that it never does (S3)',
      with_(copy(), done(-1, { id: 'second' })),
      ['repair'],
    ],
    [
      'closes what a person completed in the copy that was just moved from (S5)',
      { ...HOME, copies: [done(-1), movedTo()] },
      ['close'],
    ],
    [
      'closes no other occurrence for a copy that was moved from, and marks it (S3)',
      { ...HOME, copies: [done(-1), movedTo()] },
      ['repair', 'update'],
      POSTPONED,
    ],
    [
      'marks a completed second copy where completions do not travel back',
      { ...with_(copy(), done(-1, { id: 'second' })), ...TODOIST_ONLY },
      ['repair'],
    ],
    [
      'closes no task with open sub-tasks for a copy that was moved from',
      { ...HOME, copies: [done(-1), movedTo()], others: [CHILD] },
      [CHILDREN],
    ],
    ['opens one of two completed copies', with_(done(0), done(0, { id: 'second' })), ['reopen']],
    ['closes once for two completed copies (S3)', with_(done(-1), done(-1, { id: 'second' })), ['repair', 'close']],
    [
      'moves to the wanted list and removes the copy in the other one',
      { ...HOME, copies: [copy(), second({ listId: OTHER.id, marker: markerOf(TASK, { list: 'list:Home' }) })] },
      ['remove'],
    ],
    [
      'creates beside an unmarked task of that title and day, and counts it',
      { strangers: [strangerOf(TASK)] },
      ['create'],
    ],
    ['adopts an unmarked task of that title and day', adopting(strangerOf(TASK)), ['adopt']],
    ['adopts it in another case', adopting(strangerOf(TASK, { title: ' BUY  milk ' })), ['adopt']],
    ['adopts none of another day (S3)', adopting(strangerOf(TASK, { day: null })), ['create']],
    ['adopts none of another title (S3)', adopting(strangerOf(TASK, { title: 'Buy beer' })), ['create']],
    ['adopts none that has a link already', adopting(strangerOf(TASK, { hasLink: true })), ['create']],
    ['adopts nothing for a task that has a copy', { ...adopting(strangerOf(TASK)), copies: [copy()] }, []],
    ['leaves alone what was set aside before', { ...with_(copy()), leftAside: ['a'] }, [], RENAMED],
  ])('%s', (_, situation, expected, task = TASK) => {
    expect(shortly(planOf({ tasks: [task], ...situation }))).toEqual(expected);
  });
});

function adopting(...strangers: NonNullable<Situation['strangers']>): Situation {
  return { strangers, policy: { adopt: true } };
}

test('opens a copy for a turn that no completion is known of, so that the next one is taken for a person’s (S3)', () => {
  const { actions } = planOf({ tasks: [TASK], copies: [done(3)] });
  expect(actions).toMatchObject([{ kind: 'reopen', marker: { turn: 4, settled: 3 } }]);
});

test('marks what it closes as known, so that it is not closed again (S3)', () => {
  const marker = markerOf(TASK, { turn: 2, settled: 1 });
  const { actions } = planOf({ tasks: [TASK], copies: [copy({ completed: true, marker })] });
  expect(actions).toMatchObject([{ kind: 'close', marker: { turn: 2, settled: 2 } }]);
});

test('reports what a person did in To Do that Todoist wins over, and not a change in Todoist alone (S5)', () => {
  expect(planOf({ tasks: [TASK], copies: [copy({ fields: EDITED })] }).overruled).toEqual(['a']);
  expect(planOf({ tasks: [RENAMED], copies: [copy({ fields: EDITED })] }).overruled).toEqual(['a']);
  expect(planOf({ tasks: [RENAMED], copies: [copy()] }).overruled).toEqual([]);
  const adopted = copy({ fields: EDITED, marker: markerOf(TASK, { hash: '' }) });
  expect(planOf({ tasks: [TASK], copies: [adopted] }).overruled).toEqual([]);
  expect(planOf({ tasks: [TASK], copies: [done(-1)], ...TODOIST_ONLY }).overruled).toEqual(['a']);
  expect(planOf({ tasks: [TASK], copies: [done(0)], ...TODOIST_ONLY }).overruled).toEqual([]);
  expect(planOf({ tasks: [TASK], copies: [copy(), done(-1, { id: 'second' })] }).overruled).toEqual(['a']);
  expect(planOf({ tasks: [TASK], copies: [done(-1), done(-1, { id: 'second' })] }).overruled).toEqual([]);
});

/** What changed in Todoist; what in To Do; what follows; whether the report says that both had changed. */
test.each<[string, string, SourceTask, Copy, readonly string[], boolean]>([
  ['nothing', 'edited', TASK, copy({ fields: EDITED }), ['update'], true],
  ['edited', 'nothing', RENAMED, copy(), ['update'], false],
  ['edited', 'edited', RENAMED, copy({ fields: EDITED }), ['update'], true],
  ['nothing', 'completed', TASK, done(-1), ['close'], false],
  ['nothing', 'edited and completed', TASK, done(-1, { fields: EDITED }), ['close'], false],
  ['edited', 'completed', RENAMED, done(-1), ['close'], false],
  ['edited', 'edited and completed', RENAMED, done(-1, { fields: EDITED }), ['close'], false],
  ['rescheduled', 'nothing', POSTPONED, copy(), ['update'], false],
  ['rescheduled', 'completed', POSTPONED, done(-1), ['reopen'], true],
  ['opened again', 'nothing', TASK, done(0), ['reopen'], false],
  ['opened again', 'edited', TASK, done(0, { fields: EDITED }), ['reopen'], true],
  ['opened again and edited', 'nothing', RENAMED, done(0), ['reopen'], false],
  ['opened again and edited', 'edited', RENAMED, done(0, { fields: EDITED }), ['reopen'], true],
])(
  'loses no completion to an edit, and no edit without a word (S3, S5): %s in Todoist, %s in To Do',
  (_, __, task, found, expected, overruled) => {
    const plan = planOf({ tasks: [task], copies: [found] });
    expect(shortly(plan)).toEqual(expected);
    expect(plan.overruled).toEqual(overruled ? ['a'] : []);
  },
);

test('does not fight a service for ever that rewrites what it is given (S2)', () => {
  const [action] = planOf({ tasks: [TASK], copies: [copy({ fields: EDITED })] }).actions;
  const marker = action !== undefined && 'marker' in action ? action.marker : null;
  expect(marker?.overruled).toBe(hashFields(EDITED));
  expect(planOf({ tasks: [TASK], copies: [copy({ fields: EDITED, marker })] }).actions).toEqual([]);
  expect(shortly(planOf({ tasks: [RENAMED], copies: [copy({ fields: EDITED, marker })] }))).toEqual(['update']);
  const again = copy({ completed: true, fields: EDITED, marker: marker === null ? null : { ...marker, settled: 0 } });
  expect(planOf({ tasks: [TASK], copies: [again] })).toMatchObject({ actions: [{ kind: 'reopen' }], overruled: [] });
});

test('does not write again for a reminder that rang meanwhile, and was switched off (S2)', () => {
  const task = sourceTask({ id: 'a', due: due('2026-11-25T08:00:00Z') });
  const rung = copyOf(task, { fields: { ...fieldsOf(task), reminder: null } });
  expect(planOf({ tasks: [task], copies: [rung], now: NOW }).actions).toEqual([]);
  expect(shortly(planOf({ tasks: [task], copies: [rung], now: NOW - 1 }))).toEqual(['update']);
});
