/** `POST /sync`: everything, or what is new since a token; and commands, each with a status of its own. */
import { randomBytes } from 'node:crypto';
import type { Call, Operation } from './call.ts';
import { runCommands } from './commands.ts';
import { invalidArgument, missingArgument, Refusal } from './refusal.ts';
import { userBody } from './resources.ts';
import { textOf } from './task-fields.ts';

export const sync: Operation = (call) => {
  const { commands, sync_token: token } = call.args;
  const said = commands === undefined ? undefined : listOf(commands, 'commands');
  if (said === undefined && token === undefined) throw missingArgument('sync_token');
  const from = pointOf(call, textOf(token));
  call.count(token === '*' ? 'fullSyncs' : 'requests');
  const done = said === undefined ? {} : runCommands(call, said);
  return { ...done, ...(token === undefined ? {} : changes(call, from)) };
};

function pointOf({ memory, actor }: Call, token: string | undefined): number | null {
  if (token === undefined || token === '*') return null;
  const point = memory.syncTokens.get(token);
  if (point?.userId !== actor.userId) {
    throw new Refusal({ status: 400, code: 34, tag: 'INVALID_SYNC_TOKEN' }, 'Invalid sync token');
  }
  return point.seq;
}

function changes(call: Call, from: number | null): Readonly<Record<string, unknown>> {
  const full = from === null || takeForced(call);
  const agoMs = full ? takeStale(call) : 0;
  const now = call.visible();
  const to = agoMs === 0 ? now : Math.min(now, call.world.seqAt(call.world.now() - agoMs));
  const resources = resourcesOf(call, { from: full ? null : from, to });
  const generated = new Date(call.world.now() - agoMs).toISOString();
  return {
    ...resources,
    sync_token: newToken(call, to),
    full_sync: full,
    ...(full ? { full_sync_date_utc: generated } : {}),
    temp_id_mapping: {},
  };
}

function takeForced({ memory }: Call): boolean {
  if (memory.forcedFulls === 0) return false;
  memory.forcedFulls -= 1;
  return true;
}

function takeStale({ memory }: Call): number {
  if (memory.stale.times === 0) return 0;
  memory.stale.times -= 1;
  return memory.stale.agoMs;
}

function newToken({ memory, actor }: Call, seq: number): string {
  const token = randomBytes(32).toString('base64url');
  memory.syncTokens.set(token, { userId: actor.userId, seq });
  return token;
}

const RESOURCES: Readonly<Record<string, (call: Call, span: Span) => unknown>> = {
  items,
  projects,
  user: ({ world, actor }) => userBody(world.user(actor.userId)),
  collaborators,
  sections: () => [],
  labels: () => [],
  notes: () => [],
};

interface Span {
  /** Null: everything that is active. */
  readonly from: number | null;
  readonly to: number;
}

function resourcesOf(call: Call, span: Span): Readonly<Record<string, unknown>> {
  const types = listOf(call.args['resource_types'], 'resource_types');
  const wanted = types.includes('all') ? Object.keys(RESOURCES) : types;
  return Object.fromEntries(
    wanted.map((type) => {
      const resource = RESOURCES[String(type)];
      if (resource === undefined) throw invalidArgument('resource_types', 'unknown resource type');
      return [String(type), resource(call, span)];
    }),
  );
}

function items({ world, actor, served }: Call, { from, to }: Span): unknown[] {
  const tasks = from === null ? world.tasks.allAt(to) : world.tasks.changed(from, to);
  return tasks
    .filter(({ project_id }) => world.members(project_id).has(actor.userId))
    .filter((task) => from !== null || (!task.checked && !task.is_deleted && isLive(world, task.project_id, to)))
    .map(served);
}

function isLive(world: Call['world'], projectId: string, seq: number): boolean {
  const project = world.projects.getAt(projectId, seq);
  return project !== undefined && !project.is_archived && !project.is_deleted;
}

function projects({ world, actor }: Call, { from, to }: Span): unknown[] {
  const all = from === null ? world.projects.allAt(to) : world.projects.changed(from, to);
  return all
    .filter(({ id }) => world.members(id).has(actor.userId))
    .filter(({ is_archived, is_deleted }) => from !== null || (!is_archived && !is_deleted));
}

/** Everybody with whom a project is shared. */
function collaborators({ world, actor }: Call, { to }: Span): unknown[] {
  const mine = world.projects.allAt(to).filter(({ id }) => world.members(id).has(actor.userId));
  const shared = mine.filter(({ is_shared }) => is_shared);
  const ids = new Set(shared.flatMap(({ id }) => [...world.members(id)]));
  return [...ids].map((id) => {
    const { email, full_name, timezone } = world.user(id);
    return { id, email, full_name, timezone, image_id: null };
  });
}

/** A JSON array, or the text of one, as a form has it. */
function listOf(value: unknown, argument: string): readonly unknown[] {
  const parsed = typeof value === 'string' ? parsedOrUndefined(value) : value;
  if (!Array.isArray(parsed)) throw invalidArgument(argument, 'must be a JSON array');
  return parsed;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
