import { declaredIn } from '../../src/cli/declared.ts';
import { groupRequest } from '../../src/cli/group-request.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { groupPlanLines, groupWaitLines } from '../../src/cli/render-group.ts';
import { planTogether, type GroupRequest } from '../../src/contracts/deploy-group.ts';
import { wireName } from '../../src/core/dns/name.ts';
import { snapshot, ZONE } from '../core/dns/plan-requests.ts';
import { simple } from '../core/dns/record-sets.ts';

const PROBE =
  'gates: { healthy: { http: { path: /healthz } }, errors: { cloudwatchAlarm: eu-5xx, onInconclusive: { then: approve } } }';

/** A group of two records of one zone, each with its keys of `switchyard.yaml`. */
async function asked(first: string, second: string, group = ''): Promise<GroupRequest> {
  const file = `version: 1
${PROBE}
records:
  eu.example.com: { ${first} }
  us.example.com: { ${second} }
groups:
  shop: { records: [eu.example.com, us.example.com]${group} }
`;
  const declared = declaredIn(await checkSwitchyardFile(file, 'switchyard.yaml'));
  const to = ['eu.example.com=192.0.2.31', 'us.example.com=192.0.2.41'];
  return groupRequest('group/shop', { flags: { to }, declared, env: {} }).request;
}

function planned(request: GroupRequest, red = '192.0.2.10') {
  const snapshots = request.records.map(({ record }) =>
    snapshot([{ ...simple('A', [red], 60), name: wireName(record) }], { record, zone: ZONE }),
  );
  return planTogether(request, snapshots).planned;
}

const GATED = 'gates: [healthy]';
const cutover = (by: string, more = '') => `${GATED}, approve: { cutover: { by: "${by}"${more} } }`;

describe('what the records of a group ask for differently is refused when it is planned, with the records and their rules (A2)', () => {
  test.each([
    [
      'one asks nobody',
      cutover('ann'),
      GATED,
      /approvals of the cutover: eu\.example\.com asks ann, for 30 min; us\.example\.com asks nobody\. .*approve:/,
    ],
    [
      'other times',
      cutover('ann'),
      cutover('ann', ', within: 1h, remind: 10m'),
      /eu\.example\.com asks ann, for 30 min; us\.example\.com asks ann, for 1 h, reminded every 10 min\./,
    ],
    [
      'whom gates ask that say nothing',
      'gates: [healthy, errors], approve: { inconclusive: { by: ann } }',
      'gates: [healthy, errors], approve: { inconclusive: { by: bob } }',
      /going on where a gate says nothing: eu\.example\.com asks ann, .*; us\.example\.com asks bob, /,
    ],
    [
      'a confirmation',
      `${GATED}, confirmBy: 15m`,
      GATED,
      /eu\.example\.com is to be confirmed within 15 min; us\.example\.com asks for no confirmation\./,
    ],
    [
      'an ill red',
      GATED,
      `${GATED}, ifRedIsIll: hold`,
      /where red is ill: eu\.example\.com asks for compare; us\.example\.com asks for hold\./,
    ],
    [
      'how it is verified',
      `${GATED}, verify: api`,
      GATED,
      /verified together, .*: eu\.example\.com asks for api; us\.example\.com asks for authoritative\./,
    ],
    [
      'the role in one zone',
      `${GATED}, role: network`,
      GATED,
      /the records of example\.com move in one request, .*: eu\.example\.com is reached by network; us\.example\.com is reached by the worker itself\./,
    ],
  ])('%s', async (_what, first, second, sentence) => {
    const lines = groupPlanLines(planned(await asked(first, second)));
    expect(lines).toEqual([expect.stringMatching(/^refused {6}/)]);
    expect(lines[0]).toMatch(sentence);
  });

  test('more records that have to be known as healthy than have a probe', async () => {
    const made = planned(await asked(GATED, 'gates: [errors]', ', keepHealthy: 2'));
    expect(groupPlanLines(made).join('\n')).toMatch(/keepHealthy is 2, and only 1 records .*: not us\.example\.com\./);
  });

  test('all of it at once, beside what the plan refuses', async () => {
    const request = await asked(`${cutover('ann')}, steps: [50, 100]`, `${GATED}, ifRedIsIll: hold`);
    const made = planned(request);
    expect(made.kind === 'refused' && made.reasons.map(({ code }) => code)).toEqual([
      'group-steps',
      'group-approvals',
      'group-ill-red',
    ]);
  });

  test('but not while there is nothing to do, nor of an undo, which asks for nothing of its own', async () => {
    const request = await asked(`${GATED}, verify: api`, GATED);
    expect(planned({ ...request, records: request.records.slice(1) }).kind).toBe('planned');
    const served = request.records.map((one) => ({ ...one, to: { kind: 'values' as const, values: ['192.0.2.10'] } }));
    expect(planned({ ...request, records: served }).kind).toBe('unchanged');
    const sets = [{ ...simple('A', ['192.0.2.31'], 60) }];
    const undo = { sets: [], expected: sets, expectedRevision: null, toRevision: null };
    const undone = planned({ ...request, records: request.records.map((one) => ({ ...one, undo })) });
    expect(JSON.stringify(undone)).not.toMatch(/group-verify/);
  });
});

describe('what a group waits for is foreseen by its plan, whichever record asks for it', () => {
  const waits = async (first: string, second: string) => {
    const request = await asked(first, second);
    const made = planned(request);
    return made.kind === 'planned' ? groupWaitLines(request, made.plan) : made;
  };

  test('what all ask for is said once', async () => {
    expect(await waits(`${cutover('ann')}, confirmBy: 2h`, `${cutover('ann')}, confirmBy: 2h`)).toEqual([
      'approval     the cutover, by ann (not authenticated), within 30 min; otherwise nothing is written',
      'confirm      at 100 % by somebody, or by gates that pass for the whole bake, within 2 h; otherwise red is restored',
    ]);
  });

  test('whom the gates of another record than the first ask is said, with its name', async () => {
    const rule = 'gates: [healthy, errors], approve: { inconclusive: { by: bob } }';
    expect(await waits(GATED, rule)).toEqual([
      'approval     going on where a gate says nothing for too long (us.example.com), by bob (not authenticated), within 30 min; otherwise red is restored',
    ]);
    expect(await waits(rule, rule)).toEqual([expect.stringMatching(/for too long, by bob/)]);
  });
});
