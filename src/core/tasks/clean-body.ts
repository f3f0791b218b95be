import { removeUnseen } from './remove-unseen.ts';

/**
 * A body in the form that is written and compared: plain lines ended by LF, without white space at their ends, without empty lines
 * around the whole. HTML stays the text that it is. Graph answers CRLF and adds an end of its own (facts B3, F2).
 */
export function cleanBody(text: string): string {
  const lines = text.split(LINE_ENDS).map(cleanOne);
  return lines.slice(lines.findIndex(isFull), lines.findLastIndex(isFull) + 1).join('\n');
}

const cleanOne = (line: string): string => removeUnseen(line.replace(/\t/g, TAB).replace(SPACES, ' ')).trimEnd();
const isFull = (line: string): boolean => line !== '';

const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/u;
const SPACES = /\p{Zs}/gu;
const TAB = '    ';
