import { leftOpen } from '../../src/workflows/left-open.ts';

const creations = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`6X4V${at}`, 1_795_603_225_561]));

test('names as many creations as Graph lets a run make in two minutes, and they fit into a memo (S1)', () => {
  const named = leftOpen(creations(2_500), false);
  expect(named).toEqual({ unsettled: false, creations: creations(2_500) });
  expect(JSON.stringify(named).length).toBeLessThan(128 * 1_024);
});

test.each([
  ['more than fit', 2_501, false],
  ['any of which it is not known what became', 1, true],
  ['none that is known, where one may have been sent', 0, true],
])('makes the next run wait for %s (S1)', (_, count, unsettled) => {
  expect(leftOpen(creations(count), unsettled)).toEqual({ unsettled: true, creations: {} });
});
