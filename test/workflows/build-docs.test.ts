/** The docs workflow on a real server: P2, P3, and of several wishes the newest (design 5: the workflow id is the lock). */
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { FAST_DOCS, startDocsYard, type DocsRig, type DocsRun, type DocsYard } from '../support/docs-yard.ts';

let yard: DocsYard;
beforeAll(async () => {
  yard = await startDocsYard();
});
afterAll(() => yard.close());

const says = async (rig: DocsRig, text: string) => (await rig.pages()).every((page) => page.includes(text));
const stageNames = async (run: DocsRun) => ((await run.end()).report?.stages ?? []).map(({ name }) => name);
const ALL = ['resolve', 'fetch', 'look', 'generate', 'verify', 'stage', 'gates', 'activate', 'collect'];
const LOOK = ['resolve', 'fetch', 'look', 'gates', 'activate', 'collect'];

test.concurrent('publishes, and a second build of an unchanged source is a look', async () => {
  const rig = await yard.site();
  await rig.says('one');
  const first = await rig.ask();
  expect(await first.end()).toMatchObject({ status: 'COMPLETED', report: { outcome: 'published', reused: false } });
  expect(await stageNames(first)).toEqual(ALL);
  expect(await says(rig, 'one')).toBe(true);

  const second = await rig.ask();
  expect((await second.end()).report).toMatchObject({ outcome: 'unchanged', reused: true });
  expect(await stageNames(second)).toEqual(LOOK);
  expect(await readdir(rig.layout.work)).toEqual([]);
});

test.concurrent('a preview moves no pointer, and is published later without a build', async () => {
  const rig = await yard.site();
  await rig.says('one');
  await (await rig.ask()).end();
  await rig.says('two');
  const preview = await (await rig.ask({ publish: false })).end();
  expect(preview.report).toMatchObject({ outcome: 'preview', release: { pages: 3 } });
  expect(await says(rig, 'one')).toBe(true);
  expect((await (await rig.ask()).end()).report).toMatchObject({ outcome: 'published', reused: true });
  expect(await says(rig, 'two')).toBe(true);
});

test.concurrent(
  'a newer wish ends an older build, and one run publishes the newest (two quick wishes, one release)',
  async () => {
    const rig = await yard.site();
    await rig.says('WAIT old');
    const run = await rig.ask();
    await run.until(({ stages }) => stages.some(({ name, tookMs }) => name === 'generate' && tookMs === null));
    await rig.says('new');
    const again = await rig.ask({ wish: { by: 'you' } });
    expect(again.handle.signaledRunId).toBe(run.handle.signaledRunId);
    expect((await run.end()).report).toMatchObject({ outcome: 'published', superseded: 1, wish: { by: 'you' } });
    expect(await says(rig, 'new')).toBe(true);
    expect(await readdir(rig.layout.releases)).toHaveLength(1);
    expect(await readdir(rig.layout.work)).toEqual([]);
  },
);

test.concurrent('a preview ends no build that publishes', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const run = await rig.ask();
  await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
  const preview = await rig.ask({ publish: false });
  await rig.letGo();
  expect((await run.end()).report).toMatchObject({ outcome: 'published', superseded: 0 });
  expect((await preview.end()).report).toMatchObject({ outcome: 'preview' });
});

test.concurrent('an activation that is under way is finished, and then the newer wish is built (P1)', async () => {
  let beats = 0;
  let isHeld = true;
  const activated: string[] = [];
  const rig = await yard.site({
    around: (activities) => ({
      ...activities,
      activateRelease: async (move) => {
        for (; isHeld; beats += 1) {
          Context.current().heartbeat();
          await Context.current().sleep(20); // throws where somebody cancels it
        }
        activated.push(move.release);
        return activities.activateRelease(move);
      },
    }),
  });
  const untilBeats = async (wanted: number) => {
    while (beats < wanted) await sleep(20);
  };
  await rig.says('one');
  const run = await rig.ask();
  await untilBeats(1);
  await rig.says('two');
  await rig.ask();
  await untilBeats(beats + 50); // it would have heard of it by now
  isHeld = false;
  expect((await run.end()).report).toMatchObject({ outcome: 'published', superseded: 0 });
  expect(activated).toHaveLength(2);
  expect(await says(rig, 'two')).toBe(true);
});

