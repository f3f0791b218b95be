/** The bare SDK calls that put records back, as a script of its own: `node --import tsx bench/bare/reset.ts ZONE VALUE RECORD...`. */
import { Route53Client } from '@aws-sdk/client-route-53';
import { apply, serving, setsOf, zoneIdOf } from './calls.ts';

const POLL_MS = 1_000;

const [zone = '', value = '', ...records] = process.argv.slice(2);
const client = new Route53Client({ maxAttempts: 1 });
const zoneId = await zoneIdOf(client, zone);
const standing = await Promise.all(records.map((record) => setsOf(client, zoneId, record)));
const deletions = standing.flat().map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet }));
const creations = records.map((record) => ({ Action: 'CREATE' as const, ResourceRecordSet: serving(record, value) }));
await apply(client, zoneId, { changes: [...deletions, ...creations], pollMs: POLL_MS });
