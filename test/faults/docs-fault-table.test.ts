/**
 * The specification of P1 and P2: each activity of a build x each fault, with the same expectations for every cell: the version shows one whole
 * release, what was built is there once, and the folder it was built in is gone where anybody could remove it.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mustBeWhole } from '../../src/activities/docs/read-manifest.ts';
import { failure } from '../../src/policies/failures.ts';
import { startDocsYard, type AllActivities, type DocsRig, type DocsYard } from '../support/docs-yard.ts';

let yard: DocsYard;
beforeAll(async () => {
  yard = await startDocsYard();
});
afterAll(() => yard.close());

const ACTIVITIES = [
  'resolveSource',
  'claimWorkspace',
  'fetchSource',
  'findRelease',
  'generateDocs',
  'verifySite',
  'stageRelease',
  'closeWorkspace',
  'judgeRelease',
  'activateRelease',
  'collectReleases',
] as const satisfies readonly (keyof AllActivities)[];

type Work = () => Promise<unknown>;

/** What happens to an activity; `nth` counts its calls from 1. */
const FAULTS: Readonly<Record<string, (work: Work, nth: number) => Promise<unknown>>> = {
  'refused before the effect, once': (work, nth) => (nth === 1 ? Promise.reject(unavailable()) : work()),
  'applied, and the answer lost, once': async (work, nth) => {
    const done = await work();
    if (nth === 1) throw unavailable();
    return done;
  },
  'run twice at once': async (work) => {
    const [first] = await Promise.all([work(), work().catch(() => null)]);
    return first;
  },
  'refused always': () => Promise.reject(failure('Refused', 'No.')),
  'applied, and then refused always': async (work) => {
    await work();
    throw failure('Refused', 'No.');
  },
};

const unavailable = () => failure('Unavailable', 'The connection was reset.');

/** Without these a build is published all the same. */
const BESIDE: ReadonlySet<string> = new Set(['closeWorkspace', 'collectReleases']);
/** A try beside another one of these makes a mess of the folder that both write: Temporal gives a stage to one worker at a time. */
const ALONE: ReadonlySet<string> = new Set(['generateDocs', 'verifySite', 'stageRelease', 'fetchSource']);

/** Where nobody hears of the folder, or nobody may remove it, the worker does so when it has been idle. */
const KEEPS: ReadonlySet<string> = new Set(['claimWorkspace', 'closeWorkspace']);

const CELLS = ACTIVITIES.flatMap((activity) =>
  Object.keys(FAULTS)
    .filter((fault) => fault !== 'run twice at once' || !ALONE.has(activity))
    .map((fault) => [activity, fault] as const),
);

test.concurrent.each(CELLS)('%s %s', async (activity, fault) => {
  let armed = false;
  let calls = 0;
  const rig = await yard.site({
    around: (activities) => ({
      ...activities,
      [activity]: (input: never) => {
        const work = (): Promise<unknown> => (activities[activity] as (of: never) => Promise<unknown>)(input);
        if (!armed) return work();
        calls += 1;
        return FAULTS[fault]?.(work, calls);
      },
    }),
  });
  await rig.says('one');
  await (await rig.ask()).end();
  armed = true;
  await rig.says('two');
  const end = await (await rig.ask()).end();

  expect(calls).toBeGreaterThan(0);
  const fails = fault.endsWith('always') && !BESIDE.has(activity);
  expect(end).toMatchObject(
    fails
      ? { status: 'FAILED', type: 'Refused', report: { outcome: 'failed' } }
      : { status: 'COMPLETED', report: { outcome: 'published' } },
  );
  const moved = !fails || (activity === 'activateRelease' && fault.startsWith('applied'));
  await showsWhole(rig, moved ? 'two' : 'one');
  if (!KEEPS.has(activity)) expect(await readdir(rig.layout.work)).toEqual([]);
});

/** One whole release, and nothing beside it that is served. */
async function showsWhole(rig: DocsRig, text: string): Promise<void> {
  expect((await rig.pages()).map((page) => page.includes(text))).toEqual([true, true, true]);
  await mustBeWhole(join(rig.layout.versions, 'latest'));
  const releases = await readdir(rig.layout.releases);
  expect(releases.length).toBeLessThanOrEqual(2);
  for (const release of releases) await mustBeWhole(join(rig.layout.releases, release));
}

test('a disk that is full ends the build with what to do, and the site stays (P2)', async () => {
  const rig = await yard.site();
  await rig.says('one');
  await (await rig.ask()).end();
  await rig.says('FULL');
  expect(await (await rig.ask()).end()).toMatchObject({
    type: 'Refused',
    message: expect.stringMatching(/is full \(ENOSPC\)\. Free some space \(docs gc removes old releases\)/) as unknown,
  });
  await showsWhole(rig, 'one');
  expect(await readdir(rig.layout.work)).toEqual([]);
});
