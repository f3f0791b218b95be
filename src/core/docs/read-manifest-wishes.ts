/** The kinds of dependencies that npm reads out of a package.json. */
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/**
 * The first thing in a `package.json` that npm would fetch from elsewhere than its registry, or null. A range, a tag, or an alias of those
 * (`npm:other@^1`) is the registry's; an address, a folder and a repository are not, and npm asks for them before it looks at the lock file.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies
 */
export function wishFromElsewhere(manifest: Readonly<Record<string, unknown>>): string | null {
  const wishes = [...KINDS.map((kind) => manifest[kind]), ...nested(manifest['overrides'])];
  for (const wish of wishes)
    for (const [name, spec] of entriesOf(wish))
      if (typeof spec === 'string' && !isOfRegistry(spec)) return `${name}: ${spec}`.slice(0, 200);
  return null;
}

/** Overrides may hold overrides. */
function nested(overrides: unknown): readonly unknown[] {
  return [overrides, ...entriesOf(overrides).flatMap(([, value]) => (typeof value === 'string' ? [] : nested(value)))];
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** `$name` in overrides is the version that the package itself wants. */
const isOfRegistry = (spec: string): boolean =>
  /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+(?:@|$))?[\w\s.*^~<>=|+-]*$/.test(spec) || /^\$(?:@[\w.-]+\/)?[\w.-]+$/.test(spec);
