import type { PairSpec, SyncRequest } from '../../src/contracts/sync.ts';
import { appliedBy, copiesOf, copyOf, writesDuring } from '../support/sync-copies.ts';
import { brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

const NAMES = ['Work', 'Home', 'Garden'];

test('three projects go through everything that people do, and nothing is doubled, lost or closed by us (S1 to S5)', async () => {
  const rig = await yard.rig();
  const { todoist, graph } = rig;
  const [elsewhere, ids] = [todoist.person.addProject('Elsewhere'), addSixty(rig)];
  const sync = () => rig.sync(asking(rig));
  const kept = () => brokenSyncPromises(rig, { inScope: (id) => todoist.task(id).project_id !== elsewhere });
  const at = (index: number): string => ids[index] ?? '';

  // Synced, each project into a list of its own, and again.
  expect(appliedBy(await sync())).toEqual({ create: 60 });
  expect(graph.lists().map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(NAMES));
  expect(kept()).toEqual([]);
  expect(await writesDuring(rig, sync)).toBe(0);

  // Edited on both sides: one here, one there, one on both.
  todoist.person.edit(at(0), { content: 'Edited in Todoist', due: 'tomorrow' });
  graph.person.edit(copyOf(rig, at(1)).id, { title: 'Edited in To Do' });
  todoist.person.edit(at(2), { content: 'Edited in both' });
  graph.person.edit(copyOf(rig, at(2)).id, { title: 'Edited in both, otherwise' });
  const edited = await sync();
  expect(appliedBy(edited)).toEqual({ update: 3 });
  expect([...(edited.report?.totals.overruled ?? [])].sort()).toEqual([at(1), at(2)].sort());
  expect([0, 1, 2].map((index) => copyOf(rig, at(index)).title)).toEqual([
    'Edited in Todoist',
    'Work 1',
    'Edited in both',
  ]);

  // Completed on both sides: one here, one there, one on both.
  todoist.person.complete(at(3));
  graph.person.complete(copyOf(rig, at(4)).id);
  todoist.person.complete(at(5));
  graph.person.complete(copyOf(rig, at(5)).id);
  expect(appliedBy(await sync())).toEqual({ complete: 1, close: 1, repair: 1 });
  expect(todoist.closures().map(({ taskId, by }) => [taskId, by])).toEqual([
    [at(3), 'person'],
    [at(5), 'person'],
    [at(4), 'api'],
  ]);

  // Deleted on both sides.
  todoist.person.remove(at(6));
  graph.person.remove(copyOf(rig, at(7)).id);
  expect(appliedBy(await sync())).toEqual({ complete: 1, create: 1 });
  expect(copyOf(rig, at(6)).status).toBe('completed');
  expect(copyOf(rig, at(7)).status).toBe('notStarted');

  // Moved between projects, and out of scope.
  todoist.person.move(at(8), { project: todoist.task(at(40)).project_id });
  todoist.person.move(at(9), { project: elsewhere });
  expect(appliedBy(await sync())).toEqual({ move: 1, remove: 2 });
  expect(listNameOf(rig, at(8))).toBe('Garden');
  expect(copiesOf(rig, at(9))).toEqual([]);
  expect(todoist.task(at(9)).checked).toBe(false);

  expect(await writesDuring(rig, sync)).toBe(0);
  expect(kept()).toEqual([]);
});

function asking(rig: SyncRig): Partial<SyncRequest> {
  const spec: PairSpec = rig.spec();
  return {
    spec: {
      ...spec,
      from: { ...spec.from, scope: { kind: 'projects', projects: NAMES } },
      to: { ...spec.to, lists: { kind: 'per-project' } },
    },
  };
}

/** Twenty a project, every second one with a date. */
function addSixty({ todoist: { person } }: SyncRig): readonly string[] {
  return NAMES.flatMap((name) => {
    const project = person.addProject(name);
    return Array.from({ length: 20 }, (_, i) =>
      person.add({ content: `${name} ${i}`, project, ...(i % 2 === 0 ? { due: 'tomorrow' } : {}) }),
    );
  });
}

function listNameOf(rig: SyncRig, id: string): string | undefined {
  const { listId } = copyOf(rig, id);
  return rig.graph.lists().find((list) => list.id === listId)?.displayName;
}