test.concurrent(
  'a run that is cancelled while it is judged publishes nothing, though the judgement ends well (P2)',
  async () => {
    let judging = (): void => undefined;
    const begun = new Promise<void>((resolve) => (judging = resolve));
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const rig = await yard.site({
      around: (activities) => ({
        ...activities,
        judgeRelease: async (input) => {
          judging();
          await held; // it does not hear of the cancellation
          return activities.judgeRelease(input);
        },
      }),
    });
    await rig.says('one');
    const run = await rig.ask();
    await begun;
    await run.handle.cancel();
    letGo();
    expect((await run.end()).status).toBe('CANCELLED');
    expect(await readdir(rig.layout.versions)).toEqual([]);
  },
);

test.concurrent('a newer wish is built as the site is declared now, and not as it was', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const run = await rig.ask();
  await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
  const gates = { ...rig.spec.gates, size: { maxBytes: 1 } };
  await rig.ask({ spec: { ...rig.spec, gates, baseUrl: 'https://new.example.com' } });
  await rig.letGo();
  expect((await run.end()).report).toMatchObject({ outcome: 'gates-failed', baseUrl: 'https://new.example.com' });
});

test.concurrent('an event that is delivered twice does not begin the build anew', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const wish = { trigger: 'event', commit: 'c'.repeat(40) } as const;
  const run = await rig.ask({ wish });
  await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
  await rig.ask({ wish });
  await rig.letGo();
  expect((await run.end()).report).toMatchObject({ outcome: 'published', superseded: 0 });
});

test.concurrent('where wishes come faster than builds end, something is published all the same', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const run = await rig.ask();
  for (let ended = 0; ended < 5; ended += 1) {
    await run.until(({ superseded, stages }) => superseded === ended && stages.some(({ name }) => name === 'generate'));
    await rig.ask();
  }
  await run.until(({ superseded, stages }) => superseded === 5 && stages.some(({ name }) => name === 'generate'));
  await rig.ask();
  await rig.letGo();
  expect((await run.end()).report).toMatchObject({ outcome: 'unchanged', superseded: 5 });
  expect(await says(rig, 'one')).toBe(true);
});

test.concurrent('a gate that fails keeps the release as a preview and the site as it was (P2)', async () => {
  const rig = await yard.site({ gates: { warnings: 'fail' } });
  await rig.says('one');
  await (await rig.ask()).end();
  await rig.says('WARN two');
  const refused = await (await rig.ask()).end();
  expect(refused).toMatchObject({ status: 'FAILED', type: 'GatesFailed', report: { outcome: 'gates-failed' } });
  expect(refused.message).toMatch(/^1 warnings, and none are allowed\. Release \S+ is kept as a preview: .*docs serve/);
  expect(await says(rig, 'one')).toBe(true);
  expect(await readdir(rig.layout.releases)).toHaveLength(2);
});

test.concurrent('a build that fails leaves the site, and says what the generator said (P2)', async () => {
  const rig = await yard.site();
  await rig.says('one');
  await (await rig.ask()).end();
  await rig.says('FAIL');
  expect(await (await rig.ask()).end()).toMatchObject({
    status: 'FAILED',
    type: 'Invalid',
    report: { outcome: 'failed', failure: { shown: ['error: bad'] } },
  });
  expect(await says(rig, 'one')).toBe(true);
  expect(await readdir(rig.layout.work)).toEqual([]);
});

test.concurrent('a build that is cancelled in Temporal leaves nothing behind', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const run = await rig.ask();
  await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
  await run.handle.cancel();
  expect((await run.end()).status).toBe('CANCELLED');
  expect(await readdir(rig.layout.work)).toEqual([]);
  expect(await readdir(rig.layout.releases)).toEqual([]);
});

