export type ReadLock =
  { readonly kind: 'ok'; readonly packages: number } | { readonly kind: 'bad'; readonly why: string };

/**
 * Whether a `package-lock.json` names packages of one registry only, each by its hash.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 *
 * @param registry Its address, without a final slash.
 */
export function readLock(text: string, registry: string): ReadLock {
  const packages = packagesIn(text);
  if (packages === null) return { kind: 'bad', why: 'is no lock file of npm 7 or newer' };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  for (const [path, entry] of entries) {
    const why = wrongWith(path, entry, registry);
    if (why !== null) return { kind: 'bad', why: `${why} (${path.slice(0, 200)})` };
  }
  return { kind: 'ok', packages: entries.length };
}

interface LockEntry {
  readonly resolved?: unknown;
  readonly integrity?: unknown;
  readonly link?: unknown;
  readonly inBundle?: unknown;
}

function wrongWith(path: string, entry: LockEntry | null, registry: string): string | null {
  if (entry === null) return 'names a package without saying where it comes from';
  const { resolved, integrity, link, inBundle } = entry;
  if (!/^(?:node_modules\/(?:@[^/]+\/)?(?!\.\.?(?:\/|$))[^/]+(?:\/|$))+$/.test(path))
    return 'names a package that lies elsewhere, such as a workspace';
  if (link !== undefined) return 'names a link to a folder';
  if (inBundle === true) return wrongWithBundled(path, resolved);
  if (typeof resolved !== 'string') return 'names a package without saying where it comes from';
  if (!NPM.some((one) => resolved.startsWith(`${one}/`)) && !resolved.startsWith(`${registry}/`))
    return 'names a package of another place than the registry';
  return typeof integrity === 'string' && /^sha(512|384|256)-/.test(integrity)
    ? null
    : 'names a package without its hash';
}

/** It comes with the package that it lies in; npm fetches one all the same that lies in none, or says where it comes from (measured). */
function wrongWithBundled(path: string, resolved: unknown): string | null {
  const isInside = path.lastIndexOf('node_modules/') > 0;
  return isInside && resolved === undefined ? null : 'names a bundled package that comes in no other';
}

/** What npm itself asks the registry that it is told of for: https://docs.npmjs.com/cli/v11/using-npm/config#replace-registry-host */
const NPM: readonly string[] = ['https://registry.npmjs.org'];

function packagesIn(text: string): Readonly<Record<string, LockEntry | null>> | null {
  try {
    const { lockfileVersion, packages } = JSON.parse(text) as { lockfileVersion?: unknown; packages?: unknown };
    const isKnown = typeof lockfileVersion === 'number' && lockfileVersion >= 2;
    return isKnown && typeof packages === 'object' ? (packages as Record<string, LockEntry | null> | null) : null;
  } catch {
    return null;
  }
}
