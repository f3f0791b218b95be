import fc from 'fast-check';
import { fenceSet, isAtRest, nextFence, readFence, withHashedRed } from '../../../src/core/dns/fence.ts';
import type { Fence, FenceStage } from '../../../src/core/dns/fence.ts';
import { hashedRed, packRed, packSets, unpackSets } from '../../../src/core/dns/pack-sets.ts';
import { hashSets } from '../../../src/core/dns/record-set.ts';
import type { RecordSet } from '../../../src/core/dns/record-set.ts';
import { unquoteTxt } from '../../../src/core/dns/txt-value.ts';
import { recordSets, simple, txt } from './record-sets.ts';

const RECORD = 'www.example.com';
const SETS = [simple('A', ['192.0.2.10']), simple('AAAA', ['2001:db8::10'])];
const FENCE: Fence = {
  gen: 7,
  stage: 'step',
  owner: '2b9c/deploy:www.example.com/0191',
  until: Date.UTC(2026, 0, 2, 3, 4, 5),
  sets: hashSets(SETS),
  red: packRed(SETS),
};

const stages = fc.constantFrom<FenceStage>('idle', 'step', 'restoring', 'reset');
const fences: fc.Arbitrary<Fence> = fc.record({
  gen: fc.maxSafeNat(),
  stage: stages,
  owner: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  until: fc.option(fc.integer({ min: 0, max: 4e12 })),
  sets: fc.string().map((text) => hashSets([txt([text])])),
  red: fc.option(recordSets.map(packRed)),
});

describe('a fence on the wire', () => {
  test('reads as a person would expect it', () => {
    expect(fenceSet(RECORD, FENCE)).toEqual({
      name: '_switchyard.www.example.com.',
      type: 'TXT',
      ttl: 60,
      values: [
        `"v=1 gen=7 stage=step owner=2b9c/deploy:www.example.com/0191 until=2026-01-02T03:04:05.000Z sets=${hashSets(SETS)} red=www.example.com.;A;60;192.0.2.10|;AAAA;60;2001:db8::10"`,
      ],
      alias: null,
      setIdentifier: null,
      weight: null,
      healthCheckId: null,
      other: {},
    });
  });

  test('comes back whole, or with the hash of red where red has no room (D6)', () => {
    fc.assert(
      fc.property(fences, (fence) => {
        const set = fenceSet(RECORD, fence);
        const reading = readFence(set);
        expect(reading.kind).toBe('standing');
        if (reading.kind !== 'standing') return;
        expect([fence, withHashedRed(fence)]).toContainEqual(reading.fence);
      }),
    );
  });

  test('stays within 1,000 characters in strings of at most 255, each of them quoted ASCII', () => {
    fc.assert(
      fc.property(fences, (fence) => {
        const [value = ''] = fenceSet(RECORD, fence).values;
        expect(value.length).toBeLessThanOrEqual(1_000);
        expect(value).toMatch(/^"[\x20-\x7e]{0,255}"(?: "[\x20-\x7e]{0,255}")*$/);
        expect(unquoteTxt(value)).toMatch(/^v=1 gen=/);
      }),
    );
  });

  test('keeps a small red readable and hashes one that is too long', () => {
    const many = [
      simple(
        'A',
        Array.from({ length: 90 }, (_, n) => `192.0.2.${n + 1}`),
      ),
    ];
    const reading = readFence(fenceSet(RECORD, { ...FENCE, red: packRed(many) }));
    expect(reading).toMatchObject({ kind: 'standing', fence: { red: `sha256:${hashSets(many)}` } });
    expect(readFence(fenceSet(RECORD, FENCE))).toMatchObject({ fence: { red: packSets(SETS) } });
  });

  test('refuses an owner that leaves no room, rather than writing half a fence', () => {
    expect(() => fenceSet(RECORD, { ...FENCE, owner: 'x'.repeat(1_000) })).toThrow(RangeError);
  });

  test('reads what Route 53 gives back when it splits or escapes the strings otherwise', () => {
    const [value = ''] = fenceSet(RECORD, FENCE).values;
    const text = unquoteTxt(value) ?? '';
    const respelled = `"${text.slice(0, 10)}"  "${text.slice(10).replace('=', '\\075')}"`;
    expect(readFence(txt([respelled]))).toMatchObject({ kind: 'standing', fence: FENCE });
  });
});

