import { deployRequest } from '../../src/cli/deploy-request.ts';
import { requestHash } from '../../src/cli/plan-file.ts';
import { undoRequest, type UndoFacts } from '../../src/cli/undo-request.ts';
import type { DeployRequest } from '../../src/contracts/deploy.ts';
import { PLAN } from './statuses.ts';

const asked = { by: 'ann', requestId: 'ci/7', startWithinMs: 300_000 };
const undo = { sets: PLAN.before, expected: PLAN.promotion.sets, expectedRevision: 4, toRevision: null };
const flags = { to: ['192.0.2.20'], check: ['/healthz'], steps: '10,100', interval: '1s', verify: 'api', ttl: '30' };
const before: DeployRequest = {
  ...deployRequest(PLAN.record, { flags, policyOf: () => null, env: {} }).request,
  approve: { cutover: { by: ['*'], withinMs: 1_000, remindMs: null } },
  role: 'dns-prod',
  freeze: { windows: [], override: null },
};
const facts: UndoFacts = { asked, undo, newest: { plan: PLAN, request: before }, gates: null, force: false };

test('an undo is checked as the deployment that it undoes was, and waits for nobody', () => {
  const request = undoRequest(facts);
  expect(request).toMatchObject({
    record: PLAN.record,
    zone: PLAN.zone.id,
    to: { kind: 'values', values: ['192.0.2.10'] },
    role: 'dns-prod',
    undo,
    steps: [{ share: 100, holdMs: 0 }],
    leave: ['AAAA', 'CNAME', 'HTTPS', 'SVCB'],
    gates: before.gates,
    unchecked: false,
    verify: 'api',
    ttl: null, // the recorded one
    pace: { probeEveryMs: 1_000, preflight: { inARow: 2, overMs: 0 } },
    by: 'ann',
    requestId: 'ci/7',
  });
  expect(Object.keys(request)).not.toEqual(expect.arrayContaining(['approve']));
  expect(Object.keys(request)).not.toEqual(expect.arrayContaining(['freeze']));
});

test('--check asks something else, --force nothing, and a run whose request is gone is undone all the same', () => {
  const gates = [{ kind: 'tcp', name: 'tcp:80', port: 80 }] as const;
  expect(undoRequest({ ...facts, gates }).gates).toEqual(gates);
  expect(undoRequest({ ...facts, force: true })).toMatchObject({ gates: [], unchecked: true });
  const forgotten = undoRequest({ ...facts, newest: { plan: PLAN, request: null } });
  expect(forgotten).toMatchObject({ gates: [], unchecked: true, verify: 'authoritative' });
});

test('two undos are the same when they bring back the same', () => {
  const other = { ...undo, sets: PLAN.promotion.sets };
  expect(requestHash(undoRequest({ ...facts, asked: { ...asked, by: 'bob' } }))).toBe(requestHash(undoRequest(facts)));
  expect(requestHash(undoRequest({ ...facts, undo: other }))).not.toBe(requestHash(undoRequest(facts)));
});
