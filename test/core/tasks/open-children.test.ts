import { openChildren } from '../../../src/core/tasks/open-children.ts';

/** `child < parent`, or a task by itself. */
function tree(...tasks: readonly string[]): ReadonlyMap<string, { readonly parentId: string | null }> {
  return new Map(
    tasks.map((task) => {
      const [id = '', parentId = null] = task.split(' < ');
      return [id, { parentId }];
    }),
  );
}

test.each([
  { name: 'nobody completed anything', done: [], open: { party: 2, cake: 1 } },
  { name: 'one of two is done', done: ['band'], open: { party: 1, cake: 1 } },
  { name: 'all below are done', done: ['band', 'cake', 'eggs'], open: {} },
  { name: 'one is done with something open below it', done: ['band', 'cake'], open: { party: 1, cake: 1 } },
  { name: 'the parent alone is done', done: ['party'], open: { party: 2, cake: 1 } },
])('a task is kept open by what nobody completed below it: $name (S3)', ({ done, open }) => {
  const active = tree('party', 'band < party', 'cake < party', 'eggs < cake');
  expect(Object.fromEntries(openChildren(active, new Set(done)))).toEqual(open);
});

test('tasks that hang below each other, as no account has them, keep each other from being counted for ever', () => {
  expect(Object.fromEntries(openChildren(tree('a < b', 'b < a'), new Set(['a', 'b'])))).toEqual({});
  expect(Object.fromEntries(openChildren(tree('a < b', 'b < a'), new Set(['a'])))).toEqual({ a: 1, b: 1 });
});
