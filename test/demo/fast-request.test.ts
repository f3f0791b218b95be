import { fastRequest } from '../../demo/fast-request.ts';
import { deployRequest } from '../../src/cli/deploy-request.ts';

const { request } = deployRequest('www.example.com', {
  flags: { to: ['192.0.2.20'], hold: '2m', unchecked: true },
  policyOf: () => null,
  env: {},
});

test('a faster clock shortens the waits in proportion, and leaves what bounds a slow machine', () => {
  const fast = fastRequest(request, 20);
  expect(fast).toMatchObject({ holdMs: 6_000, bakeMs: null });
  expect(fast.pace).toMatchObject({
    probeEveryMs: request.pace.probeEveryMs / 20,
    probeTimeoutMs: request.pace.probeTimeoutMs,
    fail: request.pace.fail,
    insync: { limitMs: request.pace.insync.limitMs },
    verify: { limitMs: request.pace.verify.limitMs, inARow: request.pace.verify.inARow },
  });
});
