import { z } from 'zod';
import { isSigned } from '../genuine.ts';
import { denied, unreadable, wishing, type Hook, type ReadSecret } from '../hook.ts';
import { readBody } from '../read-body.ts';

const event = z.object({ event_name: z.string().max(200) });

/** Everything else of an account, such as filters and reminders, changes no copy. */
const CHANGES_COPIES = /^(item|note|section|project|label):/;

/**
 * Todoist says that something has changed: the pairs are synced soon. What it says of the change is not used: events come late, twice and
 * out of order, and a run reads for itself. No time is signed, so that an old delivery can be sent again; it asks for one more look.
 *
 * Source: https://developer.todoist.com/api/v1/#tag/Webhooks
 */
export function todoistHook(secret: ReadSecret, pairs: readonly string[]): Hook {
  return {
    name: 'todoist',
    read: async ({ body, header }) => {
      const signature = header('x-todoist-hmac-sha256');
      if (!isSigned(body, { signature, secret: await secret(), encoding: 'base64' })) return denied('bad signature');
      const read = readBody(body, event);
      if (read === null) return unreadable('no event of Todoist');
      const asks = CHANGES_COPIES.test(read.event_name);
      return wishing(asks ? pairs.map((pair) => ({ kind: 'sync', pair })) : [], `${read.event_name} changes no copy`);
    },
  };
}
