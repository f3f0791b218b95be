import { randomBytes } from 'node:crypto';
import { invalid } from './refusal.ts';

/** As long as Exchange's (about 150 characters), with a final `=` that a careless client forgets to encode. */
export function newId(): string {
  return `AAMkAD${randomBytes(105).toString('base64url')}AAA=`;
}

/** @throws Refusal 400 for what cannot be an id at all: that is not a 404. */
export function wellFormed(id: string): string {
  if (!/^AAMkAD[A-Za-z0-9_-]{100,}=$/.test(id)) throw invalid('Id is malformed.', 'ErrorInvalidIdMalformed');
  return id;
}
