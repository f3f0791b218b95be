import { randomUUID } from 'node:crypto';
import { deployId, MESSAGES, type MessageAnswer } from '../contracts/deploy.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { mustBeSubject } from './must-read.ts';
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

/** A message on its way, to a record whose name has been read. */
export interface Delivery extends Pick<Message, 'verb' | 'request'> {
  readonly record: string;
  /** Of the run that is meant; the newest one by default. */
  readonly runId?: string;
  /** The same id is the same message: asked again, it gives the same answer. */
  readonly updateId?: string | undefined;
  readonly json: boolean;
}

/** Sends an update to the running deployment of a record and prints its answer. */
export async function sendMessage(
  terminal: Terminal,
  flags: MessageFlags,
  { verb, name, request }: Message,
): Promise<ExitCode> {
  const record = mustBeSubject(name);
  return withTemporal(terminal, flags, (temporal) =>
    deliver(terminal, temporal, { verb, record, request, json: flags.json === true }),
  );
}

export async function deliver(terminal: Terminal, temporal: TemporalClient, delivery: Delivery): Promise<ExitCode> {
  const { record, json } = delivery;
  const answer = await update(temporal, delivery);
  if (json) terminal.document(JSON.stringify({ schemaVersion: 1, record, ...answer }, null, 2));
  else terminal.out(`${record}  ${outside(answer.sentence)}`);
  return EXIT.done;
}

const ANSWER_WITHIN_MS = 60_000;

/** @throws Stop: 3 where the run refuses or none runs, 6 where no worker answers. */
export async function update(
  temporal: TemporalClient,
  { record, runId, verb, request, updateId }: Omit<Delivery, 'json'>,
): Promise<MessageAnswer> {
  const handle = temporal.client.workflow.getHandle(deployId(record), runId);
  // One id a command: where the answer was lost it is asked for again, and nothing is done twice.
  const options = { args: [request] as [unknown], updateId: updateId ?? randomUUID() };
  const send = (): Promise<MessageAnswer> => handle.executeUpdate<MessageAnswer, [unknown]>(MESSAGES[verb], options);
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
