import { judgeDrain, makeCurrent, readVersions, type VersionState } from '../../read-versions.ts';
import { readWorkerVersion, WORKER_VERSIONS } from '../../worker-version.ts';
import { DEPLOY_QUEUE } from '../../contracts/deploy.ts';
import { DOCS_QUEUE } from '../../contracts/docs-runs.ts';
import { SYNC_QUEUE } from '../../contracts/sync.ts';
import { examples, type AddVerb, type Context } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hearInterrupts } from '../interrupts.ts';
import { must } from '../must-read.ts';
import { parseSpan } from '../parse/numbers.ts';
import { quoted } from '../parse/parsed.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { problem, Stop } from '../stop.ts';
import { lastWords, type TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';
import { count, outside, table } from '../words.ts';

/** Versions of workers, where they have any (SWITCHYARD_WORKER_VERSION): a run ends on the version that it began on. */
export const addVersions: AddVerb = (program, context) => {
  const versions = program
    .command('versions')
    .description(
      'of workers that have versions: which one gets new runs, and whether the workers of an old one may end',
    )
    .addHelpText(
      'after',
      examples('versions list', 'versions promote 2026-12-01', 'versions drain 2026-11-30 --wait 24h'),
    )
    .copyInheritedSettings(program);
  for (const add of [addList, addPromote, addDrain]) add(versions, context);
};

type Verb = (versions: Parameters<AddVerb>[0], context: Context) => void;

const addList: Verb = (versions, { terminal, does }) => {
  versions
    .command('list')
    .description(
      'every version that a queue knows, with the open runs that can end nowhere else, and the workers that poll for it',
    )
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('versions list'))
    .action(does((flags) => list(terminal, flags)));
};

const addPromote: Verb = (versions, { terminal, does }) => {
  versions
    .command('promote <version>')
    .description(
      'runs that begin from now on begin on this version; those that run end on theirs. It is what Temporal calls set-current-version',
    )
    .option('--without-workers', 'also on queues where no worker polls for it: runs wait there until one does')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('versions promote 2026-12-01'))
    .action(does((version, flags) => promote(terminal, mustBeVersion(version), flags)));
};

const addDrain: Verb = (versions, { terminal, does }) => {
  versions
    .command('drain <version>')
    .description(
      'before the workers of a version are stopped: exit 0 when no open run needs them, and refused (exit 3) while one does; changes nothing',
    )
    .option('--wait <duration>', 'wait so long for the last run to end; then exit 5', '0s')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('versions drain 2026-11-30', 'versions drain 2026-11-30 --wait 24h'))
    .action(does((version, flags) => drain(terminal, mustBeVersion(version), flags)));
};

function mustBeVersion(text: string): string {
  const version = readWorkerVersion(text);
  if (version !== null) return version;
  throw new Stop(EXIT.usage, [problem(`${quoted(text)} is no version`, WORKER_VERSIONS)]);
}

/** Those of one version where one is asked for. */
async function read({ ask, client }: TemporalClient, version: string | null = null): Promise<readonly VersionState[]> {
  const queues = [DEPLOY_QUEUE, SYNC_QUEUE, DOCS_QUEUE];
  const found = await ask(() => Promise.all(queues.map((queue) => readVersions(client, queue))));
  return found.flat().filter((one) => version === null || one.version === version);
}

async function mustRead(temporal: TemporalClient, version: string): Promise<readonly VersionState[]> {
  const found = await read(temporal, version);
  if (found.length > 0) return found;
  throw new Stop(EXIT.refused, [
    problem(
      `no worker of version ${version} was ever seen in namespace ${temporal.place.namespace}`,
      null,
      `start one with SWITCHYARD_WORKER_VERSION=${version}, or look with ./switchyard versions list`,
    ),
  ]);
}

async function list(terminal: Terminal, flags: PlaceFlags): Promise<ExitCode> {
  return withTemporal(terminal, flags, async (temporal) => {
    const found = await read(temporal);
    if (found.length === 0)
      terminal.out('no worker has a version (SWITCHYARD_WORKER_VERSION): every worker takes every run');
    else for (const line of table([HEADS, ...found.map(row)])) terminal.out(line);
    for (const one of found.filter(isAbandoned)) terminal.err(abandonedWords(one));
    return EXIT.done;
  });
}

