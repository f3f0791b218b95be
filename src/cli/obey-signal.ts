import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Interrupts } from './interrupts.ts';
import { lastWords } from './temporal-client.ts';

export interface Signalled {
  readonly interrupts: Interrupts;
  readonly onCancel: 'leave' | 'abort';
  readonly say: (sentence: string) => void;
  /** `the deployment of www.example.com`. */
  readonly what: string;
  /** `the deployment of www.example.com goes on: ...`. */
  readonly goesOn: string;
  readonly abort: (reason: string) => Promise<void>;
  /** Follows the run to its end, whatever comes. */
  readonly followOn: (deaf: Interrupts) => Promise<unknown>;
}

/** Ctrl-C and SIGTERM: the run goes on, or is aborted and followed to its end. Null where nobody interrupted. */
export async function obeySignal(signalled: Signalled): Promise<ExitCode | null> {
  const { interrupts, onCancel, say, what, goesOn, abort, followOn } = signalled;
  if (interrupts.exit === null) return null;
  if (onCancel === 'leave') {
    say(`interrupted; ${goesOn}`);
    return interrupts.exit;
  }
  say(`interrupted; aborting ${what} (a second Ctrl-C leaves at once)`);
  const reason = interrupts.exit === EXIT.sigint ? 'interrupted (SIGINT)' : 'cancelled (SIGTERM)';
  await abort(reason).catch((cause: unknown) => say(`could not abort: ${lastWords(cause)}`));
  await followOn({ ...interrupts, exit: null });
  return interrupts.exit;
}
