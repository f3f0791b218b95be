/** What is uploaded, what it may do, and what CloudFormation makes of it. */
import { readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { OLDEST_ALARM_MS } from '../../src/gateway/cloudwatch-alarm.ts';
import { ApplicationFailure as PlainFailure } from '../../examples/lambda/without-temporal.ts';
import { ALARM_ARN, RED, recorded, startLambdaYard, WWW, type LambdaYard } from '../support/lambda-rig.ts';
import { readTemplate } from '../support/read-template.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/lambda/', import.meta.url));

let yard: LambdaYard;
beforeAll(async () => void (yard = await startLambdaYard()));
afterAll(() => yard.close());

describe('the built file', () => {
  test('is small, and holds no Temporal', async () => {
    expect((await stat(yard.file)).size).toBeLessThan(650_000);
    expect(yard.built.inputs.length).toBeGreaterThan(100);
    expect(yard.built.inputs.filter((path) => path.includes('@temporalio'))).toEqual([]);
  });

  test('leaves nothing to be found by luck in the runtime, such as an SDK of another version', () => {
    // The SDK tries for its implementation in C where a request is signed for several regions; Route 53 has none.
    const known = (name: string) => isBuiltin(name) || name === '@aws-sdk/signature-v4-crt';
    expect(yard.built.imports.filter((name) => !known(name))).toEqual([]);
  });

  test('fails with what a failure of Temporal holds, where the reset reads it', () => {
    const options = {
      type: 'Throttled',
      message: 'slow down',
      details: [{ sentence: 'slow', next: null }],
      nextRetryDelay: 2_000,
      cause: new Error('429'),
    };
    expect(ApplicationFailure.create(options)).toMatchObject(options);
    expect(PlainFailure.create(options)).toMatchObject(options);
  });
});

test('the policy names all that a reset does, and nothing that it does not', async () => {
  const rig = await yard.rig();
  rig.point('other.example.com', RED);
  const one = await rig.declare({ name: WWW, zone: 'example.com', default: [RED, '2001:db8::10'] });
  expect((await one.invoke()).report?.records).toMatchObject([{ outcome: 'restored' }]);
  const { actions, condition } = routeOf(await policy());
  const seen = rig.sandbox.route53.faults.seen.map(({ operation }) => `route53:${operation}`);
  expect(distinct(seen)).toEqual(distinct(actions));
  const changes = rig.batches().flatMap((batch) => batch.changes);
  const names = changes.map(({ recordSet }) => (recordSet.Name ?? '').replace(/\.$/, '').toLowerCase());
  expect(distinct(names)).toEqual(distinct(condition('Names')));
  expect(distinct(changes.map(({ recordSet }) => recordSet.Type))).toEqual(distinct(condition('Types')));
  expect(distinct(changes.map(({ action }) => action))).toEqual(distinct(condition('Actions')));
});

describe('the template', () => {
  test('gives the permissions of the policy and no more; it names the zone by its id, which needs no looking', async () => {
    const { Role } = template().Resources;
    const policies = Role?.Properties['Policies'] as readonly { readonly PolicyDocument: Policy }[];
    expect(policies.map(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      (await policy()).Statement.filter(({ Sid }) => Sid !== 'FindTheZone'),
    ]);
    expect(Role?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('gives variables that the function acts on, for the alarm that it names and no other', async () => {
    const rig = await yard.rig();
    const { Function: made } = template({ ZoneId: rig.sandbox.zoneId }).Resources;
    const { Environment } = made?.Properties as { Environment: { Variables: Record<string, string> } };
    const one = await rig.start(Environment.Variables);
    const other = JSON.stringify(await recorded('sns')).replaceAll('www-5xx', 'switchyard-reset-NotReset');
    expect((await one.invoke(JSON.parse(other))).report?.records).toEqual([]);
    expect((await one.invoke(await recorded('sns'))).report?.records).toMatchObject([{ outcome: 'restored' }]);
    expect(rig.sandbox.route53.faults.seen.map(({ operation }) => operation)).not.toContain('ListHostedZonesByName');
  });

  test('runs the file that is built, on a Node that it is built for, and lets it wait for INSYNC', () => {
    const { Handler, Code, Timeout, Runtime } = template().Resources['Function']?.Properties ?? {};
    expect({ Handler, Runtime }).toEqual({ Handler: 'handler.handler', Runtime: 'nodejs22.x' });
    expect(join(EXAMPLE, String(Code))).toBe(fileURLToPath(new URL('../../dist/lambda', import.meta.url)));
    expect(Timeout).toBeGreaterThanOrEqual(120);
  });

  test('gives up on events at the age at which the function refuses them', () => {
    const { Retries, Rule } = template().Resources;
    const MaximumEventAgeInSeconds = OLDEST_ALARM_MS / 1_000;
    expect(Retries?.Properties).toMatchObject({ MaximumEventAgeInSeconds });
    expect(Rule?.Properties['Targets']).toMatchObject([{ RetryPolicy: { MaximumEventAgeInSeconds } }]);
  });

  test.each([
    ['RecordName', [WWW], ['WWW.example.com', 'www.example.com.', '*.example.com', 'a","b']],
    ['DefaultEndpoint', [RED, '192.0.2.10,2001:db8::10', 'red.example.net'], ['1","force":true', '']],
    ['AlarmArn', [ALARM_ARN], [`${ALARM_ARN}"`, 'www-5xx']],
  ])('takes no %s that does not fit into the variable or the policy', (parameter, good, bad) => {
    const pattern = new RegExp(template().Parameters[parameter]?.AllowedPattern ?? 'none');
    expect([...good, ...bad].filter((text) => pattern.test(text))).toEqual(good);
  });
});

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: string | readonly string[];
    readonly Condition?: { readonly 'ForAllValues:StringEquals': Readonly<Record<string, readonly string[]>> };
  }[];
}

const policy = async () => JSON.parse(await readFile(join(EXAMPLE, 'policy.json'), 'utf8')) as Policy;
const distinct = (all: readonly unknown[]) => [...new Set(all)].sort();

/** The actions of Route 53, and the values of the one condition whose key ends so. */
function routeOf({ Statement }: Policy) {
  const actions = Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith('route53:'));
  const all = Statement.flatMap(({ Condition }) => Object.entries(Condition?.['ForAllValues:StringEquals'] ?? {}));
  return { actions, condition: (end: string) => all.find(([key]) => key.endsWith(end))?.[1] ?? [] };
}

function template(parameters: { readonly ZoneId?: string } = {}) {
  return readTemplate(join(EXAMPLE, 'template.yaml'), {
    ZoneId: 'Z0123456789ABCDEFGHIJ',
    RecordName: WWW,
    DefaultEndpoint: RED,
    RecordTypes: ['A', 'AAAA', 'TXT'],
    AlarmArn: ALARM_ARN,
    AlarmTopicArn: '',
    NotifyTopicArn: 'arn:aws:sns:us-east-1:123456789012:on-call',
    ...parameters,
    'AWS::Partition': 'aws',
    'AWS::StackName': 'switchyard-reset',
    LogGroup: '/aws/lambda/switchyard-reset',
    'LogGroup.Arn': 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/switchyard-reset:*',
    Function: 'switchyard-reset',
    'Function.Arn': 'arn:aws:lambda:us-east-1:123456789012:function:switchyard-reset',
    'Role.Arn': 'arn:aws:iam::123456789012:role/reset',
    'Rule.Arn': 'arn:aws:events:us-east-1:123456789012:rule/reset',
  });
}
