import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findTemporal, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';

export const addWorker: AddVerb = (program, { terminal, does }) => {
  program
    .command('worker')
    .description('run a worker until SIGTERM; it holds the AWS credentials, its configuration is the environment')
    .option('--address <host:port>', 'Temporal; default: TEMPORAL_ADDRESS, a running `up`, localhost:7233')
    .option('--namespace <name>', 'Temporal namespace')
    .addHelpText('after', examples('worker', 'worker --address temporal.example.com:7233'))
    .action(does((flags) => work(terminal, flags)));
};

async function work(terminal: Terminal, flags: PlaceFlags): Promise<ExitCode> {
  const place = await findTemporal(flags, terminal.env);
  terminal.err(`Temporal at ${place.address}, namespace ${place.namespace} (${place.from})`);
  const [{ loadConfig }, { createLogger }, { installRuntime }, { startWorker }] = await Promise.all([
    import('../../config.ts'),
    import('../../logger.ts'),
    import('../../temporal-runtime.ts'),
    import('../../worker.ts'),
  ]);
  const config = loadConfig(terminal.env);
  const logger = createLogger(config.log, terminal.live);
  for (const warning of config.warnings) logger.warn(warning);
  installRuntime(logger);
  const asked = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.abort());
  const { address, namespace } = place;
  const worker = await startWorker(
    { ...config, temporal: { ...config.temporal, address, namespace } },
    { logger, signal: asked.signal },
  );
  await worker.finished;
  return EXIT.done;
}
