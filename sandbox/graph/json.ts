import { invalid } from './refusal.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws Refusal 400 where the value is no object. */
export function objectIn(value: unknown, where: string): Json {
  if (!isJson(value)) throw unreadable(where, 'an object');
  return value;
}

export function stringIn(value: unknown, where: string): string {
  if (typeof value !== 'string') throw unreadable(where, 'a string');
  return value;
}

export function booleanIn(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw unreadable(where, 'a boolean');
  return value;
}

export function arrayIn(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable(where, 'an array');
  return value as readonly unknown[];
}

export function oneOf<T extends string>(value: unknown, where: string, known: readonly T[]): T {
  const found = known.find((member) => member === value);
  if (found === undefined) throw unreadable(where, `one of ${known.join(', ')}`);
  return found;
}

/** All members but some. */
export function without<T extends Readonly<Record<string, unknown>>>(json: T, ...keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key))) as T;
}

function unreadable(where: string, wanted: string): Error {
  return invalid(`Cannot read the value of property '${where}': expected ${wanted}.`, 'RequestBodyRead');
}
