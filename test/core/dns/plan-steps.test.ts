import { fenceSet } from '../../../src/core/dns/fence.ts';
import type { FenceStage } from '../../../src/core/dns/fence.ts';
import { packRed } from '../../../src/core/dns/pack-sets.ts';
import { planBatches } from '../../../src/core/dns/plan-batches.ts';
import { planSteps } from '../../../src/core/dns/plan-steps.ts';
import type { Plan, PlanRequest, Reason } from '../../../src/core/dns/plan.ts';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';
import type { Snapshot } from '../../../src/core/dns/snapshot.ts';
import { RECORD, request, snapshot, steps, toAlias, ZONE } from './plan-requests.ts';
import { alias, NAME, simple, weighted } from './record-sets.ts';

const RED = simple('A', ['192.0.2.10']);
const BLACK = ['192.0.2.20'];

function plan(sets: RecordSets, to: PlanRequest, over: Partial<Snapshot> = {}): Plan {
  const result = planSteps(snapshot(sets, over), to);
  if (result.kind !== 'planned') throw new Error(JSON.stringify(result));
  return result.plan;
}

function reasons(sets: RecordSets, to: PlanRequest, over: Partial<Snapshot> = {}): readonly Reason[] {
  const result = planSteps(snapshot(sets, over), to);
  return result.kind === 'refused' ? result.reasons : [];
}

const fence = (stage: FenceStage): RecordSet =>
  fenceSet(RECORD, {
    gen: 3,
    stage,
    owner: 'ns/deploy:www.example.com/run',
    until: stage === 'idle' || stage === 'reset' ? null : Date.UTC(2026, 0, 2),
    sets: 'a'.repeat(64),
    red: stage === 'idle' || stage === 'reset' ? null : packRed([RED]),
  });

const minutes = (count: number): number => count * 60_000;

describe('a red-black plan', () => {
  test('is one simple set, then the same set at rest', () => {
    const made = plan([RED], request(BLACK));
    const after = simple('A', BLACK);
    expect(made).toMatchObject({
      types: ['A'],
      before: [RED],
      steps: [{ kind: 'shift', label: '100 %', share: 100, sets: [after], holdMs: minutes(15), changes: 3 }],
      promotion: { label: 'promote', sets: [after], changes: 2 },
      timing: { totalMs: 20_000 + minutes(19), deadlineMs: minutes(30), forwardMs: 60_000, backMs: 60_000 },
      warnings: [],
    });
    expect(made.red.addresses).toEqual([{ type: 'A', values: ['192.0.2.10'], alias: null }]);
    expect(made.black.addresses).toEqual([{ type: 'A', values: BLACK, alias: null }]);
  });

  test('is silent about TXT, MX and what else leads no client anywhere', () => {
    const others = [simple('TXT', ['"x"']), simple('MX', ['10 mail.example.net.']), simple('HTTPS', ['1 . alpn=h2'])];
    expect(plan([RED, ...others], request(BLACK)).before).toEqual([RED]);
  });

  test('moves both families in one batch', () => {
    const made = plan([RED, simple('AAAA', ['2001:db8::10'])], request(['2001:DB8::20', '192.0.2.20']));
    expect(made.types).toEqual(['A', 'AAAA']);
    expect(made.steps[0]?.sets).toEqual([simple('A', BLACK), simple('AAAA', ['2001:db8::20'])]);
    expect(made.steps[0]?.changes).toBe(5);
  });

  test('leaves a family that stays the same alone, and says so', () => {
    const six = simple('AAAA', ['2001:db8:0::10']);
    const made = plan([RED, six], request(['192.0.2.20', '2001:db8::10'], steps(50, 100)));
    expect(made.steps.map(({ sets }) => sets.filter(({ type }) => type === 'AAAA'))).toEqual([[six], [six]]);
    expect(made.warnings).toEqual(['AAAA: red and black are the same; only the other records move.']);
  });

  test('changes a TTL alone without moving anything', () => {
    const made = plan([RED], request(['192.0.2.10'], { ttl: 300, ...steps(50, 100) }));
    expect(made.steps).toMatchObject([{ share: 100, sets: [RED], changes: 1 }]);
    expect(made.promotion.sets).toEqual([simple('A', ['192.0.2.10'], 300)]);
  });

  test.each<[string, RecordSets, PlanRequest]>([
    ['the same value', [RED], request(['192.0.2.10'])],
    ['the same IPv6 address, spelled otherwise', [simple('AAAA', ['2001:db8:0:0::0010'])], request(['2001:DB8::10'])],
    ['the same name', [simple('CNAME', ['Red.Example.net'])], request(['red.example.net.'])],
    [
      'the same values in another order',
      [simple('A', ['192.0.2.1', '192.0.2.2'])],
      request(['192.0.2.2', '192.0.2.1']),
    ],
    ['the same alias', [alias('A', 'd1.cloudfront.net.')], request([], toAlias('D1.cloudfront.net'))],
  ])('is unchanged for %s', (_, sets, to) => {
    expect(planSteps(snapshot(sets), to)).toMatchObject({ kind: 'unchanged', record: RECORD });
  });

  test('keeps identifier and weight of a single weighted red', () => {
    const red = weighted(RED, 'blue', 7);
    const black = weighted(simple('A', BLACK), 'blue', 7);
    expect(plan([red], request(BLACK))).toMatchObject({ steps: [{ sets: [black] }], promotion: { sets: [black] } });
    const shared = plan([red], request(BLACK, steps(50, 100)));
    expect(shared.steps[0]?.sets.map(({ setIdentifier }) => setIdentifier)).toEqual([
      'switchyard-red-1',
      'switchyard-black-1',
    ]);
    expect(shared.promotion.sets).toEqual([black]);
  });

  test('moves a wildcard under its escaped name', () => {
    const red = { ...RED, name: '\\052.example.com.' };
    const made = plan([red], request(BLACK, { record: '*.example.com' }), { record: '*.example.com' });
    expect(made.promotion.sets).toEqual([{ ...simple('A', BLACK), name: '\\052.example.com.' }]);
  });

  test.each<FenceStage>(['idle', 'reset'])('starts from a fence at stage %s, and counts its two changes', (stage) => {
    expect(plan([RED], request(BLACK), { fence: fence(stage) }).steps[0]?.changes).toBe(4);
  });
});

