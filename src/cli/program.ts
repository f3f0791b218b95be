import { Command, CommanderError } from '@commander-js/extra-typings';
import { examples, type Context, type AddVerb } from './command.ts';
import { addAbort } from './commands/abort.ts';
import { addApprove } from './commands/approve.ts';
import { addApply } from './commands/apply.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDocs } from './commands/docs.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGuard } from './commands/guard.ts';
import { addGateway } from './commands/gateway.ts';
import { addHistory } from './commands/history.ts';
import { addLogin } from './commands/login.ts';
import { addLogout } from './commands/logout.ts';
import { addLs } from './commands/ls.ts';
import { addPause } from './commands/pause.ts';
import { addPlan } from './commands/plan.ts';
import { addPromote } from './commands/promote.ts';
import { addReject } from './commands/reject.ts';
import { addReset } from './commands/reset.ts';
import { addResolve } from './commands/resolve.ts';
import { addResume } from './commands/resume.ts';
import { addShow } from './commands/show.ts';
import { addSetup } from './commands/setup.ts';
import { addStatus } from './commands/status.ts';
import { addSync } from './commands/sync.ts';
import { addUndo } from './commands/undo.ts';
import { addVersions } from './commands/versions.ts';
import { addUp } from './commands/up.ts';
import { addWait } from './commands/wait.ts';
import { addWatch } from './commands/watch.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { githubError } from './github.ts';
import { asSentence } from './stop.ts';
import { openTerminal, type Environment, type Streams, type Terminal } from './terminal.ts';
import { told } from './told.ts';

const VERBS: readonly AddVerb[] = [
  addUp,
  addWorker,
  addPlan,
  addDeploy,
  addStatus,
  addWatch,
  addWait,
  addLs,
  addHistory,
  addShow,
  addUndo,
  addApprove,
  addReject,
  addAbort,
  addResolve,
  addPromote,
  addPause,
  addResume,
  addReset,
  addGuard,
  addSync,
  addApply,
  addLogin,
  addLogout,
  addDocs,
  addGateway,
  addSetup,
  addVersions,
  addDoctor,
];

export interface Surroundings {
  readonly streams: Streams;
  readonly env: Environment;
  readonly cwd: string;
}

/** Runs one command line and says how it ended; never throws: a fault of the client itself is exit 70. */
export async function runProgram(args: readonly string[], { streams, env, cwd }: Surroundings): Promise<ExitCode> {
  const terminal = openTerminal(streams, env, cwd);
  const ended: { exit: ExitCode } = { exit: EXIT.done };
  const context: Context = {
    terminal,
    does:
      (action) =>
      async (...given) => {
        ended.exit = await action(...given);
      },
  };
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return ended.exit;
  } catch (cause) {
    return report(terminal, cause, args.includes('--verbose'));
  }
}

/** Every verb with its options; nothing heavy is loaded until a verb runs. */
export function buildProgram(context: Context): Command {
  const { terminal } = context;
  const program = new Command('./switchyard')
    .description(
      'Moves DNS records from red to black and puts red back when black is not healthy; keeps Microsoft To Do a copy of Todoist; publishes documentation.',
    )
    .option(...VERBOSE_OPTION)
    .addHelpText(
      'after',
      examples(
        'up',
        'plan www.example.com --to 192.0.2.20 --check /healthz',
        'deploy www.example.com --to 192.0.2.20 --check /healthz',
        'deploy --help',
      ),
    )
    .configureOutput({
      writeOut: (text) => lines(text).forEach((line) => terminal.out(line)),
      writeErr: (text) => lines(text).forEach((line) => terminal.err(line)),
    })
    .showHelpAfterError('(./switchyard --help, or --help after a verb, shows what is accepted)')
    .exitOverride();
  for (const add of VERBS) add(program, context);
  // Settings are inherited only by commands made through the parent after they were set, and not by sub-commands' own verbs.
  for (const verb of program.commands.flatMap((verb) => [verb, ...verb.commands]))
    verb.copyInheritedSettings(program).option(...VERBOSE_OPTION);
  return program;
}

const VERBOSE_OPTION = ['--verbose', 'show stack traces; `plan` then also shows its exact batches'] as const;

const lines = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

/** Tells what went wrong, each problem on a line of its own, and gives the exit code. */
function report(terminal: Terminal, cause: unknown, verbose: boolean): ExitCode {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { exit, problems } = told(cause);
  for (const one of problems) {
    for (const line of asSentence(one).split('\n')) terminal.err(line);
    if (terminal.github) githubError(terminal, asSentence(one));
  }
  if (verbose && cause instanceof Error) for (const line of lines(cause.stack ?? '')) terminal.err(line);
  return exit;
}
