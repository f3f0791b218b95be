import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { PARTS, type Ground, type Part } from './ground.ts';
import { runToEnd } from './run-program.ts';

const command = z.string().min(1);
const strike = z.strictObject({ break: command, mend: command.optional() });

/** How a stack of one's own is reached, and how it is broken: shell commands, run where the script runs. examples/game-day.yaml */
const stackSchema = z.strictObject({
  record: z.string().min(1),
  to: z.string().min(1),
  flags: z.array(z.string()),
  client: command,
  operator: command.optional(),
  strikes: z.partialRecord(z.enum(Object.keys(PARTS) as [Part, ...Part[]]), strike),
});

/** @throws Error with every problem of the file. */
export async function readStack(file: string): Promise<Ground> {
  const read = stackSchema.safeParse(parse(await readFile(file, 'utf8')));
  if (!read.success) throw new Error(`${file}:\n${z.prettifyError(read.error)}`);
  return stackGround(read.data);
}

/** These verbs write to Route 53 themselves, with the credentials of whoever types them. */
const OF_AN_OPERATOR = ['guard', 'reset'];

function stackGround({ record, to, flags, client, operator = client, strikes }: z.infer<typeof stackSchema>): Ground {
  const shell = async (line: string, args: readonly string[] = []) =>
    runToEnd({
      command: 'sh',
      args: ['-c', args.length === 0 ? line : `${line} "$@"`, 'sh', ...args],
      env: { ...process.env, RECORD: record },
    });
  const must = async (line: string): Promise<void> => {
    const { exit, said } = await shell(line);
    if (exit !== 0) throw new Error(`${line} ended with ${exit}: ${said.trim()}`);
  };
  return {
    record,
    black: to,
    flags,
    client: (args) => shell(OF_AN_OPERATOR.includes(args[0] ?? '') ? operator : client, args),
    knows: (part) => strikes[part] !== undefined,
    strike: (part) => must(strikes[part]?.break ?? 'false'),
    mend: async (part) => {
      const line = strikes[part]?.mend;
      if (line !== undefined) await must(line);
    },
  };
}