describe('a plan with shares', () => {
  test('counts the changes as an operator would', () => {
    const made = plan([RED], request(BLACK, steps(10, 50, 100)));
    expect([...made.steps, made.promotion].map(({ label, changes }) => [label, changes])).toEqual([
      ['10 %', 4],
      ['50 %', 6],
      ['100 %', 6],
      ['promote', 5],
    ]);
    expect(made.steps.map(({ sets }) => sets.map(({ setIdentifier, weight }) => [setIdentifier, weight]))).toEqual([
      [
        ['switchyard-red-1', 90],
        ['switchyard-black-1', 10],
      ],
      [
        ['switchyard-red-1', 50],
        ['switchyard-black-1', 50],
      ],
      [
        ['switchyard-red-1', 0],
        ['switchyard-black-1', 100],
      ],
    ]);
    expect(made.steps.map(({ holdMs }) => holdMs)).toEqual([minutes(5), minutes(5), minutes(15)]);
  });

  test('gives each value a set of its own', () => {
    const made = plan(
      [simple('A', ['192.0.2.10', '192.0.2.11'])],
      request(['192.0.2.20', '192.0.2.21', '192.0.2.22'], steps(50, 100)),
    );
    expect(made.steps[0]?.sets.map(({ setIdentifier, values, weight }) => [setIdentifier, values, weight])).toEqual([
      ['switchyard-red-1', ['192.0.2.10'], 27],
      ['switchyard-red-2', ['192.0.2.11'], 27],
      ['switchyard-black-1', ['192.0.2.20'], 18],
      ['switchyard-black-2', ['192.0.2.21'], 18],
      ['switchyard-black-3', ['192.0.2.22'], 18],
    ]);
  });

  test('prints a share that whole weights miss', () => {
    expect(plan([RED], request(BLACK, steps(33.3, 100))).warnings).toEqual(['A: 33.3 % is 33.33 % in whole weights.']);
  });

  test.each([
    ['below the finest weight', steps(0.2, 100), ['192.0.2.10'], BLACK, 'share'],
    ['too small for every value of black to be served', steps(1, 100), ['192.0.2.10'], many(60), 'share'],
    ['over more than 100 weighted sets', steps(50, 100), many(60), many(60, 100), 'weighted-count'],
  ])('is refused %s', (_, shares, red, black, code) => {
    expect(reasons([simple('A', red)], request(black, shares)).map((each) => each.code)).toEqual([code]);
  });

  test('says where red and black overlap', () => {
    const made = plan(
      [simple('A', ['192.0.2.10', '192.0.2.11'])],
      request(['192.0.2.10', '192.0.2.20'], steps(50, 100)),
    );
    expect(made.warnings).toEqual([expect.stringContaining('192.0.2.10 is both red and black')]);
  });
});

