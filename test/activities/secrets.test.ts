/** What the other side says is shown without any secret of this worker (A1). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hiddenFrom, withoutSecrets } from '../../src/activities/secrets.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-secrets-'));
  await writeFile(join(directory, 'prom-token'), 'from-a-file\n');
  await writeFile(join(directory, 'pin'), '1234');
});
afterAll(() => rm(directory, { recursive: true }));

const shown = async (text: string, sent: readonly string[] = []): Promise<string> =>
  withoutSecrets(
    text,
    await hiddenFrom({ values: new Map([['other', 'of-a-variable']]), hosts: new Map(), directory }, sent),
  );

test('secrets of files are hidden as those of variables are, also where another one was sent (A1)', async () => {
  expect(await shown('sent-token from-a-file of-a-variable 1234', ['sent-token'])).toBe(
    '[secret] [secret] [secret] 1234', // so short a one is a common word
  );
});

test('a secret that begins as a shorter one does leaves nothing of itself (A1)', async () => {
  expect(await shown('abcd1234efgh', ['abcd1234', 'abcd1234efgh'])).toBe('[secret]');
});
