import { mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuildPlaces } from '../../../src/activities/docs/build-places.ts';
import { removeTree } from '../../../src/activities/docs/durable.ts';

let folder = '';
let now = 0;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-places-')));
  now = 0;
});
afterEach(() => removeTree(folder));

const places = (most = 2) => openBuildPlaces(() => now, most);
const nothing = (): Promise<void> => Promise.resolve();

test('gives no more folders than builds it works at, also to those that come at once, and one again when it is given back', async () => {
  const at = places();
  const claims = await Promise.allSettled(['a', 'b', 'c'].map((run) => at.claim(folder, run)));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(claims[2]).toMatchObject({ reason: { type: 'Throttled' } });
  const [first = ''] = await readdir(folder);
  await at.release(folder, first);
  await at.claim(folder, 'c');
  expect(await readdir(folder)).toHaveLength(2);
});

test('a run that asks again, because the answer was lost, gives back what it had', async () => {
  const at = places(1);
  const { name } = await at.claim(folder, 'a');
  const again = await at.claim(folder, 'a');
  expect(await readdir(folder)).toEqual([again.name]);
  await expect(at.within(name, nothing)).rejects.toMatchObject({ type: 'WorkspaceLost' });
});

test('what nobody has worked in for a minute is given to somebody else, and nothing where a stage is at work', async () => {
  const at = places(1);
  const { name } = await at.claim(folder, 'a');
  let end = (): void => undefined;
  const working = at.within(name, () => new Promise<void>((resolve) => (end = resolve)));
  now = 600_000;
  await expect(at.claim(folder, 'b')).rejects.toMatchObject({ type: 'Throttled' });
  end();
  await working;
  now += 59_000;
  await expect(at.claim(folder, 'b')).rejects.toMatchObject({ type: 'Throttled' });
  now += 2_000;
  await at.claim(folder, 'b');
  await expect(at.within(name, nothing)).rejects.toMatchObject({ type: 'WorkspaceLost' });
});

test('a name that is none removes nothing', async () => {
  await places().release(join(folder, 'below'), '../x');
  expect(await readdir(folder)).toEqual([]);
});
