import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../sha256.ts';

/** Everything that a build of documentation depends on, as far as this program knows it. */
export interface BuildKeyParts {
  /** Hash of the files of the source, without its dependencies. */
  readonly tree: string;
  /** What says which dependencies are installed; null where none are. */
  readonly dependencies: string | null;
  readonly generator: object;
  readonly options: object;
  readonly trusted: boolean;
  readonly nodeMajor: number;
}

/** Two builds with the same key give the same pages. The commit is no part of it: a commit that changes no file changes no page. */
export function buildKey(parts: BuildKeyParts): string {
  return sha256(canonicalJson({ layout: LAYOUT, ...parts }));
}

/** Raised when what we ourselves put into a release changes. */
const LAYOUT = 1;
