import type { z } from 'zod';

/** A body as JSON of this shape; null where it is none. What else is in it is left unread. */
export function readBody<T>(body: Uint8Array, shape: z.ZodType<T>): T | null {
  const read = shape.safeParse(parsed(body));
  return read.success ? read.data : null;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
