import fc from 'fast-check';
import type { SyncPolicy } from '../../../src/core/tasks/plan.ts';
import { dayAfter, extensionsOf, World, type Attempt, type Held, type Origin } from './model-world.ts';
import { due } from './task-samples.ts';

/**
 * Any edits of people on both sides, while attempts overlap, die between two steps, and land late: a pure model of all that a run can meet.
 * `SWITCHYARD_TEST_RUNS` sequences instead of a few, with new seeds (`npm run test:long`).
 */
const runs = process.env['SWITCHYARD_TEST_RUNS'];
const settings = runs === undefined ? { numRuns: 1_500, seed: 20_261_125 } : { numRuns: Number(runs) * 100 };

/** Not an expectation: only what a long run may take on a busy machine. */
const limitMs = 60_000 + settings.numRuns * 10;

type Command =
  | { readonly kind: 'origin'; readonly id: string; readonly edit: string }
  | { readonly kind: 'person'; readonly at: number; readonly edit: string }
  | { readonly kind: 'look'; readonly attempt: number }
  | { readonly kind: 'step'; readonly attempt: number; readonly job: number }
  | { readonly kind: 'whole' };

const ORIGIN_EDITS: Readonly<Record<string, (origin: Origin) => Origin>> = {
  open: ({ task }) => ({ task, fate: 'in-scope' }),
  complete: ({ task }) => ({ task, fate: 'completed' }),
  delete: ({ task }) => ({ task, fate: 'deleted' }),
  'leave the scope': ({ task }) => ({ task, fate: 'out-of-scope' }),
  rename: (origin) => ({ ...origin, task: { ...origin.task, content: `${origin.task.content}!` } }),
  repeat: (origin) => ({ ...origin, task: { ...origin.task, due: due('2026-11-25', 'every day') } }),
  postpone: (origin) => {
    const date = origin.task.due?.date ?? '2026-11-25';
    return { ...origin, task: { ...origin.task, due: due(dayAfter(date)) } };
  },
};

const PERSON_EDITS: Readonly<Record<string, (held: Held) => Held | null>> = {
  complete: (held) => ({
    ...held,
    json: { ...held.json, status: 'completed' },
    completedBy: held.completedBy ?? 'person',
  }),
  open: (held) => ({ ...held, json: { ...held.json, status: 'notStarted' }, completedBy: null }),
  rename: (held) => ({ ...held, json: { ...held.json, title: `${String(held.json['title'])}?` } }),
  'remove the link of': (held) => ({ ...held, link: null }),
  'lose the marker of': (held) => ({ ...held, extension: null }),
  'not be shown the marker of': (held) => ({ ...held, shown: false }),
  'be shown the marker of': (held) => ({ ...held, shown: true }),
  'add a step to': (held) => ({ ...held, json: { ...held.json, checklistItems: [{}] } }),
  delete: () => null,
};

/** Losing both marks, or sight of them, would make a stranger of a copy: only one of them goes. */
function edited(held: Held, edit: string): Held | null {
  const after = PERSON_EDITS[edit]?.(held) ?? null;
  return isOurs(held) && after !== null && !isOurs(after) ? held : after;
}

const isOurs = (held: Held): boolean => extensionsOf(held).length > 0 || held.link !== null;

const LOOK: Command = { kind: 'look', attempt: 0 };
/** The first attempt lands before the second one. */
const LATE: readonly Command[] = Array.from({ length: 3 }, () => ({ kind: 'step', attempt: 0, job: 0 }));

const IDS = ['a', 'b'];
const attempt = fc.nat({ max: 1 });
const anyId = fc.constantFrom(...IDS);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('origin'),
      id: anyId,
      edit: fc.constantFrom(...Object.keys(ORIGIN_EDITS)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('person'),
      at: fc.nat({ max: 3 }),
      edit: fc.constantFrom(...Object.keys(PERSON_EDITS)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look'), attempt }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step'), attempt, job: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('whole') }) },
);

const policy: fc.Arbitrary<Partial<SyncPolicy>> = fc.record({
  completion: fc.constantFrom('both', 'both', 'todoist-only'),
  onDeleted: fc.constantFrom('complete', 'delete', 'keep'),
  onOutOfScope: fc.constantFrom('remove', 'keep'),
  adopt: fc.boolean(),
});

