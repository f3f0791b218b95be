import { EXIT } from './exit-codes.ts';
import type { Holder } from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import { outside } from './words.ts';

/**
 * A holder that was asked for after this command was given is newer, whichever of them reached Temporal first: nothing older comes after it.
 *
 * @throws Stop with exit 3.
 */
export function mustBeOlder({ memo, startedAt }: Holder, record: string, askedAt: number): void {
  if ((memo.askedAt ?? startedAt) <= askedAt) return;
  const found = `${record} is being deployed to ${outside(memo.to ?? '?')} by ${outside(memo.by ?? '?')}, which was asked for after this: the newer one goes on`;
  throw new Stop(EXIT.refused, [problem(found, null, `nothing was started; ./switchyard watch ${record}`)]);
}
