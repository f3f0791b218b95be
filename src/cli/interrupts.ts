import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ctrl-C and SIGTERM, heard while a run is followed. */
export interface Interrupts {
  /** The first signal that came, as the exit code that it stands for; null so far. */
  readonly exit: ExitCode | null;
  /** Resolves after `ms`, or at a signal. */
  pause(ms: number): Promise<void>;
  stop(): void;
}

/** From now on the first signal is kept; the second one ends the process at once. */
export function hearInterrupts(): Interrupts {
  let exit: ExitCode | null = null;
  let wake: () => void = () => undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    // The run does not need us; whoever asks twice means it.
    if (exit !== null) process.exit(code);
    exit = code;
    wake();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    get exit() {
      return exit;
    },
    pause: (ms) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    stop: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      wake(); // a pause that nobody waits for any more must not keep the process
    },
  };
}
