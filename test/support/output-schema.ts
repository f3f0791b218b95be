import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The published shape of what the client prints with `--json`. */
export const outputSchema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../schema/output.schema.json', import.meta.url), 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0],
);
