import { EXIT } from '../exit-codes.ts';
import { problem, Stop } from '../stop.ts';
import { quoted } from './parsed.ts';

/** @throws Stop with exit 2; undefined where none was asked for. */
export function mustBePort(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Stop(EXIT.usage, [problem(`${flag}: ${quoted(text)} is no port`, '1 to 65535, or 0 for any free one')]);
}
