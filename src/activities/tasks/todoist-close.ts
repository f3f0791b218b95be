/** Closes tasks by commands of the sync endpoint: the only writes of Todoist that may be repeated (facts A2). */
import { isMembers } from '../../core/tasks/is-members.ts';
import type { ServiceError } from '../../policies/service-error.ts';
import type { CloseCommand } from './services.ts';
import { askTodoist, errorOf, judgedBy, unreadableAnswer, type TodoistOptions } from './todoist-connection.ts';

const CALL = { name: 'POST /sync (item_close)', writes: true } as const;

/**
 * One request for at most 100 commands; each has a status of its own, in the order of the commands.
 *
 * @throws ServiceError where the request as a whole was not answered: then its outcome is that of every command.
 */
export async function sendCloseCommands(
  options: TodoistOptions,
  commands: readonly CloseCommand[],
  signal: AbortSignal,
): Promise<readonly (ServiceError | null)[]> {
  if (commands.length === 0) return [];
  const said = commands.map(({ uuid, id }) => ({ type: 'item_close', uuid, args: { id } }));
  const form = { commands: JSON.stringify(said) };
  const { sync_status: status } = await askTodoist(options, { ...CALL, method: 'POST', path: '/sync', form, signal });
  if (!isMembers(status)) throw unreadableAnswer(CALL, 200);
  return commands.map(({ uuid }) => judge(status[uuid]));
}

function judge(status: unknown): ServiceError | null {
  if (status === 'ok') return null;
  if (!isMembers(status)) return errorOf(CALL, { kind: 'unavailable', status: 200, code: 'NO_STATUS' });
  const said = typeof status['http_code'] === 'number' ? status['http_code'] : 400;
  const judged = judgedBy(status, said);
  const isGone = judged.code?.endsWith('NOT_FOUND') === true;
  return errorOf(CALL, isGone ? { ...judged, kind: 'not-found' } : judged);
}
