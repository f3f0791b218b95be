/** The stand-in as its users see it: zones, lists, waiting, races and protections, through the real SDK. */
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  CreateResourceRecordSetProtectionsCommand,
  DeleteHostedZoneCommand,
  DeleteResourceRecordSetProtectionsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  GetHostedZoneCountCommand,
  GetHostedZoneLimitCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetProtectionsCommand,
  ListResourceRecordSetsCommand,
  TestDNSAnswerCommand,
} from '@aws-sdk/client-route-53';
import type { ListResourceRecordSetsCommandInput, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Route53StandIn } from '../../sandbox/route53/stand-in.ts';
import { createThrottle, PUBLISHED_LIMITS } from '../../sandbox/route53/throttle.ts';
import { clientFor, create, refusalOf, remove, simple, startRig, upsert, weighted } from './route53-rig.ts';
import type { Rig } from './route53-rig.ts';

const RED = simple('www.example.com', 'A', '192.0.2.10');
const BLACK = simple('www.example.com', 'A', '192.0.2.20');
const GREEN = simple('www.example.com', 'A', '192.0.2.30');
const WWW = 'www.example.com';

let rig: Rig;
let route53: Route53StandIn;
let zoneId: string;

beforeEach(async () => {
  rig = await startRig({ insyncAfterMs: Infinity });
  route53 = rig.route53;
  zoneId = route53.createZone({ name: 'example.com' });
  route53.put(zoneId, RED);
});
afterEach(() => rig.close());

const visible = (server: number) =>
  route53.visibleRecordSets(zoneId, server).find(({ Name }) => Name === `${WWW}.`)?.ResourceRecords?.[0]?.Value;
const names = (sets: readonly ResourceRecordSet[]) => sets.map(({ Name, Type }) => `${Name ?? ''} ${Type ?? ''}`);

