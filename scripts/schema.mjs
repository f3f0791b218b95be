import { writeFile } from 'node:fs/promises';
import { fileJsonSchema } from '../src/contracts/file-schema.ts';
import { noticeJsonSchema } from '../src/contracts/notice-schema.ts';

/** Writes the published schemas; run it with `node --import tsx scripts/schema.mjs` after a change of one. */
await publish('switchyard.schema.json', fileJsonSchema());
await publish('notice.schema.json', noticeJsonSchema());

async function publish(name, schema) {
  await writeFile(new URL(`../schema/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
