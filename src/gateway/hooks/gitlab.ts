import { z } from 'zod';
import type { SiteSpec } from '../../contracts/docs-runs.ts';
import { isSecret } from '../genuine.ts';
import { denied, ignored, unreadable, wishing, type Hook, type ReadSecret } from '../hook.ts';
import { buildsOf } from '../pushed.ts';
import { readBody } from '../read-body.ts';

const url = z.string().max(2_000);

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events */
const push = z.object({
  ref: z.string().max(500),
  /** Null where the branch or the tag was deleted. */
  checkout_sha: z
    .string()
    .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
    .nullable(),
  project: z.object({ git_http_url: url, git_ssh_url: url.optional(), web_url: url.optional() }),
});

/** A push to GitLab, which proves itself by a token rather than by a signature: the documentation of that commit is built. */
export function gitlabHook(secret: ReadSecret, sites: readonly SiteSpec[]): Hook {
  return {
    name: 'gitlab',
    read: async ({ body, header }) => {
      if (!isSecret(header('x-gitlab-token'), await secret())) return denied('bad token');
      if (!/^(Tag )?Push Hook$/.test(header('x-gitlab-event') ?? '')) return ignored('no push');
      const read = readBody(body, push);
      if (read === null) return unreadable('no push of GitLab');
      if (read.checkout_sha === null) return ignored('a branch or a tag was deleted');
      const { git_http_url, git_ssh_url, web_url } = read.project;
      const urls = [git_http_url, git_ssh_url ?? [], web_url ?? []].flat();
      return wishing(buildsOf({ urls, ref: read.ref, commit: read.checkout_sha }, sites), 'no site is built from it');
    },
  };
}
