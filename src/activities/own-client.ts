import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

/** The Temporal of the worker that runs this activity, over its own connection. */
export const ownClient = (): Client => Context.current().client;
