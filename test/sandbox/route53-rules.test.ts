/** The rules that Route 53 documents for a change batch, one test each, driven by the real SDK. */
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { create, refusalOf, remove, simple, startRig, upsert, weighted } from './route53-rig.ts';
import type { Rig } from './route53-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const GUIDE = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide';
const API = 'https://docs.aws.amazon.com/Route53/latest/APIReference';

const CHANGE = `${API}/API_ChangeResourceRecordSets.html`;
const RECORD_SET = `${API}/API_ResourceRecordSet.html`;
const LIMITS = `${GUIDE}/DNSLimitations.html`;
const TYPES = `${GUIDE}/ResourceRecordTypes.html`;
const NAMES = `${GUIDE}/DomainNameFormat.html`;
const WEIGHTS = `${GUIDE}/routing-policy-weighted.html`;
const ALIAS = `${API}/API_AliasTarget.html`;

const RED = simple('www.example.com', 'A', '192.0.2.10');
const BLACK = simple('www.example.com', 'A', '192.0.2.20');
const ELB = { HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: true };

interface Rule {
  readonly rule: string;
  readonly doc: string;
  /** What stands in the zone, beside its NS and SOA. */
  readonly given?: readonly ResourceRecordSet[];
  readonly batch: readonly Change[];
  readonly code?: string;
  readonly message?: RegExp | string;
}

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

