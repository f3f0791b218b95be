import fc from 'fast-check';
import {
  changeMarker,
  EXTENSION,
  readLink,
  readMarker,
  writeLink,
  writeMarker,
} from '../../../src/core/tasks/marker.ts';
import type { Marker } from '../../../src/core/tasks/model.ts';

const MARKER: Marker = {
  source: '6X4Vw2Hfmg73Q2XR',
  pair: 'home',
  user: '2671355',
  version: 1,
  hash: '0123456789abcdef0123456789abcdef',
  day: '2026-11-25',
  occurrence: '2026-11-25T09:30:00Z',
  turn: 2,
  settled: -1,
  list: 'Tasks',
  overruled: null,
};

/** Graph keeps flat members only, and adds its own. */
const stored = (marker: Marker): unknown =>
  JSON.parse(JSON.stringify({ ...writeMarker(marker), id: EXTENSION, '@odata.context': 'x' }));

test('reads back a marker as it was written (S1)', () => {
  expect(readMarker(stored(MARKER))).toEqual(MARKER);
  const bare: Marker = { ...MARKER, day: null, occurrence: null, overruled: 'h', settled: 2, hash: '', list: '' };
  expect(readMarker([{ extensionName: 'com.example' }, null, stored(bare)])).toEqual(bare);
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['its name alone', { extensionName: EXTENSION }],
  ['its name as id', { id: EXTENSION }],
  ['its name as id, and no other', { id: EXTENSION, extensionName: null }],
  ['the id that Graph makes of its name', { id: `microsoft.graph.openTypeExtension.${EXTENSION}` }],
  ['both', { id: `Microsoft.OutlookServices.OpenTypeExtension.${EXTENSION}`, extensionName: EXTENSION }],
])('knows its own extension by %s (S1)', (_, names) => {
  expect(readMarker([{ ...writeMarker(MARKER), extensionName: undefined, ...names }])).toEqual(MARKER);
});

test('reads the first of several extensions that it can read', () => {
  const damaged = { ...writeMarker(MARKER), turn: 'x' };
  const second = { ...writeMarker({ ...MARKER, turn: 9 }), extensionName: undefined, id: EXTENSION };
  expect(readMarker([damaged, second, stored(MARKER)])).toEqual({ ...MARKER, turn: 9 });
});

test('always names every member, so that a PATCH leaves none of an earlier state', () => {
  const bare = writeMarker({ ...MARKER, day: null, occurrence: null });
  expect(Object.keys(bare)).toEqual(Object.keys(writeMarker(MARKER)));
  expect(Object.values(bare).every((member) => typeof member === 'string' || typeof member === 'number')).toBe(true);
});

test('lets no late change take a known completion back, or the other way round (S3)', () => {
  expect(changeMarker(MARKER)).not.toHaveProperty('settled');
  expect(Object.keys(changeMarker({ ...MARKER, settled: 2 }))).toEqual(['@odata.type', 'extensionName', 'settled']);
  const changed = { ...writeMarker({ ...MARKER, settled: 2 }), ...changeMarker({ ...MARKER, turn: 3 }) };
  expect(readMarker(changed)).toEqual({ ...MARKER, turn: 3, settled: 2 });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'x'],
  ['no extensions', []],
  ['another extension', { ...writeMarker(MARKER), extensionName: 'com.example' }],
  ['one whose id only looks alike', { ...writeMarker(MARKER), extensionName: 'com.example', id: `x${EXTENSION}` }],
  ['one whose id is no text', { ...writeMarker(MARKER), extensionName: undefined, id: 7 }],
  ['an extension without members', { extensionName: EXTENSION }],
])('takes %s for no marker', (_, json) => {
  expect(readMarker(json)).toBeNull();
});

test.each<[string, unknown]>([
  ['source', ''],
  ['source', 7],
  ['pair', 'Home'],
  ['pair', 'a:b'],
  ['pair', 'a'.repeat(64)],
  ['user', null],
  ['version', '1'],
  ['version', 1.5],
  ['version', -1],
  ['hash', 5],
  ['settled', -2],
  ['day', '2026-02-30'],
  ['day', null],
  ['occurrence', 5],
  ['turn', Number.NaN],
  ['list', undefined],
  ['overruled', {}],
])('takes a marker whose %s is %j for none: a damaged one is no witness (S3)', (member, value) => {
  expect(readMarker({ ...writeMarker(MARKER), [member]: value })).toBeNull();
});

test('writes the link that a person follows to Todoist', () => {
  expect(writeLink('home', '6X4V')).toEqual({
    applicationName: 'Switchyard',
    displayName: 'Todoist',
    externalId: 'todoist:home:6X4V',
    webUrl: 'https://app.todoist.com/app/task/6X4V',
  });
});

test.each<[string, unknown, string | null]>([
  ['ours', [writeLink('home', '6X4V')], '6X4V'],
  ['ours behind another', [{ externalId: 'x' }, writeLink('home', '6X4V')], '6X4V'],
  ['of another pair', [writeLink('home-2', '6X4V')], null],
  ['of another program', [{ applicationName: 'Mail', externalId: 'AAMk' }], null],
  ['without an id', [{ externalId: 'todoist:home:' }], null],
  ['without anything', [{}, null, 'x', { externalId: 5 }], null],
  ['absent', undefined, null],
  ['no list', { externalId: 'todoist:home:6X4V' }, null],
])('touches only tasks of its own pair (S3): a link that is %s', (_, links, expected) => {
  expect(readLink(links, 'home')).toBe(expected);
});

test('reads back every id of Todoist (S1)', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w-]{1,64}$/), (id) => {
      expect(readLink([writeLink('home', id)], 'home')).toBe(id);
      expect(readMarker(stored({ ...MARKER, source: id }))?.source).toBe(id);
    }),
  );
});

test.each(['Buy milk', 'x'.repeat(65), '', '../user', 'a:b'])(
  'takes nothing that a stranger wrote for an id, so that it is in no report (A1, A4): %j',
  (id) => {
    expect(readLink([writeLink('home', id)], 'home')).toBeNull();
    expect(readMarker(stored({ ...MARKER, source: id }))).toBeNull();
  },
);
