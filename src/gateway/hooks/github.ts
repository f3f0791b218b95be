import { z } from 'zod';
import type { SiteSpec } from '../../contracts/docs-runs.ts';
import { isSigned } from '../genuine.ts';
import { denied, ignored, unreadable, wishing, type Hook, type ReadSecret } from '../hook.ts';
import { buildsOf } from '../pushed.ts';
import { readBody } from '../read-body.ts';

const url = z.string().max(2_000);

/** https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const push = z.object({
  ref: z.string().max(500),
  after: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  deleted: z.boolean().default(false),
  repository: z.object({ clone_url: url, html_url: url.optional(), ssh_url: url.optional() }),
});

/** A push to GitHub: the documentation of that commit is built. Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
export function githubHook(secret: ReadSecret, sites: readonly SiteSpec[]): Hook {
  return {
    name: 'github',
    read: async ({ body, header }) => {
      const signature = /^sha256=(.*)$/.exec(header('x-hub-signature-256') ?? '')?.[1];
      if (!isSigned(body, { signature, secret: await secret(), encoding: 'hex' })) return denied('bad signature');
      if (header('x-github-event') !== 'push') return ignored('no push');
      const read = readBody(body, push);
      if (read === null) return unreadable('no push of GitHub');
      if (read.deleted) return ignored('a branch or a tag was deleted');
      const { clone_url, html_url, ssh_url } = read.repository;
      const urls = [clone_url, html_url ?? [], ssh_url ?? []].flat();
      return wishing(buildsOf({ urls, ref: read.ref, commit: read.after }, sites), 'no site is built from it');
    },
  };
}
