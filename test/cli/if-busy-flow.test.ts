import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { withdrawOlder } from '../../src/cli/queued.ts';
import { startDeployment } from '../../src/cli/start-deployment.ts';
import { startInTurn } from '../../src/cli/start-in-turn.ts';
import { actOnWishes } from '../../src/gateway/act-on-wishes.ts';
import { connect } from '../../src/cli/temporal-client.ts';
import {
  DEFAULT_PACE,
  DEPLOY_QUEUE,
  DEPLOY_WORKFLOW,
  deployId,
  type DeployStatus,
} from '../../src/contracts/deploy.ts';
import { nextDeployId } from '../../src/contracts/deploy-queue.ts';
import { startCliYard, type CliYard } from '../support/cli-yard.ts';
import { observe } from '../support/observer.ts';
import { CLI_NAMESPACES } from '../support/namespaces.ts';
import { outputSchema } from '../support/output-schema.ts';
import { together } from '../support/run-together.ts';
import { temporalAddress } from '../support/temporal.ts';
import { requestFor } from '../support/yard.ts';

let yard: CliYard;
beforeAll(async () => {
  yard = await startCliYard(CLI_NAMESPACES.ifBusy);
});
afterAll(() => yard.close());

/** A deployment that stays at 50 % until somebody ends it. */
const LONG = ['--to', '192.0.2.20', '--unchecked', '--steps', '50,100', '--hold', '1h', '--bake', '0s'];
const NEXT = ['--to', '192.0.2.30', '--unchecked', '--hold', '0s', '--bake', '0s'];

const exit = (code: number, said: RegExp, where: 'out' | 'err' = 'err') => ({
  exit: code,
  [where]: expect.stringMatching(said) as string,
});

/** A record whose deployment by ann holds the lock at 50 %. */
async function busy(record: string): Promise<string> {
  expect(await yard.run('deploy', record, ...LONG, '--by', 'ann', '--detach')).toMatchObject({ exit: 0 });
  await yard.phase(record, 'holding');
  return record;
}

/** Until that deployment waits for its turn. */
function queued(record: string, by: string): Promise<void> {
  const handle = yard.client.workflow.getHandle(nextDeployId(record));
  return until(async () => {
    const found = await handle.describe().catch(() => null);
    return found?.status.name === 'RUNNING' && found.memo?.['by'] === by;
  });
}

const LONG_STEPS = [
  { share: 50, holdMs: 3_600_000 },
  { share: 100, holdMs: 0 },
];

/** A deployment of eve's that holds the lock, its command given at that moment by her clock. */
async function startedAsOf(record: string, askedAt: number): Promise<WorkflowHandle> {
  const wish = { steps: LONG_STEPS, gates: [], unchecked: true, pace: DEFAULT_PACE };
  const handle = await yard.client.workflow.start(DEPLOY_WORKFLOW, {
    workflowId: deployId(record),
    taskQueue: DEPLOY_QUEUE,
    args: [requestFor(record, wish)],
    memo: { by: 'eve', to: '192.0.2.20', askedAt },
  });
  await yard.phase(record, 'holding');
  return handle;
}

const TERMS = { taskQueue: DEPLOY_QUEUE, say: () => undefined, waitMs: null, onCancel: 'leave', detach: true } as const;

const PLACE = {
  address: temporalAddress(),
  namespace: CLI_NAMESPACES.ifBusy,
  from: 'a test',
  ui: null,
  connection: {},
};

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(100);
}

