import { execFile } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/read-compose.ts';

/** compose/secrets.sh as its container runs it, in a folder: `chown` is written down, since only root may do it. */
async function place(given: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'switchyard-secrets-'));
  made.push(root);
  for (const folder of ['bin', 'given', 'postgres', 'temporal', ...ROLES.map((role) => `roles/${role}`)])
    await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'bin/chown'), `#!/bin/sh\necho "$1 \${2#"${root}"}" >>'${root}/owners'\n`);
  await chmod(join(root, 'bin/chown'), 0o755);
  const give = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(root, 'given', name, '..'), { recursive: true });
      await writeFile(join(root, 'given', name), text);
    }
  };
  await give(given);
  const env = { PATH: `${root}/bin:/usr/bin:/bin`, SECRETS_ROOT: root };
  return {
    root,
    give,
    forget: (name: string) => rm(join(root, 'given', name)),
    run: (...args: readonly string[]) => promisify(execFile)('sh', [`${ROOT}compose/secrets.sh`, ...args], { env }),
    read: (path: string) => readFile(join(root, path), 'utf8'),
    mode: async (path: string) => ((await stat(join(root, path))).mode & 0o777).toString(8),
  };
}

const ROLES = ['deploy', 'sync', 'docs', 'gateway'];
const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

test('makes passwords up at the first start, the same for server and database, and keeps them', async () => {
  const at = await place();
  const said = await at.run();
  const password = await at.read('postgres/temporal_db_password');
  expect(password).toMatch(/^[0-9a-f]{48}$/);
  expect(await at.read('temporal/temporal_db_password')).toBe(password);
  expect(await at.read('postgres/postgres_password')).toMatch(/^[0-9a-f]{48}$/);
  expect(await at.read('postgres/postgres_password')).not.toBe(password);
  const token = await at.read('roles/gateway/alertmanager-hook');

  await at.run();
  expect(await at.read('postgres/temporal_db_password')).toBe(password);
  expect(await at.read('roles/gateway/alertmanager-hook')).toBe(token);
  expect(said.stdout + said.stderr).not.toMatch(new RegExp(`${password}|${token}`)); // A1
});

test('gives each to the user of its container alone', async () => {
  const at = await place({ 'deploy/aws-credentials': '[default]' });
  await at.run();
  expect((await at.read('owners')).split('\n')).toEqual(
    expect.arrayContaining([
      '999:999 /postgres/temporal_db_password.new',
      '1000:1000 /temporal/temporal_db_password.new',
      '999:999 /postgres/postgres_password.new',
      '10001:10001 /roles/deploy/aws-credentials.new',
      '10001:10001 /roles/gateway/alertmanager-hook.new',
    ]),
  );
  expect(await at.mode('temporal/temporal_db_password')).toBe('400');
  expect(await at.mode('roles/deploy/aws-credentials')).toBe('400');
});

test('takes what was given, and what is given anew; what has gone goes', async () => {
  const at = await place({ temporal_db_password: 'given\n', 'sync/todoist-token': 'one' });
  await at.run();
  expect(await at.read('temporal/temporal_db_password')).toBe('given');
  expect(await at.read('roles/sync/todoist-token')).toBe('one');

  await at.give({ 'sync/todoist-token': 'two', 'gateway/alertmanager-hook': 'own' });
  await at.run();
  expect(await at.read('roles/sync/todoist-token')).toBe('two');
  expect(await at.read('roles/gateway/alertmanager-hook')).toBe('own');

  await at.forget('sync/todoist-token');
  await at.run();
  await expect(at.read('roles/sync/todoist-token')).rejects.toThrow(/ENOENT/);
});

test('never takes a secret away that is still given, also where it is killed in the middle (D3)', async () => {
  const at = await place({ 'sync/todoist-token': 'one', 'sync/other': 'one' });
  await at.run();
  await at.give({ 'sync/todoist-token': 'two' });
  await writeFile(join(at.root, 'bin/chown'), '#!/bin/sh\ncase $2 in */todoist-token.new) exit 1 ;; esac\n');
  await expect(at.run()).rejects.toThrow();
  expect(await at.read('roles/sync/todoist-token')).toBe('one');
  expect(await at.read('roles/sync/other')).toBe('one');
});

test('begins anew where a run was killed, with no file that belongs to somebody else by now', async () => {
  const at = await place({ 'sync/todoist-token': 'one' });
  for (const file of ['temporal/temporal_db_password', 'roles/sync/todoist-token']) {
    await writeFile(join(at.root, 'theirs'), 'half');
    await link(join(at.root, 'theirs'), join(at.root, `${file}.new`));
    await at.run();
    expect(await at.read('theirs')).toBe('half'); // only its owner could have changed its mode
    await expect(at.read(`${file}.new`)).rejects.toThrow(/ENOENT/);
  }
});

test('refuses another password than the database was made with, until it is told to change it', async () => {
  const at = await place({ temporal_db_password: 'old' });
  await at.run();
  const superuser = await at.read('postgres/postgres_password');
  await at.give({ temporal_db_password: 'new' });

  await expect(at.run()).rejects.toThrow(/differs from the password that the database was made with/);
  expect(await at.read('temporal/temporal_db_password')).toBe('old');

  await at.run('rotate');
  expect(await at.read('temporal/temporal_db_password')).toBe('new');
  expect(await at.read('postgres/temporal_db_password')).toBe('new');
  expect(await at.read('postgres/postgres_password')).toBe(superuser);
});