function many(count: number, from = 1): string[] {
  return Array.from(
    { length: count },
    (_, n) => `198.51.${Math.floor((from + n) / 250) + 100}.${((from + n) % 250) + 1}`,
  );
}

describe('the TTL', () => {
  test('of a minute needs no words, of more it is told both ways', () => {
    expect(plan([simple('A', ['192.0.2.10'], 300)], request(BLACK)).warnings).toEqual([
      'Resolvers follow up to 300 s after a step is in sync, and come back up to 300 s after a rollback.',
    ]);
  });
  test('of more than five minutes is refused with the ways out', () => {
    expect(reasons([simple('A', ['192.0.2.10'], 301)], request(BLACK))).toEqual([
      {
        code: 'ttl-slow',
        sentence: expect.stringContaining('the TTL is 301 s') as string,
        next: 'Give --pre-lower-ttl 60s, or accept it with --slow-rollback-ok.',
      },
    ]);
    expect(plan([simple('A', ['192.0.2.10'], 3_600)], request(BLACK, { slowRollbackOk: true })).steps[0]?.holdMs).toBe(
      3 * 3_600_000,
    );
  });
  test('is lowered before, waited for as long as the old one lasts, and restored by the promotion', () => {
    const made = plan([simple('A', ['192.0.2.10'], 3_600)], request(BLACK, { preLowerTtl: 60, ...steps(50, 100) }));
    expect(made.steps[0]).toEqual({
      kind: 'lower-ttl',
      label: 'lower TTL to 60 s',
      share: 0,
      sets: [RED],
      holdMs: 3_600_000,
      changes: 3,
    });
    expect(made.steps[1]?.sets.map(({ ttl }) => ttl)).toEqual([60, 60]);
    expect(made.promotion.sets).toEqual([simple('A', BLACK, 3_600)]);
    expect(made.timing).toMatchObject({
      forwardMs: 60_000,
      backMs: 60_000,
      totalMs: 20_000 + 3_600_000 + minutes(5 + 15 + 8),
    });
    expect(made.warnings).toEqual([expect.stringContaining('After the promotion the TTL is 3600 s')]);
  });
  test('is not lowered to what it is', () => {
    const made = plan([RED], request(BLACK, { preLowerTtl: 60 }));
    expect(made.steps).toHaveLength(1);
    expect(made.warnings).toEqual(['--pre-lower-ttl 60s lowers nothing: the TTL is not above it.']);
  });
  test('that is lower at the end is lower at once, so that the way back is short', () => {
    const made = plan([simple('A', ['192.0.2.10'], 300)], request(BLACK, { ttl: 30 }));
    expect(made.timing).toMatchObject({ forwardMs: 300_000, backMs: 30_000 });
  });
  test('of an alias is taken to be 60 s, and given to values that follow one', () => {
    const made = plan([alias('A', 'd1.cloudfront.net.')], request(BLACK));
    expect(made.promotion.sets).toEqual([simple('A', BLACK, 60)]);
    expect(made.timing).toMatchObject({ forwardMs: 60_000, backMs: 60_000 });
  });
});

describe('holds and the deadline', () => {
  test('a step has its own hold, else the request, else the default', () => {
    const own = {
      steps: [
        { share: 10, holdMs: 1 },
        { share: 50, holdMs: null },
        { share: 100, holdMs: null },
      ],
      holdMs: 2,
      bakeMs: 3,
    };
    expect(plan([RED], request(BLACK, own)).steps.map(({ holdMs }) => holdMs)).toEqual([1, 2, 3]);
    const slow = plan(
      [simple('A', ['192.0.2.10'], 3_600)],
      request(BLACK, { slowRollbackOk: true, ...steps(50, 100) }),
    );
    expect(slow.steps.map(({ holdMs }) => holdMs)).toEqual([2 * 3_600_000, 3 * 3_600_000]);
  });
  test('a hold over an hour warns of false verdicts', () => {
    expect(plan([RED], request(BLACK, { bakeMs: 24 * 3_600_000 })).warnings).toEqual([
      expect.stringContaining('The hold at 100 % takes 1 d'),
    ]);
    expect(plan([RED], request(BLACK, { bakeMs: 3_600_000 })).warnings).toEqual([]);
  });
  test('a deadline shorter than the plan is refused, one as long is taken', () => {
    expect(reasons([RED], request(BLACK, { deadlineMs: minutes(19) }))).toMatchObject([
      {
        code: 'deadline',
        sentence: '--deadline is 19 min, and the plan takes 19 min 20 s.',
        next: expect.stringContaining('--deadline 20m') as string,
      },
    ]);
    expect(plan([RED], request(BLACK, { deadlineMs: minutes(19) + 20_000 })).timing.deadlineMs).toBe(
      minutes(19) + 20_000,
    );
  });
});

