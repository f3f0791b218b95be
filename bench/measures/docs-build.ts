import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { removeTree } from '../../src/activities/docs/durable.ts';
import type { BenchTemporal } from '../bench-temporal.ts';
import { buildWorker } from '../build-worker.ts';
import { startDocsGround } from '../docs-ground.ts';
import { docsTree, writeTree } from '../docs-tree.ts';
import type { Measure, Row } from '../measure.ts';
import { seconds } from '../statistics.ts';

const OVER_TYPEDOC = 1.1;
const UNCHANGED_MS = 1_000;
const PUSH_MS = 5_000;
const MODULES = 300;

/** Whole processes, as somebody types them: TypeDoc alone, Switchyard around it, Switchyard again; and the way from a push to the page. */
export const docsBuild: Measure = {
  name: 'docs-build',
  doing: 'documentation is built by TypeDoc alone, by Switchyard, and by a worker after a push (about 3 min)',
  run: async ({ quick, temporal }) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-bench-docs-')));
    try {
      const place = { folder, program: await buildWorker(), times: quick ? 1 : 3 };
      return [...rowsOfBuild(await alternately(place)), rowOfPush(await fromPushToPage(await temporal(), place))];
    } finally {
      await removeTree(folder);
    }
  },
};

interface Place {
  readonly folder: string;
  /** The client, compiled. */
  readonly program: string;
  readonly times: number;
}

/** As `npm run docs` builds it: Switchyard's own. */
const SOURCE = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = ['src/contracts', 'src/core'];

interface BuildFigures {
  readonly plainMs: number;
  readonly buildMs: number;
  readonly againMs: number;
}

/** In turn, so that what else this machine does meets all of them; the best of each. */
async function alternately(place: Place): Promise<BuildFigures> {
  const best = { plainMs: Infinity, buildMs: Infinity, againMs: Infinity };
  const entries = ENTRIES.flatMap((entry) => ['--entry', entry]);
  for (let time = 0; time < place.times; time++) {
    const [plain, ours] = [join(place.folder, `plain-${time}`), join(place.folder, `ours-${time}`)];
    const typedoc = [typedocProgram(), '--entryPointStrategy', 'expand', '--entryPoints', ...ENTRIES, '--out', plain];
    best.plainMs = Math.min(best.plainMs, await took(place, typedoc));
    await rm(plain, { recursive: true });
    const build = [...buildOf(place, SOURCE, ours), ...entries];
    best.buildMs = Math.min(best.buildMs, await took(place, build));
    best.againMs = Math.min(best.againMs, await took(place, build));
  }
  return best;
}

const buildOf = ({ program }: Place, source: string, out: string): readonly string[] => [
  ...[program, 'docs', 'build', '--source', source, '--out', out, '--strategy', 'expand'],
];

/** The program behind `npx typedoc`, without the process that only starts it. */
const typedocProgram = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('typedoc/package.json')), 'dist', 'cli.js');

async function took({ folder }: Place, args: readonly string[]): Promise<number> {
  const startedAt = Date.now();
  const env = { ...process.env, SWITCHYARD_HOME: join(folder, 'home') };
  await promisify(execFile)(process.execPath, args, { cwd: SOURCE, env });
  return Date.now() - startedAt;
}

interface PushFigures {
  readonly buildMs: number;
  readonly pushMs: number;
}

/** From the push to the moment in which readers are given the new page; and a build of the same source, as somebody types it. */
async function fromPushToPage(temporal: BenchTemporal, place: Place): Promise<PushFigures> {
  const files = docsTree(MODULES);
  const source = join(place.folder, 'source');
  await writeTree(source, files);
  const build = [...buildOf(place, source, join(place.folder, 'once')), '--entry', 'src'];
  const buildMs = await took(place, build);
  const ground = await startDocsGround(temporal, { files, program: place.program });
  try {
    await ground.push('the first'); // without what is there only once: a folder for the site, code that is compiled
    let pushMs = Infinity;
    for (let time = 0; time < place.times; time++) pushMs = Math.min(pushMs, await ground.push(`push ${time}`));
    return { buildMs, pushMs };
  } finally {
    await ground.close();
  }
}

function rowsOfBuild({ plainMs, buildMs, againMs }: BuildFigures): readonly Row[] {
  const over = buildMs / plainMs;
  return [
    {
      measure: "documentation of Switchyard's own source",
      goal: `${OVER_TYPEDOC} x TypeDoc alone`,
      reached: `${over.toFixed(2)} x, ${seconds(buildMs)}`,
      yardstick: `typedoc ${seconds(plainMs)}`,
      ok: over <= OVER_TYPEDOC,
    },
    {
      measure: 'the same source again',
      goal: seconds(UNCHANGED_MS),
      reached: seconds(againMs),
      yardstick: `typedoc again ${seconds(plainMs)}`,
      ok: againMs <= UNCHANGED_MS,
    },
  ];
}

const rowOfPush = ({ buildMs, pushMs }: PushFigures): Row => ({
  measure: `from a push to the page, ${MODULES} modules`,
  goal: `a build and ${seconds(PUSH_MS)}`,
  reached: seconds(pushMs),
  yardstick: `a build ${seconds(buildMs)}`,
  ok: pushMs <= buildMs + PUSH_MS,
});
