import fc from 'fast-check';
import { oneAtATime } from '../../src/gateway/one-at-a-time.ts';

interface Call {
  readonly wish: number;
  land(): void;
  fail(): void;
}

function sender() {
  const calls: Call[] = [];
  const send = oneAtATime<number>(
    (wish) => new Promise((land, reject) => calls.push({ wish, land, fail: () => reject(new Error('away')) })),
  );
  return { calls, send };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a thousand that come while one is in flight share the next, and are answered when that is taken', async () => {
  const { calls, send } = sender();
  const first = send('run', 0);
  let answered = 0;
  const others = Array.from({ length: 1_000 }, (_, at) => send('run', at + 1).then(() => (answered += 1)));
  calls[0]?.land();
  await first;
  await settled();
  expect([calls.map(({ wish }) => wish), answered]).toEqual([[0, 1_000], 0]);
  calls[1]?.land();
  await Promise.all(others);
  expect([calls.length, answered]).toEqual([2, 1_000]);
});

test('another key waits for nobody', async () => {
  const { calls, send } = sender();
  void send('one', 1);
  void send('two', 2);
  await settled();
  expect(calls.map(({ wish }) => wish)).toEqual([1, 2]);
});

test('whoever shared a call that failed hears so, and the next one is sent all the same', async () => {
  const { calls, send } = sender();
  const first = send('run', 1);
  const second = send('run', 2);
  calls[0]?.fail();
  await expect(first).rejects.toThrow('away');
  await settled();
  const third = send('run', 3);
  calls[1]?.fail();
  await expect(second).rejects.toThrow('away');
  await settled();
  calls[2]?.land();
  await third;
});

test('no wish is answered by a call that left before it came, however calls and answers mix', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('send', 'land', 'fail'), { maxLength: 40 }), async (steps) => {
      const { calls, send } = sender();
      const open: Promise<unknown>[] = [];
      let landed = 0;
      for (const step of [...steps, ...steps.map(() => 'land')]) {
        if (step === 'send') {
          const leftBefore = calls.length;
          open.push(
            send('run', leftBefore).then(
              () => expect(landed).toBeGreaterThan(leftBefore),
              () => undefined,
            ),
          );
        } else if (landed < calls.length) calls[landed++]?.[step === 'land' ? 'land' : 'fail']();
        await settled();
        expect(calls.length - landed).toBeLessThanOrEqual(1);
      }
      await Promise.all(open);
    }),
    { numRuns: 50 },
  );
});
