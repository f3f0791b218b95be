import { cleanText } from '../clean-text.ts';
import { formatDuration } from '../duration.ts';
import type { Sentence, Tone } from './story.ts';

/** Text from outside in a sentence of ours. */
export const said = (text: string): string => cleanText(text, 400);

/** A sentence of a story. */
export const say = (at: number, tone: Tone, text: string): Sentence => ({ at, text: said(text), tone, detail: false });

/** One for a close look. */
export const sayAside = (at: number, tone: Tone, text: string): Sentence => ({ ...say(at, tone, text), detail: true });

/** `ann (not authenticated)`, as every name of a person is told. */
export const whom = (by: string | null): string => (by === null ? 'somebody' : `${said(by)} (not authenticated)`);

/** `2 min 3 s`, of times that may be the wrong way round because two clocks wrote them. */
export const lasted = (from: number, to: number): string => formatDuration(Math.max(0, to - from));

/** `: change 4711`, or nothing. */
export const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${said(reason)}`);

/** `1 task`, `3 tasks`. */
export const countOf = (n: number, thing: string): string => `${n} ${n === 1 ? thing : `${thing}s`}`;
