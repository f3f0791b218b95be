import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startRoute53, type Route53StandIn } from '../../sandbox/route53/stand-in.ts';
import { Identities } from '../../sandbox/sts/identities.ts';
import { startSts, type StsStandIn } from '../../sandbox/sts/stand-in.ts';

const NET = 'arn:aws:iam::210987654321:role/dns/switchyard';
const ORG = 'arn:aws:iam::333333333333:role/switchyard';

let identities: Identities;
let sts: StsStandIn;
let route53: Route53StandIn;
beforeAll(async () => {
  identities = new Identities([{ arn: NET }, { arn: ORG, externalId: 'acme-1', longestSeconds: 7_200 }]);
  [sts, route53] = await Promise.all([startSts(identities), startRoute53({ identities })]);
});
afterAll(() => Promise.all([sts.close(), route53.close()]));

const KEYS = { accessKeyId: 'AKIDSANDBOX', secretAccessKey: 'x' };
const clientOf = (credentials: typeof KEYS & { sessionToken?: string }) =>
  new STSClient({ endpoint: sts.url, region: 'us-east-1', credentials, maxAttempts: 1 });

async function assume(input: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]>, keys = KEYS) {
  const wanted = { RoleArn: NET, RoleSessionName: 'switchyard', ...input };
  const { Credentials, AssumedRoleUser } = await clientOf(keys).send(new AssumeRoleCommand(wanted));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { credentials, until: Expiration, arn: AssumedRoleUser?.Arn };
}

test('gives credentials of a role that last as long as was asked for', async () => {
  const { credentials, until, arn } = await assume({ DurationSeconds: 900 });
  expect(arn).toBe('arn:aws:sts::210987654321:assumed-role/switchyard/switchyard');
  expect((until?.getTime() ?? 0) - Date.now()).toBeGreaterThan(890_000);
  const who = await clientOf(credentials).send(new GetCallerIdentityCommand({}));
  expect(who).toMatchObject({ Account: '210987654321', Arn: arn });
});

test.each([
  [
    'a session name that CloudTrail could not show',
    { RoleSessionName: 'a b' },
    'ValidationError',
    /regular expression/,
  ],
  ['a session name of one letter', { RoleSessionName: 'a' }, 'ValidationError', /length greater than or equal to 2/],
  ['a time under 15 min', { DurationSeconds: 899 }, 'ValidationError', /greater than or equal to 900/],
  ['a time over that of the role', { DurationSeconds: 3_601 }, 'ValidationError', /MaxSessionDuration/],
  ['an ARN that is none', { RoleArn: 'arn:aws:iam::1:role/switchyard' }, 'ValidationError', /is invalid/],
  ['a role that trusts somebody else', { RoleArn: `${NET}-other` }, 'AccessDenied', /sts:AssumeRole on resource/],
  ['no external id', { RoleArn: ORG }, 'AccessDenied', /not authorized/],
  ['another external id', { RoleArn: ORG, ExternalId: 'acme-2' }, 'AccessDenied', /not authorized/],
])('refuses %s', async (_what, input, name, message) => {
  await expect(assume(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) as string });
});

test('lets a role be assumed by another for an hour at most', async () => {
  const { credentials } = await assume({});
  const wanted = { RoleArn: ORG, ExternalId: 'acme-1', DurationSeconds: 7_200 };
  await expect(assume(wanted, credentials)).rejects.toMatchObject({
    message: expect.stringMatching(/chaining/) as string,
  });
  expect((await assume({ ...wanted, DurationSeconds: 3_600 }, credentials)).arn).toContain('::333333333333:');
});

test('a zone of another account is there, and out of reach; credentials that ended are refused', async () => {
  const zone = route53.createZone({ name: 'example.net', accountId: '210987654321' });
  sts.lifetimeMs = 300;
  const { credentials } = await assume({});
  sts.lifetimeMs = null;
  const get = async (keys: typeof KEYS) => {
    const client = new Route53Client({ endpoint: route53.url, region: 'us-east-1', credentials: keys, maxAttempts: 1 });
    return (await client.send(new GetHostedZoneCommand({ Id: zone }))).HostedZone?.Name;
  };
  expect(await get(credentials)).toBe('example.net.');
  await expect(get(KEYS)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(/resource/) as string,
  });
  await expect(get({ ...credentials, sessionToken: 'x' } as typeof KEYS)).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
  await new Promise((resolve) => setTimeout(resolve, 320));
  await expect(get(credentials)).rejects.toMatchObject({ name: 'ExpiredToken' });
});
