import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '../../src/core/sha256.ts';

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('agrees with the published vector of %j', (text, digest) => {
  expect(sha256(text)).toBe(digest);
});

test('agrees with node:crypto on any text, so that a hash made in the sandbox is the hash made outside', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
    }),
  );
});

test.each([55, 56, 63, 64, 65, 119, 120, 100_000])('pads a message of %i bytes right', (length) => {
  const text = 'x'.repeat(length);
  expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('takes a lone surrogate for U+FFFD, as node:crypto does', () => {
  expect(sha256('a\ud800b')).toBe(createHash('sha256').update('a\ud800b', 'utf8').digest('hex'));
});
