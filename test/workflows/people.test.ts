import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { MessageAnswer } from '../../src/contracts/deploy.ts';
import type { ApprovalRule } from '../../src/core/dns/approval.ts';
import { startYard, type Deployment, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const ILL = { kind: 'status', status: 503 } as const;
const RULE: ApprovalRule = { by: ['*@example.com'], withinMs: 60_000, remindMs: null };
const SHORT: ApprovalRule = { ...RULE, withinMs: 400 };
const ANN = { by: 'ann@example.com', reason: 'change 4711' };

const isWaiting = ({ phase, approval }: Awaited<ReturnType<Deployment['status']>>): boolean =>
  phase === 'awaiting-approval' && approval != null;

function send(run: Deployment, verb: 'approve' | 'reject' | 'pause' | 'resume', said: object = ANN) {
  return run.handle.executeUpdate<MessageAnswer, [object]>(verb, { args: [said] });
}

describe('before the cutover', () => {
  test.concurrent('writes nothing until somebody who may has approved, and says who and why', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { cutover: RULE } });
    const waiting = await run.until(isWaiting);
    expect(waiting.approval).toMatchObject({ number: 1, of: 'cutover', by: ['*@example.com'] });
    expect(waiting.deadlineAt).toBeNull();
    expect(rig.observer.writes()).toBe(0);
    expect((await send(run, 'approve')).sentence).toBe('the cutover is approved');
    const { report } = await run.end();
    expect(report).toMatchObject({ outcome: 'promoted', approval: null });
    expect(report?.decisions).toMatchObject([{ number: 1, of: 'cutover', decision: 'approved', ...ANN }]);
    expect(report?.stages.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['reading the record again', 'checking black and red again']),
    );
  });

  test.concurrent('a rejection ends it as refused, and nothing is written', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { cutover: RULE } });
    await run.until(isWaiting);
    await expect(send(run, 'reject')).resolves.toMatchObject({ sentence: /nothing will be written/ });
    const end = await run.end();
    expect(end).toMatchObject({ type: 'Rejected', report: { outcome: 'refused' } });
    expect(end.report?.stages.at(-1)).toMatchObject({
      label: 'waiting for the approval of the cutover',
      outcome: 'failed',
    });
    expect(end.message).toMatch(/the cutover was rejected by ann@example.com: change 4711\. Nothing was written/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('without an answer in time it ends as refused, after its reminders', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { cutover: { ...RULE, withinMs: 2_500, remindMs: 700 } } });
    const end = await run.end();
    expect(end).toMatchObject({ type: 'NotApproved', report: { outcome: 'refused' } });
    expect(end.report?.notices.filter((notice) => notice.includes('./switchyard approve'))).not.toHaveLength(0);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent(
    'a decision that comes early, late, twice or from somebody else is refused with a sentence',
    async () => {
      const rig = await yard.rig();
      const slow = { ...rig.request().pace, preflight: { inARow: 2, overMs: 600 } };
      const run = await rig.deploy({ approve: { cutover: RULE }, bakeMs: 30_000, pace: slow });
      await run.until(({ phase }) => phase === 'checking');
      await expect(refusalOf(send(run, 'approve'))).resolves.toMatch(/it is checking; it waits for no approval now/);
      await run.until(isWaiting);
      await expect(refusalOf(send(run, 'approve', { by: 'eve@example.org' }))).resolves.toMatch(
        /eve@example.org may not decide it; allowed: \*@example.com/,
      );
      await expect(refusalOf(send(run, 'reject', { by: 'eve@example.org' }))).resolves.toMatch(/may not decide it/);
      await expect(refusalOf(send(run, 'approve', { ...ANN, number: 7 }))).resolves.toMatch(/another one/);
      await send(run, 'approve');
      await expect(refusalOf(send(run, 'approve', { by: 'bob@example.com' }))).resolves.toMatch(
        /waits for no approval now; the cutover was approved by ann@example.com at /,
      );
      await run.until(({ phase }) => phase === 'holding');
      await expect(refusalOf(send(run, 'reject'))).resolves.toMatch(/it is holding; it waits for no approval/);
      await run.abort();
      await expect(send(run, 'approve')).rejects.toThrow(/completed|not found/);
    },
  );

  test.concurrent('whoever approves twice with one update id is told the same twice', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { cutover: RULE } });
    await run.until(isWaiting);
    const approve = () =>
      run.handle.executeUpdate<MessageAnswer, [object]>('approve', { args: [ANN], updateId: 'approve-1-ann' });
    const [first, second] = await Promise.all([approve(), approve()]);
    expect(second.sentence).toBe(first.sentence);
    expect((await run.end()).report?.decisions).toHaveLength(1);
  });

  test.concurrent('asks the gates again: a black that sickened meanwhile is refused (D7)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { cutover: RULE } });
    await run.until(isWaiting);
    await rig.sandbox.black.behave(ILL);
    await send(run, 'approve');
    expect(await run.end()).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent(
    'refuses when the record was changed while it waited, since another plan was approved (D2, D4)',
    async () => {
      const rig = await yard.rig();
      const run = await rig.deploy({ approve: { cutover: RULE } });
      await run.until(isWaiting);
      const { route53, zoneId, record } = rig.sandbox;
      route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '198.51.100.7' }] });
      await send(run, 'approve');
      const end = await run.end();
      expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
      expect(end.message).toMatch(/has changed while the approval was waited for/);
      expect(rig.observer.writes()).toBe(0);
    },
  );

  test.concurrent('an abort and a cancellation end the waiting at once, and nothing is written (D3)', async () => {
    const [aborted, cancelled] = [await yard.rig(), await yard.rig()];
    const runs = await Promise.all([aborted, cancelled].map((rig) => rig.deploy({ approve: { cutover: RULE } })));
    const [first, second] = [runs[0]!, runs[1]!];
    await Promise.all(runs.map((run) => run.until(isWaiting)));
    expect((await first.abort()).sentence).toMatch(/before anything was written/);
    await second.handle.cancel();
    expect(await first.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'refused' } });
    expect((await second.end()).status).toBe('CANCELLED');
    expect(aborted.observer.writes() + cancelled.observer.writes()).toBe(0);
  });

  test.concurrent(
    'a pause stops the clock of the approval too, and the deadline stands still all the while',
    async () => {
      const rig = await yard.rig();
      const run = await rig.deploy({ approve: { cutover: { ...RULE, withinMs: 1_500 } }, deadlineMs: null });
      await run.until(isWaiting);
      await send(run, 'pause');
      const paused = await run.until(({ pausedSince }) => pausedSince !== null);
      expect(paused).toMatchObject({ phase: 'awaiting-approval', deadlineAt: null });
      await run.until(({ approval }) => approval?.until === null);
      await new Promise((resolve) => setTimeout(resolve, 1_600)); // longer than the approval has
      expect((await run.status()).outcome).toBeNull();
      await send(run, 'resume', { by: 'a test', reason: '' });
      await run.until(({ approval }) => approval?.until != null);
      await send(run, 'approve');
      expect((await run.end()).report?.outcome).toBe('promoted');
    },
  );

  test.concurrent('a pause gives nobody the time again that has passed before it', async () => {
    const run = await (await yard.rig()).deploy({ approve: { cutover: RULE } });
    const { approval } = await run.until(isWaiting);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await send(run, 'pause');
    const { pausedSince } = await run.until((status) => status.pausedSince !== null && status.approval?.until === null);
    const passedMs = (pausedSince ?? 0) - (approval?.since ?? 0);
    await send(run, 'resume', { by: 'a test', reason: '' });
    const resumedBy = Date.now();
    const goesOn = await run.until((status) => status.approval?.until != null);
    expect(goesOn.approval?.until).toBeLessThanOrEqual(resumedBy + RULE.withinMs - passedMs + 100);
    await run.abort();
  });
});

