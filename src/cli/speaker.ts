import type { Terminal } from './terminal.ts';
import { clock } from './words.ts';

/** A sentence of the client before there is a run to follow: for people, and with `--json` for programs as well. */
export type Speaker = (sentence: string) => void;

export function speaker(
  terminal: Terminal,
  { record, json }: { readonly record: string; readonly json: boolean },
): Speaker {
  return (sentence) => {
    const at = Date.now();
    if (json) terminal.document(JSON.stringify({ schemaVersion: 1, event: 'say', at, record, sentence }));
    terminal.err(`${clock(at)}  ${sentence}`);
  };
}