const HEADS = ['QUEUE', 'VERSION', 'NEW RUNS', 'OPEN RUNS', 'WORKERS'];
const row = ({ queue, version, isCurrent, runs, workers }: VersionState): readonly string[] => [
  queue,
  outside(version),
  isCurrent ? 'yes' : 'no',
  String(runs),
  String(workers),
];

const isAbandoned = ({ runs, workers }: VersionState): boolean => runs > 0 && workers === 0;

function abandonedWords({ queue, version, runs, someOfThem }: VersionState): string {
  const which = someOfThem.map(outside).join(', ');
  return `no worker is left for ${count(runs, 'run')} of ${queue} (${which}): start a worker with SWITCHYARD_WORKER_VERSION=${outside(version)}`;
}

interface PromoteFlags extends PlaceFlags {
  readonly withoutWorkers?: boolean;
}

/** One queue after another: each is told by itself, and what was refused is said when all were asked. */
async function promote(terminal: Terminal, version: string, flags: PromoteFlags): Promise<ExitCode> {
  return withTemporal(terminal, flags, async (temporal) => {
    const problems = [];
    for (const { queue, workers } of await mustRead(temporal, version)) {
      if (workers === 0 && flags.withoutWorkers !== true) {
        problems.push(nobodyPolls(queue, version));
        continue;
      }
      try {
        await temporal.ask(() => makeCurrent(temporal.client, { queue, version }));
        terminal.out(`${queue}: runs that begin now begin on ${version}`);
      } catch (cause) {
        problems.push(problem(`${queue}: ${version} was not promoted: ${lastWords(cause)}`));
      }
    }
    if (problems.length > 0) throw new Stop(EXIT.refused, problems);
    return EXIT.done;
  });
}

const nobodyPolls = (queue: string, version: string): ReturnType<typeof problem> =>
  problem(
    `${queue}: no worker polls for ${version}, so that runs would begin and nobody would work at them`,
    null,
    `start one with SWITCHYARD_WORKER_VERSION=${version}, or promote it with --without-workers`,
  );

interface DrainFlags extends PlaceFlags {
  readonly wait: string;
}

const LOOK_EVERY_MS = 2_000;

async function drain(terminal: Terminal, version: string, flags: DrainFlags): Promise<ExitCode> {
  const waitMs = must(parseSpan(flags.wait, '--wait'));
  const interrupts = hearInterrupts();
  try {
    return await withTemporal(terminal, flags, async (temporal) => {
      for (const giveUp = Date.now() + waitMs; ;) {
        const kept = whyKept(await mustRead(temporal, version));
        if (kept.length === 0) {
          terminal.out(`no open run needs version ${version}: its workers may be stopped`);
          return EXIT.done;
        }
        if (interrupts.exit !== null) return interrupts.exit;
        if (Date.now() >= giveUp) throw new Stop(waitMs > 0 ? EXIT.stoppedWaiting : EXIT.refused, kept.map(asProblem));
        await interrupts.pause(Math.min(LOOK_EVERY_MS, giveUp - Date.now()));
      }
    });
  } finally {
    interrupts.stop();
  }
}

function whyKept(found: readonly VersionState[]): readonly VersionState[] {
  return found.filter((one) => judgeDrain(one).kind !== 'drained');
}

function asProblem(state: VersionState): ReturnType<typeof problem> {
  const { queue, version, runs, someOfThem } = state;
  if (judgeDrain(state).kind === 'current')
    return problem(`${queue}: ${version} gets the runs that begin now`, null, 'promote another version first');
  const which = someOfThem.map(outside).join(', ');
  const more = runs > someOfThem.length ? `, and ${runs - someOfThem.length} more` : '';
  return problem(
    `${queue}: ${count(runs, 'run')} began on ${version} and can end nowhere else: ${which}${more}`,
    null,
    `keep its workers; wait with ./switchyard versions drain ${version} --wait 24h, or end them with ./switchyard abort`,
  );
}
