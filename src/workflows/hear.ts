import { setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { MessageAnswer } from '../contracts/deploy.ts';
import type { Run } from './run.ts';

interface Hearing<Message> {
  readonly description: string;
  /** @throws where the message is refused; keeps no trace of it in the history. */
  readonly validator: (message: Message) => void;
  readonly handle: (message: Message) => MessageAnswer | Promise<MessageAnswer>;
}

/** Sets the handler of an update, and keeps it for messages that come through another workflow, where nothing validates them. */
export function hear<Message>(
  run: Run,
  update: UpdateDefinition<MessageAnswer, [Message]>,
  { handle, ...hearing }: Hearing<Message>,
): void {
  setHandler(update, handle, hearing);
  run.heard.set(update.name, async (message) => {
    hearing.validator(message as Message);
    return handle(message as Message);
  });
}
