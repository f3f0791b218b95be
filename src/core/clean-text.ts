/**
 * Text from outside (bodies, reasons, record values) made safe to print: one line, without control characters, ANSI sequences and
 * characters that turn the direction of what follows; cut to `max` characters, the last one then an ellipsis.
 */
export function cleanText(text: string, max: number): string {
  const line = text.replace(ANSI, '').replace(BREAKS, ' ').replace(UNSEEN, '').trim();
  const characters = Array.from(line);
  return characters.length <= max ? line : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}

/** Control sequences (CSI), operating system commands (OSC, up to BEL or ST), and two-character escapes. */
const ANSI = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?`,
    String.raw`\u001b[@-_]`,
  ].join('|'),
  'g',
);
const BREAKS = new RegExp(String.raw`[\t\n\v\f\r\u0085\u2028\u2029]+`, 'g');
/** Controls, format characters (bidi controls, zero width, byte order mark, tags), lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