describe('an alias', () => {
  const cloudfront = 'Z2FDTNDATAQYW2';
  test('takes every family that stands there, and keeps EvaluateTargetHealth', () => {
    const red = [
      alias('A', 'd1.cloudfront.net.', cloudfront, true),
      alias('AAAA', 'd1.cloudfront.net.', cloudfront, true),
    ];
    const made = plan(red, request([], toAlias('d2.cloudfront.net')));
    expect(made.promotion.sets).toEqual([
      alias('A', 'd2.cloudfront.net.', cloudfront, true),
      alias('AAAA', 'd2.cloudfront.net.', cloudfront, true),
    ]);
    expect(made.warnings).toEqual([expect.stringContaining('AAAA becomes an alias too')]);
  });
  test('can move one family and leave the other', () => {
    const red = [RED, simple('AAAA', ['2001:db8::10'])];
    const made = plan(red, request([], { ...toAlias('d2.cloudfront.net'), leave: ['aaaa'] }));
    expect(made.types).toEqual(['A']);
    expect(made.warnings).toEqual(['AAAA stays as it is: clients that use it do not move.']);
  });
  test.each([
    ['the id that is given', 'x.execute-api.eu-west-1.amazonaws.com', 'ZGIVEN', RED, 'ZGIVEN'],
    [
      'red of the same kind and region',
      'x.execute-api.eu-west-1.amazonaws.com',
      null,
      alias('A', 'y.execute-api.eu-west-1.amazonaws.com.', 'ZRED'),
      'ZRED',
    ],
    ['the published table', 'x-1.us-east-1.elb.amazonaws.com', null, RED, 'Z35SXDOTRQ7X7K'],
    [
      'the published table, for a network load balancer',
      'x-1.elb.us-east-1.amazonaws.com',
      null,
      RED,
      'Z26RNL4JYFTOTI',
    ],
    ['the published table, for a bucket', 's3-website-us-east-1.amazonaws.com', null, RED, 'Z3AQBSTGFYJSTF'],
    ['the record own zone', 'other.example.com', null, RED, ZONE.id],
  ])('has its zone from %s', (_, name, zoneId, red, expected) => {
    expect(plan([red], request([], toAlias(name, zoneId))).promotion.sets[0]?.alias?.zoneId).toBe(expected);
  });
  test.each([
    [
      'another region than red',
      'x.execute-api.eu-west-1.amazonaws.com',
      null,
      alias('A', 'y.execute-api.us-east-1.amazonaws.com.', 'ZRED'),
    ],
    ['a name that is not known to be an AWS endpoint', 'black.example.net', null, RED],
    ['an id that is none', 'd1.cloudfront.net', '../x', RED],
  ])('asks for the zone of %s', (_, name, zoneId, red) => {
    expect(reasons([red], request([], toAlias(name, zoneId)))).toMatchObject([
      { code: 'alias-zone', next: expect.stringContaining(`alias:${name}@ZONEID`) as string },
    ]);
  });
});

