import { isMarked, stepsAfter, stepsOf } from '../../../src/activities/tasks/steps-of.ts';
import { EXTENSION, writeMarker } from '../../../src/core/tasks/marker.ts';
import type { Copy, Marker } from '../../../src/core/tasks/model.ts';
import type { Action } from '../../../src/core/tasks/plan.ts';
import { copyOf, INBOX, markerOf, NOW, planOf, strangerOf, type Situation } from '../../core/tasks/plan-samples.ts';
import { BERLIN, due, sourceTask } from '../../core/tasks/task-samples.ts';

const TASK = sourceTask({ id: 'a', due: due('2026-11-26T09:00:00') });
const CONTEXT = {
  pair: 'home',
  zone: BERLIN,
  listId: INBOX.id,
  mirror: { reminders: true, categories: true },
  now: NOW,
};
const PATH = '/todo/lists/list-1/tasks/copy%20of%20a';

const copy = (changes: Partial<Copy> = {}): Copy => copyOf(TASK, changes);
const RENAMED = { ...TASK, content: 'Buy oat milk' };

function planned(situation: Situation): Action {
  const [action] = planOf({ guards: { empty: false }, ...situation }).actions;
  if (action === undefined) throw new Error('nothing is planned');
  return action;
}

const shown = (action: Action): readonly string[] =>
  stepsOf(action, CONTEXT).map(
    ({ method, path, ifMatch }) => `${method} ${path}${ifMatch === undefined ? '' : ' if unchanged'}`,
  );

const MARK = `PATCH ${PATH}/extensions/${EXTENSION}`;
const ADD_MARK = `POST ${PATH}/extensions`;
const GET_MARKED = `GET ${PATH}?$expand=${encodeURIComponent(`extensions($filter=id eq '${EXTENSION}')`)}`;
const unmarked = copy({ marker: null });

test.each<[string, Situation, readonly string[]]>([
  ['creates copy and marker by one request (S1)', { tasks: [TASK] }, ['POST /todo/lists/list-1/tasks']],
  [
    'updates what nobody has touched since, and marks it after that (S3)',
    { tasks: [RENAMED], copies: [copy()] },
    [`PATCH ${PATH} if unchanged`, MARK],
  ],
  [
    'opens before it marks, so that no state in between looks completed by a person (S3)',
    { tasks: [TASK], copies: [copy({ completed: true, marker: markerOf(TASK, { settled: 0 }) })] },
    [`PATCH ${PATH} if unchanged`, MARK],
  ],
  [
    'marks before it completes, for the same reason (S3)',
    { copies: [copy()], fates: { a: 'completed' } },
    [MARK, GET_MARKED],
  ],
  [
    'completes at once what a look has shown to be marked, if it is unchanged (S3)',
    { copies: [copy({ marker: markerOf(TASK, { settled: 0 }) })], fates: { a: 'completed' } },
    [`PATCH ${PATH} if unchanged`],
  ],
  [
    'gives a copy without a marker one before it completes it (S3)',
    { copies: [unmarked], fates: { a: 'completed' } },
    [ADD_MARK, GET_MARKED],
  ],
  ['marks what was closed in Todoist', { tasks: [TASK], copies: [copy({ completed: true })] }, [MARK]],
  ['looks again before it removes', { copies: [copy()], fates: { a: 'out-of-scope' } }, [`GET ${PATH}`]],
  ['writes the link again', { tasks: [TASK], copies: [copy({ linked: false })] }, [`POST ${PATH}/linkedResources`]],
  ['writes a lost marker again', { tasks: [TASK], copies: [unmarked] }, [ADD_MARK]],
  [
    'writes both again',
    { tasks: [TASK], copies: [copy({ linked: false, marker: markerOf(TASK, { version: 0 }) })] },
    [MARK, `POST ${PATH}/linkedResources`],
  ],
  [
    'marks and links what it adopts, and writes nothing else of it',
    { tasks: [TASK], strangers: [strangerOf(TASK)], policy: { adopt: true } },
    [
      'POST /todo/lists/list-1/tasks/stranger%20like%20a/extensions',
      'POST /todo/lists/list-1/tasks/stranger%20like%20a/linkedResources',
    ],
  ],
])('%s', (_, situation, expected) => {
  expect(shown(planned(situation))).toEqual(expected);
});

test('sends the etag that the plan was made from, and not one that it has not seen', () => {
  const [patch] = stepsOf(planned({ tasks: [RENAMED], copies: [copy({ etag: 'W/"7"' })] }), CONTEXT);
  expect(patch?.ifMatch).toBe('W/"7"');
});

test('brings link and marker in the body of a creation, and never a recurrence (S1)', () => {
  const [step] = stepsOf(planned({ tasks: [{ ...TASK, due: due('2026-11-26', 'every day') }] }), CONTEXT);
  expect(step?.body).toMatchObject({
    linkedResources: [{ externalId: 'todoist:home:a' }],
    extensions: [{ extensionName: EXTENSION, source: 'a', pair: 'home', turn: 0, settled: -1 }],
  });
  expect(step?.body).not.toHaveProperty('recurrence');
});

test('says the status only where it opens or completes: a person’s "in progress" is kept', () => {
  const [update] = stepsOf(planned({ tasks: [RENAMED], copies: [copy()] }), CONTEXT);
  expect(update?.body).not.toHaveProperty('status');
  const ours = copy({ completed: true, marker: markerOf(TASK, { settled: 0 }) });
  const [open] = stepsOf(planned({ tasks: [TASK], copies: [ours] }), CONTEXT);
  expect(open?.body).toMatchObject({ status: 'notStarted' });
});

describe('after the first round', () => {
  const complete = planned({ copies: [copy()], fates: { a: 'completed' } });
  const remove = planned({ copies: [copy()], fates: { a: 'out-of-scope' } });
  const read = (etag: string, marker: Partial<Marker> | null): unknown => ({
    '@odata.etag': etag,
    ...(marker === null ? {} : { extensions: [writeMarker(markerOf(TASK, marker))] }),
  });

  test('completes what is marked, if nobody touches it meanwhile (S3)', () => {
    expect(stepsAfter(complete, read('W/"2"', { settled: 0 }))).toEqual([
      { method: 'PATCH', path: PATH, body: { status: 'completed' }, ifMatch: 'W/"2"', name: 'PATCH task' },
    ]);
  });

  test.each<[string, unknown]>([
    ['that was opened again since, for that would look like a person’s (S3)', read('W/"2"', { turn: 1, settled: 0 })],
    ['that shows no marker (S3)', read('W/"2"', null)],
    ['without an etag', { extensions: [writeMarker(markerOf(TASK, { settled: 0 }))] }],
    ['that was not read', null],
  ])('completes nothing %s', (_, answer) => {
    expect(stepsAfter(complete, answer)).toEqual([]);
  });

  test('removes what is as the plan saw it, and nothing else', () => {
    expect(stepsAfter(remove, read('W/"1"', {}))).toEqual([{ method: 'DELETE', path: PATH, name: 'DELETE task' }]);
    expect(stepsAfter(remove, read('W/"2"', {}))).toEqual([]);
    expect(stepsAfter(remove, {})).toEqual([]);
  });

  test('adds nothing to other actions', () => {
    expect(stepsAfter(planned({ tasks: [TASK] }), read('W/"1"', {}))).toEqual([]);
  });
});

test('takes a copy for marked only where its completion would be known', () => {
  expect(isMarked(copy())).toBe(false);
  expect(isMarked(unmarked)).toBe(false);
  expect(isMarked(copy({ marker: markerOf(TASK, { turn: 1, settled: 1 }) }))).toBe(true);
});