describe('before the promotion', () => {
  test.concurrent('promotes only after somebody approved, and after the gates passed once more (D7)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE } });
    const waiting = await run.until(isWaiting);
    expect(waiting).toMatchObject({ share: 100, deadlineAt: null, approval: { of: 'promotion', number: 1 } });
    await send(run, 'approve');
    const { report } = await run.end();
    expect(report).toMatchObject({ outcome: 'promoted', verdict: { kind: 'pass' } });
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
  });

  test.concurrent('an approval is no pass: a black that sickened with it is rolled back (D7)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE } });
    await run.until(isWaiting);
    await rig.sandbox.black.behave(ILL);
    await send(run, 'approve').catch(() => undefined); // the watch may have seen it first
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent('keeps its gates while it waits: a breach restores red (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE } });
    await run.until(isWaiting);
    await rig.sandbox.black.behave(ILL);
    expect(await run.end()).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
  });

  test.concurrent('sees a foreign hand while it waits, and stops (D4)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE } });
    await run.until(isWaiting);
    const { route53, zoneId, record } = rig.sandbox;
    route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '198.51.100.7' }] });
    await run.until(({ phase }) => phase === 'blocked');
    await expect(refusalOf(send(run, 'approve'))).resolves.toMatch(/on its way back/);
    await run.handle.executeUpdate('resolve', { args: [{ by: 'a test', decision: 'leave', reason: 'moved' }] });
    expect((await run.end()).report?.outcome).toBe('not-restored');
  });

  test.concurrent('a rejection restores red, an ill red too, since a person asked for it (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE }, ifRedIsIll: 'hold' });
    await run.until(isWaiting);
    await rig.sandbox.red.behave(ILL);
    await run.until(({ windows }) =>
      windows.some(({ side, observations }) => side === 'red' && observations.filter(({ ok }) => !ok).length > 3),
    );
    await send(run, 'reject');
    expect(await run.end()).toMatchObject({ type: 'Rejected', report: { outcome: 'rolled-back' } });
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('without an answer in time red is restored (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: SHORT } });
    expect(await run.end()).toMatchObject({ type: 'NotApproved', report: { outcome: 'rolled-back' } });
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('promote ends the bake and not the approval', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ approve: { promotion: RULE }, bakeMs: 30_000 });
    await run.until(({ phase }) => phase === 'holding');
    await run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: true }] });
    await run.until(isWaiting);
    const promote = run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: true }] });
    await expect(refusalOf(promote)).resolves.toMatch(/it is awaiting-approval, not holding/);
    await run.handle.cancel();
    await run.handle.cancel();
    expect((await run.end()).status).toBe('CANCELLED');
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('the time of an approval is not the deadline’s', async () => {
    const rig = await yard.rig();
    // Until the hold it uses some of the deadline; while it waits, none.
    const run = await rig.deploy({ approve: { cutover: RULE, promotion: RULE } });
    await run.until(isWaiting);
    await send(run, 'approve');
    const { deadlineAt } = await run.until(({ deadlineAt: at }) => at !== null);
    await run.until(({ approval }) => approval?.number === 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await send(run, 'approve');
    const later = await run.until((status) => status.deadlineAt !== null && status.approval === null);
    expect(later.deadlineAt).toBeGreaterThanOrEqual((deadlineAt ?? Infinity) + 300);
    expect((await run.end()).report?.decisions).toHaveLength(2);
  });
});

