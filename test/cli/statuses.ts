import type { DeployOutcome, DeployStatus } from '../../src/contracts/deploy.ts';
import type { Plan } from '../../src/core/dns/plan.ts';
import type { RecordSet } from '../../src/core/dns/record-set.ts';

/** 2026-11-22 12:00:00 UTC. */
export const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);
export const minute = (m: number, s = 0): number => NOON + m * 60_000 + s * 1_000;

export function set(
  value: string,
  weighted: Partial<Pick<RecordSet, 'weight' | 'setIdentifier' | 'ttl'>> = {},
): RecordSet {
  const routing = { setIdentifier: null, weight: null, healthCheckId: null, other: {} };
  return { name: 'www.example.com.', type: 'A', ttl: 60, values: [value], alias: null, ...routing, ...weighted };
}

const side = (value: string) => ({ addresses: [{ type: 'A', values: [value], alias: null }] });

export const PLAN: Plan = {
  record: 'www.example.com',
  zone: { id: 'Z1', name: 'example.com.', private: false, nameServers: [] },
  types: ['A'],
  before: [set('192.0.2.10')],
  red: side('192.0.2.10'),
  black: side('192.0.2.20'),
  steps: [10, 50].map((share) => ({
    kind: 'shift',
    label: `${share} %`,
    share,
    sets: [
      set('192.0.2.10', { weight: 100 - share, setIdentifier: 'switchyard-red-1' }),
      set('192.0.2.20', { weight: share, setIdentifier: 'switchyard-black-1' }),
    ],
    holdMs: 300_000,
    changes: 6,
  })),
  promotion: { label: 'promote', sets: [set('192.0.2.20')], changes: 5 },
  timing: { totalMs: 27 * 60_000, deadlineMs: 41 * 60_000, forwardMs: 60_000, backMs: 60_000 },
  warnings: [],
  hash: '7f3a91c0'.repeat(8),
};

const ALL = ['ns-1', 'ns-2', 'ns-3', 'ns-4'];

/** A deployment in the middle of its hold at 50 %. */
export const HOLDING: DeployStatus = {
  schemaVersion: 1,
  record: 'www.example.com',
  phase: 'holding',
  outcome: null,
  by: 'ann',
  requestId: null,
  startedAt: minute(0),
  endedAt: null,
  plan: PLAN,
  refused: [],
  stages: [
    { label: 'checking black and red', share: 0, startedAt: minute(0), endedAt: minute(0, 21), outcome: 'done' },
    { label: 'watching 50 %', share: 50, startedAt: minute(10), endedAt: null, outcome: 'running' },
  ],
  share: 50,
  holdEndsAt: minute(15),
  deadlineAt: minute(41),
  pausedSince: null,
  windows: [
    {
      gate: '/healthz',
      side: 'black',
      value: '192.0.2.20',
      observations: [
        {
          gate: '/healthz',
          side: 'black',
          value: '192.0.2.20',
          at: minute(10, 5),
          ok: true,
          latencyMs: 12.4,
          seen: 'HTTP 200 /healthz',
        },
        {
          gate: '/healthz',
          side: 'black',
          value: '192.0.2.20',
          at: minute(10, 10),
          ok: false,
          latencyMs: 9,
          seen: 'HTTP 503 /healthz',
        },
      ],
    },
  ],
  lastObservations: [],
  verdict: { kind: 'pass', reason: 'black passed 6 of the last 6 probes' },
  failure: null,
  blocked: null,
  aborted: null,
  serving: null,
  cachesAgreeAt: null,
  keepRedUntil: null,
  keepBlackUntil: null,
  notices: [],
};

export function ended(
  outcome: DeployOutcome,
  rest: Partial<DeployStatus> = {},
): DeployStatus & { readonly outcome: DeployOutcome } {
  return { ...HOLDING, phase: outcome, holdEndsAt: null, endedAt: minute(15), ...rest, outcome };
}

export const ROLLED_BACK = ended('rolled-back', {
  failure: {
    type: 'Unhealthy',
    sentence: 'black failed 4 of the last 6 probes at 50 %: HTTP 503 /healthz (12:14:11 to 12:14:31 UTC)',
    next: null,
    at: minute(14, 31),
  },
  serving: {
    sentence: '192.0.2.10 (red)',
    share: 0,
    seenAt: minute(14, 40),
    servers: ALL.map((server) => ({ server, kind: 'agrees', values: ['192.0.2.10'] })),
  },
  cachesAgreeAt: minute(15, 40),
  keepBlackUntil: minute(25, 40),
});
