import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LambdaReport } from '../../examples/lambda/handler.ts';

/** As `aws lambda invoke` answers: a report, or an error. */
export interface Invoked {
  readonly report?: LambdaReport;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** One execution environment: a process with nothing but the built file and its variables, warm after the first event. */
export interface LambdaFunction {
  invoke(event?: unknown, options?: { readonly leftMs: number }): Promise<Invoked>;
  /** The lines of its log. */
  readonly log: readonly string[];
  close(): void;
}

const RUNTIME = fileURLToPath(new URL('fixtures/lambda-runtime.mjs', import.meta.url));

export async function startFunction(file: string, env: Readonly<Record<string, string>>): Promise<LambdaFunction> {
  const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const child = fork(RUNTIME, [pathToFileURL(file).href], { env: { ...quiet, ...env }, silent: true, execArgv: [] });
  const log = linesOf(child);
  await answerOf(child, log);
  return {
    log,
    invoke: async (event = {}, { leftMs } = { leftMs: 60_000 }) => {
      const answer = answerOf(child, log);
      child.send({ event, leftMs });
      return (await answer) as Invoked;
    },
    close: () => void child.kill(),
  };
}

function linesOf(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => void lines.push(...text.toString().trimEnd().split('\n')));
  return lines;
}

async function answerOf(child: ChildProcess, log: readonly string[]): Promise<unknown> {
  const gone = once(child, 'exit').then(() => {
    throw new Error(`the function ended: ${log.join('\n')}`);
  });
  gone.catch(() => undefined); // it ends some day, usually after the answer
  const [answer] = (await Promise.race([once(child, 'message'), gone])) as [unknown];
  return answer;
}