describe('commit confirmed', () => {
  test.concurrent('takes back what nobody confirms in time, where no gate can (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ gates: [], unchecked: true, confirmByMs: 2_000 });
    const waiting = await run.until(({ phase, holdEndsAt }) => phase === 'awaiting-approval' && holdEndsAt !== null);
    expect(waiting).toMatchObject({ share: 100, approval: { of: 'confirmation' }, deadlineAt: null });
    const end = await run.end();
    expect(end).toMatchObject({ type: 'NotApproved', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(/the cutover was not confirmed within 2 s/);
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('keeps what somebody confirms, and ends the bake with it', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 60_000, confirmByMs: 60_000 });
    await run.until(({ phase }) => phase === 'holding');
    await send(run, 'approve');
    const { report } = await run.end();
    expect(report).toMatchObject({ outcome: 'promoted', verdict: { kind: 'pass' } });
    expect(report?.decisions).toMatchObject([{ of: 'confirmation', decision: 'approved' }]);
  });

  test.concurrent('is confirmed by gates that pass for the whole bake, without anybody', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ confirmByMs: 60_000 });
    expect((await run.end()).report).toMatchObject({ outcome: 'promoted', decisions: [], approval: null });
  });

  test.concurrent('says when the bake is too long for the gates to confirm, and rolls back in time', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 60_000, confirmByMs: 1_000 });
    const end = await run.end();
    expect(end).toMatchObject({ type: 'NotApproved', report: { outcome: 'rolled-back' } });
    expect(end.report?.notices).toEqual([expect.stringMatching(/only somebody can do that/)]);
  });

  test.concurrent('a promote confirms too, and a rejection takes it back at once (D3)', async () => {
    const [kept, back] = [await yard.rig(), await yard.rig()];
    const wish = { bakeMs: 60_000, confirmByMs: 60_000 };
    const [first, second] = await Promise.all([kept.deploy(wish), back.deploy(wish)]);
    await Promise.all([first, second].map((run) => run.until(({ phase }) => phase === 'holding')));
    await first.handle.executeUpdate('promote', { args: [{ by: 'a test', full: false }] });
    await send(second, 'reject');
    expect((await first.end()).report?.outcome).toBe('promoted');
    expect(await second.end()).toMatchObject({ type: 'Rejected', report: { outcome: 'rolled-back' } });
  });

  test.concurrent('a confirmation is no pass: a black that sickens is rolled back all the same (D7)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 60_000, confirmByMs: 60_000 });
    await run.until(({ phase }) => phase === 'holding');
    await rig.sandbox.black.behave(ILL);
    await send(run, 'approve').catch(() => undefined); // the watch may have seen it first
    expect((await run.end()).report?.outcome).toBe('rolled-back');
  });
});

