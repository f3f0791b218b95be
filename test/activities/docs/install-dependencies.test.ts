/** Dependencies of a tree of somebody who may mean harm, from a registry on loopback (P4, facts E2). */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { installDependencies } from '../../../src/activities/docs/install-dependencies.ts';
import { startNpmRegistry, type LockEntry, type NpmRegistry } from '../../support/npm-registry.ts';

let registry: NpmRegistry;
let folder = '';
let tree = '';
beforeEach(async () => {
  registry = await startNpmRegistry();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-install-')));
  tree = join(folder, 'tree');
  await mkdir(tree);
});
afterEach(async () => {
  await registry.close();
  await removeTree(folder);
});

type Entries = Readonly<Record<string, Partial<LockEntry> & { readonly link?: boolean; readonly inBundle?: boolean }>>;

/** A tree that depends on what its lock file names. */
async function locked(entries: Entries, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const dependencies = Object.fromEntries(
    Object.keys(entries).map((path) => [path.replace('node_modules/', ''), '1.0.0']),
  );
  const root = { name: 'small', version: '1.0.0', dependencies, ...more };
  await writeFile(join(tree, 'package.json'), JSON.stringify(root));
  const lock = { name: 'small', version: '1.0.0', lockfileVersion: 3, packages: { '': root, ...entries } };
  await writeFile(join(tree, 'package-lock.json'), JSON.stringify(lock));
}

const install = () => {
  const place = { registry: registry.url, tools: join(folder, 'tools'), programs: { PATH: process.env['PATH'] ?? '' } };
  return installDependencies({ place, signal: new AbortController().signal }, { tree, work: folder });
};

const PACKAGE = { 'package.json': '{"name":"one","version":"1.0.0","types":"index.d.ts"}', 'index.d.ts': 'export {};' };

test('installs what the lock file names, from the registry of the worker, and nothing beside it', async () => {
  await locked({ 'node_modules/one': await registry.publish('one', PACKAGE) });
  expect(await install()).toEqual({ packages: 1 });
  expect(await readFile(join(tree, 'node_modules/one/index.d.ts'), 'utf8')).toBe('export {};');
  expect(await readdir(folder)).toEqual(['tools', 'tree']);
  expect(registry.requests).toEqual(['/one/-/one-1.0.0.tgz']);
});

test('runs no script of a package, and none of the tree', async () => {
  const canary = join(folder, 'canary');
  const scripts = {
    preinstall: `touch ${canary}`,
    install: `touch ${canary}`,
    postinstall: `touch ${canary}`,
    prepare: `touch ${canary}`,
  };
  const evil = await registry.publish('one', {
    'package.json': JSON.stringify({ name: 'one', version: '1.0.0', scripts }),
  });
  await locked({ 'node_modules/one': { ...evil, hasInstallScript: true } }, { scripts });
  await install();
  expect(existsSync(canary)).toBe(false);
});

test('an .npmrc of the tree names no program, no registry and no variable', async () => {
  const canary = join(folder, 'canary');
  await writeFile(join(tree, 'evil.sh'), `#!/bin/sh\ntouch ${canary}\n`);
  await chmod(join(tree, 'evil.sh'), 0o755);
  const npmrc = ['git=./evil.sh', 'registry=http://127.0.0.1:1/', 'script-shell=./evil.sh', 'ignore-scripts=false'];
  await writeFile(join(tree, '.npmrc'), npmrc.join('\n'));
  await locked({ 'node_modules/one': await registry.publish('one', PACKAGE) });
  await install();
  expect(existsSync(canary)).toBe(false);
});

test('a dependency from git is refused before npm is asked', async () => {
  const canary = join(folder, 'canary');
  await writeFile(join(tree, 'evil.sh'), `#!/bin/sh\ntouch ${canary}\n`);
  await locked({
    'node_modules/one': { version: '1.0.0', resolved: `git+ssh://git@example.com/x.git#${'a'.repeat(40)}` },
  });
  await expect(install()).rejects.toThrow('names a package of another place than the registry (node_modules/one)');
  // The lock file says one thing, package.json another.
  await locked(
    { 'node_modules/one': await registry.publish('one', PACKAGE) },
    { dependencies: { one: 'git+file:///x' } },
  );
  await expect(install()).rejects.toMatchObject({ type: 'Refused' });
  expect(existsSync(canary)).toBe(false);
});

test.each<[string, Entries, RegExp]>([
  [
    'of another server',
    { 'node_modules/one': { resolved: 'https://evil.example/one.tgz', integrity: 'sha512-x' } },
    /of another place/,
  ],
  ['without a hash', { 'node_modules/one': { resolved: 'REGISTRY/one/-/one-1.0.0.tgz' } }, /without its hash/],
  [
    'with a weak hash',
    { 'node_modules/one': { resolved: 'REGISTRY/one/-/one-1.0.0.tgz', integrity: 'sha1-x' } },
    /without its hash/,
  ],
  ['that is a link', { 'node_modules/one': { link: true } }, /a link to a folder/],
  ['that is a folder', { '../outside': { version: '1.0.0' } }, /lies elsewhere/],
  [
    'that says that it comes with none',
    { 'node_modules/one': { inBundle: true, resolved: 'https://evil.example/one.tgz' } },
    /a bundled package that comes in no other/,
  ],
  ['that comes with the tree', { 'node_modules/one': { inBundle: true } }, /a bundled package that comes in no other/],
  ['from nowhere', { 'node_modules/one': { version: '1.0.0' } }, /without saying where/],
])('a lock file with a package %s is refused, and nothing is fetched', async (_name, entries, why) => {
  const text = JSON.stringify(entries).replaceAll('REGISTRY', registry.url);
  await locked(JSON.parse(text) as Entries);
  await expect(install()).rejects.toThrow(why);
  expect(registry.requests).toEqual([]);
});

test.each([
  ['dependencies', { one: 'http://127.0.0.1:1/one.tgz' }],
  ['devDependencies', { one: 'git+ssh://git@example.com/one.git' }],
  ['optionalDependencies', { one: 'somebody/one' }],
  ['peerDependencies', { one: 'file:../one' }],
  ['overrides', { two: { one: 'https://evil.example/one.tgz' } }],
  ['dependencies', { one: 'npm:other@https://evil.example/one.tgz' }],
])('%s of the tree may not name %j, which npm would ask for', async (kind, wishes) => {
  await locked({});
  await writeFile(join(tree, 'package.json'), JSON.stringify({ name: 'tree', [kind]: wishes }));
  await expect(install()).rejects.toThrow(/^package.json wants a package of another place/);
  expect(registry.requests).toEqual([]);
});

test('a package that is not what its hash says is refused', async () => {
  const entry = await registry.publish('one', PACKAGE);
  await locked({ 'node_modules/one': { ...entry, integrity: `sha512-${Buffer.alloc(64).toString('base64')}` } });
  await expect(install()).rejects.toMatchObject({ type: 'Invalid' });
  expect(existsSync(join(tree, 'node_modules'))).toBe(false);
});

test('without a lock file nobody knows what to install', async () => {
  await writeFile(join(tree, 'package.json'), '{}');
  await expect(install()).rejects.toThrow('no package-lock.json');
});
