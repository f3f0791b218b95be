import type { Finding } from './contracts/doctor.ts';

const OLDEST = [20, 19] as const;

/** Whether this Node is new enough, for the client and for the worker alike. */
export function nodeFinding(check: string, version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (ok) return { check, ok, sentence: `Node ${version}.`, next: null };
  const oldest = OLDEST.join('.');
  const sentence = `Node ${version}, expected ${oldest} or newer.`;
  return { check, ok, sentence, next: 'Run it on Node 24.' };
}
