import { findZone, findZoneIn } from '../../src/activities/find-zone.ts';
import { zoneLists } from '../../src/activities/zone-lists.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** More than a page of them, with names around every turn of the order. */
const ZONES = [
  ...Array.from({ length: 230 }, (_, at) => `z${at}.example.net`),
  ...['a', 'a-b', 'a.a', 'b.a-b', '_x.a', 'z.a'].map((name) => `${name}.example.org`),
];
const RECORDS = [
  ...['a', 'a-b', 'b', '-', '_', 'a.a', 'a-b.a', 'a.a-b', 'a.b.a-b', '_x.a', 'z', 'zz', '*'].map(
    (name) => `${name}.example.org`,
  ),
  ...['z1', 'www.z1', 'z99', 'a.z99', 'z100', 'zz.z229'].map((name) => `${name}.example.net`),
  'www.example.com',
];

test('an answer that is kept for other records says what asking anew says, in whatever order (D2)', async () => {
  const { route53 } = sandbox;
  for (const name of ZONES) route53.createZone({ name });
  let requests = 0;
  route53.deny(() => {
    requests += 1;
    return false;
  });
  const credentials = { accessKeyId: 'switchyard', secretAccessKey: 'sandbox' };
  const client = createAwsClients(loadConfig(sandbox.env()).aws, { credentials }).route53();
  const told = (find: Promise<{ readonly id: string }>) => find.then(({ id }) => id).catch(String);
  const anew = new Map<string, string>();
  for (const record of RECORDS) anew.set(record, await told(findZone(client, record, null)));
  const alone = requests;
  for (const records of [RECORDS, [...RECORDS].reverse(), [...RECORDS].sort()]) {
    const lists = zoneLists(client);
    requests = 0;
    for (const record of records)
      expect([record, await told(findZoneIn(lists, record, null))]).toEqual([record, anew.get(record)]);
    expect(requests).toBeLessThan(alone);
  }
});
