const LONGEST_STRING = 255;

/** A text as the value of a TXT record: quoted strings of at most 255 characters, quotes and backslashes escaped. ASCII only. */
export function quoteTxt(text: string): string {
  const strings = text.match(new RegExp(`.{1,${LONGEST_STRING}}`, 'gs')) ?? [''];
  return strings.map((string) => `"${string.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** The text that a TXT value carries, its strings joined; null when it is not made of quoted strings. */
export function unquoteTxt(value: string): string | null {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s.test(value)) return null;
  const strings = value.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return strings.map((string) => unescape(string.slice(1, -1))).join('');
}

function unescape(text: string): string {
  return text.replace(/\\([0-3][0-7]{2}|.)/gs, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(parseInt(escaped, 8)) : escaped,
  );
}
