/** The example of several accounts says the same in all of its files, and is enough for what a deployment and a reset do. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { declaredIn } from '../../src/cli/declared.ts';
import { readSwitchyardFile } from '../../src/cli/read-file.ts';
import { loadDirectConfig } from '../../src/config.ts';

const at = (name: string): string => fileURLToPath(new URL(`../../examples/roles/${name}`, import.meta.url));

interface Policy {
  readonly Statement: readonly {
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

const policy = async (name: string): Promise<Policy> => JSON.parse(await readFile(at(name), 'utf8')) as Policy;

/** The variables that the comment of the file shows. */
async function shown(): Promise<Record<string, string>> {
  const text = await readFile(at('switchyard.yaml'), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^# {3}(SWITCHYARD_\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

test('every role of the file is bound by the variables that it shows, with the external id of the trust policy', async () => {
  const { roles } = loadDirectConfig(await shown()).aws;
  const { records, groups } = declaredIn(await readSwitchyardFile(at('switchyard.yaml'), '/'));
  const named = [...records.values()].flatMap(({ policy: { role } }) => role ?? []);
  expect(roles.map(({ role }) => role)).toEqual(named);
  expect(groups.get('shop')?.records).toEqual([...records.keys()]);
  const [trust] = (await policy('trust-policy.json')).Statement;
  expect(trust?.Condition?.['StringEquals']).toEqual({
    'sts:ExternalId': roles.find(({ externalId }) => externalId !== null)?.externalId,
    'sts:RoleSessionName': loadDirectConfig({}).aws.sessionName,
  });
});

test('the worker may assume those roles, and do nothing else', async () => {
  const { roles } = loadDirectConfig(await shown()).aws;
  expect((await policy('worker-policy.json')).Statement).toMatchObject([
    { Action: 'sts:AssumeRole', Resource: roles.map(({ arn }) => arn) },
  ]);
});

test('the role may do what the policy of one record allows, in its own zone, for its own names', async () => {
  const [own, role] = await Promise.all([readFile(at('../iam-policy.json'), 'utf8'), policy('role-policy.json')]);
  const allowed = JSON.parse(own.replaceAll('www.example.com', 'us.example.net')) as Policy;
  // The zone stands there by its id: nothing has to be looked for.
  expect(role.Statement).toEqual(allowed.Statement.filter(({ Action }) => Action !== 'route53:ListHostedZonesByName'));
});
