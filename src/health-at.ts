import { readHostPort, showHostPort, type HostPort } from './host-port.ts';

/** Where a supervisor asks how the worker is: a port, or a socket by its path, which needs no port of its own in a shared network. */
export type HealthAt = HostPort | { readonly path: string };

/** Reads `HOST:PORT` or an absolute path; null where it is something else. */
export function readHealthAt(text: string): HealthAt | null {
  return text.startsWith('/') ? { path: text } : readHostPort(text);
}

export const showHealthAt = (at: HealthAt): string => ('path' in at ? at.path : showHostPort(at));
