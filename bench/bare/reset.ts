/**
 * The bare SDK calls that put records back, as a script of its own: `node --import tsx bench/bare/reset.ts VALUE RECORD...`. The zone of
 * `r0.example.com` is `example.com`; all zones at the same time, no faster than Route 53 takes the requests of an account.
 */
import { Route53Client } from '@aws-sdk/client-route-53';
import { createRequestBudget } from '../../src/request-budget.ts';
import { apply, serving, setsOf, zoneIdOf } from './calls.ts';

const POLL_MS = 1_000;
const RATE = { burst: 50, perSecond: 10 };

const [value = '', ...records] = process.argv.slice(2);
const client = new Route53Client({ maxAttempts: 10 }); // requests that were sent apart may arrive together, and one too many
const budget = createRequestBudget(RATE);
client.middlewareStack.add(
  (next) => async (args) => {
    await budget.turn();
    return next(args);
  },
  { step: 'initialize' },
);
const zoneOf = (record: string): string => record.slice(record.indexOf('.') + 1);
await Promise.all([...new Set(records.map(zoneOf))].map(reset));

async function reset(zone: string): Promise<void> {
  const zoneId = await zoneIdOf(client, zone);
  const held = records.filter((record) => zoneOf(record) === zone);
  const standing = await Promise.all(held.map((record) => setsOf(client, zoneId, record)));
  const deletions = standing.flat().map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet }));
  const creations = held.map((record) => ({ Action: 'CREATE' as const, ResourceRecordSet: serving(record, value) }));
  await apply(client, zoneId, { changes: [...deletions, ...creations], pollMs: POLL_MS });
}
