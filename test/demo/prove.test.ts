import { disproved, proofLines, type Proof } from '../../demo/prove.ts';

const COLOURS = { red: ['192.0.2.10'], black: ['192.0.2.20'] };
const EXPECTED = { states: ['red', '10 %', 'red'], serves: 'red' } as const;

const proof = (part: Partial<Proof> = {}): Proof => ({
  servers: [
    { server: '127.0.0.1:5301', answers: [['192.0.2.10'], ['192.0.2.10']] },
    { server: '127.0.0.1:5302', answers: [['192.0.2.10'], ['192.0.2.10']] },
  ],
  states: ['red', '10 %', 'red'],
  fence: 'idle',
  batches: 3,
  ...part,
});

const problems = (part: Partial<Proof> = {}): readonly string[] =>
  disproved(proof(part), { expected: EXPECTED, colours: COLOURS });

test('the proof names every server with what it answered, and the states that the record went through', () => {
  expect(proofLines(proof(), COLOURS)).toEqual([
    'answers      name server 127.0.0.1:5301  192.0.2.10 (red), 2 of 2',
    '             name server 127.0.0.1:5302  192.0.2.10 (red), 2 of 2',
    'change log   red -> 10 % -> red, in 3 batches; the fence is idle',
  ]);
});

test('a scene that ended as it should has nothing against it', () => {
  expect(problems()).toEqual([]);
});

test.each([
  {
    name: 'one server still answers black',
    part: { servers: [{ server: 'ns', answers: [['192.0.2.10'], ['192.0.2.20']] }] },
    says: 'expected only red of name server ns  192.0.2.10 (red), 1 of 2; 192.0.2.20 (black), 1 of 2',
  },
  {
    name: 'a server is silent',
    part: { servers: [{ server: 'ns', answers: [null] }] },
    says: 'expected only red of name server ns  silent, 1 of 1',
  },
  {
    name: 'the record took another way',
    part: { states: ['red', 'black', 'red'] },
    says: 'the change log: expected red -> 10 % -> red, found red -> black -> red',
  },
  { name: 'the fence was left up', part: { fence: 'restoring' }, says: 'the fence: expected idle, found restoring' },
])('a scene fails when $name', ({ part, says }) => {
  expect(problems(part)).toEqual([says]);
});
