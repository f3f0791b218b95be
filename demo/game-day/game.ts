import { setTimeout as sleep } from 'node:timers/promises';
import { PARTS, type Ground, type Part, type Ran } from './ground.ts';

/** What did not come out as it has to: worth writing down, and repairing before the night in which it is real. */
class Finding extends Error {}

/** What a scene does on its ground, told line by line: `$` is typed, `!` is broken or mended, `=` has been seen. */
export interface Game {
  /** Types a command, and expects how it ends. */
  types(exit: number, ...args: readonly string[]): Promise<string>;
  /** Deploys black, as the ground asks for it, and expects how that ends. */
  deploys(exit: number, ...more: readonly string[]): Promise<string>;
  /** Deploys black, and returns when it is held. */
  untilHeld(): Promise<void>;
  /** Waits until the deployment is seen held: by the workers that are left. */
  sees(sentence: string): Promise<void>;
  strike(part: Part): Promise<void>;
  mend(part: Part): Promise<void>;
  /** @throws Finding where it is not so. */
  check(sentence: string, isSo: boolean): void;
}

export type Say = (line: string) => void;

const PATIENCE_MS = 120_000;

export function startGame(ground: Ground, say: Say): Game {
  const { record, black, flags } = ground;
  const types = async (exit: number, ...args: readonly string[]): Promise<string> => {
    say(`$ ./switchyard ${args.join(' ')}`);
    const ran = await ground.client(args);
    for (const line of lastLines(ran)) say(`  ${line}`);
    say(`  exit ${ran.exit}`);
    if (ran.exit !== exit)
      throw new Finding(`${args[0] ?? ''}: expected exit ${exit}, found ${ran.exit}: ${lastLines(ran).join('; ')}`);
    return ran.said;
  };
  const sees = async (sentence: string): Promise<void> => {
    const from = Date.now();
    while (!(await isHeld(ground))) {
      if (Date.now() - from > PATIENCE_MS) throw new Finding(`not within ${PATIENCE_MS / 1_000} s: ${sentence}`);
      await sleep(500);
    }
    say(`= ${sentence}, after ${Math.round((Date.now() - from) / 1_000)} s`);
  };
  const deploys = (exit: number, ...more: readonly string[]): Promise<string> =>
    types(exit, 'deploy', record, '--to', black, ...flags, ...more);
  return {
    types,
    deploys,
    sees,
    untilHeld: async () => {
      await deploys(0, '--detach');
      await sees('black has all of the traffic, and is watched');
    },
    strike: async (part) => {
      say(`! ${PARTS[part]}`);
      await ground.strike(part);
    },
    mend: async (part) => {
      say(`! ${part}: mended`);
      await ground.mend(part);
    },
    check: (sentence, isSo) => {
      if (!isSo) throw new Finding(`it is not so: ${sentence}`);
      say(`= ${sentence}`);
    },
  };
}

/** A question that a dead worker was asked is lost with it: asked again, it is answered. */
async function isHeld({ client, record }: Ground): Promise<boolean> {
  const { exit, said } = await client(['status', record, '--json']);
  return exit === 0 && /"phase": ?"holding"/.test(said) && /"share": ?100\b/.test(said);
}

/** What the client says at the end: what stands, why, until when, and where to look. */
const lastLines = ({ said }: Ran): readonly string[] => said.trim().split('\n').slice(-4);
