/** Commands of the sync endpoint: executed in order, each judged for itself, and none twice under the same uuid. */
import type { Call } from './call.ts';
import { errorBody, invalidArgument, missingArgument, Refusal } from './refusal.ts';
import { recordOf, textOf } from './task-fields.ts';
import type { Arguments } from './task-fields.ts';
import {
  addProject,
  addTask,
  closeTask,
  completeTask,
  deleteTask,
  editTask,
  moveTask,
  reopenTask,
} from './task-operations.ts';

/** https://developer.todoist.com/api/v1/#tag/Request-limits */
const MOST_COMMANDS = 100;

interface Outcome {
  readonly sync_status: Readonly<Record<string, unknown>>;
  readonly temp_id_mapping: Readonly<Record<string, string>>;
}

export function runCommands(call: Call, commands: readonly unknown[]): Outcome {
  if (commands.length > MOST_COMMANDS) {
    const max = { max_count: MOST_COMMANDS };
    throw new Refusal({ status: 400, code: 36, tag: 'MAX_COMMANDS_EXCEEDED', extra: max }, 'Too many commands');
  }
  const status: Record<string, unknown> = {};
  const ids: Record<string, string> = {};
  for (const said of commands) {
    const command = recordOf(said);
    const uuid = textOf(command['uuid']);
    if (uuid === undefined) throw missingArgument('uuid');
    status[uuid] = statusOf(call, command, ids);
  }
  return { sync_status: status, temp_id_mapping: ids };
}

/** What a repeated command maps its `temp_id` to is not documented: nothing, here. */
function statusOf(call: Call, command: Arguments, ids: Record<string, string>): unknown {
  const key = `${call.actor.userId} ${String(command['uuid'])}`;
  if (call.memory.executed.has(key)) return 'ok';
  try {
    const created = execute(call, command, ids);
    const tempId = textOf(command['temp_id']);
    if (created !== undefined && tempId !== undefined) ids[tempId] = created;
    call.memory.executed.add(key);
    call.memory.writes += 1;
    return 'ok';
  } catch (cause) {
    if (cause instanceof Refusal) return errorBody(cause);
    throw cause;
  }
}

/** What it answers counts only where it is the id of something new. */
type Command = (call: Call, args: Arguments) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  item_add: ({ world, actor, limits }, args) => addTask(world, actor, { args, limits }).id,
  item_update: ({ world, actor }, args) => editTask(world, actor, { id: idOf(args), args }),
  item_close: ({ world, actor }, args) => closeTask(world, actor, idOf(args)),
  item_complete: ({ world, actor }, args) => completeTask(world, actor, idOf(args)),
  item_uncomplete: ({ world, actor }, args) => reopenTask(world, actor, idOf(args)),
  item_delete: ({ world, actor }, args) => deleteTask(world, actor, idOf(args)),
  item_move: ({ world, actor }, args) => moveTask(world, actor, { id: idOf(args), args }),
  project_add: ({ world, actor }, args) => addProject(world, actor, args).id,
};

function execute(call: Call, { type, args }: Arguments, ids: Readonly<Record<string, string>>): string | undefined {
  const run = COMMANDS[String(type)];
  if (run === undefined) throw invalidArgument('type', 'unknown command');
  return textOf(run(call, translated(recordOf(args), ids)));
}

function idOf(args: Arguments): string {
  const id = textOf(args['id']);
  if (id === undefined) throw missingArgument('id');
  return id;
}

/** Ids that were given earlier in the same request. */
function translated(args: Arguments, ids: Readonly<Record<string, string>>): Arguments {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? (ids[value] ?? value) : value]),
  );
}