describe('a request is refused', () => {
  const six = simple('AAAA', ['2001:db8::10']);
  const cname = simple('CNAME', ['red.example.net.']);
  test.each<[string, string, RecordSets, PlanRequest, Partial<Snapshot>?]>([
    ['nothing stands at the name (D5)', 'nothing-stands', [simple('TXT', ['"x"'])], request(BLACK)],
    ['AAAA would be left on red', 'unmoved', [RED, six], request(BLACK)],
    ['HTTPS holds address hints', 'unmoved', [RED, simple('HTTPS', ['1 . ipv4hint=192.0.2.10'])], request(BLACK)],
    ['SVCB leads elsewhere', 'unmoved', [RED, simple('SVCB', ['0 other.example.net.'])], request(BLACK)],
    ['HTTPS is an alias', 'unmoved', [RED, alias('HTTPS', 'd1.cloudfront.net.')], request(BLACK)],
    ['black has a family that red has not', 'nothing-stands', [RED], request([...BLACK, '2001:db8::20'])],
    ['a family is both left and given', 'leave', [RED, six], request([...BLACK, '2001:db8::20'], { leave: ['AAAA'] })],
    ['a CNAME would become addresses', 'type-conflict', [cname], request(BLACK)],
    ['addresses would become a CNAME', 'type-conflict', [RED, six], request(['black.example.net'])],
    ['an alias would take the place of a CNAME', 'type-conflict', [cname], request([], toAlias('d1.cloudfront.net'))],
    [
      'an alias has no record of the type that is asked for',
      'type-conflict',
      [RED],
      request([], { ...toAlias('d1.cloudfront.net'), type: 'AAAA' }),
    ],
    ['an alias is asked to be a CNAME', 'type', [RED], request([], { ...toAlias('d1.cloudfront.net'), type: 'CNAME' })],
    ['an alias points at the record', 'target-is-record', [RED], request([], toAlias('WWW.example.com.'))],
    ['an alias has no name', 'target', [RED], request([], toAlias('a..b'))],
    ['an alias points at a wildcard', 'target', [RED], request([], toAlias('*.example.net'))],
    ['the type is not one that moves', 'type', [RED], request(BLACK, { type: 'MX' })],
    ['the type does not fit the value', 'type', [RED], request(BLACK, { type: 'aaaa' })],
    ['there is no target', 'target', [RED], request([])],
    ['a target is not a name', 'target', [RED], request(['a b'])],
    ['a target is given twice', 'target-twice', [six], request(['2001:db8::20', '2001:DB8:0::20'])],
    ['a CNAME has two targets', 'target', [cname], request(['a.example.net', 'b.example.net'])],
    ['addresses and names are mixed', 'target', [RED], request([...BLACK, 'a.example.net'])],
    ['a CNAME points at itself', 'target-is-record', [cname], request(['WWW.example.com'])],
    ['there are more than 100 targets', 'target-count', [RED], request(many(101))],
    [
      'weighted siblings are not ours',
      'weighted-siblings',
      [weighted(RED, 'a', 1), weighted(simple('A', ['192.0.2.11']), 'b', 1)],
      request(BLACK),
    ],
    ['weighted sets of a dead run stand there', 'left-behind', [weighted(RED, 'switchyard-red-1', 1)], request(BLACK)],
    [
      'the routing is by latency',
      'routing-policy',
      [{ ...RED, setIdentifier: 'x', other: { Region: 'eu-west-1' } }],
      request(BLACK),
    ],
    [
      'the routing is not known to this program',
      'routing-policy',
      [{ ...RED, other: { NewThing: 1 } }],
      request(BLACK),
    ],
    ['there is an identifier without a weight', 'routing-policy', [{ ...RED, setIdentifier: 'x' }], request(BLACK)],
    [
      'a health check would be dropped',
      'health-check',
      [{ ...weighted(RED, 'x', 1), healthCheckId: 'abc' }],
      request(BLACK),
    ],
    [
      'a weighted set would need two values',
      'weighted-values',
      [weighted(RED, 'x', 1)],
      request([...BLACK, '192.0.2.21']),
    ],
    ['a fence is in the middle (D6)', 'fence-in-the-middle', [RED], request(BLACK), { fence: fence('step') }],
    ['a rollback is in the middle (D6)', 'fence-in-the-middle', [RED], request(BLACK), { fence: fence('restoring') }],
    ['the fence is none', 'fence-unreadable', [RED], request(BLACK), { fence: { ...fence('idle'), values: ['"x"'] } }],
    [
      'the record is protected',
      'protected',
      [RED],
      request(BLACK),
      { protections: [{ name: NAME, type: 'A', comment: 'frozen\u001b[31m' }] },
    ],
    [
      'the fence is protected',
      'protected',
      [RED],
      request(BLACK),
      { protections: [{ name: `_switchyard.${NAME}`, type: 'TXT', comment: null }] },
    ],
    ['something else serves than --from says', 'from', [RED], request(BLACK, { from: ['192.0.2.99'] })],
    ['more serves than --from says', 'from', [RED, six], request([...BLACK, '2001:db8::20'], { from: ['192.0.2.10'] })],
    ['there are no steps', 'steps', [RED], request(BLACK, { steps: [] })],
    ['the steps do not end in 100', 'steps', [RED], request(BLACK, steps(5, 50))],
    ['the steps fall', 'steps', [RED], request(BLACK, steps(50, 25, 100))],
    ['a step repeats', 'steps', [RED], request(BLACK, steps(50, 50, 100))],
    ['a share is 0', 'steps', [RED], request(BLACK, steps(0, 100))],
    ['a share is above 100', 'steps', [RED], request(BLACK, steps(50, 101))],
    ['a share is no number', 'steps', [RED], request(BLACK, steps(NaN, 100))],
    [
      'there are too many steps',
      'steps',
      [RED],
      request(BLACK, steps(...Array.from({ length: 51 }, (_, n) => n + 50))),
    ],
    ['a hold is negative', 'duration', [RED], request(BLACK, { holdMs: -1 })],
    ['a bake is endless', 'duration', [RED], request(BLACK, { bakeMs: Infinity })],
    [
      'a step has a hold that is no number',
      'duration',
      [RED],
      request(BLACK, { steps: [{ share: 100, holdMs: NaN }] }),
    ],
    ['the deadline is 0', 'duration', [RED], request(BLACK, { deadlineMs: 0 })],
    ['the TTL is negative', 'ttl', [RED], request(BLACK, { ttl: -1 })],
    ['the TTL is beyond what DNS can say', 'ttl', [RED], request(BLACK, { ttl: 2 ** 31 })],
    ['the lowered TTL is no number', 'ttl', [RED], request(BLACK, { preLowerTtl: NaN })],
    ['the record is in another zone', 'zone', [RED], request(BLACK), { zone: { ...ZONE, name: 'ample.com.' } }],
    ['the record is not the one that was read', 'record', [RED], request(BLACK, { record: 'api.example.com' })],
    ['the record has no good name', 'record', [RED], request(BLACK, { record: 'a..b' }), { record: 'a..b' }],
    [
      'a CNAME would stand at the apex',
      'apex-cname',
      [cname],
      request(['a.example.net'], { record: 'example.com' }),
      { record: 'example.com' },
    ],
  ])('where %s: %s', (_, code, sets, to, over = {}) => {
    const found = reasons(sets, to, over);
    expect(found.map((each) => each.code)).toContain(code);
    for (const { sentence } of found) expect(sentence).toMatch(/^[^\p{Cc}]{20,}\.$/u);
  });

  test.each([
    ['0.0.0.0', /unspecified/],
    ['127.0.0.1', /loopback/],
    ['169.254.169.254', /link-local/],
    ['224.0.0.1', /multicast/],
    ['255.255.255.255', /reserved/],
    ['256.1.1.1', /four numbers/],
    ['010.0.0.1', /four numbers/],
    ['192.0.2', /four numbers/],
    ['2130706433', /four numbers/],
    ['::', /unspecified/],
    ['::1', /loopback/],
    ['::ffff:192.0.2.1', /IPv4 address in IPv6 form/],
    ['fe80::1', /link-local/],
    ['ff02::1', /multicast/],
    ['fe80::1%eth0', /zone id/],
    ['2001:db8', /not an IPv6/],
    ['2001:db8::1::2', /not an IPv6/],
    ['1:2:3:4:5:6:7:8:9', /not an IPv6/],
    ['1:2:3:4:5:6:7::8:9', /not an IPv6/],
    ['2001:db8::g', /neither an address nor a name/],
    ['192.0.2.1:80', /not an IPv6/],
    ['', /empty/],
    ['http://x', /has :: names have/],
    ['a\u0000b', /control/],
    ['ex\u0430mple.com', /punycode/],
  ])('with the target %j', (target, why) => {
    const found = reasons([RED], request([target]));
    expect(found[0]?.code).toBe('target');
    expect(found[0]?.sentence).toMatch(/^--to /);
    expect(found[0]?.sentence).toMatch(why);
  });

  test('with all that is wrong at once (A2)', () => {
    const found = reasons(
      [{ ...simple('A', ['192.0.2.10'], 3_600), healthCheckId: 'abc' }, simple('AAAA', ['2001:db8::10'])],
      request(BLACK, { ...steps(5, 50), holdMs: -1, ttl: -1, from: ['192.0.2.99'] }),
      { fence: fence('step'), protections: [{ name: NAME, type: 'A', comment: 'no' }] },
    );
    expect(found.map(({ code }) => code).sort()).toEqual(
      [
        'steps',
        'duration',
        'ttl',
        'unmoved',
        'health-check',
        'from',
        'fence-in-the-middle',
        'protected',
        'ttl-slow',
      ].sort(),
    );
  });

  test('with a batch that Route 53 would not take, the rollback included (D3)', () => {
    const red = [
      simple('A', many(400)),
      simple(
        'AAAA',
        Array.from({ length: 400 }, (_, n) => `2001:db8::${n.toString(16)}:1`),
      ),
    ];
    const black = [...many(100, 500), ...Array.from({ length: 100 }, (_, n) => `2001:db8:1::${n.toString(16)}`)];
    const found = reasons(red, request(black));
    expect(found.map(({ code }) => code)).toEqual(['batch-size', 'batch-size', 'batch-size']);
    expect(found.map(({ sentence }) => /the batch "([^"]*)" has (\d+)/.exec(sentence)?.slice(1))).toEqual([
      ['100 %', '1002'],
      ['roll back from 100 %', '1002'],
      ['roll back from promote', '1002'],
    ]);
  });

  test('points at the way out of a dead run', () => {
    const [left] = reasons([weighted(RED, 'switchyard-red-1', 1)], request(BLACK));
    expect(left?.next).toBe('./switchyard reset www.example.com --to-snapshot');
    const [middle] = reasons([RED], request(BLACK), { fence: fence('step') });
    expect(middle?.next).toContain('reset www.example.com --to-snapshot');
    expect(middle?.sentence).toContain(
      'stage step, generation 3, owner ns/deploy:www.example.com/run, planned to end by 2026-01-02',
    );
  });
});

