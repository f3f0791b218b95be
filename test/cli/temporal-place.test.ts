import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporal, uiLink } from '../../src/cli/temporal-place.ts';
import { readUpFile, removeUpFile, upFilePath, writeUpFile } from '../../src/cli/up-file.ts';

const AT = { address: '127.0.0.1:17233', namespace: 'default', ui: 'http://localhost:18233' };

describe('where Temporal is', () => {
  let home = '';
  let env: Record<string, string> = {};
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'switchyard-home-'));
    env = { SWITCHYARD_HOME: home, TEMPORAL_CONFIG_FILE: join(home, 'none.toml') };
  });
  afterEach(() => rm(home, { recursive: true }));

  test('the flag wins, then TEMPORAL_ADDRESS, then a living `up`, then localhost', async () => {
    expect(await findTemporal({}, env)).toMatchObject({ address: 'localhost:7233', from: 'default', ui: null });
    await writeUpFile(home, AT);
    expect(await findTemporal({}, env)).toMatchObject({ address: AT.address, from: 'switchyard up', ui: AT.ui });
    expect(
      await findTemporal({}, { ...env, TEMPORAL_ADDRESS: 't.example:7233', TEMPORAL_NAMESPACE: 'ops' }),
    ).toMatchObject({
      address: 't.example:7233',
      namespace: 'ops',
      ui: null,
    });
    expect(await findTemporal({ address: 'f.example:1', namespace: 'n' }, env)).toMatchObject({
      address: 'f.example:1',
      namespace: 'n',
      from: '--address',
    });
  });

  test('an `up` that was killed is not taken for a living one, even when its number is used again', async () => {
    await writeUpFile(home, AT);
    expect(await readUpFile(home)).toMatchObject(AT);
    await writeFile(
      upFilePath(home),
      JSON.stringify({ schemaVersion: 1, pid: process.pid, began: 'another boot', ...AT }),
    );
    expect(await readUpFile(home)).toBeNull();
    await writeFile(upFilePath(home), '{"half":');
    expect(await readUpFile(home)).toBeNull();
  });

  test('the file goes with the `up` that wrote it', async () => {
    await writeUpFile(home, AT);
    await removeUpFile(home);
    expect(await readUpFile(home)).toBeNull();
  });

  test.each(['nowhere', 'a b:1', 'user@host:7233', 'host:0', 'host:65536', 'http://host:1'])(
    '%j is refused before anything is asked',
    async (address) => {
      await expect(findTemporal({ address }, env)).rejects.toThrow(/is no address of Temporal/);
    },
  );
});

test('a link into the UI is encoded: a raw one is not found (measured)', () => {
  expect(uiLink(AT, 'deploy:*.example.com', 'r')).toBe(
    'http://localhost:18233/namespaces/default/workflows/deploy%3A*.example.com/r',
  );
  expect(uiLink({ ui: null, namespace: 'n' }, 'x')).toBeNull();
});
