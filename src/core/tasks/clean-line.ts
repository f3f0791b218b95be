import { removeUnseen } from './remove-unseen.ts';

/** A title, a label or a name in the form that is written and compared: one line, white space folded, nothing unseen in it. */
export function cleanLine(text: string): string {
  return removeUnseen(text.replace(SPACES, ' ')).replace(/ +/g, ' ').trim();
}

const SPACES = /[\p{Z}\t\n\v\f\r\u0085]+/gu;
