import { readFile } from 'node:fs/promises';
import { noticeJsonSchema, noticeSchema } from '../../src/contracts/notice-schema.ts';
import { makeNotice } from '../../src/core/notify/notice.ts';
import { webhookMessage } from '../../src/core/notify/webhook-message.ts';

test('the schema of a notice is published as it is in force', async () => {
  const file = new URL('../../schema/notice.schema.json', import.meta.url);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(noticeJsonSchema());
});

test('what a webhook is sent has every key of the schema, and no other', () => {
  const facts = { event: 'token', subject: 'sync/tasks', severity: 'error', title: 'a', sentence: 'b' } as const;
  const rest = { stands: null, next: null, outcome: null, begins: true, ends: [], key: 'sync:tasks' };
  const message = webhookMessage(makeNotice({ ...facts, ...rest }, { id: 'id', at: 0, link: null }));
  expect(noticeSchema.strict().parse(message)).toEqual(message);
});
