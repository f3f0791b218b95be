import { setMaxListeners } from 'node:events';

/** A signal that ends with others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Ends it by itself. */
  readonly end: () => void;
  /** Forgets the others: a process-wide one must not keep every signal that ever hung on it. */
  readonly unlink: () => void;
}

/**
 * What `AbortSignal.any` promises. That one is collected as garbage together with its timeouts on Node 20 while somebody still waits for it
 * (measured: a probe that never ends); this one is held by its sources until it is unlinked.
 */
export function linkSignals(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal, ...sources); // hundreds of activities wait for the same end: no leak, and no warning
  const end = (): void => controller.abort();
  for (const source of sources) {
    if (source.aborted) end();
    source.addEventListener('abort', end);
  }
  return {
    signal: controller.signal,
    end,
    unlink: () => {
      for (const source of sources) source.removeEventListener('abort', end);
    },
  };
}

/** Runs `work` with a signal that ends with `signal`, and after `ms` milliseconds at the latest. */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  ms: number,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limited = linkSignals(signal);
  const timer = setTimeout(limited.end, ms);
  try {
    return await work(limited.signal);
  } finally {
    clearTimeout(timer);
    limited.unlink();
  }
}
