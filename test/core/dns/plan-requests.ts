import fc from 'fast-check';
import type { PlanRequest } from '../../../src/core/dns/plan.ts';
import type { RecordSets } from '../../../src/core/dns/record-set.ts';
import type { Snapshot, Zone } from '../../../src/core/dns/snapshot.ts';
import { alias, simple, weighted } from './record-sets.ts';

export const RECORD = 'www.example.com';
export const ZONE: Zone = { id: 'Z0EXAMPLE', name: 'example.com.', private: false, nameServers: ['ns-1.example.net'] };

export const snapshot = (sets: RecordSets, over: Partial<Snapshot> = {}): Snapshot => ({
  record: RECORD,
  zone: ZONE,
  sets,
  fence: null,
  protections: [],
  readAt: 0,
  ...over,
});

export const request = (to: readonly string[], over: Partial<PlanRequest> = {}): PlanRequest => ({
  record: RECORD,
  to: { kind: 'values', values: to },
  type: null,
  from: null,
  steps: [{ share: 100, holdMs: null }],
  holdMs: null,
  bakeMs: null,
  deadlineMs: null,
  preLowerTtl: null,
  ttl: null,
  slowRollbackOk: false,
  leave: [],
  preflightMs: 20_000,
  ...over,
});

export const toAlias = (dnsName: string, zoneId: string | null = null): Pick<PlanRequest, 'to'> => ({
  to: { kind: 'alias', dnsName, zoneId, evaluateTargetHealth: null },
});

export const steps = (...shares: number[]): Pick<PlanRequest, 'steps'> => ({
  steps: shares.map((share) => ({ share, holdMs: null })),
});

export interface Case {
  readonly snapshot: Snapshot;
  readonly request: PlanRequest;
}

const hosts = (from: number): fc.Arbitrary<readonly number[]> =>
  fc.uniqueArray(fc.integer({ min: from, max: from + 99 }), { minLength: 1, maxLength: 5 });
const v4 = (numbers: readonly number[]): string[] => numbers.map((n) => `192.0.2.${n}`);
const v6 = (numbers: readonly number[]): string[] => numbers.map((n) => `2001:db8::${n}`);
const ttls = fc.constantFrom(0, 5, 60, 120, 300, 3_600);

/** Red, and the values of black that fit it; red and black share no value. */
const cutovers = fc
  .record({
    red: hosts(1),
    black: hosts(100),
    ttl: ttls,
    kind: fc.constantFrom('A', 'both', 'CNAME', 'alias', 'to-alias', 'weighted'),
  })
  .map(({ red, black, ttl, kind }): { sets: RecordSets; over: Partial<PlanRequest> } => {
    const values = (texts: readonly string[]): Pick<PlanRequest, 'to'> => ({ to: { kind: 'values', values: texts } });
    switch (kind) {
      case 'both':
        return {
          sets: [simple('A', v4(red), ttl), simple('AAAA', v6(red), 60)],
          over: values([...v4(black), ...v6(black.slice(0, 2))]),
        };
      case 'CNAME':
        return { sets: [simple('CNAME', ['red.example.net.'], ttl)], over: values(['black.example.net']) };
      case 'alias':
        return {
          sets: [alias('A', 'red.cloudfront.net.'), alias('AAAA', 'red.cloudfront.net.')],
          over: toAlias('black.cloudfront.net'),
        };
      case 'to-alias':
        return { sets: [simple('A', v4(red), ttl)], over: toAlias('black.us-east-1.elb.amazonaws.com') };
      case 'weighted':
        return {
          sets: [weighted(simple('A', v4(red).slice(0, 1), ttl), 'blue', red.length - 1)],
          over: values(v4(black).slice(0, 1)),
        };
      case 'A':
        return { sets: [simple('A', v4(red), ttl)], over: values(v4(black)) };
    }
  });

const shareLists = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 })
  .map((shares) => [...shares].sort((a, b) => a - b).concat(100));

/** Requests that most often can be planned. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    cutover: cutovers,
    shares: shareLists,
    ttl: fc.option(ttls, { freq: 2 }),
    preLowerTtl: fc.option(fc.constantFrom(5, 30, 60), { freq: 2 }),
    slowRollbackOk: fc.constant(true),
  })
  .map(({ cutover, shares, ...over }) => ({
    snapshot: snapshot([
      ...cutover.sets,
      ...(cutover.sets.some(({ type }) => type === 'CNAME') ? [] : [simple('TXT', ['"x"'])]),
    ]),
    request: request([], { ...over, ...cutover.over, ...steps(...shares) }),
  }));
