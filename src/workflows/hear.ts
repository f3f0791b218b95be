import { setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { MessageAnswer } from '../contracts/deploy.ts';
import type { Run } from './run.ts';

interface Hearing<Message> {
  readonly description: string;
  readonly validator: (message: Message) => void;
}

/** Sets the handler of an update, and keeps it for messages that come through another workflow, where nothing validates them. */
export function hear<Message>(
  run: Run,
  update: UpdateDefinition<MessageAnswer, [Message]>,
  handler: (message: Message) => MessageAnswer | Promise<MessageAnswer>,
  hearing: Hearing<Message>,
): void {
  setHandler(update, handler, hearing);
  run.heard.set(update.name, async (message) => {
    hearing.validator(message as Message);
    return handler(message as Message);
  });
}
