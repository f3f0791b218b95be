import { assertNever } from '../../core/assert-never.ts';
import type { DocsConfig } from '../../config.ts';
import { generateSphinx, sphinxVersion } from './generate-sphinx.ts';
import { generateTypedoc } from './generate-typedoc.ts';
import type { DocsTools } from './make-pages.ts';
import { revisionOf } from './source-revision.ts';
import { typedocVersion } from './typedoc-version.ts';
import { verifySite } from './verify-site.ts';

/** The generators, and what looks at what they make. */
export function docsTools(config: DocsConfig): DocsTools {
  return {
    revisionOf: (tree) => revisionOf(tree, config),
    versionOf: async ({ kind }) =>
      kind === 'typedoc' ? typedocVersion() : sphinxVersion(config, new AbortController().signal),
    generate: ({ generator, ...task }, { signal }) => {
      switch (generator.kind) {
        case 'typedoc':
          return generateTypedoc({ ...task, options: generator.options }, { path: config.programs.PATH, signal });
        case 'sphinx':
          return generateSphinx({ ...task, options: generator.options }, { place: config, signal });
        default:
          return assertNever(generator);
      }
    },
    verify: verifySite,
  };
}
