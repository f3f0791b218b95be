import { cleanText } from '../core/clean-text.ts';
import type { DeployRequest } from '../contracts/deploy.ts';
import type { RequestFlags } from './deploy-flags.ts';
import { requestIdOf, whoAsks } from './identity.ts';
import { parseSpan } from './parse/numbers.ts';
import { parsed, type Parsed } from './parse/parsed.ts';
import type { Environment } from './terminal.ts';

/** What of a request is a matter of the moment in which it is made, and not of its plan. */
export type AskedNow = Pick<DeployRequest, 'by' | 'requestId' | 'startWithinMs'>;

const START_WITHIN = { minMs: 1_000, maxMs: 86_400_000, range: 'from 1s to 1d' };

export function askedNow(flags: RequestFlags, env: Environment): Parsed<AskedNow> {
  const startWithin = parseSpan(flags.startWithin ?? '5m', '--start-within', START_WITHIN);
  if (!startWithin.ok) return startWithin;
  const requestId = requestIdOf(flags.requestId, env);
  return parsed({
    by: clean(whoAsks(flags.by, env)),
    requestId: requestId === null ? null : clean(requestId),
    startWithinMs: startWithin.value,
  });
}

const clean = (text: string): string => cleanText(text, 200);
