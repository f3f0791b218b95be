import type { ForwardAnswer, Forwarded, LockClaim } from '../contracts/deploy-group.ts';
import type { DeployStatus } from '../contracts/deploy.ts';
import { cleanText } from '../core/clean-text.ts';
import { fieldOf } from './read-message.ts';

/** What a group and the locks of its records say to each other, as `read-message` reads what people say: null is no word of theirs, and is dropped. */
export function readForwarded(message: unknown): Forwarded | null {
  const [id, record, verb] = [fieldOf(message, 'id'), textAt(message, 'record'), textAt(message, 'verb')];
  if (!Number.isSafeInteger(id) || record === null || verb === null) return null;
  return { id: Number(id), record, verb, message: fieldOf(message, 'message') };
}

export function readAnswer(message: unknown): ForwardAnswer | null {
  const [id, sentence, refused] = [fieldOf(message, 'id'), textAt(message, 'sentence'), fieldOf(message, 'refused')];
  if (!Number.isSafeInteger(id) || sentence === null || typeof refused !== 'boolean') return null;
  return { id: Number(id), sentence, refused };
}

/** What has changed of a record; the name of the record never does. */
export function readTold(message: unknown): Partial<DeployStatus> | null {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return null;
  const wrong = Object.entries(message).some(([field, value]) => KINDS[field]?.(value) === false);
  return wrong ? null : message;
}

/** The last word is a whole status, of this record. */
export function readRelease(message: unknown, record: string): Partial<DeployStatus> | null {
  return fieldOf(message, 'record') === record && textAt(message, 'phase') !== null ? readTold(message) : null;
}

export function readClaim(message: unknown): LockClaim | null {
  const [workflowId, runId] = [textAt(message, 'workflowId'), textAt(message, 'runId')];
  return workflowId === null || runId === null ? null : { workflowId, runId };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number';

/** What the lock itself works with; what is only drawn may be anything that can be drawn. */
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  record: isText,
  phase: isText,
  outcome: (value) => value === null || isText(value),
  share: isCount,
  startedAt: isCount,
  failure: (value) => value === null || (isText(fieldOf(value, 'type')) && isText(fieldOf(value, 'sentence'))),
};

const LONGEST = 1_000;

function textAt(message: unknown, field: string): string | null {
  const value = fieldOf(message, field);
  return typeof value === 'string' ? cleanText(value, LONGEST) : null;
}
