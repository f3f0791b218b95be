/** What of an account is mirrored: its snapshot, judged item by item, within the scope of the pair. */
import type { PairSpec, Scope } from '../../contracts/sync.ts';
import { isMembers } from '../../core/tasks/is-members.ts';
import { NAMELESS, type SetAside, type Source, type SourceTask } from '../../core/tasks/model.ts';
import { errorOf, unreadableAnswer, type Json } from './todoist-connection.ts';
import { readItem } from './todoist-item.ts';
import type { Snapshot } from './todoist-snapshot.ts';

const CALL = { name: 'POST /sync (read)', writes: false } as const;

/** More than this many that are also more than this share, and the answer is not to be trusted as a whole. */
const TOLERATED = { share: 0.01, count: 5 } as const;

/**
 * The active tasks in scope.
 *
 * @param filtered Ids of the tasks that Todoist's own filter finds; null where the scope is none.
 * @throws ServiceError `not-found` for a project that is not there; `invalid` with TOO_MANY_UNREADABLE.
 */
export function sourceOf(snapshot: Snapshot, from: PairSpec['from'], filtered: ReadonlySet<string> | null): Source {
  const account = accountOf(snapshot.user);
  const projects = liveProjects(snapshot);
  const active = [...snapshot.items].filter(([, item]) => isActive(item, projects, snapshot));
  const isInScope = scopeOf({ from, projects, filtered, userId: account.userId });
  const tasks: SourceTask[] = [];
  const unreadable: SetAside[] = namelessOf(snapshot);
  for (const [id, item] of active) {
    if (!isInScope(id, item)) continue;
    const read = readTask(id, item, { snapshot, projects });
    if (typeof read === 'string') unreadable.push({ id, reason: read });
    else tasks.push(read);
  }
  if (isTooMuch(unreadable.length, tasks.length)) throw tooMany();
  return { ...account, tasks, active: new Map(active.map(([id, item]) => [id, parentOf(item)])), unreadable };
}

function isTooMuch(unreadable: number, readable: number): boolean {
  return unreadable > TOLERATED.count && unreadable > TOLERATED.share * (unreadable + readable);
}

/** Names by id, of the projects that are neither archived nor deleted. */
type Projects = ReadonlyMap<string, string>;

function accountOf(user: Json): Pick<Source, 'userId' | 'timeZone'> {
  const { id, tz_info: zone } = user;
  const timeZone = isMembers(zone) ? zone['timezone'] : undefined;
  if (typeof id !== 'string' || typeof timeZone !== 'string') throw unreadableAnswer(CALL, 200);
  return { userId: id, timeZone };
}

function liveProjects({ projects }: Snapshot): Projects {
  const live = [...projects].filter(([, project]) => project['is_archived'] !== true && project['is_deleted'] !== true);
  return new Map(live.map(([id, { name }]) => [id, typeof name === 'string' ? name : '']));
}

/** A project that was not sent at all is a gap in the answer, not an archived one: its tasks are set aside, not taken for gone. */
function isActive(item: Json, projects: Projects, snapshot: Snapshot): boolean {
  if (item['checked'] === true || item['is_deleted'] === true) return false;
  const project = item['project_id'];
  return typeof project !== 'string' || projects.has(project) || !snapshot.projects.has(project);
}

function parentOf({ parent_id: parent }: Json): { readonly parentId: string | null } {
  return { parentId: typeof parent === 'string' ? parent : null };
}

interface ScopeFacts {
  readonly from: PairSpec['from'];
  readonly projects: Projects;
  readonly filtered: ReadonlySet<string> | null;
  readonly userId: string;
}

type InScope = (id: string, item: Json) => boolean;

/** What cannot be read of a bad item counts as in scope: rather set aside than overlooked (S5). */
function scopeOf({ from, projects, filtered, userId }: ScopeFacts): InScope {
  const isWanted = wantedBy(from.scope, projects);
  return (id, item) => {
    const { responsible_uid: responsible } = item;
    const others = typeof responsible === 'string' && responsible !== userId;
    if (from.assignee === 'me-or-none' && others) return false;
    return filtered?.has(id) ?? isWanted(item);
  };
}

function wantedBy(scope: Scope, projects: Projects): (item: Json) => boolean {
  switch (scope.kind) {
    case 'everything':
    case 'filter':
      return () => true;
    case 'projects': {
      const ids = new Set(scope.projects.flatMap((wanted) => idsOf(wanted, projects)));
      return ({ project_id: id }) => typeof id !== 'string' || ids.has(id);
    }
    case 'label':
      return ({ labels }) => !Array.isArray(labels) || labels.some((label) => isSame(label, scope.label));
  }
}

/** An id, else every project of that name: nothing keeps a Todoist account from having two. */
function idsOf(wanted: string, projects: Projects): readonly string[] {
  if (projects.has(wanted)) return [wanted];
  const named = [...projects].filter(([, name]) => isSame(name, wanted));
  if (named.length > 0) return named.map(([id]) => id);
  throw errorOf(CALL, {
    kind: 'not-found',
    status: null,
    code: 'PROJECT_NOT_FOUND',
    next:
      'A project that the scope of this pair names is not in this Todoist account, or it is archived: correct its name or id ' +
      'under `from:` of the pair in switchyard.yaml, or unarchive it, and run again.',
  });
}

const isSame = (one: unknown, other: string): boolean =>
  typeof one === 'string' && one.trim().toLowerCase() === other.trim().toLowerCase();

interface Surroundings {
  readonly snapshot: Snapshot;
  readonly projects: Projects;
}

/** The task, or why it cannot be read. */
function readTask(id: string, item: Json, { snapshot, projects }: Surroundings): SourceTask | string {
  const read = readItem(id, item);
  if (read.kind === 'unreadable') return read.reason;
  const project = typeof item['project_id'] === 'string' ? projects.get(item['project_id']) : undefined;
  // Without a name there is no list of that name to put it into.
  if (project === undefined || project === '') return 'Todoist did not send the project that it is in.';
  return { ...read.fields, project, parentTitle: titleOf(read.fields.parentId, { snapshot, projects }) };
}

function titleOf(id: string | null, { snapshot, projects }: Surroundings): string | null {
  const parent = id === null ? undefined : snapshot.items.get(id);
  if (parent === undefined || !isActive(parent, projects, snapshot)) return null;
  return typeof parent['content'] === 'string' ? parent['content'] : null;
}

/** Items without an id cannot be told apart, and are counted all the same. */
function namelessOf({ nameless }: Snapshot): SetAside[] {
  return Array.from({ length: nameless }, () => ({ id: NAMELESS, reason: 'Todoist sent a task without an id.' }));
}

function tooMany() {
  return errorOf(CALL, {
    kind: 'invalid',
    status: 200,
    code: 'TOO_MANY_UNREADABLE',
    next:
      'Todoist sent more than 1 % of the tasks in a form that is not known; nothing was changed. ' +
      'Its API may have changed: look for a newer version of Switchyard.',
  });
}
