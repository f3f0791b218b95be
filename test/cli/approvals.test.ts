import { approvalRules } from '../../src/cli/approval-rules.ts';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import { startFindings } from '../../src/cli/parse/parsed.ts';
import { requestHash } from '../../src/cli/plan-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { changeLines, statusLines } from '../../src/cli/render.ts';
import { waitLines } from '../../src/cli/render-plan.ts';
import { asSentence, type Stop } from '../../src/cli/stop.ts';
import { decisionId } from '../../src/contracts/deploy.ts';
import type { OpenApproval } from '../../src/core/dns/approval.ts';
import { factsOf } from '../../src/workflows/deploy-notices.ts';
import { describeStatus } from '../../src/workflows/describe-status.ts';
import { HOLDING, minute, PLAN } from './statuses.ts';

const RECORD = 'www.example.com';

async function policyOf(approve: string) {
  const text = `version: 1\nrecords:\n  ${RECORD}:\n    approve: ${approve}\n`;
  return declaredIn(await checkSwitchyardFile(text, 'switchyard.yaml')).records.get(RECORD) ?? null;
}

async function requestOf(approve: string) {
  const named = await policyOf(approve);
  return deployRequest(RECORD, { flags: { to: ['192.0.2.20'] }, policyOf: () => named, env: {} }).request;
}

describe('approvals in the file', () => {
  test('become rules with their defaults: everybody, 30 min, no reminder', async () => {
    const findings = startFindings();
    expect(approvalRules(await policyOf('{ cutover: {} }'), findings)).toEqual({
      cutover: { by: ['*'], withinMs: 1_800_000, remindMs: null },
    });
    const both = '{ cutover: { by: "*@example.com" }, promotion: { by: [ann, bob], within: 2h, remind: 15m } }';
    expect(approvalRules(await policyOf(both), findings)).toEqual({
      cutover: { by: ['*@example.com'], withinMs: 1_800_000, remindMs: null },
      promotion: { by: ['ann', 'bob'], withinMs: 7_200_000, remindMs: 900_000 },
    });
    expect(findings.problems).toEqual([]);
  });

  test('go with the request, which stays what it was without them', async () => {
    const plain = deployRequest(RECORD, { flags: { to: ['192.0.2.20'] }, policyOf: () => null, env: {} }).request;
    expect('approve' in plain).toBe(false);
    const asked = await requestOf('{ promotion: {} }');
    expect(asked.approve).toEqual({ promotion: { by: ['*'], withinMs: 1_800_000, remindMs: null } });
    expect(requestHash(asked)).not.toBe(requestHash(plain));
  });

  test('and --confirm-by are one of two ways to ask who confirms; its time is bounded (A2)', async () => {
    const named = await policyOf('{ promotion: {} }');
    const ask = (confirmBy: string, policy: typeof named) => () =>
      deployRequest(RECORD, { flags: { to: ['192.0.2.20'], confirmBy }, policyOf: () => policy, env: {} }).request;
    expect(ask('15m', named)).toThrow(/--confirm-by and switchyard.yaml:4: approve.promotion both ask who confirms/);
    expect(ask('25h', null)).toThrow(/--confirm-by: "25h" is out of range/);
    expect(ask('15m', await policyOf('{ cutover: {} }'))()).toMatchObject({ confirmByMs: 900_000 });
  });

  test.each([
    ['{}', /approve says none of cutover, promotion, inconclusive/],
    ['{ rollback: {} }', /unknown key "rollback"; accepted: cutover, promotion, inconclusive/],
    ['{ inconclusive: {} }', /no gate of www\.example\.com asks anybody; accepted: a gate with onInconclusive/],
    ['{ cutover: { by: [] } }', /switchyard.yaml:4/],
    ['{ cutover: { by: "a b" } }', /no identit/],
    ['{ cutover: { within: soon } }', /no duration/],
    ['{ cutover: { within: 25h } }', /switchyard.yaml:4: within: "25h" is out of range.*up to|from 1s to 24h/],
    ['{ cutover: { within: 24h, remind: 1s } }', /more than 100 reminders/],
  ])('%s is refused with its line (A2)', async (approve, why) => {
    const said = await requestOf(approve).then(
      () => 'taken',
      (error: unknown) => (error as Stop).problems.map(asSentence).join('\n'),
    );
    expect(said).toMatch(why);
    expect(said).toMatch(/switchyard\.yaml:4/);
  });
});