const REFUSED: readonly Rule[] = [
  {
    rule: 'a DELETE with another value than the current one fails, and the CREATE beside it too',
    doc: CHANGE,
    given: [BLACK],
    batch: [remove(RED), create(BLACK)],
    message:
      "[Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values, " +
      "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]",
  },
  {
    rule: 'a DELETE with another TTL than the current one fails',
    doc: CHANGE,
    given: [RED],
    batch: [remove({ ...RED, TTL: 61 })],
    message: /values provided do not match/,
  },
  {
    rule: 'a DELETE with another weight than the current one fails',
    doc: CHANGE,
    given: [weighted('red', 100, RED)],
    batch: [remove(weighted('red', 99, RED))],
    message: /set-identifier='red'\] but the values provided do not match/,
  },
  {
    rule: 'a DELETE without the health check of the current set fails',
    doc: CHANGE,
    given: [{ ...weighted('red', 1, RED), HealthCheckId: 'abcdef11-2222-3333-4444-555555fedcba' }],
    batch: [remove(weighted('red', 1, RED))],
    message: /values provided do not match/,
  },
  {
    rule: 'a DELETE of an alias with another EvaluateTargetHealth fails',
    doc: CHANGE,
    given: [{ Name: 'www.example.com', Type: 'A', AliasTarget: { ...ELB, DNSName: 'x.us-east-1.elb.amazonaws.com' } }],
    batch: [
      remove({
        Name: 'www.example.com',
        Type: 'A',
        AliasTarget: { ...ELB, DNSName: 'x.us-east-1.elb.amazonaws.com', EvaluateTargetHealth: false },
      }),
    ],
    message: /values provided do not match/,
  },
  {
    rule: 'a DELETE of a set that is not there fails',
    doc: CHANGE,
    batch: [remove(RED)],
    message: /^\[Tried to delete resource record set \[name='www.example.com.', type='A'\] but it was not found\]$/,
  },
  {
    rule: 'a DELETE finds a set by its identifier, not by its name alone',
    doc: CHANGE,
    given: [weighted('red', 1, RED)],
    batch: [remove(weighted('black', 1, RED))],
    message: /but it was not found/,
  },
  {
    rule: 'a CREATE of a set that is there fails, even an equal one',
    doc: CHANGE,
    given: [RED],
    batch: [create(RED)],
    message: /but it already exists/,
  },
  {
    rule: 'a set is deleted once in a batch, not twice',
    doc: CHANGE,
    given: [RED],
    batch: [remove(RED), remove(RED)],
    message: /it was not found.*invalid set of changes for a resource record set 'A www.example.com.'/,
  },
  {
    rule: 'a set is not upserted twice in a batch',
    doc: CHANGE,
    batch: [upsert(RED), upsert(BLACK)],
    message: /The request contains an invalid set of changes for a resource record set 'A www.example.com.'/,
  },
  {
    rule: 'all failures of a batch are reported in one message, in order',
    doc: 'https://github.com/aws/aws-sdk-kotlin/issues/1433',
    batch: [
      remove(RED),
      create(simple('www.example.org', 'A', '192.0.2.1')),
      create(simple('a.example.com', 'A', 'x')),
    ],
    message:
      /^\[Tried to delete .*, RRSet with DNS name www.example.org. is not permitted in zone example.com., Invalid Resource Record: .*\]$/,
  },
  {
    rule: 'changes are judged in order: a CNAME cannot be created before what stands there is deleted',
    doc: CHANGE,
    given: [RED],
    batch: [create(simple('www.example.com', 'CNAME', 'red.example.net')), remove(RED)],
    message: /RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records/,
  },
  {
    rule: 'nothing else stands beside a CNAME',
    doc: `${TYPES}#CNAMEFormat`,
    given: [simple('www.example.com', 'CNAME', 'red.example.net')],
    batch: [create(simple('www.example.com', 'TXT', '"x"'))],
    message:
      '[RRSet of type TXT with DNS name www.example.com. is not permitted because a conflicting RRSet of type CNAME ' +
      'with the same DNS name already exists in zone example.com.]',
  },
  {
    rule: 'a CNAME does not stand at the apex',
    doc: `${TYPES}#CNAMEFormat`,
    batch: [create(simple('example.com', 'CNAME', 'red.example.net'))],
    message: /RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com./,
  },
  {
    rule: 'a CNAME has one value',
    doc: `${API}/API_ResourceRecord.html`,
    batch: [create(simple('www.example.com', 'CNAME', 'a.example.net', 'b.example.net'))],
    message: /must contain exactly one ResourceRecord/,
  },
  {
    rule: 'a name lies in the zone by label, not by its ending',
    doc: CHANGE,
    batch: [create(simple('www.barexample.com', 'A', '192.0.2.1'))],
    message: '[RRSet with DNS name www.barexample.com. is not permitted in zone example.com.]',
  },
  {
    rule: 'a weighted set does not stand beside a simple one',
    doc: WEIGHTS,
    given: [RED],
    batch: [create(weighted('black', 1, BLACK))],
    message:
      '[RRSet with DNS name www.example.com., type A, SetIdentifier black cannot be created as a non-weighted set exists ' +
      'with the same name and type.]',
  },
  {
    rule: 'a simple set does not stand beside a weighted one',
    doc: WEIGHTS,
    given: [weighted('red', 1, RED)],
    batch: [create(BLACK)],
    message: /type A cannot be created as other RRSets exist with the same name and type\./,
  },
  {
    rule: 'a weighted set does not stand beside one of latency routing',
    doc: RECORD_SET,
    given: [{ ...RED, SetIdentifier: 'red', Region: 'eu-west-1' }],
    batch: [create(weighted('black', 1, BLACK))],
    message: /non-weighted set exists/,
  },
  {
    rule: 'weighted sets of a name and type have the same TTL',
    doc: WEIGHTS,
    given: [weighted('red', 1, RED)],
    batch: [create({ ...weighted('black', 1, BLACK), TTL: 30 })],
    message: /and type A, SetIdentifier black cannot be created as weighted sets must contain the same TTL\./,
  },
  {
    rule: 'a weighted set has one value',
    doc: RECORD_SET,
    batch: [create(weighted('red', 1, simple('www.example.com', 'A', '192.0.2.1', '192.0.2.2')))],
    message: /must contain exactly one ResourceRecord/,
  },
  {
    rule: 'a name and type has at most 100 weighted sets',
    doc: LIMITS,
    given: many(100).map((n) => weighted(`s${n}`, 1, simple('www.example.com', 'A', `192.0.2.${n}`))),
    batch: [create(weighted('one-more', 1, BLACK))],
    message: /more than 100 weighted sets/,
  },
  {
    rule: 'an A value is an IPv4 address',
    doc: `${TYPES}#AFormat`,
    batch: [create(simple('www.example.com', 'A', '192.0.2.256'))],
    message:
      "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) " +
      "encountered with '192.0.2.256'']",
  },
  {
    rule: 'an A value is one address',
    doc: `${TYPES}#AFormat`,
    batch: [create(simple('www.example.com', 'A', '192.0.2.1, 192.0.2.2'))],
    message: /ARRDATANotSingleField \(Value contains spaces\)/,
  },
  {
    rule: 'an AAAA value is an IPv6 address',
    doc: `${TYPES}#AAAAFormat`,
    batch: [create(simple('www.example.com', 'AAAA', '192.0.2.1'))],
    message: /AAAARRDATAIllegalIPv6Address/,
  },
  {
    rule: 'a value stands once in a set',
    doc: RECORD_SET,
    batch: [create(simple('www.example.com', 'A', '192.0.2.1', '192.0.2.1'))],
    message: "[Duplicate Resource Record: '192.0.2.1']",
  },
  {
    rule: 'a TXT value stands in quotation marks',
    doc: `${TYPES}#TXTFormat`,
    batch: [create(simple('www.example.com', 'TXT', 'v=1'))],
    message: /InvalidCharacterString \(Value should be enclosed in quotation marks\) encountered with 'v=1'/,
  },
  {
    rule: 'a quotation mark inside a TXT string is escaped',
    doc: `${TYPES}#TXTFormat`,
    batch: [create(simple('www.example.com', 'TXT', '"a"b"'))],
    message: /InvalidCharacterString/,
  },
  {
    rule: 'a TXT string has at most 255 characters',
    doc: `${TYPES}#TXTFormat`,
    batch: [create(simple('www.example.com', 'TXT', `"${'x'.repeat(256)}"`))],
    message: /CharacterStringTooLong \(Value is too long\)/,
  },
  {
    rule: 'characters beyond ASCII are escaped in a TXT value',
    doc: `${TYPES}#TXTFormat`,
    batch: [create(simple('www.example.com', 'TXT', '"é"'))],
    message: /UnsupportedCharacter/,
  },
  {
    rule: 'a value has at most 4,000 characters',
    doc: `${API}/API_ResourceRecord.html`,
    batch: [
      create(
        simple(
          'www.example.com',
          'TXT',
          many(16)
            .map(() => `"${'x'.repeat(255)}"`)
            .join(' '),
        ),
      ),
    ],
    code: 'InvalidInput',
    message: /length less than or equal to 4000/,
  },
  {
    rule: 'a batch has at most 1,000 elements',
    doc: LIMITS,
    batch: many(1001).map((n) => create(simple(`h${n}.example.com`, 'A', '192.0.2.1'))),
    message: '[Number of records limit of 1000 exceeded.]',
  },
  {
    rule: 'an UPSERT counts as two elements',
    doc: LIMITS,
    batch: many(501).map((n) => upsert(simple(`h${n}.example.com`, 'A', '192.0.2.1'))),
    message: '[Number of records limit of 1000 exceeded.]',
  },
  {
    rule: 'an alias counts as an element',
    doc: LIMITS,
    batch: many(1001).map((n) =>
      create({
        Name: `h${n}.example.com`,
        Type: 'A',
        AliasTarget: { ...ELB, DNSName: 'x.us-east-1.elb.amazonaws.com' },
      }),
    ),
    message: '[Number of records limit of 1000 exceeded.]',
  },
  {
    rule: 'a batch has at most 32,000 characters of values',
    doc: LIMITS,
    batch: many(126).map((n) => create(simple(`h${n}.example.com`, 'TXT', `"${'x'.repeat(253)}"`))),
    message: '[Number of characters limit of 32000 exceeded.]',
  },
  {
    rule: 'the characters of an UPSERT count twice',
    doc: LIMITS,
    batch: many(63).map((n) => upsert(simple(`h${n}.example.com`, 'TXT', `"${'x'.repeat(253)}"`))),
    message: '[Number of characters limit of 32000 exceeded.]',
  },
  {
    rule: 'a label has at most 63 characters',
    doc: NAMES,
    batch: [create(simple(`${'x'.repeat(64)}.example.com`, 'A', '192.0.2.1'))],
    message: /FATAL problem: DomainLabelTooLong/,
  },
  {
    rule: 'a name has at most 255 bytes on the wire, 253 without the final dot',
    doc: NAMES,
    batch: [create(simple(`${'x.'.repeat(120)}xx.example.com`, 'A', '192.0.2.1'))],
    message: /FATAL problem: DomainNameTooLong/,
  },
  {
    rule: 'a name has no empty label',
    doc: NAMES,
    batch: [create(simple('www..example.com', 'A', '192.0.2.1'))],
    message: "[FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'www..example.com']",
  },
  {
    rule: 'a name has no characters beyond ASCII; IDN is given as punycode',
    doc: `${NAMES}#domain-name-format-idns`,
    batch: [create(simple('münchen.example.com', 'A', '192.0.2.1'))],
    message: /FATAL problem: UnsupportedCharacter/,
  },
  {
    rule: 'an alias into a zone of ours needs its target to be there',
    doc: ALIAS,
    batch: [
      create({
        Name: 'www.example.com',
        Type: 'A',
        AliasTarget: { ...ELB, HostedZoneId: 'SAME', DNSName: 'red.example.com' },
      }),
    ],
    message:
      /Tried to create an alias that targets red.example.com., type A in zone \w+, but that target was not found/,
  },
  {
    rule: 'an alias target lies in the zone that the alias names',
    doc: ALIAS,
    batch: [
      create({ Name: 'www.example.com', Type: 'A', AliasTarget: { ...ELB, DNSName: 'x.eu-west-1.elb.amazonaws.com' } }),
    ],
    message: /zone Z35SXDOTRQ7X7K, but the alias target name does not lie within the target zone/,
  },
  {
    rule: 'an alias has no TTL',
    doc: 'https://github.com/aws/aws-cli/issues/2508',
    batch: [
      create({
        Name: 'www.example.com',
        Type: 'A',
        TTL: 60,
        AliasTarget: { ...ELB, DNSName: 'x.us-east-1.elb.amazonaws.com' },
      }),
    ],
    code: 'InvalidInput',
    message:
      /Expected exactly one of \[AliasTarget, all of \[TTL, and ResourceRecords\], or TrafficPolicyInstanceId\], but found more than one/,
  },
  {
    rule: 'a set that is no alias needs a TTL',
    doc: RECORD_SET,
    batch: [create({ Name: 'www.example.com', Type: 'A', ResourceRecords: [{ Value: '192.0.2.1' }] })],
    code: 'InvalidInput',
    message: /Missing field 'TTL'/,
  },
  {
    rule: 'a set needs values or an alias target',
    doc: RECORD_SET,
    batch: [create({ Name: 'www.example.com', Type: 'A' })],
    code: 'InvalidInput',
    message: /but found none in Change with \[Action=CREATE, Name=www.example.com, Type=A, SetIdentifier=null\]/,
  },
  {
    rule: 'a TTL is at most 2147483647',
    doc: RECORD_SET,
    batch: [create({ ...RED, TTL: 2147483648 })],
    code: 'InvalidInput',
    message: /1 validation error detected: .*less than or equal to 2147483647/,
  },
  {
    rule: 'a weight is at most 255, and all violations are counted',
    doc: RECORD_SET,
    batch: [create(weighted('red', 256, RED)), create(weighted('black', -1, BLACK))],
    code: 'InvalidInput',
    message: /2 validation errors detected: .*less than or equal to 255; .*greater than or equal to 0/,
  },
  {
    rule: 'a set identifier has at most 128 characters',
    doc: RECORD_SET,
    batch: [create(weighted('x'.repeat(129), 1, RED))],
    code: 'InvalidInput',
    message: /length between 1 and 128/,
  },
  {
    rule: 'a weight needs a set identifier',
    doc: RECORD_SET,
    batch: [create({ ...RED, Weight: 1 })],
    code: 'InvalidInput',
    message: /Missing field 'SetIdentifier'/,
  },
  {
    rule: 'a set identifier needs a routing policy',
    doc: RECORD_SET,
    batch: [create({ ...RED, SetIdentifier: 'red' })],
    code: 'InvalidInput',
    message: /Expected exactly one of \[Weight, Region, Failover, GeoLocation, or MultiValueAnswer\], but found none/,
  },
  {
    rule: 'a set has one routing policy',
    doc: RECORD_SET,
    batch: [create({ ...weighted('red', 1, RED), Region: 'eu-west-1' })],
    code: 'InvalidInput',
    message: /but found more than one/,
  },
  {
    rule: 'a type is one that Route 53 supports',
    doc: TYPES,
    batch: [create({ ...RED, Type: 'ANAME' as 'A' })],
    code: 'InvalidInput',
    message: /satisfy enum value set/,
  },
  {
    rule: 'a batch has at least one change',
    doc: `${API}/API_ChangeBatch.html`,
    batch: [],
    code: 'InvalidInput',
    message: /length greater than or equal to 1/,
  },
];

