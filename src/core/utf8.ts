/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as `TextEncoder` does it (which the workflow sandbox need not have). */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) bytes.push(...encode(scalar(char)));
  return bytes;
}

const REPLACEMENT = 0xfffd;

function scalar(char: string): number {
  const code = char.codePointAt(0) ?? REPLACEMENT;
  return code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
}

function encode(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), tail(code)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(code >> 6), tail(code)];
  return [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)];
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f);