async function obey(world: World, command: Command, attempts: (Attempt | undefined)[]): Promise<void> {
  switch (command.kind) {
    case 'origin':
      world.origin(command.id, (origin) => ORIGIN_EDITS[command.edit]?.(origin) ?? origin);
      return;
    case 'person':
      world.person(command.at, (held) => edited(held, command.edit));
      return;
    case 'look':
      attempts[command.attempt] = world.attempt(); // the one before it died where it was
      return;
    case 'step': {
      const jobs = attempts[command.attempt]?.jobs.filter(({ steps }) => steps.length > 0) ?? [];
      const job = jobs[command.job % Math.max(1, jobs.length)];
      return job === undefined ? undefined : world.step(job);
    }
    case 'whole':
      return finish(world, world.attempt());
  }
}

async function finish(world: World, { jobs }: Attempt): Promise<void> {
  for (const job of jobs) while (job.steps.length > 0) await world.step(job);
}

async function played(commands: readonly Command[], policies: Partial<SyncPolicy>): Promise<World> {
  const world = new World(policies);
  const attempts: (Attempt | undefined)[] = [];
  for (const id of IDS) world.origin(id, ({ task }) => ({ task, fate: 'in-scope' }));
  world.stranger('Do a');
  world.stranger('Something of a person');
  await finish(world, world.attempt());
  for (const one of commands) await obey(world, one, attempts);
  // What was on its way when the edits ended lands late, all of it.
  for (const one of attempts.filter((some) => some !== undefined)) await finish(world, one);
  world.showAll();
  return world;
}

const MOST_ROUNDS = 6;

async function roundsUntilNothing(world: World): Promise<number> {
  for (let round = 0; round <= MOST_ROUNDS; round += 1) {
    if (world.plan().actions.length === 0) return round;
    await finish(world, world.attempt());
  }
  return Infinity;
}

const commands = fc.array(command, { maxLength: 30 });

test(
  'closes nothing that nobody completed, takes no completion back, touches no stranger, and removes no completed copy, whatever happens (S3)',
  async () => {
    const property = fc.asyncProperty(commands, policy, async (list, policies) => {
      const world = await played(list, policies);
      await roundsUntilNothing(world);
      expect(world.broken).toEqual([]);
    });
    await fc.assert(property, settings);
  },
  limitMs,
);

test.each<[string, string, readonly Command[], Command]>([
  ['completes what was opened again since', 'complete', [LOOK, { kind: 'whole' }], { kind: 'whole' }],
  ['completes what another one is opening', 'complete', halfCompleted(), { kind: 'look', attempt: 1 }],
  ['completes the copy of a task that is back', 'delete', halfCompleted(), { kind: 'look', attempt: 1 }],
])('closes nothing where an attempt that is late %s (S3)', async (_, fate, before, after) => {
  const gone: Command = { kind: 'origin', id: 'a', edit: fate };
  const back: Command = { kind: 'origin', id: 'a', edit: 'open' };
  const world = await played([gone, ...before, back, after, ...LATE], { completion: 'both' });
  await roundsUntilNothing(world);
  expect(world.broken).toEqual([]);
  expect(oddCopies(world)).toEqual([]);
});

/** Marked, and its completion still on its way. */
function halfCompleted(): readonly Command[] {
  const step: Command = { kind: 'step', attempt: 0, job: 0 };
  return [LOOK, step, step];
}

test(
  'comes to rest soon after the last edit, with one open copy of each open task (S1, S2)',
  async () => {
    const property = fc.asyncProperty(commands, policy, async (list, policies) => {
      const world = await played(list, policies);
      expect(await roundsUntilNothing(world)).toBeLessThanOrEqual(MOST_ROUNDS);
      expect(oddCopies(world)).toEqual([]);
    });
    await fc.assert(property, settings);
  },
  limitMs,
);

/** Open tasks in scope that have another number of open copies than one, and are not named either (S5). */
function oddCopies(world: World): readonly string[] {
  const named = new Set(world.plan().setAside.map(({ id }) => id));
  const open = world.destination().copies.filter(({ completed }) => !completed);
  return world
    .source()
    .tasks.map(({ id }) => `${id}: ${open.filter(({ source }) => source === id).length}`)
    .filter((line) => !line.endsWith(': 1') && !named.has(line.slice(0, line.indexOf(':'))));
}

test('plans the same twice from the same two snapshots (S2)', async () => {
  const property = fc.asyncProperty(commands, policy, async (list, policies) => {
    const world = await played(list, policies);
    expect(world.plan()).toEqual(world.plan());
  });
  await fc.assert(property, { ...settings, numRuns: 200 });
});
