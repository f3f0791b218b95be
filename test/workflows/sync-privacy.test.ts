import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { syncId } from '../../src/contracts/sync.ts';
import { appliedBy, copyOf } from '../support/sync-copies.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

const logged: string[] = [];
let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard({ log: ({ message, meta }) => void logged.push(`${message} ${JSON.stringify(meta)}`) });
});
afterAll(async () => {
  await yard.close();
});

/** Every text of a task, every name that a person gave, and every token: none occurs in anything else. */
const TEXT = 'Zugzwang';
const TOKEN = 'Rumpelstilzchen';
const NEVER = new RegExp(`${TEXT}|${TOKEN}`, 'i');

/** Each takes a run to an end; whatever a service answers quotes what it was sent. */
const ENDS: Readonly<Record<string, (rig: SyncRig) => Promise<unknown>>> = {
  synced: (rig) => rig.sync({ adopt: true }),
  planned: (rig) => rig.plan(),
  'set aside': (rig) => {
    rig.todoist.person.add({ content: `${TEXT} ${'x'.repeat(90)}` }); // longer than this mailbox allows
    rig.todoist.breakTask(rig.todoist.person.add({ content: `${TEXT} broken` }), { priority: TEXT });
    return rig.sync();
  },
  overruled: (rig) => {
    const [first] = rig.todoist.tasks();
    rig.graph.person.edit(copyOf(rig, first?.id ?? '').id, { title: `${TEXT} by hand` });
    return rig.sync();
  },
  'refused with a quotation': (rig) => {
    rig.graph.faults.add({ operation: 'GET tasks', fault: refusal(400), times: 4 });
    return rig.sync();
  },
  'an answer that is none': (rig) => {
    const fault = { kind: 'garble', body: `<html>${TEXT} ${TOKEN}</html>` } as const;
    rig.todoist.faults.add({ operation: 'sync read', fault });
    rig.graph.faults.add({ operation: 'GET lists', fault });
    return rig.sync();
  },
  stopped: (rig) => {
    for (const { id } of rig.todoist.tasks()) if (!rig.todoist.task(id).is_deleted) rig.todoist.person.remove(id);
    return rig.sync();
  },
  'not signed in': (rig) => {
    rig.graph.revoke(TOKEN);
    return rig.sync();
  },
  'given up': (rig) => {
    rig.todoist.faults.add({ operation: '*', fault: refusal(500), times: Infinity });
    return rig.sync({ pace: { ...rig.request().pace, giveUpAfterMs: 100 } });
  },
};

test('no text of a task and no token is in any history, memo, description or log (A1)', async () => {
  const rig = await startRig();
  const told: string[] = [];
  for (const [name, take] of Object.entries(ENDS)) {
    await take(rig);
    told.push(`${name}: ${await everythingOf(yard.temporal.client.workflow.getHandle(syncId(rig.pair)))}`);
  }
  for (const one of told) {
    expect(one).toContain(rig.pair); // it can be read, and what is searched for would be found
    expect(NEVER.exec(one)).toBeNull();
  }
  expect(told.join()).toMatch(/synced-with-exceptions.*StoppedByGuard.*SignInNeeded.*GaveUp/s);
  expect(logged.length).toBeGreaterThan(0);
  expect(NEVER.exec(logged.join('\n'))).toBeNull();
  expect(rig.graph.tasks().some(({ title }) => NEVER.test(title))).toBe(true);
});

test('a first sync of 3,000 tasks stays far below the limits of payloads and histories', async () => {
  const rig = await yard.rig();
  for (let p = 0; p < 10; p++) {
    const project = rig.todoist.person.addProject(`Project ${p}`);
    for (let i = 0; i < 300; i++) rig.todoist.person.add({ content: `Task ${p} ${i}`, project });
  }
  const run = await rig.start({ pace: { ...rig.request().pace, chunk: 500, heartbeatMs: 20_000 } });
  expect(appliedBy(await run.end())).toEqual({ create: 3_000 });

  const history = JSON.parse(historyToJSON(await run.handle.fetchHistory())) as { events: unknown[] };
  expect(history.events.length).toBeLessThan(200);
  expect(Math.max(...payloadsIn(history).map((payload) => payload.length))).toBeLessThan(100_000);
});

async function startRig(): Promise<SyncRig> {
  const graph = { titleMax: 80 };
  const env = { SWITCHYARD_SECRET_TODOIST_TOKEN: TOKEN, SWITCHYARD_SECRET_GRAPH_TOKEN: TOKEN };
  const rig = await yard.rig({ graph, env });
  rig.todoist.accept(TOKEN);
  rig.graph.accept(TOKEN);
  const { person } = rig.todoist;
  const project = person.addProject(`${TEXT} project`);
  const due = { date: '2030-05-06', string: `every day` };
  const parent = person.add({ content: `${TEXT} parent`, description: `${TEXT} description`, project, due });
  person.add({ content: `${TEXT} child`, parent, labels: [`${TEXT}-label`] });
  rig.graph.person.add({ title: `${TEXT} own` });
  person.add({ content: `${TEXT} own` });
  return rig;
}

function refusal(status: number) {
  return { kind: 'refuse', status, code: 'invalidRequest', message: `${TEXT} was sent with ${TOKEN}` } as const;
}

/** The history with its payloads in clear, and what the lists and the UI show of the run. */
async function everythingOf(handle: WorkflowHandle): Promise<string> {
  const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const json: unknown = JSON.parse(historyToJSON(history));
  const shown = JSON.stringify(raw, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
  );
  return [JSON.stringify(json), ...payloadsIn(json), shown].join('\n');
}

/** Every payload, decoded, wherever it stands. */
function payloadsIn(json: unknown): readonly string[] {
  if (Array.isArray(json)) return json.flatMap(payloadsIn);
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) =>
    key === 'data' && typeof value === 'string' ? [Buffer.from(value, 'base64').toString('utf8')] : payloadsIn(value),
  );
}