describe('a batch is refused, and changes nothing:', () => {
  test.each(REFUSED)('$rule', async ({ given = [], batch, code = 'InvalidChangeBatch', message = '' }) => {
    const zoneId = rig.route53.createZone({ name: 'example.com' });
    rig.route53.put(zoneId, ...given);
    const before = rig.route53.recordSets(zoneId);

    // Beside the offender stands a change that is fine: had it stayed, the batch would not have been atomic.
    const bystander =
      batch.length > 0 && batch.length < 10 ? [create(simple('fine.example.com', 'A', '192.0.2.99'))] : [];
    const refusal = await refusalOf(rig.change(zoneId, ...bystander, ...batch.map((change) => inZone(change, zoneId))));

    expect(refusal).toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
    if (typeof message === 'string') expect(refusal.message).toBe(message);
    else expect(refusal.message).toMatch(message);
    expect(rig.route53.recordSets(zoneId)).toEqual(before);
  });
});

const ACCEPTED: readonly (Rule & { readonly then: readonly ResourceRecordSet[] })[] = [
  {
    rule: 'DELETE and CREATE of one set swap it',
    doc: CHANGE,
    given: [RED],
    batch: [remove(RED), create(BLACK)],
    then: [BLACK],
  },
  {
    rule: 'the values of a DELETE are compared as a set',
    doc: CHANGE,
    given: [simple('www.example.com', 'A', '192.0.2.1', '192.0.2.2')],
    batch: [remove(simple('www.example.com', 'A', '192.0.2.2', '192.0.2.1'))],
    then: [],
  },
  {
    rule: 'a DELETE may write the name in capitals and without the final dot',
    doc: NAMES,
    given: [RED],
    batch: [remove({ ...RED, Name: 'WWW.Example.com' })],
    then: [],
  },
  {
    rule: 'a CNAME gives way to an alias in one batch',
    doc: CHANGE,
    given: [simple('www.example.com', 'CNAME', 'red.example.net')],
    batch: [
      remove(simple('www.example.com', 'CNAME', 'red.example.net')),
      create({ Name: 'www.example.com', Type: 'A', AliasTarget: { ...ELB, DNSName: 'X.us-east-1.elb.amazonaws.com' } }),
    ],
    then: [{ Name: 'www.example.com', Type: 'A', AliasTarget: { ...ELB, DNSName: 'x.us-east-1.elb.amazonaws.com.' } }],
  },
  {
    rule: 'simple becomes weighted, and back, in one batch',
    doc: WEIGHTS,
    given: [RED],
    batch: [remove(RED), create(weighted('red', 50, RED)), create(weighted('black', 50, BLACK))],
    then: [weighted('black', 50, BLACK), weighted('red', 50, RED)],
  },
  {
    rule: 'the TTL of a weighted set changes when all members change in one batch',
    doc: 'https://github.com/aws/aws-sdk-go-v2/issues/518',
    given: [weighted('red', 1, RED), weighted('black', 1, BLACK)],
    batch: [upsert({ ...weighted('red', 1, RED), TTL: 30 }), upsert({ ...weighted('black', 1, BLACK), TTL: 30 })],
    then: [
      { ...weighted('black', 1, BLACK), TTL: 30 },
      { ...weighted('red', 1, RED), TTL: 30 },
    ],
  },
  {
    rule: 'an alias may target a set that the same batch creates before it',
    doc: ALIAS,
    batch: [
      create(simple('red.example.com', 'A', '192.0.2.10')),
      create({
        Name: 'www.example.com',
        Type: 'A',
        AliasTarget: { ...ELB, HostedZoneId: 'SAME', DNSName: 'red.example.com' },
      }),
    ],
    then: [
      simple('red.example.com', 'A', '192.0.2.10'),
      {
        Name: 'www.example.com',
        Type: 'A',
        AliasTarget: { ...ELB, HostedZoneId: 'SAME', DNSName: 'red.example.com.' },
      },
    ],
  },
  {
    rule: 'names come back in lower case, with octal escapes',
    doc: NAMES,
    batch: [
      create(simple('*.Example.com', 'A', '192.0.2.1')),
      create(simple('a@b\\052C.example.com.', 'A', '192.0.2.2')),
    ],
    then: [simple('\\052.example.com', 'A', '192.0.2.1'), simple('a\\100b\\052c.example.com', 'A', '192.0.2.2')],
  },
  {
    rule: 'a TXT value may have several strings, escapes and XML characters',
    doc: `${TYPES}#TXTFormat`,
    batch: [create(simple('www.example.com', 'TXT', '"a\\"b" "\\303\\251 <&>\'"'))],
    then: [simple('www.example.com', 'TXT', '"a\\"b" "\\303\\251 <&>\'"')],
  },
  {
    rule: '0 and 255 are weights',
    doc: RECORD_SET,
    batch: [create(weighted('red', 255, RED)), create(weighted('black', 0, BLACK))],
    then: [weighted('black', 0, BLACK), weighted('red', 255, RED)],
  },
  {
    rule: 'every routing field survives the round trip',
    doc: RECORD_SET,
    batch: [
      create({ ...RED, SetIdentifier: 'de', GeoLocation: { CountryCode: 'DE' } }),
      create({
        ...RED,
        Name: 'p.example.com',
        SetIdentifier: 'x',
        GeoProximityLocation: { AWSRegion: 'eu-west-1', Bias: -7 },
      }),
      create({ ...RED, Name: 'm.example.com', SetIdentifier: 'x', MultiValueAnswer: true }),
    ],
    then: [
      { ...RED, Name: 'm.example.com', SetIdentifier: 'x', MultiValueAnswer: true },
      { ...RED, Name: 'p.example.com', SetIdentifier: 'x', GeoProximityLocation: { AWSRegion: 'eu-west-1', Bias: -7 } },
      { ...RED, SetIdentifier: 'de', GeoLocation: { CountryCode: 'DE' } },
    ],
  },
  {
    rule: 'a batch of exactly 1,000 elements is within the limit',
    doc: LIMITS,
    batch: many(500).flatMap((n) => {
      const set = simple(`h${String(n).padStart(3, '0')}.example.com`, 'A', '192.0.2.1');
      return [create(set), create({ ...set, Type: 'TXT', ResourceRecords: [{ Value: '"x"' }] })];
    }),
    then: [],
  },
];

