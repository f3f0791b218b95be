import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Document, LineCounter } from 'yaml';
import type { SwitchyardFile } from '../contracts/file.ts';
import { EXIT } from './exit-codes.ts';
import { fileProblem, plainWords } from './file-problem.ts';
import { problem, Stop } from './stop.ts';

/** `switchyard.yaml` as read, with the place of everything in it. */
export interface ReadFile {
  readonly file: SwitchyardFile;
  /** `switchyard.yaml:12`, for a path of keys. */
  readonly at: (path: readonly PropertyKey[]) => string;
}

const LARGEST = 1_000_000;

/**
 * Reads and checks `switchyard.yaml`; every problem is reported at once, each with its line (A2).
 *
 * @throws Stop with exit 2.
 */
export async function readSwitchyardFile(path: string, cwd: string): Promise<ReadFile> {
  const near = relative(cwd, path);
  const shown = near === '' || near.startsWith('..') ? path : near;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(shown, cause);
  });
  return checkSwitchyardFile(text, shown);
}

/** The same for a text that is at hand; `shown` is how the file is called in sentences. */
export async function checkSwitchyardFile(text: string, shown: string): Promise<ReadFile> {
  if (text.length > LARGEST)
    throw new Stop(EXIT.usage, [problem(`${shown}: ${text.length} characters`, `at most ${LARGEST}`)]);
  const { parseDocument, LineCounter: Lines } = await import('yaml');
  const lines = new Lines();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', logLevel: 'error' });
  if (document.errors.length > 0) {
    throw new Stop(
      EXIT.usage,
      document.errors.map((error) =>
        problem(`${shown}:${lines.linePos(error.pos[0]).line}: ${firstLine(error.message)}`, 'YAML 1.2'),
      ),
    );
  }
  const at = (keys: readonly PropertyKey[]): string => `${shown}:${lineOf(document, lines, keys)}`;
  return { file: await validated(document, at, shown), at };
}

async function validated(document: Document, at: ReadFile['at'], shown: string): Promise<SwitchyardFile> {
  const { fileSchema } = await import('../contracts/file-schema.ts');
  const result = fileSchema.safeParse(plain(document, shown), { error: plainWords, reportInput: true });
  if (result.success) return result.data;
  throw new Stop(
    EXIT.usage,
    result.error.issues.map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return fileProblem(issue, at([...issue.path, ...unknown]));
    }),
  );
}

/** Aliases are expanded at most a hundred times, so that a small file cannot become a large one. */
function plain(document: Document, shown: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new Stop(EXIT.usage, [problem(`${shown}: ${String(cause instanceof Error ? cause.message : cause)}`)], cause);
  }
}

/** The line of a key, or of the nearest thing around it that stands in the file. */
function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const start = startOf(document, keys.slice(0, depth));
    if (start !== null) return lines.linePos(start).line;
  }
  return 1;
}

interface Ranged {
  readonly range?: readonly [number, number, number] | null;
}
interface Pair {
  readonly key: Ranged & { readonly value?: unknown };
}

/** Where the key stands, rather than its value, which may begin a line later. */
function startOf(document: Document, keys: readonly PropertyKey[]): number | null {
  const parent: unknown = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const last = keys.at(-1);
  const items: readonly unknown[] = (parent as { items?: readonly unknown[] } | null | undefined)?.items ?? [];
  const item =
    typeof last === 'number' ? items[last] : items.find((one) => isPair(one) && String(one.key.value) === String(last));
  const range = isPair(item) ? item.key.range : (item as Ranged | undefined)?.range;
  return range?.[0] ?? null;
}

function isPair(item: unknown): item is Pair {
  return (
    typeof item === 'object' && item !== null && 'key' in item && typeof item.key === 'object' && item.key !== null
  );
}

function unreadable(shown: string, cause: unknown): Stop {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const why = WHY_UNREADABLE[code] ?? message;
  return new Stop(
    EXIT.usage,
    [problem(`${shown}: ${why}`, null, 'name the file with --config or SWITCHYARD_CONFIG')],
    cause,
  );
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, and no file',
  EACCES: 'this user may not read it',
};

const firstLine = (text: string): string => (text.split('\n')[0] ?? text).replace(/ at line \d+, column \d+:?$/, '');
