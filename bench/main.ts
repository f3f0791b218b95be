import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startBenchTemporal, type BenchTemporal } from './bench-temporal.ts';
import { tableLines } from './draw-table.ts';
import type { Measure, Row, Surroundings } from './measure.ts';
import { MEASURES } from './measures.ts';

const EXIT = { done: 0, notMeasured: 1, badUsage: 2 } as const;

const HELP = [
  'Usage: npm run bench [-- NAME...] [--quick]',
  '',
  'Measures what Switchyard promises against goals and yardsticks, on this machine alone, and prints a table. A goal that',
  'is missed is shown and is no failure: exit 1 only where something could not be measured.',
  '',
  ...MEASURES.map(({ name, doing }) => `  ${name.padEnd(18)}${doing}`),
  '',
  '  --quick           smaller samples',
];

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked instanceof Error) return print(process.stderr, [asked.message, '', ...HELP], EXIT.badUsage);
  const { values, positionals } = asked;
  if (values.help) return print(process.stdout, HELP, EXIT.done);
  const unknown = positionals.filter((name) => !MEASURES.some((measure) => measure.name === name));
  if (unknown.length > 0)
    return print(process.stderr, [`No measure is called ${unknown.join(', ')}.`, ...HELP], EXIT.badUsage);
  const chosen = MEASURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return measure(chosen, values.quick);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

/** One after the other: two at once would measure each other. */
async function measure(measures: readonly Measure[], quick: boolean): Promise<number> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'; // not a part of the table
  say(machine());
  let started: Promise<BenchTemporal> | null = null;
  const temporal = (): Promise<BenchTemporal> => (started ??= startBenchTemporal(say));
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const one of measures) {
    say(`${one.name}: ${one.doing}`);
    await one.run({ quick, temporal } satisfies Surroundings).then(
      (found) => void rows.push(...found),
      (cause: unknown) => void failed.push(`${one.name} could not be measured: ${wordsOf(cause)}`),
    );
  }
  await (started as Promise<BenchTemporal> | null)?.then((server) => server.close());
  print(process.stdout, tableLines(rows), EXIT.done);
  return print(process.stderr, failed, failed.length === 0 ? EXIT.done : EXIT.notMeasured);
}

/** Figures of a machine that is busy with something else say little. */
function machine(): string {
  const [load = 0] = loadavg();
  return `${availableParallelism()} cores, load ${load.toFixed(1)} before the start, Node ${process.version}`;
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function print(stream: NodeJS.WriteStream, lines: readonly string[], exit: number): number {
  for (const line of lines) stream.write(`${line}\n`);
  return exit;
}

process.exit(await main(process.argv.slice(2)));
