import { classify } from '../../../src/core/dns/classify-standing.ts';
import type { Classified, RunView } from '../../../src/core/dns/classify-standing.ts';
import { fenceSet } from '../../../src/core/dns/fence.ts';
import type { Fence } from '../../../src/core/dns/fence.ts';
import { packRed } from '../../../src/core/dns/pack-sets.ts';
import { hashSets } from '../../../src/core/dns/record-set.ts';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';
import { RECORD } from './plan-requests.ts';
import { alias, simple, txt, weighted } from './record-sets.ts';

const RED = [simple('A', ['192.0.2.10'])];
const BLACK = [simple('A', ['192.0.2.20'])];
const HALF = [
  weighted(simple('A', ['192.0.2.10']), 'switchyard-red-1', 50),
  weighted(simple('A', ['192.0.2.20']), 'switchyard-black-1', 50),
];
const FOREIGN = [simple('A', ['198.51.100.7'])];
const OURS = 'ns/deploy:www.example.com/run-1';

function fence(sets: RecordSets, over: Partial<Fence> = {}): RecordSet {
  return fenceSet(RECORD, {
    gen: 5,
    stage: 'step',
    owner: OURS,
    until: 0,
    sets: hashSets(sets),
    red: packRed(RED),
    ...over,
  });
}
const REST = fence(RED, { gen: 4, stage: 'idle', owner: 'ns/deploy:www.example.com/run-0', until: null, red: null });

const run = (over: Partial<RunView> = {}): RunView => ({
  record: RECORD,
  owner: OURS,
  snapshot: { sets: RED, fence: REST },
  own: [HALF, BLACK],
  ...over,
});

test.each<[string, RecordSets, RecordSet | null, RunView, Classified['kind'], RegExp | null]>([
  ['red as it was read', RED, REST, run(), 'snapshot', null],
  ['red as it was read, before any fence', RED, null, run({ snapshot: { sets: RED, fence: null } }), 'snapshot', null],
  ['red put back by us', RED, fence(RED, { gen: 9, stage: 'restoring' }), run(), 'snapshot', null],
  ['a step of ours', HALF, fence(HALF), run(), 'own', null],
  ['a step of ours in another order', [...HALF].reverse(), fence(HALF), run(), 'own', null],
  ['a step of ours by an attempt whose answer was lost', BLACK, fence(BLACK, { gen: 99 }), run(), 'own', null],
  [
    'another value under our fence (D4)',
    FOREIGN,
    fence(BLACK),
    run(),
    'foreign',
    /^www\.example\.com A: expected 192\.0\.2\.20 \(as this run wrote it\), found 198\.51\.100\.7, which this run did not write\.$/,
  ],
  [
    'another value before our first write (D4)',
    FOREIGN,
    REST,
    run(),
    'foreign',
    /^www\.example\.com A: expected 192\.0\.2\.10 \(red\), found 198\.51\.100\.7, which this run did not write\.$/,
  ],
  [
    'another value under a fence of ours whose hash nobody knows',
    FOREIGN,
    fence(FOREIGN),
    run(),
    'foreign',
    /expected 192\.0\.2\.10 \(red\)/,
  ],
  ['our own step under the fence of before: somebody copied it', BLACK, REST, run(), 'foreign', /found 192\.0\.2\.20/],
  [
    'a TTL of somebody else',
    [simple('A', ['192.0.2.10'], 300)],
    REST,
    run(),
    'foreign',
    /"ttl":60.*\(red\), found .*"ttl":300/,
  ],
  [
    'a sibling too many',
    [...HALF, weighted(simple('A', ['198.51.100.7']), 'x', 1)],
    fence(HALF),
    run(),
    'foreign',
    /found .*198\.51\.100\.7 with weight 1/,
  ],
  ['nothing any more', [], fence(BLACK), run(), 'foreign', /found no record/],
  [
    'a type too many',
    [...BLACK, alias('AAAA', 'd1.cloudfront.net.')],
    fence(BLACK),
    run(),
    'foreign',
    /^www\.example\.com AAAA: expected no record .*found alias:d1\.cloudfront\.net/,
  ],
  [
    'our step without any fence',
    BLACK,
    null,
    run(),
    'foreign',
    /^_switchyard\.www\.example\.com: expected the fence.*found none/,
  ],
  ['red without the fence that stood there', RED, null, run(), 'foreign', /found none/],
  ['our step under something that is no fence', BLACK, txt(['"x"']), run(), 'foreign', /found something else/],
  [
    'our step under the fence of another run',
    BLACK,
    fence(BLACK, { owner: 'ns/deploy:www.example.com/run-2' }),
    run(),
    'foreign',
    /owner ns\/deploy:www\.example\.com\/run-2: somebody else has written www\.example\.com/,
  ],
  [
    'red under the rest of another run',
    RED,
    fence(RED, { owner: 'ns/deploy:www.example.com/run-2', stage: 'idle', until: null, red: null }),
    run(),
    'foreign',
    /stage idle/,
  ],
  [
    'a reset',
    RED,
    fence(RED, { gen: 6, stage: 'reset', owner: '-/reset:www.example.com/-', until: null, red: null }),
    run(),
    'superseded',
    /was reset \(fence generation 6, owner -\/reset:www\.example\.com\/-\)/,
  ],
])('finds %s', (_, sets, standingFence, view, kind, sentence) => {
  const found = classify({ sets, fence: standingFence }, view);
  expect(found.kind).toBe(kind);
  if (sentence !== null) expect('sentence' in found ? found.sentence : '').toMatch(sentence);
});

test('says which of its steps a run finds', () => {
  expect(classify({ sets: BLACK, fence: fence(BLACK) }, run())).toEqual({ kind: 'own', index: 1 });
});

test('a reset that stood there before the run is what the run began with, and supersedes nothing', () => {
  const reset = fence(RED, { gen: 6, stage: 'reset', owner: '-/reset:www.example.com/-', until: null, red: null });
  expect(classify({ sets: RED, fence: reset }, run({ snapshot: { sets: RED, fence: reset } })).kind).toBe('snapshot');
});
