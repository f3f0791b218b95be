import type { ServerView } from './deploy.ts';
import type { ResetSight } from './reset.ts';

/** What became of a record, as the client and Temporal's UI say it. */
export const RESET_WORDS: Readonly<Record<ResetSight['outcome'], string>> = {
  there: 'there already',
  restored: 'restored',
  unseen: 'restored, DNS not seen',
  planned: 'would be restored',
  foreign: 'FOREIGN, left',
  refused: 'refused',
  failed: 'NOT RESTORED',
  unverified: 'NOT SURE',
};

/** The sentence of an end that is well is what the record serves; of any other, why. */
export const saysWhatServes = ({ outcome }: Pick<ResetSight, 'outcome'>): boolean =>
  outcome === 'there' || outcome === 'restored' || outcome === 'unseen';

/** `at 4 of 4 name servers`; null where none was asked. */
export function seenAt(servers: readonly ServerView[]): string | null {
  const agree = servers.filter(({ kind }) => kind === 'agrees').length;
  return servers.length === 0 ? null : `at ${agree} of ${servers.length} name servers`;
}
