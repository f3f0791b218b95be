import { nodeFinding } from '../src/oldest-node.ts';

test.each([
  ['20.18.3', false],
  ['20.19.0', true],
  ['22.0.0', true],
  ['9.99.0', false],
])('Node %s is good enough: %s', (version, ok) => {
  expect(nodeFinding('node', version).ok).toBe(ok);
});
