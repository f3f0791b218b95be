import { readFile } from 'node:fs/promises';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';

const text = await readFile(new URL('../../examples/gates.yaml', import.meta.url), 'utf8');

test('the example of gates is taken, each gate where it says that it is in force', async () => {
  const { records } = declaredIn(await checkSwitchyardFile(text, 'gates.yaml'));
  const { request, notes } = deployRequest('www.example.com', {
    flags: { to: ['192.0.2.20'], by: 'a test' },
    policyOf: (record) => records.get(record) ?? null,
    env: {},
  });
  const at = (share: number): readonly string[] =>
    (request.metricGates ?? []).filter((gate) => gate.share === share).map(({ name }) => name);
  expect(notes).toHaveLength(1);
  expect(request.gates.map(({ name }) => name)).toEqual(['healthy']);
  expect(request.metricGates?.filter(({ share }) => share === null).map(({ name, weight }) => [name, weight])).toEqual([
    ['alarm', 'critical'],
    ['slow', 'counted'],
    ['retries', 'counted'],
    ['queue', 'dry-run'],
    ['observed share', 'critical'],
  ]);
  expect(at(25)).toEqual(['errors', 'elb-errors', 'worse']);
  expect(at(100)).toEqual(['errors', 'elb-errors']);
  expect(request.mayFail).toBe(1);
});
