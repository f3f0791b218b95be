import { assertNever } from '../../core/assert-never.ts';
import { generateSphinx, sphinxVersion, type SphinxPlace } from './generate-sphinx.ts';
import { generateTypedoc } from './generate-typedoc.ts';
import type { DocsTools } from './make-pages.ts';
import { typedocVersion } from './typedoc-version.ts';
import { verifySite } from './verify-site.ts';

/** The generators, and what looks at what they make. */
export function docsTools(place: SphinxPlace): DocsTools {
  return {
    versionOf: async ({ kind }) =>
      kind === 'typedoc' ? typedocVersion() : sphinxVersion(place, new AbortController().signal),
    generate: ({ generator, ...task }, { signal }) => {
      switch (generator.kind) {
        case 'typedoc':
          return generateTypedoc({ ...task, options: generator.options }, { signal });
        case 'sphinx':
          return generateSphinx({ ...task, options: generator.options }, { place, signal });
        default:
          return assertNever(generator);
      }
    },
    verify: verifySite,
  };
}
