import { createHash } from 'node:crypto';
import type { Action } from '../../core/tasks/plan.ts';

export type CloseAction = Extract<Action, { kind: 'close' }>;

/** One completion of one occurrence by one copy: the same id however often it is sent, and another for the next completion. */
export function closeId({ source, copy, marker }: CloseAction): string {
  const name = JSON.stringify([marker.pair, source, marker.occurrence, copy.id, marker.turn]);
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** RFC 9562, name-based (version 5). */
const NAMESPACE = Buffer.from('5b1a5a0fd3ab4e4e8a6d5d0c2f7e9b31', 'hex');
