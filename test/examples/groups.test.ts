import { readFile } from 'node:fs/promises';
import { declaredIn } from '../../src/cli/declared.ts';
import { groupRequest } from '../../src/cli/group-request.ts';
import { groupPlanLines } from '../../src/cli/render-group.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { planTogether } from '../../src/contracts/deploy-group.ts';
import { wireName } from '../../src/core/dns/name.ts';
import { snapshot, ZONE } from '../core/dns/plan-requests.ts';
import { simple } from '../core/dns/record-sets.ts';

const text = await readFile(new URL('../../examples/groups.yaml', import.meta.url), 'utf8');

/** The command that its first lines show. */
const TO =
  /group\/shop ((?:--to \S+ ?)+)/
    .exec(text)?.[1]
    ?.trim()
    .split(/ ?--to /)
    .slice(1) ?? [];

test('the example of groups is taken with the command that it shows, and planned as a batch a zone (G1, G3)', async () => {
  const declared = declaredIn(await checkSwitchyardFile(text, 'groups.yaml'));
  const { request, notes } = groupRequest('group/shop', { flags: { to: TO, by: 'a test' }, declared, env: {} });
  expect(notes).toHaveLength(3); // whose policy it is
  expect(request).toMatchObject({ group: 'shop', keepHealthy: 2 });
  expect(request.records.map(({ role, metricGates = [] }) => [role, metricGates.length])).toEqual([
    [undefined, 1],
    ['network', 0],
    ['network', 0],
  ]);
  const snapshots = request.records.map(({ record, zone }) => {
    const sets = [{ ...simple('A', ['192.0.2.10'], 60), name: wireName(record) }];
    return snapshot(sets, { record, zone: { ...ZONE, id: `Z-${zone}`, name: `${zone}.` } });
  });
  const { planned } = planTogether(request, snapshots);
  expect(groupPlanLines(planned).join('\n')).toMatch(
    /group\/shop {2}3 records in 2 zones[\s\S]*example\.com: 1 record in one batch[\s\S]*example\.net: 2 records in one batch/,
  );
});
