import { writeFile } from 'node:fs/promises';
import { fileJsonSchema } from '../src/contracts/file-schema.ts';

/** Writes schema/switchyard.schema.json; run it with `node --import tsx scripts/schema.mjs` after a change of the schema. */
await writeFile(
  new URL('../schema/switchyard.schema.json', import.meta.url),
  `${JSON.stringify(fileJsonSchema(), null, 2)}\n`,
);