const bodies = together({
  '--if-busy replace restores red, then starts, in one command; one that finds nothing running just starts':
    async () => {
      const record = yard.record('replaced');
      const observer = observe(yard.sandbox, record, { red: ['192.0.2.10'], black: ['192.0.2.20'] });
      await busy(record);
      const watching = yard.run('watch', record);
      const replace = await yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'replace', '--json');
      expect(replace.exit).toBe(0);
      const told = replace.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; sentence?: string });
      expect(told.every((each) => outputSchema.safeParse(each).success)).toBe(true);
      expect(told.map(({ sentence }) => sentence).join('\n')).toMatch(
        /replacing the deployment to 192\.0\.2\.20 by ann: red is restored first\n.*red is restored, the new deployment starts/,
      );
      expect(await watching).toMatchObject(exit(1, /aborted by bob: replaced by a deployment to 192\.0\.2\.30/, 'out'));
      expect(yard.values(record)).toEqual(['192.0.2.30']);
      expect(observer.everyState()).toEqual(['red', '50 %', 'red', 'foreign: 192.0.2.30']);
      const again = ['deploy', record, '--to', '192.0.2.40', ...NEXT.slice(2), '--if-busy', 'replace', '--detach'];
      expect(await yard.run(...again)).toMatchObject({ exit: 0 });
    },

  'of several that replace at once one deployment comes through, and nobody starts a second beside it': async () => {
    const record = await busy(yard.record('raced'));
    const race = await Promise.all(
      ['31', '32'].map((host) =>
        yard.run('deploy', record, '--to', `192.0.2.${host}`, ...NEXT.slice(2), '--if-busy', 'replace'),
      ),
    );
    const done = race.filter(({ exit }) => exit === 0);
    expect(done.length).toBeGreaterThanOrEqual(1);
    // The other one gave way to the newer, or was replaced by it.
    for (const { exit, err, out } of race.filter((each) => each.exit !== 0))
      expect(`${exit} ${err}${out}`).toMatch(/^[13] [\s\S]*(asked for after this|replaced by a deployment)/);
    expect(['192.0.2.31', '192.0.2.32']).toContain(yard.values(record)[0]);
    expect(yard.values(record)).toHaveLength(1);
  },

  '--if-busy replace does not move all traffic to a red that answers nothing: it starts nothing, and ends with 4 (D3)':
    async () => {
      const record = yard.record('ill-red');
      const observer = observe(yard.sandbox, record, { red: ['192.0.2.10'], black: ['192.0.2.20'] });
      const request = requestFor(record, { steps: LONG_STEPS });
      const { client } = yard;
      const handle = await client.workflow.start(DEPLOY_WORKFLOW, {
        workflowId: deployId(record),
        taskQueue: DEPLOY_QUEUE,
        args: [request],
      });
      await yard.phase(record, 'holding');
      await yard.sandbox.red.behave({ kind: 'refuse' });
      await until(async () =>
        (await handle.query<DeployStatus>('status')).windows.some(
          ({ side, observations }) => side === 'red' && observations.length > 0 && observations.every(({ ok }) => !ok),
        ),
      );
      const replace = await yard.run('deploy', record, ...NEXT, '--if-busy', 'replace', '--blocked-wait', '1s');
      expect(replace).toMatchObject(exit(4, /the rollback of \S+ is blocked[\s\S]*red answers only/));
      expect(observer.everyState()).toEqual(['red', '50 %']);
      await yard.sandbox.red.behave({ kind: 'status', status: 200 });
      expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
    },

  'an alarm that is told of again leaves alone what began after it, and an undo; what waits goes with what it stops':
    async () => {
      const record = yard.record('rung');
      const ring = actOnWishes(yard.client, { syncs: new Map(), sites: new Map(), resets: new Map() });
      const alarm = (since: number) => ring({ kind: 'alarm', record, act: 'abort', alarm: 'www-5xx', since });
      const before = Date.now() - 60_000;
      await busy(record);
      const lock = yard.client.workflow.getHandle(deployId(record));
      const waiting = yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'wait');
      await queued(record, 'bob');
      await alarm(before);
      expect((await lock.query<DeployStatus>('status')).aborted).toBeNull();
      await alarm(Date.now());
      expect(await waiting).toMatchObject(exit(3, /the alarm www-5xx went off/));
      await expect(lock.result()).rejects.toThrow();
      expect(yard.values(record)).toEqual(['192.0.2.10']);

      const wish = { steps: LONG_STEPS, gates: [], unchecked: true, pace: DEFAULT_PACE };
      const undo = await yard.client.workflow.start(DEPLOY_WORKFLOW, {
        workflowId: deployId(record),
        taskQueue: DEPLOY_QUEUE,
        args: [requestFor(record, wish)],
        memo: { by: 'ann', to: '192.0.2.20', undo: 'what stood before' },
      });
      await yard.phase(record, 'holding');
      await alarm(Date.now());
      expect((await undo.query<DeployStatus>('status')).aborted).toBeNull();
      expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
    },

  '--if-busy gives way to a deployment that was asked for after it, whichever came first': async () => {
    const record = yard.record('older');
    const newer = await startedAsOf(record, Date.now() + 60_000);
    for (const how of ['replace', 'wait'])
      expect(await yard.run('deploy', record, ...NEXT, '--if-busy', how)).toMatchObject(
        exit(3, /deployed to 192\.0\.2\.20 by eve, which was asked for after this: the newer one goes on/),
      );
    expect((await newer.describe()).status.name).toBe('RUNNING');
    expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
  },

  'a start whose answer was lost is known again: nothing waits for itself, and nobody is refused because of himself':
    async () => {
      const record = yard.record('asked-twice');
      const temporal = await connect(PLACE, () => undefined);
      const twice: typeof temporal = {
        ...temporal,
        ask: async (call, terms) => {
          await temporal.ask(call, terms);
          return temporal.ask(call, terms);
        },
      };
      const wish = requestFor(record, { steps: LONG_STEPS, gates: [], unchecked: true, pace: DEFAULT_PACE });
      expect(await startDeployment(twice, wish, DEPLOY_QUEUE)).toMatchObject({ joined: false });
      const next = requestFor(record, { ...wish, to: { kind: 'values', values: ['192.0.2.30'] } });
      expect(await startInTurn(twice, next, { ...TERMS, askedAt: Date.now() })).toBeNull();
      await yard.phase(record, 'holding');
      const waiting = await yard.client.workflow.getHandle(nextDeployId(record)).describe();
      expect([waiting.status.name, waiting.runId]).toEqual(['RUNNING', waiting.raw.workflowExecutionInfo?.firstRunId]);
      await temporal.close();
      expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
    },

  'one in the queue stays there when one that was asked for before it comes late': async () => {
    const record = await busy(yard.record('later'));
    const older = { by: 'ann', to: '192.0.2.40', askedAt: Date.now() };
    const waiting = yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'wait');
    await queued(record, 'bob');
    const temporal = await connect(PLACE, () => undefined);
    expect(await withdrawOlder(temporal, record, older)).toBeNull();
    const late = startInTurn(temporal, requestFor(record), { ...TERMS, askedAt: older.askedAt });
    await expect(late).rejects.toThrow(/a newer deployment waits already: 192\.0\.2\.30 by bob/);
    await temporal.close();
    expect(await yard.run('promote', record, '--full')).toMatchObject({ exit: 0 });
    expect(await waiting).toMatchObject({ exit: 0 });
    expect(yard.values(record)).toEqual(['192.0.2.30']);
  },

  '--if-busy replace starts nothing where red cannot be restored (exit 4)': async () => {
    const record = await busy(yard.record('foreign'));
    const { route53, zoneId } = yard.sandbox;
    for (const set of route53.recordSets(zoneId, record))
      if (set.SetIdentifier === 'switchyard-red-1')
        route53.put(zoneId, { ...set, ResourceRecords: [{ Value: '198.51.100.7' }] });
    const replace = await yard.run('deploy', record, ...NEXT, '--if-busy', 'replace', '--blocked-wait', '1s');
    expect(replace).toMatchObject(
      exit(4, /the rollback of \S+ is blocked[\s\S]*198\.51\.100\.7[\s\S]*nothing was started/),
    );
    expect(yard.values(record)).toEqual(expect.arrayContaining(['198.51.100.7']));
    const decided = await yard.run('resolve', record, '--leave', '--reason', 'moved elsewhere');
    expect(decided.exit).toBe(0);
  },

  '--if-busy replace with the same request id joins, and replaces nothing': async () => {
    const record = yard.record('joined');
    const long = ['deploy', record, ...LONG, '--request-id', 'ci/9'];
    expect(await yard.run(...long, '--detach')).toMatchObject({ exit: 0 });
    expect(await yard.run(...long, '--if-busy', 'replace', '--wait', '1s')).toMatchObject(exit(5, /^joined/, 'out'));
    await yard.phase(record, 'holding');
    expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
  },

  'a client that is lost after the abort leaves red, and the next one simply starts': async () => {
    const record = await busy(yard.record('lost'));
    const replacing = yard.run('deploy', record, ...NEXT, '--if-busy', 'replace', '--wait', '1ms');
    expect(await replacing).toMatchObject(exit(5, /until red of \S+ is restored, which goes on; nothing was started/));
    await expect(yard.client.workflow.getHandle(deployId(record)).result()).rejects.toThrow();
    expect(yard.values(record)).toEqual(['192.0.2.10']);
  },

  '--if-busy wait starts by itself when its turn comes, reads the record anew, and follows to its end': async () => {
    const record = await busy(yard.record('waited'));
    const wait = yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'wait', '--json');
    await queued(record, 'bob');
    const shown = await yard.run('status', record, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ running: true, queued: { to: '192.0.2.30', by: 'bob' } });
    expect(outputSchema.safeParse(JSON.parse(shown.out)).success).toBe(true);
    expect(await yard.run('promote', record, '--full')).toMatchObject({ exit: 0 });
    const ended = await wait;
    expect(ended.exit).toBe(0);
    expect(ended.out).toMatch(/queued behind the deployment of \S+ to 192\.0\.2\.20 by ann/);
    expect(yard.values(record)).toEqual(['192.0.2.30']);
    expect((await yard.run('status', record)).out).not.toMatch(/^queued/m);
  },

  'one waits, and the newest; abort takes it out with what runs, and nothing comes after it': async () => {
    const record = await busy(yard.record('newest'));
    const older = yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'wait');
    await queued(record, 'bob');
    const newer = yard.run('deploy', record, ...NEXT, '--by', 'eve', '--if-busy', 'wait');
    expect(await older).toMatchObject(exit(3, /a newer deployment of \S+, to 192\.0\.2\.30 by eve, took the place/));
    expect((await yard.run('status', record)).out).toMatch(/^queued {7}192\.0\.2\.30 by eve.*abort/m);
    const abort = await yard.run('abort', record, '--by', 'ann', '--reason', 'incident');
    expect(abort).toMatchObject(exit(0, /taken out of the queue: 192\.0\.2\.30 by eve/));
    expect(await newer).toMatchObject(exit(3, /taken out of the queue by ann: incident; nothing was started/));
    expect(yard.values(record)).toEqual(['192.0.2.10']);
  },

  'a client that has left its deployment in the queue is not needed for it, and a stale plan is still refused':
    async () => {
      const record = yard.record('stale');
      const file = join(yard.folder, 'queued.json');
      expect(await yard.run('plan', record, ...NEXT, '--out', file)).toMatchObject({ exit: 0 });
      await busy(record);
      const planned = ['deploy', record, '--plan', file, '--if-busy', 'wait', '--by', 'bob'];
      expect(await yard.run(...planned, '--wait', '1ms')).toMatchObject(
        exit(5, /stays in the queue and starts by itself/),
      );
      expect(await yard.run(...planned, '--detach')).toMatchObject({ exit: 0 }); // takes its own place
      expect(await yard.run('promote', record, '--full')).toMatchObject({ exit: 0 });
      await until(async () => (await yard.run('status', record)).out.includes('the plan made now is'));
      expect(yard.values(record)).toEqual(['192.0.2.20']);
    },

  '--if-busy replace takes an older one out of the queue: it must not come after the newer': async () => {
    const record = await busy(yard.record('overtaken'));
    const waiting = yard.run('deploy', record, ...NEXT, '--by', 'bob', '--if-busy', 'wait');
    await queued(record, 'bob');
    const newest = ['deploy', record, '--to', '192.0.2.40', ...NEXT.slice(2), '--if-busy', 'replace'];
    expect(await yard.run(...newest)).toMatchObject(exit(0, /taken out of the queue: 192\.0\.2\.30 by bob/));
    expect(await waiting).toMatchObject(exit(3, /a deployment to 192\.0\.2\.40 was asked for later/));
    expect(yard.values(record)).toEqual(['192.0.2.40']);
  },
});
beforeAll(() => bodies.run(), 120_000);

test.each(bodies.names)('%s', (name) => {
  expect(() => bodies.mustHavePassed(name)).not.toThrow();
});
