/**
 * What comes from outside, broken: a good sample with a few things in it changed, so that it gets past the first check that would turn noise
 * away.
 *
 * The same inputs each time in `npm test`. With SWITCHYARD_TEST_RUNS (`npm run test:long`) that many for each, with new seeds; fast-check prints
 * the seed and the smallest input of what fails.
 */
import fc from 'fast-check';

const wanted = process.env['SWITCHYARD_TEST_RUNS'];

/** How often, and from which seed; a single input may take a second before it counts as a hang. */
export function fuzzing(runs: number): fc.Parameters<unknown> & { readonly numRuns: number } {
  const fixed = { numRuns: runs, seed: 20_261_130 };
  return wanted === undefined ? fixed : { numRuns: Math.max(runs, 10 * Number(wanted)) };
}

/** What parsers are caught by: https://github.com/minimaxir/big-list-of-naughty-strings and the like. */
const NASTY_TEXTS = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\u2028',
  '\ud800',
  '\u202e',
  '\u001b[2J',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '%2e%2e%2f',
  '::set-output name=x::y',
  '<script>alert(1)</script>',
  '1e400',
  '-0',
  'NaN',
  '9007199254740993',
  "' OR 1=1 --",
  '*',
  '\\052',
  'a'.repeat(70),
  'ä'.repeat(300),
  'x'.repeat(100_000),
] as const;

export const nastyText = (): fc.Arbitrary<string> =>
  fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.string({ unit: 'binary', maxLength: 30 }));

/** Other kinds of values than the expected one, and extremes of the expected one. */
const nastyValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e308,
      2 ** 53,
      [],
      {},
      [[]],
      [null],
      { a: null },
      deep(200),
    ),
    nastyText(),
    fc.jsonValue({ maxDepth: 2 }),
  );

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** What replaces, leaves out or doubles one to three things in a JSON value. */
export function jsonBreaks(): fc.Arbitrary<(sample: unknown) => unknown> {
  const change = fc.record({
    at: fc.nat(10_000),
    kind: fc.constantFrom('replace', 'replace', 'drop', 'double'),
    by: nastyValue(),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => (sample) => changes.reduce<unknown>((value, one) => changed(value, one), sample));
}

/** A JSON value that is broken in this way. */
export const brokenJson = (...samples: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.tuple(fc.constantFrom(...samples), jsonBreaks()).map(([sample, broken]) => broken(sample));

/** The same, written down; `null` where nothing is left. */
export const brokenJsonText = (...samples: readonly unknown[]): fc.Arbitrary<string> =>
  brokenJson(...samples).map((value) => JSON.stringify(value ?? null));

interface Change {
  /** The number of a value, counted from the root. */
  readonly at: number;
  readonly kind: string;
  readonly by: unknown;
}

function changed(root: unknown, { at, kind, by }: Change): unknown {
  const target = at % countOf(root);
  let passed = 0;
  const rebuild = (value: unknown): readonly unknown[] => {
    if (passed++ === target) return kind === 'drop' ? [] : kind === 'double' ? [value, value] : [by];
    if (Array.isArray(value)) return [value.flatMap(rebuild)];
    if (typeof value !== 'object' || value === null) return [value];
    const entries = Object.entries(value).flatMap(([key, inner]) => rebuild(inner).map((one) => [key, one] as const));
    return [Object.fromEntries(entries)];
  };
  return rebuild(root)[0];
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countOf(inner), 1);
}

/** What cuts, doubles or replaces pieces of a text; now and then nothing of it is left. */
export function textBreaks(): fc.Arbitrary<(sample: string) => string> {
  const cut = fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    by: fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, { arbitrary: nastyText(), weight: 3 }, fc.constant(null)),
  });
  const edits = fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) => (sample: string) => cuts.reduce((text, one) => edit(text, one), sample));
  return fc.oneof(
    { arbitrary: edits, weight: 9 },
    nastyText().map((text) => () => text),
  );
}

/** A text that is broken in this way. */
export const brokenText = (...samples: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...samples), textBreaks()).map(([sample, broken]) => broken(sample));

/** `by` null doubles the piece. */
function edit(text: string, { from, length, by }: { from: number; length: number; by: string | null }): string {
  const start = Math.floor(from * text.length);
  const piece = text.slice(start, start + length);
  return text.slice(0, start) + (by ?? piece + piece) + text.slice(start + length);
}

/** Bytes with some of them changed, cut off or doubled. */
export function brokenBytes(...samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(10_000), fc.integer({ min: 0, max: 255 }));
  const edited = fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 6 }), fc.option(fc.nat(10_000)))
    .map(([sample, changes, end]) => {
      const bytes = Uint8Array.from(sample);
      for (const [at, to] of changes) bytes[at % bytes.length] = to;
      return end === null ? bytes : bytes.slice(0, end % (bytes.length + 1));
    });
  return fc.oneof({ arbitrary: edited, weight: 9 }, fc.uint8Array({ maxLength: 600 }));
}
