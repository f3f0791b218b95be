import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { findTemporal, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';

export const addWorker: AddVerb = (program, { terminal, does }) => {
  program
    .command('worker')
    .description(
      'run a worker of deployments, syncs and documentation until SIGTERM; its credentials (AWS, Todoist, Microsoft) and its configuration are the environment',
    )
    .option('--queues <chores>', 'run these alone: deploy, sync, docs; default: SWITCHYARD_QUEUES, else all of them')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('worker', 'worker --queues deploy', 'worker --address temporal.example.com:7233'))
    .action(does((flags) => work(terminal, flags)));
};

interface WorkFlags extends PlaceFlags {
  readonly queues?: string | undefined;
}

/** @throws ServerLost when Temporal is silent for minutes: exit 6, so that a supervisor starts it anew. */
async function work(terminal: Terminal, flags: WorkFlags): Promise<ExitCode> {
  const [{ loadConfig }, { beginWorker }] = await Promise.all([import('../../config.ts'), import('../../worker.ts')]);
  const env = flags.queues === undefined ? terminal.env : { ...terminal.env, SWITCHYARD_QUEUES: flags.queues };
  const config = loadConfig(env); // first: it reports every problem of the environment at once
  const { address, namespace, from } = await findTemporal(flags, terminal.env);
  terminal.err(`Temporal at ${address}, namespace ${namespace} (${from})`);
  const asked = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.abort());
  const temporal = { ...config.temporal, address, namespace };
  const worker = await beginWorker({ ...config, temporal }, { isTerminal: terminal.live, signal: asked.signal });
  await worker.finished;
  return EXIT.done;
}
