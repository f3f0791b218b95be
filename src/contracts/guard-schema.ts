import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { only, SPAN, span } from './schema-parts.ts';

/** Each look reads the fences of all records. */
const SHORTEST_MS = 30_000;
const LONGEST_MS = 86_400_000;

const every = span
  .refine((text) => !SPAN.test(text) || isBetween(text), { error: 'no interval; accepted: 30s to 1d, such as 1m' })
  .meta({ description: 'How often it looks: 30s to 1d; 1m by default.' });

function isBetween(text: string): boolean {
  const read = parseDuration(text);
  return read.kind === 'ok' && read.ms >= SHORTEST_MS && read.ms <= LONGEST_MS;
}

/** `guard:` of switchyard.yaml. */
export const guardPolicy = only({
  every: every.optional(),
  act: z.enum(['report', 'restore']).optional().meta({
    description: 'restore: puts red back where the run is dead. report (default): says so, and writes nothing.',
  }),
}).meta({
  description:
    'Looks after all records whose deployments were terminated, reset in Temporal or lost with their server.',
});
