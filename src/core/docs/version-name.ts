export type VersionName =
  { readonly kind: 'ok'; readonly version: string } | { readonly kind: 'bad'; readonly why: string };

/** What a version may be called, in one sentence. */
export const VERSION_NAMES =
  'lower-case letters, digits, ".", "_" and "-", at most 64, a letter or digit first and last, no "..": latest, v1.2.0, main';

/**
 * The name of a version as it becomes a folder name and a part of an address. Lower case only: two names that differ in case would be
 * one folder on macOS and two on Linux.
 */
export function readVersionName(text: string): VersionName {
  if (RESERVED.has(text)) return bad('is a folder of the site itself');
  if (text.length > 64) return bad('is longer than 64 characters');
  if (text.includes('..')) return bad('holds ".."');
  if (!/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(text)) return bad('is no name of a version');
  return { kind: 'ok', version: text };
}

const RESERVED: ReadonlySet<string> = new Set(['releases', 'versions', '_r']);
const bad = (why: string): VersionName => ({ kind: 'bad', why });
