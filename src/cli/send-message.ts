import { deployId, MESSAGES, type MessageAnswer } from '../contracts/deploy.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { mustBeRecord } from './must-read.ts';
import { problem, Stop } from './stop.ts';
import { codeOf, isNotFound, lastWords, type TemporalClient } from './temporal-client.ts';
import type { PlaceFlags } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { withTemporal } from './with-temporal.ts';
import { outside } from './words.ts';

export interface MessageFlags extends PlaceFlags {
  readonly json?: boolean | undefined;
}

export interface Message {
  readonly verb: keyof typeof MESSAGES;
  readonly name: string;
  readonly request: unknown;
}

/** Sends an update to the running deployment of a record and prints its answer. */
export async function sendMessage(
  terminal: Terminal,
  flags: MessageFlags,
  { verb, name, request }: Message,
): Promise<ExitCode> {
  const record = mustBeRecord(name);
  return withTemporal(terminal, flags, async (temporal) => {
    const answer = await update(temporal, record, { verb, request });
    if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, record, ...answer }, null, 2));
    else terminal.out(`${record}  ${outside(answer.sentence)}`);
    return EXIT.done;
  });
}

const ANSWER_WITHIN_MS = 60_000;

/** @throws Stop: 3 where the run refuses or none runs, 6 where no worker answers. */
async function update(
  temporal: TemporalClient,
  record: string,
  { verb, request }: Pick<Message, 'verb' | 'request'>,
): Promise<MessageAnswer> {
  const handle = temporal.client.workflow.getHandle(deployId(record));
  const send = (): Promise<MessageAnswer> =>
    handle.executeUpdate<MessageAnswer, [unknown]>(MESSAGES[verb], { args: [request] });
  try {
    return await temporal.ask(send, { withinMs: ANSWER_WITHIN_MS, deadlineIsAnAnswer: true });
  } catch (cause) {
    throw notTaken(cause, record, verb);
  }
}

/** Why a message was not taken, as a refusal or as "nobody answers". */
export function notTaken(cause: unknown, record: string, verb: string): unknown {
  if (isNotFound(cause)) {
    return new Stop(
      EXIT.refused,
      [
        problem(
          `no deployment of ${record} is running, so there is nothing to ${verb}`,
          null,
          `./switchyard history ${record}`,
        ),
      ],
      cause,
    );
  }
  if (isUpdateFailure(cause)) return new Stop(EXIT.refused, [problem(lastWords(cause))], cause);
  if (isNoAnswer(cause)) {
    const found = `no worker answered: the deployment of ${record} waits for one, and took no ${verb}`;
    return new Stop(
      EXIT.unreachable,
      [problem(found, null, 'start one with ./switchyard worker, then try again')],
      cause,
    );
  }
  return cause;
}

const isUpdateFailure = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === 'WorkflowUpdateFailedError';

/** The deadline of a call that only a worker can answer. */
export function isNoAnswer(cause: unknown): boolean {
  const byName = cause instanceof Error && cause.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
  return byName || codeOf(cause) === 4;
}
