import { apiChanges, changeWords } from '../../../src/core/docs/api-changes.ts';
import { byteSize } from '../../../src/core/docs/byte-size.ts';
import { docCoverage } from '../../../src/core/docs/doc-coverage.ts';
import { readApi } from '../../../src/core/docs/read-api.ts';
import { isTagVersion } from '../../../src/core/docs/tag-version.ts';

const comment = { summary: [{ kind: 'text', text: 'Says it.' }] };
const fn = (name: string, returns: string, documented = true) => ({
  id: Math.random(),
  name,
  kind: 64,
  sources: [{ fileName: 'a.ts', line: Math.random() }],
  signatures: [
    {
      id: Math.random(),
      name,
      kind: 4096,
      ...(documented ? { comment } : {}),
      type: { type: 'intrinsic', name: returns },
    },
  ],
});
const cls = (name: string, ...children: readonly object[]) => ({ name, kind: 128, comment, children });
const project = (...children: readonly object[]) => ({
  kind: 1,
  name: 'p',
  children: [{ kind: 2, name: 'm', children }],
});

test('reads what is exported, members of classes too, and nothing private or inherited', () => {
  const api = readApi(
    project(
      cls(
        'Route',
        { name: 'open', kind: 2048, signatures: [{ comment }] },
        { name: 'secret', kind: 1024, flags: { isPrivate: true } },
        { name: 'toString', kind: 2048, inheritedFrom: { name: 'Base.toString' } },
        { name: 'length', kind: 262144, getSignature: { comment } },
      ),
      fn('add', 'number', false),
    ),
  );
  expect(api.map(({ name, kind, documented }) => [name, kind, documented])).toEqual([
    ['m.Route', 'class', true],
    ['m.Route.open', 'method', true],
    ['m.Route.length', 'accessor', true],
    ['m.add', 'function', false],
  ]);
  expect(docCoverage(api)).toEqual({ expected: 4, documented: 3, percent: 75, undocumented: ['m.add'] });
});

test('coverage is rounded down, so that 100 means all, and is 100 of nothing', () => {
  const api = readApi(project(...Array.from({ length: 3_000 }, (_, at) => fn(`f${at}`, 'void', at > 0))));
  expect(docCoverage(api).percent).toBe(99.9);
  expect(docCoverage([]).percent).toBe(100);
});

test('tells added, removed and changed exports, and nothing where only lines, ids or comments moved', () => {
  const before = readApi(project(fn('kept', 'void'), fn('gone', 'void'), fn('other', 'string')));
  const after = readApi(project(fn('other', 'number'), fn('kept', 'void', false), fn('fresh', 'void')));
  expect(changeWords(apiChanges(before, after))).toEqual([
    'removed function m.gone',
    'changed function m.other',
    'added function m.fresh',
  ]);
  expect(changeWords(apiChanges(before, before))).toEqual([]);
});

test('a change of a member is one of the member, not of its class; one of an object type is one of the type', () => {
  const method = (returns: string) => ({ name: 'run', kind: 2048, signatures: [{ type: { name: returns } }] });
  const type = (name: string) => ({
    name: 'Options',
    kind: 2097152,
    type: { type: 'reflection', declaration: { children: [{ name, kind: 1024 }] } },
  });
  const before = readApi(project(cls('A', method('string')), type('x')));
  const after = readApi(project(cls('A', method('number')), type('y')));
  expect(changeWords(apiChanges(before, after))).toEqual(['changed method m.A.run', 'changed type m.Options']);
});

test.each([[null], ['text'], [{ children: [null, 7, { kind: 64 }] }], [[]]])('%j has no exports', (model) => {
  expect(readApi(model)).toEqual([]);
});

test.each([
  ['500MB', 500_000_000],
  ['2 GB', 2_000_000_000],
  ['1.5kB', 1_500],
  ['7B', 7],
  ['500', null],
  ['-1MB', null],
  ['1TB', null],
])('%s is %p bytes', (text, bytes) => {
  expect(byteSize(text)).toBe(bytes);
});

test.each([
  ['v1.2.0', 'v*', true],
  ['1.2.0', 'v*', false],
  ['release/1', 'release/*', true],
  ['v1x2', 'v1.2', false],
  ['v1+2', 'v1+2', true],
])('tag %s and pattern %s: %p', (tag, pattern, fits) => {
  expect(isTagVersion(tag, pattern)).toBe(fits);
});