describe('a batch is accepted:', () => {
  test.each(ACCEPTED)('$rule', async ({ given = [], batch, then }) => {
    const zoneId = rig.route53.createZone({ name: 'example.com' });
    rig.route53.put(zoneId, ...given);

    await rig.change(zoneId, ...batch.map((change) => inZone(change, zoneId)));

    const sets = rig.route53.recordSets(zoneId).filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
    const listed = (await rig.list(zoneId)).filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
    if (then.length > 0 || batch.length < 10) expect(sets).toEqual(then.map((set) => stored(set, zoneId)));
    else expect(sets).toHaveLength(batch.length);
    expect(listed).toEqual(sets.slice(0, 298)); // a page of 300, less NS and SOA
  });
});

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
test('the SOA and NS sets of the zone cannot be deleted, even exactly', async () => {
  const zoneId = rig.route53.createZone({ name: 'example.com' });
  const refusal = await refusalOf(rig.change(zoneId, ...rig.route53.recordSets(zoneId).map(remove)));
  expect(refusal.message).toBe(
    '[A HostedZone must contain exactly one SOA record., A HostedZone must contain at least one NS record for the zone itself.]',
  );
});

/** `SAME` stands for the zone of the test, whose id is not known when the table is written. */
function inZone(change: Change, zoneId: string): Change {
  const set = change.ResourceRecordSet;
  return set === undefined ? change : { ...change, ResourceRecordSet: withZone(set, zoneId) };
}

function stored(set: ResourceRecordSet, zoneId: string): ResourceRecordSet {
  return { ...withZone(set, zoneId), Name: `${set.Name ?? ''}.` };
}

function withZone(set: ResourceRecordSet, zoneId: string): ResourceRecordSet {
  if (set.AliasTarget?.HostedZoneId !== 'SAME') return set;
  return { ...set, AliasTarget: { ...set.AliasTarget, HostedZoneId: zoneId } };
}
