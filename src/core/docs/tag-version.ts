/** Whether a tag, or the version that is named after it, fits a pattern: `*` is any text, everything else itself. */
export function isTagVersion(name: string, pattern: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 's').test(name);
}