describe('what is accepted', () => {
  test.each<[string, RecordSets, PlanRequest]>([
    [
      '--from that matches in another spelling',
      [simple('AAAA', ['2001:db8:0::10'])],
      request(['2001:db8::20'], { from: ['2001:DB8::10'] }),
    ],
    [
      '--from of an alias',
      [alias('A', 'd1.cloudfront.net.')],
      request([], { ...toAlias('d2.cloudfront.net'), from: ['alias:D1.cloudfront.net@Z2FDTNDATAQYW2'] }),
    ],
    [
      '--from of a CNAME',
      [simple('CNAME', ['red.example.net.'])],
      request(['a.example.net'], { from: ['Red.example.net'] }),
    ],
    [
      '--leave of a type that stands',
      [RED, simple('HTTPS', ['1 . ipv4hint=192.0.2.10'])],
      request(BLACK, { leave: ['https'] }),
    ],
    ['--type that fits', [RED], request(BLACK, { type: 'a' })],
  ])('%s', (_, sets, to) => {
    expect(planSteps(snapshot(sets), to).kind).toBe('planned');
  });

  test('says what could not be read, and what a private zone means', () => {
    const warnings = plan([RED], request(['10.0.0.1']), {
      protections: null,
      zone: { ...ZONE, private: true },
    }).warnings;
    expect(warnings).toEqual([
      expect.stringContaining('--verify api'),
      expect.stringContaining('protections could not be read'),
    ]);
    expect(plan([RED], request(['10.0.0.1'])).warnings).toEqual([
      '10.0.0.1 is a private address, and the zone is public.',
    ]);
  });
});

test('prints every batch, forward and back, without the fence', () => {
  const batches = planBatches(plan([RED], request(BLACK, steps(50, 100))));
  expect(
    batches.map(({ label, batch }) => [
      label,
      batch.map(({ action, set }) => `${action} ${set.setIdentifier ?? 'simple'}`),
    ]),
  ).toEqual([
    ['50 %', ['DELETE simple', 'CREATE switchyard-red-1', 'CREATE switchyard-black-1']],
    [
      '100 %',
      ['DELETE switchyard-red-1', 'DELETE switchyard-black-1', 'CREATE switchyard-red-1', 'CREATE switchyard-black-1'],
    ],
    ['promote', ['DELETE switchyard-red-1', 'DELETE switchyard-black-1', 'CREATE simple']],
    ['roll back from 50 %', ['DELETE switchyard-red-1', 'DELETE switchyard-black-1', 'CREATE simple']],
    ['roll back from 100 %', ['DELETE switchyard-red-1', 'DELETE switchyard-black-1', 'CREATE simple']],
    ['roll back from promote', ['DELETE simple', 'CREATE simple']],
  ]);
});