describe('a freeze', () => {
  const around = (at: number) => ({ from: at - 60_000, until: at + 60_000, words: 'the weekend, Europe/Berlin' });
  const inForce = () => ({ windows: [around(Date.now())], override: null });

  test.concurrent('refuses a cutover that the client let pass, at once and without a write', async () => {
    const rig = await yard.rig();
    const end = await (await rig.deploy({ freeze: inForce(), approve: { cutover: RULE } })).end();
    expect(end).toMatchObject({ type: 'Frozen', report: { outcome: 'refused', decisions: [] } });
    expect(end.message).toMatch(/no cutover begins before .*the weekend, Europe\/Berlin.*--override-freeze/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('that begins while somebody decides is asked again before the first write', async () => {
    const rig = await yard.rig();
    const slow = { ...rig.request().pace, preflight: { inARow: 2, overMs: 1_500 } };
    const from = Date.now() + 2_500;
    const windows = [{ from, until: from + 60_000, words: 'the weekend' }];
    const run = await rig.deploy({ freeze: { windows, override: null }, approve: { cutover: RULE }, pace: slow });
    await run.until(isWaiting);
    await send(run, 'approve'); // and the checks before the first write outlast the beginning of the freeze
    expect(await run.end()).toMatchObject({ type: 'Frozen', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('is no reason to stop what has begun, and none to keep a rollback from red (D8)', async () => {
    const [goes, comesBack] = [await yard.rig(), await yard.rig()];
    const from = Date.now() + 60_000;
    const freeze = { windows: [{ from, until: from + 1, words: 'later' }], override: null };
    const run = await goes.deploy({ freeze });
    expect((await run.end()).report).toMatchObject({ outcome: 'promoted' });
    const back = await comesBack.deploy({ freeze: { ...inForce(), override: 'an incident' }, bakeMs: 30_000 });
    await back.until(({ phase }) => phase === 'holding');
    await back.abort();
    expect((await back.end()).report?.outcome).toBe('rolled-back');
  });

  test.concurrent('is passed with a reason, which stays with the run', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ freeze: { ...inForce(), override: 'incident 4711' } });
    const { report } = await run.end();
    expect(report).toMatchObject({
      outcome: 'promoted',
      overrodeFreeze: { freeze: 'the weekend, Europe/Berlin', by: 'a test', reason: 'incident 4711' },
    });
    expect(report?.notices).toEqual([expect.stringMatching(/a test went on in the freeze until .*: incident 4711/)]);
  });
});

/** What the refusal of a message says. */
async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const refusal = await answer.then(
    () => null,
    (error: unknown) => error,
  );
  return refusal instanceof WorkflowUpdateFailedError
    ? (refusal.cause?.message ?? '')
    : `not refused: ${String(refusal)}`;
}
