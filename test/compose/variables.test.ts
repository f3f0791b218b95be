import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config.ts';
import { readCompose, ROOT, substitutions } from '../support/read-compose.ts';

const read = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8');
const FILES = ['docker-compose.yml', 'compose.sandbox.yml'];
const operating = read('docs/operating.md');
const example = new Map(
  [...read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const),
);
const used = FILES.flatMap((file) => substitutions(read(file)));

test('.env.example names what the compose files read, with the very default, and nothing else', () => {
  const defaults = new Map(used.map(({ name, otherwise }) => [name, otherwise]));
  expect([...example].sort()).toEqual([...defaults].sort());
  for (const { name, otherwise } of used) expect([name, otherwise]).toEqual([name, defaults.get(name)]);
});

test('every variable of .env.example is explained in docs/operating.md', () => {
  expect([...example.keys()].filter((name) => !operating.includes(`\`${name}\``))).toEqual([]);
});

test('every variable that the stack or the image sets for us is known to the worker, and documented', () => {
  const set = FILES.flatMap((file) => Object.values(readCompose(file).services)).flatMap(({ environment = {} }) =>
    Object.keys(environment),
  );
  const inImage = [...read('Dockerfile').matchAll(/^(?:ENV| ) +(SWITCHYARD_[A-Z_]+)=/gm)].map(([, name = '']) => name);
  const ours = [...new Set([...set, ...inImage])].filter((name) => name.startsWith('SWITCHYARD_'));
  expect(inImage).toContain('SWITCHYARD_WORKFLOW_BUNDLE');
  expect(ours.filter((name) => !KNOWN.includes(name))).toEqual([]);
});

test('every variable that the worker knows is documented, and every documented one is known', () => {
  const table = operating.slice(operating.indexOf('### Switchyard'), operating.indexOf('### Temporal'));
  const documented = [...table.matchAll(/^\| `(SWITCHYARD_[A-Z0-9_]+)`/gm)].map(([, name = '']) => name);
  expect(documented.sort()).toEqual([...KNOWN].sort());
});

/** As its warning lists them. */
const KNOWN = [
  ...new Set(loadConfig({ SWITCHYARD_NOPE: '1' }).warnings[0]!.match(/SWITCHYARD_[A-Z0-9_]+\b(?!_?<)/g)),
].filter((name) => name !== 'SWITCHYARD_NOPE');
