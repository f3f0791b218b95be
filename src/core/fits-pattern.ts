/**
 * Whether a text fits a pattern in which `*` stands for any text, also none; nothing else has a meaning, and letters count alike in
 * both cases. No pattern makes it slow: each piece between two stars is looked for once, at the first place where it can stand.
 */
export function fitsPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = lower.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return lower.length - last.length >= from && lower.endsWith(last);
}
