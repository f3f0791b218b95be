/** Where a link of a page leads. `outside`: out of the site, where nothing of it may lead (P4). `elsewhere`: to another server. */
export type LinkTarget =
  | { readonly kind: 'file'; readonly path: string; readonly fragment: string }
  | { readonly kind: 'outside' | 'elsewhere' };

/**
 * Resolves a link as a browser does that has the site under an address that nobody knows yet.
 *
 * @param from The page, or what its `<base>` says; relative to the site, with `/`.
 */
export function findLink(from: string, link: string): LinkTarget {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(link) ?? [];
  if (scheme !== undefined) return { kind: scheme.toLowerCase() === 'file' ? 'outside' : 'elsewhere' };
  if (link.startsWith('//')) return { kind: 'elsewhere' };
  const [, path = '', fragment = ''] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(link) ?? [];
  if (path.startsWith('/')) return { kind: 'outside' };
  const found = path === '' ? from : within(from.slice(0, from.lastIndexOf('/') + 1) + decoded(path));
  return found === null ? { kind: 'outside' } : { kind: 'file', path: found, fragment: decoded(fragment) };
}

/** Without `.` and `..`; null where it climbs out. */
function within(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '..' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // as it stands
  }
}