describe('compare and swap', () => {
  test('of two writers that read the same set one wins, and the loser changes nothing', async () => {
    const outcomes = await Promise.allSettled([
      rig.change(zoneId, remove(RED), create(BLACK)),
      rig.change(zoneId, remove(RED), create(GREEN)),
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const accepted = route53.log.filter((entry) => entry.accepted && entry.by !== 'foreign');
    expect(accepted).toHaveLength(1);
    expect(route53.recordSets(zoneId, WWW)).toEqual(accepted[0]?.after);
  });

  test('a stale swap is refused after a foreign write, unlike at a matching of past values', async () => {
    await rig.change(zoneId, remove(RED), create(BLACK));
    route53.put(zoneId, GREEN);

    const refusal = await refusalOf(rig.change(zoneId, remove(BLACK), create(RED)));

    expect(refusal.message).toMatch(/values provided do not match.*already exists/);
    expect(route53.recordSets(zoneId, WWW)).toMatchObject([{ ResourceRecords: [{ Value: '192.0.2.30' }] }]);
  });

  test('a field that the SDK does not know yet is kept, and its loss is refused', async () => {
    const future = { ...weighted('red', 1, { ...RED, Name: 'new.example.com' }), FutureRouting: { Ring: '7' } };
    route53.put(zoneId, future);
    const [listed] = (await rig.list(zoneId)).filter(({ Name }) => Name === 'new.example.com.');

    const refusal = await refusalOf(rig.change(zoneId, remove(listed!)));

    expect(refusal.message).toMatch(/values provided do not match/);
    expect(route53.recordSets(zoneId, 'new.example.com')).toMatchObject([{ FutureRouting: { Ring: '7' } }]);
    const raw = await fetch(`${route53.url}/2013-04-01/hostedzone/${zoneId}/rrset`);
    expect(await raw.text()).toContain('<FutureRouting><Ring>7</Ring></FutureRouting>');
  });

  test('a batch that arrives while another of its zone is processed is refused; one that is merely PENDING is not in the way', async () => {
    await rig.change(zoneId, upsert(BLACK));
    const end = route53.occupy(zoneId);
    const refusal = await refusalOf(rig.change(zoneId, upsert(RED)));
    expect(refusal).toMatchObject({ name: 'PriorRequestNotComplete', $metadata: { httpStatusCode: 400 } });
    end();
    await rig.change(zoneId, upsert(RED));
  });

  test('while a batch takes its time another zone is free and the own one is not', async () => {
    const other = route53.createZone({ name: 'example.com' });
    route53.processingMs = 30;
    const outcomes = await Promise.allSettled([
      rig.change(zoneId, upsert(BLACK)),
      rig.change(zoneId, upsert(GREEN)),
      rig.change(other, upsert(BLACK)),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(route53.recordSets(other, WWW)).toHaveLength(1);
  });
});

describe('the log', () => {
  test('tells who changed what, from what and to what, refused batches included', async () => {
    const heard: number[] = [];
    const end = route53.onChange(({ seq }) => heard.push(seq));
    const client = clientFor(route53, 'AKIDOTHER');
    const changes = { Comment: 'step 1', Changes: [remove(RED), create(BLACK)] };
    const { ChangeInfo } = await client.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: changes }),
    );
    await refusalOf(rig.change(zoneId, remove(RED)));
    end();
    route53.remove(zoneId, { name: WWW, type: 'A' });
    client.destroy();

    expect(route53.log.map(({ seq, by, accepted }) => ({ seq, by, accepted }))).toEqual([
      { seq: 1, by: 'foreign', accepted: true },
      { seq: 2, by: 'AKIDOTHER', accepted: true },
      { seq: 3, by: 'AKIDSANDBOX', accepted: false },
      { seq: 4, by: 'foreign', accepted: true },
    ]);
    expect(route53.log[1]).toMatchObject({
      zoneId,
      comment: 'step 1',
      changeId: ChangeInfo?.Id?.replace('/change/', ''),
      changes: [{ action: 'DELETE' }, { action: 'CREATE' }],
      before: [{ Name: `${WWW}.`, ResourceRecords: [{ Value: '192.0.2.10' }] }],
      after: [{ Name: `${WWW}.`, ResourceRecords: [{ Value: '192.0.2.20' }] }],
    });
    expect(route53.log[2]?.refusal).toMatch(/do not match/);
    expect(heard).toEqual([2]);
  });
});

describe('propagation', () => {
  const statusOf = async (Id: string) => (await rig.client.send(new GetChangeCommand({ Id }))).ChangeInfo?.Status;

  test('a change is PENDING and listed at once, and served only when it has spread', async () => {
    const id = await rig.change(zoneId, upsert(BLACK));

    expect(await statusOf(id)).toBe('PENDING');
    expect(await rig.list(zoneId)).toContainEqual({ ...BLACK, Name: `${WWW}.` });
    expect([0, 1, 2, 3].map(visible)).toEqual(Array.from({ length: 4 }, () => '192.0.2.10'));

    route53.settle();
    expect(await statusOf(id)).toBe('INSYNC');
    expect([0, 1, 2, 3].map(visible)).toEqual(Array.from({ length: 4 }, () => '192.0.2.20'));
  });

  test('a server that lags is not waited for, and catches up', async () => {
    route53.insyncAfterMs = 0;
    route53.lag(zoneId, 2, Infinity);
    const id = await rig.change(zoneId, upsert(BLACK));
    expect(await statusOf(id)).toBe('INSYNC');
    expect([0, 1, 2, 3].map(visible)).toEqual(['192.0.2.20', '192.0.2.20', '192.0.2.10', '192.0.2.20']);
    route53.lag(zoneId, 2, 0);
    expect(visible(2)).toBe('192.0.2.20');
  });

  test('a stranded change stays PENDING, and what is written after it spreads', async () => {
    route53.insyncAfterMs = 3_600_000;
    const stranded = await rig.change(zoneId, upsert(BLACK));
    route53.strand();
    route53.insyncAfterMs = 0;
    await rig.change(zoneId, upsert(GREEN));
    expect(await statusOf(stranded)).toBe('PENDING');
    expect(visible(0)).toBe('192.0.2.30');
  });

  test('a foreign hand writes in sync', () => {
    route53.put(zoneId, BLACK);
    expect([0, 1, 2, 3].map(visible)).toEqual(Array.from({ length: 4 }, () => '192.0.2.20'));
  });

  test('an unknown change is NoSuchChange', async () => {
    expect(await refusalOf(statusOf('C123'))).toMatchObject({
      name: 'NoSuchChange',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('ListResourceRecordSets', () => {
  const list = (input: Omit<ListResourceRecordSetsCommandInput, 'HostedZoneId'> = {}) =>
    rig.client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...input }));

  test('sorts by reversed labels, then type; a name is where it starts and filters nothing', async () => {
    const others = ['a.b.example.com', 'b.example.com', 'zz.example.com', '*.example.com'];
    route53.put(zoneId, ...others.map((name) => simple(name, 'A', '192.0.2.1')), simple('b.example.com', 'TXT', '"x"'));
    const all = names((await list()).ResourceRecordSets ?? []);
    expect(all).toEqual([
      'example.com. NS',
      'example.com. SOA',
      '\\052.example.com. A',
      'b.example.com. A',
      'b.example.com. TXT',
      'a.b.example.com. A',
      'www.example.com. A',
      'zz.example.com. A',
    ]);
    const fromB = await list({ StartRecordName: 'B.example.com', StartRecordType: 'TXT' });
    expect(names(fromB.ResourceRecordSets ?? [])).toEqual(all.slice(4));
    const absent = await list({ StartRecordName: 'nothing.example.com' });
    expect(names(absent.ResourceRecordSets ?? [])).toEqual(all.slice(6));
  });

  test('pages with a cursor of name, type and identifier', async () => {
    route53.remove(zoneId, { name: WWW, type: 'A' });
    route53.put(zoneId, ...['a', 'b', 'c'].map((id) => weighted(id, 1, RED)));
    const first = await list({ MaxItems: 4 });
    expect(first).toMatchObject({
      IsTruncated: true,
      MaxItems: 4,
      NextRecordName: `${WWW}.`,
      NextRecordType: 'A',
      NextRecordIdentifier: 'c',
    });
    const second = await list({
      StartRecordName: first.NextRecordName,
      StartRecordType: first.NextRecordType,
      StartRecordIdentifier: first.NextRecordIdentifier,
    });
    expect(second.ResourceRecordSets?.map(({ SetIdentifier }) => SetIdentifier)).toEqual(['c']);
    expect(second.IsTruncated).toBe(false);
  });

  test('returns at most 300 sets, however many are asked for', async () => {
    const sets = Array.from({ length: 310 }, (_, n) => simple(`h${n}.example.com`, 'A', '192.0.2.1'));
    route53.put(zoneId, ...sets);
    const page = await list({ MaxItems: 1000 });
    expect(page).toMatchObject({ IsTruncated: true, MaxItems: 300 });
    expect(page.ResourceRecordSets).toHaveLength(300);
  });

  test.each([
    ['a type without a name', { StartRecordType: 'A' }],
    ['an identifier without a type', { StartRecordName: WWW, StartRecordIdentifier: 'x' }],
    ['a page of nothing', { MaxItems: 0 }],
    ['a name that is none', { StartRecordName: 'a..b' }],
  ] as const)('refuses %s', async (_, input) => {
    expect(await refusalOf(list(input))).toMatchObject({ name: 'InvalidInput', $metadata: { httpStatusCode: 400 } });
  });
});

describe('hosted zones', () => {
  test('are created once for a caller reference, with name servers of their own', async () => {
    const command = new CreateHostedZoneCommand({ Name: 'New.Example', CallerReference: 'once' });
    const created = await rig.client.send(command);
    expect(created).toMatchObject({
      HostedZone: { Name: 'new.example.', ResourceRecordSetCount: 2, Config: { PrivateZone: false } },
      ChangeInfo: { Status: 'PENDING' },
    });
    expect(created.DelegationSet?.NameServers).toHaveLength(4);
    expect(created.Location).toContain(created.HostedZone?.Id?.replace('/hostedzone/', ''));
    expect(await refusalOf(rig.client.send(command))).toMatchObject({
      name: 'HostedZoneAlreadyExists',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('a private zone has VPCs and no delegation set, and needs a VPC', async () => {
    const CallerReference = 'private';
    const bare = { Name: 'corp.example', CallerReference, HostedZoneConfig: { PrivateZone: true } };
    expect((await refusalOf(rig.client.send(new CreateHostedZoneCommand(bare)))).name).toBe('InvalidInput');
    const VPC = { VPCRegion: 'us-east-1', VPCId: 'vpc-1' } as const;
    const { HostedZone } = await rig.client.send(new CreateHostedZoneCommand({ ...bare, VPC }));
    const got = await rig.client.send(new GetHostedZoneCommand({ Id: HostedZone?.Id }));
    expect(got).toMatchObject({ HostedZone: { Config: { PrivateZone: true } } });
    expect(got.DelegationSet).toBeUndefined();
    expect(got.VPCs).toHaveLength(1);
  });

  test('an invalid name is InvalidDomainName', async () => {
    const command = new CreateHostedZoneCommand({ Name: 'a..b', CallerReference: 'x' });
    expect((await refusalOf(rig.client.send(command))).name).toBe('InvalidDomainName');
  });

  test('ListHostedZonesByName starts at the name in reversed-label order and includes what merely sorts later', async () => {
    route53.createZone({ name: 'example.com', private: true, id: 'ZTWIN' });
    for (const name of ['barexample.com', 'a.example.com', 'example.org', 'aaa.com']) route53.createZone({ name });
    const all = await rig.client.send(new ListHostedZonesByNameCommand({}));
    expect(all.HostedZones?.map(({ Name }) => Name)).toEqual([
      'aaa.com.',
      'barexample.com.',
      'example.com.',
      'example.com.',
      'a.example.com.',
      'example.org.',
    ]);
    const page = await rig.client.send(new ListHostedZonesByNameCommand({ DNSName: 'Example.COM', MaxItems: 3 }));
    expect(page.HostedZones?.map(({ Name }) => Name)).toEqual(['example.com.', 'example.com.', 'a.example.com.']);
    expect(page).toMatchObject({ IsTruncated: true, NextDNSName: 'example.org.', DNSName: 'Example.COM' });
    const rest = await rig.client.send(
      new ListHostedZonesByNameCommand({ DNSName: page.NextDNSName, HostedZoneId: page.NextHostedZoneId }),
    );
    expect(rest.HostedZones?.map(({ Name }) => Name)).toEqual(['example.org.']);
  });

  test('are listed by pages and counted', async () => {
    route53.createZone({ name: 'two.example' });
    const first = await rig.client.send(new ListHostedZonesCommand({ MaxItems: 1 }));
    expect(first).toMatchObject({ IsTruncated: true, HostedZones: [{ Name: 'example.com.' }] });
    const second = await rig.client.send(new ListHostedZonesCommand({ Marker: first.NextMarker }));
    expect(second).toMatchObject({ IsTruncated: false, HostedZones: [{ Name: 'two.example.' }] });
    const privates = await rig.client.send(new ListHostedZonesCommand({ HostedZoneType: 'PrivateHostedZone' }));
    expect(privates.HostedZones).toEqual([]);
    expect((await rig.client.send(new GetHostedZoneCountCommand({}))).HostedZoneCount).toBe(2);
  });

  test('are deleted only when nothing but NS and SOA is left', async () => {
    const command = new DeleteHostedZoneCommand({ Id: zoneId });
    expect((await refusalOf(rig.client.send(command))).name).toBe('HostedZoneNotEmpty');
    route53.remove(zoneId, { name: WWW, type: 'A' });
    route53.protect(zoneId, { name: WWW, type: 'A' });
    expect((await refusalOf(rig.client.send(command))).name).toBe('HostedZoneNotEmpty');
    route53.unprotect(zoneId, { name: WWW, type: 'A' });
    expect((await rig.client.send(command)).ChangeInfo?.Status).toBe('PENDING');
    const gone = await refusalOf(rig.list(zoneId));
    expect(gone).toMatchObject({ name: 'NoSuchHostedZone', $metadata: { httpStatusCode: 404 } });
    expect(gone.message).toBe(`No hosted zone found with ID: ${zoneId}`);
  });

  test('tell their limits', async () => {
    const limitOf = (Type: 'MAX_RRSETS_BY_ZONE' | 'MAX_VPCS_ASSOCIATED_BY_ZONE') =>
      rig.client.send(new GetHostedZoneLimitCommand({ HostedZoneId: zoneId, Type }));
    expect(await limitOf('MAX_RRSETS_BY_ZONE')).toMatchObject({ Limit: { Value: 10000 }, Count: 3 });
    expect((await refusalOf(limitOf('MAX_VPCS_ASSOCIATED_BY_ZONE'))).name).toBe('HostedZoneNotPrivate');
  });
});

describe('TestDNSAnswer', () => {
  const ask = (RecordName: string, HostedZoneId = zoneId) =>
    rig.client.send(new TestDNSAnswerCommand({ HostedZoneId, RecordName, RecordType: 'A' }));

  test('answers what is in sync, by weight', async () => {
    expect(await ask(WWW)).toMatchObject({ RecordData: ['192.0.2.10'], ResponseCode: 'NOERROR', Protocol: 'UDP' });
    await rig.change(zoneId, remove(RED), create(weighted('red', 0, RED)), create(weighted('black', 255, BLACK)));
    expect((await ask(WWW)).RecordData).toEqual(['192.0.2.10']);
    route53.settle();
    expect((await ask(WWW)).RecordData).toEqual(['192.0.2.20']);
  });

  test('answers NXDOMAIN for a name that is not there, and uses wildcards', async () => {
    expect((await ask('nothing.example.com')).ResponseCode).toBe('NXDOMAIN');
    route53.put(zoneId, simple('*.example.com', 'A', '192.0.2.9'));
    expect((await ask('nothing.example.com')).RecordData).toEqual(['192.0.2.9']);
  });

  test('is refused for a private zone', async () => {
    const hidden = route53.createZone({ name: 'corp.example', private: true });
    expect((await refusalOf(ask(WWW, hidden))).name).toBe('InvalidInput');
  });
});

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/rrset-protection.html
describe('protections', () => {
  const key = { RecordName: WWW, RecordType: 'A' } as const;
  const protect = (...Protections: { RecordName: string; RecordType: 'A'; Comment?: string }[]) =>
    rig.client.send(new CreateResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, Protections }));
  const unprotect = (...Protections: { RecordName: string; RecordType: 'A' }[]) =>
    rig.client.send(new DeleteResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, Protections }));

  test('refuse every change of the name and type, whatever the identifier, with their comment', async () => {
    await protect({ ...key, Comment: 'payroll weekend' });
    for (const changes of [[remove(RED), create(BLACK)], [upsert(BLACK)]]) {
      const refusal = await refusalOf(rig.change(zoneId, ...changes));
      expect(refusal.name).toBe('InvalidChangeBatch');
      expect(refusal.message).toContain('payroll weekend');
    }
    expect(() => route53.put(zoneId, BLACK)).toThrow(/payroll weekend/);
    await rig.change(zoneId, create(simple(WWW, 'TXT', '"not protected"')));
    await unprotect(key);
    await rig.change(zoneId, remove(RED), create(BLACK));
  });

  test('reserve a name that has no record yet', async () => {
    await protect({ ...key, RecordName: 'later.example.com' });
    const refusal = await refusalOf(rig.change(zoneId, create(simple('later.example.com', 'A', '192.0.2.1'))));
    expect(refusal.message).toMatch(/later.example.com., type A is protected/);
  });

  test('are listed by pages, names normalised', async () => {
    await protect({ ...key, RecordName: 'WWW.example.com', Comment: 'c' }, { ...key, RecordName: 'a.example.com' });
    const list = (NextToken?: string) =>
      rig.client.send(new ListResourceRecordSetProtectionsCommand({ HostedZoneId: zoneId, MaxResults: 1, NextToken }));
    const first = await list();
    expect(first.ResourceRecordSetProtections).toEqual([{ RecordName: 'a.example.com.', RecordType: 'A' }]);
    const second = await list(first.NextToken);
    expect(second.ResourceRecordSetProtections).toEqual([{ RecordName: `${WWW}.`, RecordType: 'A', Comment: 'c' }]);
    expect(second.NextToken).toBeUndefined();
  });

  test('are created all or none, and each failing entry is told', async () => {
    await protect(key);
    expect(await refusalOf(protect(key))).toMatchObject({
      name: 'ProtectionAlreadyExists',
      Errors: [{ RecordName: `${WWW}.`, RecordType: 'A', Code: 'ProtectionAlreadyExists' }],
    });
    const mixed = await refusalOf(protect(key, { ...key, RecordName: 'a.example.org' }));
    expect(mixed).toMatchObject({
      name: 'InvalidResourceRecordSetProtectionBatch',
      Errors: [{ RecordName: 'a.example.org.', Code: 'InvalidInput' }],
    });
    expect(await refusalOf(unprotect(key, { ...key, RecordName: 'b.example.com' }))).toMatchObject({
      name: 'InvalidResourceRecordSetProtectionBatch',
      Errors: [{ RecordName: 'b.example.com.', Code: 'ProtectionNotFound' }],
    });
    expect((await refusalOf(rig.change(zoneId, upsert(BLACK)))).name).toBe('InvalidChangeBatch');
  });
});

describe('permission and pace', () => {
  test('a denied operation is AccessDenied until the denial is lifted', async () => {
    const lift = route53.deny('ChangeResourceRecordSets');
    expect(await refusalOf(rig.change(zoneId, upsert(BLACK)))).toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await rig.list(zoneId);
    lift();
    await rig.change(zoneId, upsert(BLACK));
    const liftOne = route53.deny(({ headers }) => headers.authorization?.includes('AKIDSANDBOX') === true);
    expect((await refusalOf(rig.list(zoneId))).name).toBe('AccessDenied');
    liftOne();
  });

  test('an empty bucket throttles, when throttling is real', async () => {
    const scarce = { burst: 2, refillPerSecond: 0 };
    const paced = await startRig({ throttling: 'real', limits: { account: scarce, action: scarce, actions: {} } });
    const id = paced.route53.createZone({ name: 'example.com' });
    await paced.list(id);
    await paced.list(id);
    expect(await refusalOf(paced.list(id))).toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
    paced.route53.throttling = 'off';
    await paced.list(id);
    await paced.close();
  });

  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
  test('the published account bucket holds 50 and gains 10 a second, whatever the mix of actions', () => {
    const mayPass = createThrottle(PUBLISHED_LIMITS);
    const passed = (action: string, at: number) =>
      Array.from({ length: 60 }, () => mayPass(action, at)).filter(Boolean);
    expect(passed('ListResourceRecordSets', 0)).toHaveLength(50);
    expect(passed('GetChange', 0)).toHaveLength(0);
    expect(passed('GetChange', 1000)).toHaveLength(10);
    expect(passed('GetHealthCheckStatus', 61_000)).toHaveLength(4);
  });
});

describe('the wire', () => {
  const path = () => `${route53.url}/2013-04-01/hostedzone/${zoneId}/rrset`;
  const post = (body: string) => fetch(`${path()}/`, { method: 'POST', body });

  test('an error is an ErrorResponse with the namespace and a request id, at a path with a final slash too', async () => {
    const response = await post('<Other/>');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).toMatch(
      /<ErrorResponse xmlns="https:\/\/route53.amazonaws.com\/doc\/2013-04-01\/"><Error><Type>Sender<\/Type><Code>MalformedInput<\/Code><Message>.*<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>$/,
    );
  });

  test('the order of elements in a record set counts', async () => {
    const set = '<Type>A</Type><Name>a.example.com</Name>';
    const change = `<Change><Action>CREATE</Action><ResourceRecordSet>${set}</ResourceRecordSet></Change>`;
    const xmlns = 'https://route53.amazonaws.com/doc/2013-04-01/';
    const response = await post(
      `<ChangeResourceRecordSetsRequest xmlns="${xmlns}"><ChangeBatch><Changes>${change}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
    );
    expect(await response.text()).toMatch(/InvalidInput.*cvc-complex-type.2.4.a.*element 'Name'/);
  });

  test('the namespace counts', async () => {
    const response = await post('<ChangeResourceRecordSetsRequest><ChangeBatch/></ChangeResourceRecordSetsRequest>');
    expect(await response.text()).toContain('Invalid XML ; cvc-elt.1');
  });

  test('a comment of more than 256 characters is refused', async () => {
    const ChangeBatch = { Comment: 'x'.repeat(257), Changes: [upsert(BLACK)] };
    const command = new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch });
    expect((await refusalOf(rig.client.send(command))).message).toMatch(/'changeBatch.comment'.*256/);
  });

  test('an operation that is not there is told apart from a zone that is not there', async () => {
    expect((await fetch(`${route53.url}/2013-04-01/healthcheck`)).status).toBe(404);
    expect((await refusalOf(rig.list('ZNONE'))).name).toBe('NoSuchHostedZone');
  });
});

test('a fixture that Route 53 would not hold is refused loudly', () => {
  expect(() => route53.put(zoneId, weighted('black', 1, BLACK))).toThrow(/non-weighted set exists/);
  expect(() => route53.remove(zoneId, { name: 'nothing.example.com', type: 'A' })).toThrow(/There is no record set/);
  expect(() => route53.createZone({ name: 'x.example', id: zoneId })).toThrow(/exists already/);
});