describe('what is not a fence is never taken for one (D6)', () => {
  const [good = ''] = fenceSet(RECORD, FENCE).values;
  const change = (from: string | RegExp, to: string): RecordSet => txt([good.replace(from, to)]);
  test.each<[string, RecordSet, RegExp]>([
    ['a version from the future', change('v=1', 'v=2'), /version "2", and this program knows version 1/],
    ['another text', txt(['"google-site-verification=1"']), /not a fence/],
    ['several values', txt([good, '"x"']), /has 2 values/],
    ['no value', txt([]), /without a text/],
    ['another type', { ...txt([good]), type: 'SPF' }, /SPF/],
    ['a text without quotes', txt(['v=1']), /not a quoted text/],
    ['a routing policy', { ...txt([good]), setIdentifier: 'x' }, /routing policy/],
    ['unknown fields of the service', { ...txt([good]), other: { Region: 'eu-west-1' } }, /routing policy/],
    ['a missing field', change(' stage=step', ''), /damaged/],
    ['a field too many', change('stage=step', 'stage=step more=1'), /damaged/],
    ['a field twice', change('stage=step', 'stage=step stage=idle'), /damaged/],
    ['an unknown stage', change('stage=step', 'stage=done'), /damaged/],
    ['a negative generation', change('gen=7', 'gen=-7'), /damaged/],
    ['a generation beyond counting', change('gen=7', 'gen=99999999999999999'), /damaged/],
    ['a time that is none', change(/until=\S+/, 'until=soon'), /damaged/],
    ['a time in another form', change(/until=\S+/, 'until=2026-01-02'), /damaged/],
    ['a hash that is none', change(/sets=\S+/, 'sets=abc'), /damaged/],
    ['an empty owner', change(/owner=\S+/, 'owner='), /damaged/],
    ['a malformed owner', change(/owner=\S+/, 'owner=%E0%A4%A'), /damaged/],
    ['an empty red', change(/red=.*$/, 'red="'), /damaged/],
  ])('%s', (_, set, why) => {
    const reading = readFence(set);
    expect(reading).toMatchObject({ kind: 'unreadable', set });
    expect(reading.kind === 'unreadable' ? reading.why : '').toMatch(why);
  });

  test('any text at all is read without throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        expect(['unreadable', 'standing']).toContain(readFence(txt(values)).kind);
      }),
    );
  });
});

describe('the next fence', () => {
  const change = { owner: 'n/w/r', until: 5, sets: SETS, red: 'x' };
  const standing = readFence(fenceSet(RECORD, FENCE));
  test('has one generation more than the one that stands', () => {
    expect(nextFence(standing, { ...change, stage: 'step' })).toEqual({
      gen: 8,
      stage: 'step',
      owner: 'n/w/r',
      until: 5,
      sets: hashSets(SETS),
      red: 'x',
    });
  });
  test('rises above a write of the own run that may still land (D3)', () => {
    expect(nextFence(standing, { ...change, stage: 'restoring', floor: 12 }).gen).toBe(13);
    expect(nextFence(standing, { ...change, stage: 'restoring', floor: 2 }).gen).toBe(8);
  });
  test('starts at 1 where none stands', () => {
    expect(nextFence(readFence(null), { ...change, stage: 'step' }).gen).toBe(1);
    expect(nextFence(readFence(txt(['"x"'])), { ...change, stage: 'step' }).gen).toBe(1);
  });
  test.each<[FenceStage, boolean]>([
    ['idle', true],
    ['reset', true],
    ['step', false],
    ['restoring', false],
  ])('at stage %s is at rest: %s, and carries neither end nor red at rest', (stage, rest) => {
    const fence = nextFence({ kind: 'none' }, { ...change, stage });
    expect(isAtRest(fence)).toBe(rest);
    expect([fence.until, fence.red]).toEqual(rest ? [null, null] : [5, 'x']);
  });
});

describe('packed sets', () => {
  test('come back as they were, whatever Route 53 may hold', () => {
    fc.assert(
      fc.property(recordSets, (sets) => {
        const packed = packSets(sets);
        expect(packed).toMatch(/^[^\s"\\=]+$/);
        expect(unpackSets(packed ?? '')).toEqual(sets);
      }),
    );
  });
  test('are refused when a set has fields that there is no place for, and hashed instead', () => {
    const latency = [{ ...simple('A', ['192.0.2.10']), other: { Region: 'eu-west-1' } }];
    expect(packSets(latency)).toBeNull();
    expect(packRed(latency)).toBe(hashedRed(latency));
  });
  test.each([
    '',
    'x',
    'sha256:abc',
    ';A',
    'n;A;x',
    'n;A;60;%zz',
    'n;A;;;a,b',
    'n;A;;;a,b,2',
    'n;A;;;a,b,1,c',
    'n;A;1;2;3;4;5;6;7',
  ])('are not read out of %j', (text) => {
    expect(unpackSets(text)).toBeNull();
  });
  test('a hashed red stays as it is', () => {
    expect(withHashedRed({ ...FENCE, red: hashedRed(SETS) }).red).toBe(hashedRed(SETS));
    expect(withHashedRed({ ...FENCE, red: null }).red).toBeNull();
  });
});
