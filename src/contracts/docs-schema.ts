import { z } from 'zod';
import { byteSize } from '../core/docs/byte-size.ts';
import { SITE_ADDRESS } from '../core/docs/site-address.ts';
import { parseDuration } from '../core/duration.ts';
import type { SitePolicy } from './file.ts';
import { byName, only, secretName, SPAN, span } from './schema-parts.ts';

/** A folder under the publish root, and a part of workflow ids, is made from it. */
const siteName = {
  pattern: /^[a-z][a-z0-9-]{0,62}$/,
  error: 'no name of a site; accepted: small letters, digits and -, such as handbook',
};

/** What git would take for an option, or for several words, is none; the worker judges the rest. */
const ref = z
  .string()
  .max(250)
  .regex(/^(?![-./])[A-Za-z0-9._/@+-]+$/, {
    error: 'no ref; accepted: a branch, a tag or a full commit, such as main',
  });

const source = only({
  git: z
    .string()
    .max(1_000)
    .regex(/^https?:\/\/[^\s@]+$/, {
      error:
        'no address of a repository; accepted: https://git.example.com/acme/app.git, without a user or a token in it',
    })
    .optional(),
  ref: ref.optional().meta({ description: 'A branch, a tag or a full commit; by default what the server calls HEAD.' }),
  secret: secretName.optional().meta({ description: 'The token to fetch with: a secret of the worker, by its name.' }),
  folder: z
    .string()
    .max(1_000)
    .regex(/^\/[^\0]*$/, { error: 'no folder of the worker; accepted: an absolute path' })
    .optional()
    .meta({ description: 'A folder that the worker allows as a source.' }),
})
  .check(({ value, issues }) => {
    const say = (message: string) => issues.push({ code: 'custom', input: value, path: [], message });
    if ((value.git === undefined) === (value.folder === undefined))
      say('one of git and folder says what is built; accepted: exactly one of them');
    if (value.folder !== undefined && (value.ref ?? value.secret) !== undefined)
      say('a folder has no ref and no secret; accepted: folder alone');
  })
  .meta({ oneOf: [{ required: ['git'] }, { required: ['folder'] }] });

const inTree = z
  .string()
  .max(500)
  .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\0\\]+$/, {
    error: 'no place in the source; accepted: a relative path without ..',
  });

const generator = z
  .union(
    [
      z.enum(['typedoc', 'sphinx']),
      only({
        typedoc: only({
          name: z.string().min(1).max(200).optional(),
          entryPoints: z.array(inTree).max(200).optional(),
          strategy: z.enum(['resolve', 'expand', 'packages']).optional(),
          typeErrors: z.enum(['fail', 'report']).optional(),
        }).optional(),
        sphinx: only({
          dir: inTree.optional().meta({ description: 'The folder with conf.py; docs by default.' }),
        }).optional(),
      })
        .refine((one) => Object.values(one).filter((kind) => kind !== undefined).length === 1, {
          error: 'a generator is one of typedoc, sphinx',
        })
        .meta({ minProperties: 1, maxProperties: 1 }),
    ],
    {
      error:
        'no generator; accepted: typedoc, sphinx, { typedoc: { entryPoints: [src/index.ts] } } or { sphinx: { dir: docs } }',
    },
  )
  .meta({ description: 'By default as the tree shows: a package.json is typedoc, a conf.py is sphinx.' });

const rule = z
  .enum(['ignore', 'fail', 'no-new'])
  .meta({ description: 'no-new: what the published release has as well is let through; ignore by default.' });

const NO_SHARE = 'no share; accepted: 0% to 100%, such as 80%';

const gates = only({
  warnings: rule.optional(),
  links: rule.optional(),
  coverage: only({
    min: z
      .string({ error: NO_SHARE })
      .regex(/^(\d{1,2}|100)%$/, { error: NO_SHARE })
      .optional()
      .meta({ description: 'So much of what is exported has a comment.' }),
    mayFall: z.boolean().optional().meta({ description: 'Whether it may be less than published; true by default.' }),
  }).optional(),
  size: z
    .string()
    .refine((text) => byteSize(text) !== null, { error: 'no size; accepted: 800kB, 500MB or 2GB' })
    .optional(),
});

const EVERY = { leastMs: 60_000, mostMs: 30 * 86_400_000 };

const every = span
  .refine(isOften, { error: 'no interval of a site; accepted: a duration such as 15m or 2h, from 1m to 30d' })
  .meta({ description: 'How often its source is looked at, once `switchyard apply` has said so: from 1m to 30d.' });

/** One site under `docs:`. */
const sitePolicy = only({
  source,
  every: every.optional(),
  generator: generator.optional(),
  dependencies: z.enum(['install', 'none']).optional().meta({
    description: 'install: what package-lock.json names, for its types; no script of it runs. none by default.',
  }),
  versions: only({
    latest: ref.optional().meta({ description: 'What latest is built from; by default the ref of the source.' }),
    tags: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9._*/-]+$/, { error: 'no pattern of tags; accepted: letters, digits and *, such as v*' })
      .optional()
      .meta({ description: 'Tags that are versions of their own.' }),
  }).optional(),
  gates: gates.optional(),
  baseUrl: z
    .string()
    .max(500)
    .regex(SITE_ADDRESS, {
      error: 'no address of the site; accepted: https://docs.example.com/handbook',
    })
    .optional()
    .meta({ description: 'Where readers find it: for the site map, and for what is printed.' }),
  keep: only({
    releases: z
      .int()
      .min(0)
      .max(1_000)
      .optional()
      .meta({ description: 'Of a version, beside what stands; 10 by default.' }),
    days: z
      .int()
      .min(0)
      .max(3_650)
      .optional()
      .meta({ description: 'Younger ones are kept in any case; 30 by default.' }),
  }).optional(),
}).check(({ value, issues }) => {
  const of = value as { source?: { folder?: string }; versions?: { latest?: string; tags?: string } };
  if (of.source?.folder === undefined || (of.versions?.latest ?? of.versions?.tags) === undefined) return;
  issues.push({
    code: 'custom',
    input: value,
    path: ['versions'],
    message: 'a folder has neither branches nor tags; accepted: versions with a git source',
  });
}) satisfies z.ZodType<SitePolicy>;

/** `docs:` of the file. */
export const sitePolicies = byName(siteName, sitePolicy);

/** What is no duration at all has been said already. */
function isOften(text: string): boolean {
  if (!SPAN.test(text)) return true;
  const read = parseDuration(text);
  return read.kind === 'ok' && read.ms >= EVERY.leastMs && read.ms <= EVERY.mostMs;
}
