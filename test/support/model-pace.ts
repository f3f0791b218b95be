import type { Pace } from '../../src/contracts/deploy.ts';
import { FAST, type RigOptions } from './yard.ts';

export const MODEL_PACE: Pace = {
  ...FAST,
  preflight: { inARow: 2, overMs: 200 },
  probeTimeoutMs: 250,
  insync: { pollMs: 20, noticeMs: 300, limitMs: 20_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 1_000 },
  blockedAfterMs: 400,
};

/** Time-outs of a model's rig: a request that hangs costs one of them. */
export const MODEL_LIMITS: RigOptions = { writeMs: 400, askTimeoutMs: 300, withoutTls: true };
