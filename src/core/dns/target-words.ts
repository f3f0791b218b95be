import type { Target } from './target.ts';

/** A target in a few words: `192.0.2.20, 192.0.2.21`. */
export function targetWords(target: Target): string {
  return target.kind === 'values' ? target.values.join(', ') : `alias ${target.dnsName}`;
}
