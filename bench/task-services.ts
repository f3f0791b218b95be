import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How long both services take before an answer, in milliseconds. */
export interface TaskLatencies {
  readonly todoistMs: number;
  readonly readMs: number;
  readonly writeMs: number;
}

/** As measured at the real ones (0.2 s a write in To Do, 0.5 s a sync of Todoist), scaled by 1/10; and as they are. */
export const SCALED: TaskLatencies = { todoistMs: 50, readMs: 20, writeMs: 20 };
export const UNSCALED: TaskLatencies = { todoistMs: 500, readMs: 200, writeMs: 200 };

export type ServicesWish =
  | { readonly kind: 'fill'; readonly tasks: number }
  | { readonly kind: 'add' }
  | { readonly kind: 'copies'; readonly pair: string }
  | { readonly kind: 'copied'; readonly pair: string; readonly id: string };

export type ServicesAnswer =
  | { readonly kind: 'env'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'done' }
  | { readonly kind: 'added'; readonly id: string }
  | { readonly kind: 'copies'; readonly sources: number; readonly copies: number; readonly writes: number }
  /** When To Do took the copy, in milliseconds since the epoch. */
  | { readonly kind: 'copied'; readonly at: number | null };

type Answer<Kind extends ServicesAnswer['kind']> = Extract<ServicesAnswer, { readonly kind: Kind }>;

/** Todoist and To Do in a process of their own. */
export interface TaskServices {
  readonly env: Readonly<Record<string, string>>;
  /** Asks one thing at a time. @throws where it answers something else. */
  ask<Kind extends ServicesAnswer['kind']>(wish: ServicesWish, kind: Kind): Promise<Answer<Kind>>;
  close(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./task-services-child.ts', import.meta.url));

export async function startTaskServices(latencies: TaskLatencies): Promise<TaskServices> {
  const child = fork(CHILD, [JSON.stringify(latencies)], { execArgv: ['--import', 'tsx'] });
  const heard = async <Kind extends ServicesAnswer['kind']>(kind: Kind): Promise<Answer<Kind>> => {
    const [answer] = (await once(child, 'message')) as [ServicesAnswer];
    if (isKind(answer, kind)) return answer;
    throw new Error(`the stand-ins answered ${answer.kind}, expected ${kind}`);
  };
  const { env } = await heard('env');
  return {
    env,
    ask: (wish, kind) => {
      child.send(wish);
      return heard(kind);
    },
    close: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function isKind<Kind extends ServicesAnswer['kind']>(answer: ServicesAnswer, kind: Kind): answer is Answer<Kind> {
  return answer.kind === kind;
}
