import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from '../src/in-time.ts';

test('what comes in time is handed on, well or ill', async () => {
  expect(await inTime(Promise.resolve(7), 1_000, 'too late')).toBe(7);
  await expect(inTime(Promise.reject(new Error('no')), 1_000, 'too late')).rejects.toThrow('no');
});

test('what does not come in time is not waited for, and may fail later without ending the process', async () => {
  const failsLater = sleep(20).then(() => {
    throw new Error('later');
  });
  await expect(inTime(failsLater, 5, 'no answer')).rejects.toThrow('no answer');
  await expect(failsLater).rejects.toThrow('later');
});