describe('an approval that is open', () => {
  const OPEN: OpenApproval = {
    number: 1,
    of: 'promotion',
    by: ['*@example.com'],
    since: minute(15),
    until: minute(45),
  };
  const waiting = { ...HOLDING, phase: 'awaiting-approval', approval: OPEN, decisions: [] } as const;
  const view = { paint: (_style: unknown, text: string) => text, now: minute(16), link: null };

  test('says who may decide, how long that is possible, and what to type', () => {
    expect(statusLines(waiting, view)).toEqual(
      expect.arrayContaining([
        'approve?     the promotion, by *@example.com (not authenticated), 29:00 left',
        `next         ./switchyard approve ${RECORD}, or ./switchyard reject ${RECORD} --reason TEXT`,
      ]),
    );
    const paused = { ...waiting, approval: { ...OPEN, until: null } };
    expect(statusLines(paused, view).join('\n')).toMatch(/its clock stands still/);
    expect(describeStatus(waiting)).toMatch(/approval of the promotion by .*until 12:45:00 UTC/);
    expect(describeStatus(waiting)).toMatch(/^.*\n\n- waits:/); // without the empty line the UI draws no list
  });

  test('about gates that say nothing names them wherever it is shown or told, and what they say', () => {
    const approval = { ...OPEN, of: 'inconclusive', gates: ['errors'] } as const;
    const verdict = { kind: 'inconclusive', reason: 'errors: no answer' } as const;
    const unsure = { ...waiting, approval, verdict };
    expect(statusLines(unsure, view).join('\n')).toMatch(/approve\? {5}going on without the gate errors, by/);
    expect(changeLines({ ...HOLDING }, unsure)).toContainEqual(
      expect.stringMatching(/going on without the gate errors waits for/),
    );
    expect(describeStatus(unsure)).toMatch(/for the approval of going on without the gate errors by/);
    expect(factsOf('waiting', unsure)).toMatchObject({
      title: `${RECORD}: waiting for the approval of going on without the gate errors`,
      sentence: 'errors: no answer. It may be given by *@example.com (not authenticated).',
    });
  });

  test('that nobody could name is decided by an answer of its own: the first one would be that to all', () => {
    const ann = { by: 'ann@example.com', reason: 'change 4711' };
    expect(decisionId('approve', { ...ann, number: null })).toBeUndefined();
    expect(decisionId('approve', { ...ann, number: 2 })).not.toBe(decisionId('approve', { ...ann, number: 1 }));
  });

  test('is told once, and so is its decision with its reason', () => {
    expect(changeLines({ ...HOLDING }, waiting)).toEqual([
      `12:15:00 UTC  the promotion waits for *@example.com, until 12:45:00 UTC: ./switchyard approve ${RECORD}, or ./switchyard reject ${RECORD} --reason TEXT`,
    ]);
    expect(changeLines(waiting, waiting)).toEqual([]);
    const decided = {
      number: 1,
      of: 'promotion',
      decision: 'approved',
      by: 'ann',
      reason: 'ok',
      at: minute(17),
    } as const;
    const after = { ...waiting, approval: null, decisions: [decided] };
    expect(changeLines(waiting, after)).toEqual([
      '12:17:00 UTC  the promotion was approved by ann at 12:17:00 UTC: ok',
    ]);
    expect(describeStatus(after)).toMatch(/decided: the promotion was approved by ann/);
  });

  test('is foreseen by the plan, with what happens without it', () => {
    const rule = { by: ['ann'], withinMs: 1_800_000, remindMs: null };
    expect(waitLines({ approve: { cutover: rule, promotion: rule }, gates: [] }, PLAN)).toEqual([
      'approval     the cutover, by ann (not authenticated), within 30 min; otherwise nothing is written',
      'approval     the promotion, by ann (not authenticated), within 30 min; otherwise red is restored',
    ]);
    expect(waitLines({ gates: [] }, PLAN)).toEqual([]);
    const gates = [{ kind: 'tcp', name: 'open', port: 443 }] as const;
    expect(waitLines({ confirmByMs: 900_000, gates }, PLAN)).toEqual([
      'confirm      at 100 % by somebody, or by gates that pass for the whole bake, within 15 min; otherwise red is restored',
    ]);
    // Shorter than the bake, or without gates: the plan says that nobody else will.
    for (const wish of [
      { confirmByMs: 60_000, gates },
      { confirmByMs: 900_000, gates: [] },
    ])
      expect(waitLines(wish, PLAN)[0]).toMatch(/^confirm {6}at 100 % by somebody within/);
  });
});
