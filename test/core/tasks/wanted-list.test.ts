import type { TodoList } from '../../../src/core/tasks/model.ts';
import { wantedLists, type ListPolicy } from '../../../src/core/tasks/wanted-list.ts';
import { INBOX } from './plan-samples.ts';

const list = (id: string, name: string, shared: TodoList['shared'] = 'no'): TodoList => ({
  id,
  name,
  isDefault: false,
  shared,
});
const HOME = list('list-2', 'Home');
const named: ListPolicy = { kind: 'named', name: ' Home ' };
const perProject: ListPolicy = { kind: 'per-project' };

test.each<[string, ListPolicy, readonly TodoList[], string, ReturnType<ReturnType<typeof wantedLists>>]>([
  ['the default list', { kind: 'default' }, [HOME, INBOX], 'Work', { key: 'default', name: null, id: INBOX.id }],
  [
    'no default list where there is none',
    { kind: 'default' },
    [HOME],
    'Work',
    { key: 'default', name: null, id: null },
  ],
  ['the list with the name', named, [INBOX, HOME], 'Work', { key: 'list:Home', name: 'Home', id: HOME.id }],
  ['the name where it has to be made', named, [INBOX], 'Work', { key: 'list:Home', name: 'Home', id: null }],
  ['the list of the project', perProject, [INBOX, HOME], ' Home', { key: 'list:Home', name: 'Home', id: HOME.id }],
  [
    'a list that begins with a space',
    perProject,
    [list('x', ' Home ')],
    'Home',
    { key: 'list:Home', name: 'Home', id: 'x' },
  ],
  ['the project that has no list yet', perProject, [INBOX], 'Work', { key: 'list:Work', name: 'Work', id: null }],
  ['a name for a project without one', perProject, [INBOX], ' ', { key: 'list:Todoist', name: 'Todoist', id: null }],
])('finds %s', (_, policy, lists, project, wanted) => {
  expect(wantedLists(policy, lists)(project)).toEqual(wanted);
});

test('takes the same of several lists with one name in any order, so that no copy moves to and fro (S2)', () => {
  const twins = [list('b', 'Home'), list('a', 'Home'), list('c', 'Home')];
  expect(wantedLists(named, twins)('').id).toBe('a');
  expect(wantedLists(named, twins.toReversed())('').id).toBe('a');
});

test('takes an own list before one of somebody else', () => {
  const lists = [list('a', 'Home', 'with-me'), list('b', 'Home', 'by-me')];
  expect(wantedLists(named, lists)('').id).toBe('b');
  expect(wantedLists(named, lists.toReversed())('').id).toBe('b');
  expect(wantedLists(named, [list('a', 'Home', 'with-me')])('').id).toBe('a');
});
