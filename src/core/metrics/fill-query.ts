/** What stands in for the words of a query. */
export interface QueryWords {
  readonly side: 'black' | 'red';
  /** The values of that side: addresses, or names. */
  readonly values: readonly string[];
  readonly tickMs: number;
}

/**
 * The query with its words filled in. What is put in can end no string and begin no selector in any of the languages: values that could are refused, so that
 * a record's value never becomes a part of a query.
 *
 * @returns null where a value has characters that no address and no host name has.
 */
export function fillQuery(text: string, { side, values, tickMs }: QueryWords): string | null {
  if (text.includes('$value') && !values.every((value) => PLAIN.test(value))) return null;
  const words: Readonly<Record<string, string>> = { side, value: values.join('|'), tick: formatTick(tickMs) };
  return text.replace(WORD, (whole, name: string) => words[name] ?? whole);
}

/** Words that nothing stands for: `$instance`. Numbers are groups of PromQL's own `label_replace`. */
export function unknownWords(text: string): readonly string[] {
  const found = [...text.matchAll(WORD)].map(([, name]) => name ?? '');
  return [...new Set(found.filter((name) => !KNOWN.includes(name)))].map((name) => `$${name}`);
}

/** What stands for something, in words. */
export const fillableWords = '$side (black or red), $value (its addresses or names), $tick (60s)';

const KNOWN = ['side', 'value', 'tick'];
const WORD = /\$([a-z][a-z0-9_]*)/gi;
const PLAIN = /^[a-z0-9._:-]+$/i;

/** A span as PromQL writes it: `60s`, `1500ms`. */
function formatTick(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Math.round(ms)}ms`;
}
