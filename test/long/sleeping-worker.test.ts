import { setTimeout as sleep } from 'node:timers/promises';
import { endChildren, startWorkerChild } from '../support/e2e-child.ts';
import { openGrounds, type Grounds } from '../support/e2e-grounds.ts';
import { batchesOf, brokenPromises } from '../support/promises.ts';
import { PLAIN } from '../support/yard.ts';

let grounds: Grounds;
beforeAll(async () => {
  grounds = await openGrounds();
});
afterAll(async () => {
  await endChildren();
  await grounds.close();
});

/**
 * SIGSTOP between the decision to write and the write itself, which nothing but the fence can refuse then: when the worker wakes up, another
 * one has written, an abort has put red back, and the record stands as the sleeper has read it (F9).
 */
test('a worker that sleeps in the middle of a write and of a bake, and wakes up when others have done its work, writes nothing twice or late (D2, D3, D6)', async () => {
  const [writing, baking] = [grounds.rig('writing'), grounds.rig('baking')];
  const ailment = { preload: 'asleep-before-writing.mjs', env: { TEST_SLEEP_BEFORE: '2' } };
  const sleeper = await startWorkerChild(grounds, grounds.taskQueue, ailment);
  const baked = await baking.deploy({ gates: [PLAIN], bakeMs: 10_000 });
  await baked.until(({ phase }) => phase === 'holding');
  const written = await writing.deploy({ gates: [PLAIN], bakeMs: 120_000 });
  await sleeper.says('asleep');

  // Questions that are handed to the polls of the sleeper are lost with it, so that here only the record is asked.
  await startWorkerChild(grounds, grounds.taskQueue);
  await until(() => writing.observer.now() === 'black');
  expect((await baked.end()).report?.outcome).toBe('promoted');
  await written.abort();
  expect((await written.end()).report?.outcome).toBe('rolled-back');
  const judged = batchesOf(writing).length;
  sleeper.kill('SIGCONT');
  await until(() => batchesOf(writing).length > judged);

  expect(batchesOf(writing).at(-1)).toMatchObject({ accepted: false });
  expect(writing.observer.everyState()).toEqual(['red', 'black', 'red']);
  expect(baking.observer.everyState()).toEqual(['red', 'black']);
  for (const rig of [writing, baking]) {
    expect(rig.observer.fenceStage()).toBe('idle');
    expect(brokenPromises(rig, ['red', 'black'])).toEqual([]);
  }
  sleeper.kill('SIGTERM');
  expect(await sleeper.exit).toBe(0); // and it goes on as a worker that nothing has happened to
}, 300_000);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}
