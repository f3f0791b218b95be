/** Whether a tag, or the version that is named after it, fits a pattern: `*` is any text, everything else itself. */
export function isTagVersion(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at); // the first place is the best one, so that no other is ever tried
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