test.concurrent('a rollback pins: later builds are kept and say so, until it is lifted (P3)', async () => {
  const rig = await yard.site();
  for (const text of ['one', 'two']) {
    await rig.says(text);
    await (await rig.ask()).end();
  }
  const { spec } = rig;
  const move = (kind: 'rollback' | 'unpin') =>
    yard.temporal.client.workflow.execute('moveDocs', {
      workflowId: `move-${spec.site}-${kind}`,
      taskQueue: yard.taskQueue,
      args: [{ spec, version: 'latest', by: 'me', askedAt: new Date().toISOString(), move: { kind, to: null } }],
    }) as Promise<unknown>;
  expect(await move('rollback')).toMatchObject({ kind: 'move' });
  expect(await says(rig, 'one')).toBe(true);
  await rig.says('three');
  expect((await (await rig.ask()).end()).report).toMatchObject({
    outcome: 'not-published',
    why: expect.stringMatching(/^pinned since .* by me$/) as unknown,
  });
  expect(await says(rig, 'one')).toBe(true);
  await move('unpin');
  expect((await (await rig.ask()).end()).report).toMatchObject({ outcome: 'published', reused: true });
  expect(await says(rig, 'three')).toBe(true);
});

test.concurrent('a source that the worker does not allow is refused, whatever the site says (A4)', async () => {
  const rig = await yard.site();
  const spec = { ...rig.spec, source: { kind: 'folder' as const, path: '/etc' } };
  const workflowId = `docs:${spec.site}:elsewhere`;
  const request = { spec, version: 'elsewhere', publish: true, pace: FAST_DOCS, wish: null, carried: null };
  const handle = await yard.temporal.client.workflow.signalWithStart('buildDocs', {
    workflowId,
    taskQueue: yard.taskQueue,
    args: [request],
    signal: 'buildRequested',
    signalArgs: [{ ref: null, commit: null, trigger: 'manual', by: 'me' }],
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: {
      type: 'Refused',
      message: expect.stringMatching(/^\/etc is no folder that this worker allows/) as unknown,
    },
  });
});

test.concurrent.each([
  [{ site: '../outside' }, /^The site is no name of a site/],
  [{ version: '../../pwned' }, /^The version holds/],
])('a name of %j is refused by the worker as well: it would be a folder elsewhere (A4)', async (names, why) => {
  const { spec } = await yard.site();
  const { site = spec.site, version = 'latest' } = names as { site?: string; version?: string };
  const request = { spec: { ...spec, site }, version, publish: true, pace: FAST_DOCS, wish: null, carried: null };
  const handle = await yard.temporal.client.workflow.signalWithStart('buildDocs', {
    workflowId: `docs:odd:${JSON.stringify(names)}`,
    taskQueue: yard.taskQueue,
    args: [request],
    signal: 'buildRequested',
    signalArgs: [{ ref: null, commit: null, trigger: 'manual', by: 'me' }],
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'Refused', message: expect.stringMatching(why) as unknown },
  });
});

test.concurrent('a tick builds what has moved, and leaves a build that is under way alone', async () => {
  const rig = await yard.site();
  await rig.says('WAIT one');
  const run = await rig.ask();
  await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
  const tick = (name: string) =>
    yard.temporal.client.workflow.execute('tickDocs', {
      workflowId: `tick-${rig.spec.site}-${name}`,
      taskQueue: yard.taskQueue,
      args: [{ spec: rig.spec, pace: FAST_DOCS }],
    }) as Promise<unknown>;
  expect(await tick('one')).toEqual({ built: [], skipped: ['latest'] });
  await rig.letGo();
  expect((await run.end()).report).toMatchObject({ outcome: 'published', superseded: 0 });
  await rig.says('two');
  expect(await tick('two')).toEqual({ built: ['latest'], skipped: [] });
  expect(await says(rig, 'two')).toBe(true);
});
