import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployId, MESSAGES, type DeployStatus } from '../../src/contracts/deploy.ts';
import { nextDeployId } from '../../src/contracts/deploy-queue.ts';
import { startCliYard, type CliYard } from '../support/cli-yard.ts';
import { runCli } from '../support/run-cli.ts';
import { CLI_NAMESPACES } from '../support/namespaces.ts';
import { outputSchema } from '../support/output-schema.ts';
import { together } from '../support/run-together.ts';

let yard: CliYard;
beforeAll(async () => {
  yard = await startCliYard(CLI_NAMESPACES.group);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'sandbox', AWS_SECRET_ACCESS_KEY: 'sandbox' }); // as the SDK finds them
});
afterAll(() => yard.close());

const exit = (code: number, said: RegExp, where: 'out' | 'err' = 'out') => ({
  exit: code,
  [where]: expect.stringMatching(said) as string,
});

interface Shop {
  readonly group: string;
  readonly config: string;
  /** In two zones. */
  readonly records: readonly [string, string];
  readonly run: (verb: string, ...args: readonly string[]) => ReturnType<CliYard['run']>;
  /** `--to NAME=VALUE` of both. */
  readonly to: (first: string, second: string) => readonly string[];
  readonly values: () => readonly string[];
}

/** A group of a record in each of two zones, both on red, declared in a file of its own. */
async function shop(group: string): Promise<Shop> {
  const { route53, zone } = yard.sandbox;
  const inner = `${group}.${zone}`;
  const zoneId = route53.createZone({ name: inner, nameServers: route53.zones()[0]?.nameServers ?? [] });
  const records = [yard.record(`r-${group}`), `www.${inner}`] as const;
  const red = [{ Value: '192.0.2.10' }];
  route53.put(zoneId, { Name: records[1], Type: 'A', TTL: 1, ResourceRecords: red });
  const config = join(yard.folder, `${group}.yaml`);
  const policy = '{ verify: api, bake: 0s, hold: 0s }';
  await writeFile(
    config,
    `version: 1\nrecords:\n${records.map((record) => `  ${record}: ${policy}\n`).join('')}groups:\n  ${group}: { records: [${records.join(', ')}] }\n`,
  );
  const withFile = ['plan', 'deploy'];
  return {
    group: `group/${group}`,
    config,
    records,
    run: (verb, ...args) =>
      yard.run(verb, `group/${group}`, ...args, ...(withFile.includes(verb) ? ['--config', config] : [])),
    to: (first, second) => ['--to', `${records[0]}=${first}`, '--to', `${records[1]}=${second}`],
    values: () =>
      [
        ...yard.values(records[0]),
        ...route53
          .recordSets(zoneId, records[1])
          .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value ?? '')),
      ] as readonly string[],
  };
}

const bodies = together({
  'an undo brings all records of a group back to what stood before, or to a revision that history numbers':
    async () => {
      const { group, run, to, values } = await shop('undone');
      expect(await run('undo')).toMatchObject(exit(3, /no promoted deployment of group\/undone/, 'err'));
      expect(await run('deploy', ...to('192.0.2.20', '192.0.2.21'), '--unchecked', '--by', 'ann')).toMatchObject({
        exit: 0,
      });
      expect(await run('deploy', ...to('192.0.2.20', '192.0.2.31'), '--unchecked', '--by', 'bob')).toMatchObject({
        exit: 0,
      });
      const undo = await run('undo', '--by', 'eve', '--request-id', 'ci/7', '--force');
      expect(undo).toMatchObject(exit(0, /^putting back group\/undone to \S+=192\.0\.2\.21, asked by eve/));
      expect(undo.err).toMatch(/what revision 6 replaced: recorded by the deployment of bob/);
      expect(values()).toEqual(['192.0.2.20', '192.0.2.21']);
      // The job that is run again must not undo its own undo.
      expect(await run('undo', '--by', 'eve', '--request-id', 'ci/7', '--force')).toMatchObject({ exit: 0 });
      expect(values()).toEqual(['192.0.2.20', '192.0.2.21']);

      const history = await run('history', '--json');
      const told = JSON.parse(history.out) as { revisions: { number: number; before: number }[] };
      expect(outputSchema.safeParse(told).success).toBe(true);
      expect(told.revisions.map(({ number, before }) => [number, before])).toEqual([
        [8, 6],
        [6, 4],
        [4, 0],
      ]);
      expect(await run('undo', '--to-revision', '0', '--force')).toMatchObject({ exit: 0 });
      expect(values()).toEqual(['192.0.2.10', '192.0.2.10']);
      expect(await run('undo', '--to-revision', '5', '--force')).toMatchObject(
        exit(3, new RegExp(`${group} has no revision 5`), 'err'),
      );
    },

  'an undo to a revision of a group brings back what its records served then, also one that was deployed alone since':
    async () => {
      const { run, to, values, config, records } = await shop('since');
      expect(await run('deploy', ...to('192.0.2.20', '192.0.2.10'), '--unchecked')).toMatchObject({ exit: 0 });
      const alone = ['--to', '192.0.2.30', '--config', config, '--unchecked'];
      expect(await yard.run('deploy', records[1], ...alone)).toMatchObject({ exit: 0 });
      expect(await run('deploy', ...to('192.0.2.20', '192.0.2.31'), '--unchecked')).toMatchObject({ exit: 0 });
      expect(values()).toEqual(['192.0.2.20', '192.0.2.31']);
      expect(await run('undo', '--to-revision', '2', '--force')).toMatchObject({ exit: 0 });
      expect(values()).toEqual(['192.0.2.20', '192.0.2.10']);
    },

  'a plan that was kept is run as it was shown, by the worker or from here, and refused when the world has moved':
    async () => {
      const { run, to, values, config, group, records } = await shop('planned');
      const doctor = await yard.run('doctor', group, '--config', config);
      expect(doctor.out.match(/polls switchyard-deploy/g)).toHaveLength(1); // once, however many records
      for (const zone of [yard.sandbox.zone, `planned.${yard.sandbox.zone}`]) expect(doctor.out).toContain(` ${zone}`);
      const file = join(yard.folder, 'cutover.json');
      const asked = [...to('192.0.2.20', '192.0.2.21'), '--unchecked', '--steps', '50,100'];
      const shown = await run('plan', ...asked, '--out', file, '--json', '--exit-code');
      expect(shown.exit).toBe(8);
      const told = JSON.parse(shown.out) as { planned: { plan: { hash: string } }; readAt: number };
      expect(outputSchema.safeParse(told)).toMatchObject({ success: true });
      const { sandbox, folder } = yard;
      const alone = { folder, env: { ...sandbox.env(), TEMPORAL_ADDRESS: '127.0.0.1:9' } };
      const here = await runCli(['plan', group, ...asked, '--config', config, '--local', '--json'], alone);
      expect(here).toMatchObject({ exit: 0 });
      expect((JSON.parse(here.out) as typeof told).planned.plan.hash).toBe(told.planned.plan.hash);

      expect(await run('deploy', '--plan', file, ...to('192.0.2.20', '192.0.2.21'))).toMatchObject(
        exit(2, /two ways/, 'err'),
      );
      expect(await yard.run('deploy', records[0], '--plan', file)).toMatchObject(
        exit(2, /no plan file of this version/, 'err'),
      );
      sandbox.route53.put(sandbox.zoneId, {
        Name: records[0],
        Type: 'A',
        TTL: 1,
        ResourceRecords: [{ Value: '192.0.2.77' }],
      });
      expect(await run('deploy', '--plan', file)).toMatchObject(exit(3, /the plan made now is .*the world has moved/));
      expect(values()).toEqual(['192.0.2.77', '192.0.2.10']);
      sandbox.route53.put(sandbox.zoneId, {
        Name: records[0],
        Type: 'A',
        TTL: 1,
        ResourceRecords: [{ Value: '192.0.2.10' }],
      });
      const ran = await run('deploy', '--plan', file, '--json');
      expect(ran.exit).toBe(0);
      for (const line of ran.out.trim().split('\n'))
        expect(outputSchema.safeParse(JSON.parse(line))).toMatchObject({ success: true });
      expect(values()).toEqual(['192.0.2.20', '192.0.2.21']);
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll('192.0.2.21', '192.0.2.22'));
      expect(await run('deploy', '--plan', file)).toMatchObject(exit(2, /was changed after `plan` wrote it/, 'err'));
    },

  '--if-busy replace puts red back where a record of the group is deployed by itself, then moves the group':
    async () => {
      const { run, to, values, records } = await shop('replaced');
      await busy(records[0]);
      const ran = await run(
        'deploy',
        ...to('192.0.2.30', '192.0.2.31'),
        '--unchecked',
        '--by',
        'bob',
        '--if-busy',
        'replace',
      );
      expect(ran).toMatchObject(exit(0, /promoted/));
      expect(ran.out + ran.err).toMatch(/replacing the deployment to 192\.0\.2\.20 by ann: red is restored first/);
      expect(values()).toEqual(['192.0.2.30', '192.0.2.31']);
      const single = yard.client.workflow.getHandle(deployId(records[0]), await runOf(records[0], 'ann'));
      await expect(single.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
    },

  '--if-busy wait has a group wait until its record is free, and a newer one takes its place in the queue':
    async () => {
      const { group, run, to, values, records } = await shop('waiting');
      await busy(records[1]);
      const wish = [...to('192.0.2.30', '192.0.2.31'), '--unchecked', '--if-busy', 'wait'];
      const first = run('deploy', ...wish, '--by', 'bob');
      await until(async () => (await notices(group)).some((one) => one.includes(`${records[1]} is being deployed`)));
      const later = ['--to', `${records[0]}=192.0.2.40`, '--to', `${records[1]}=192.0.2.41`];
      const second = run('deploy', ...later, '--unchecked', '--if-busy', 'wait', '--by', 'eve');
      await until(
        async () =>
          (
            await yard.client.workflow
              .getHandle(nextDeployId(group))
              .describe()
              .catch(() => null)
          )?.status.name === 'RUNNING',
      );
      expect(values()).toEqual(['192.0.2.10', '192.0.2.20', '192.0.2.10']); // of the record alone, at 50 %
      expect(await yard.run('abort', records[1])).toMatchObject({ exit: 0 });
      expect(await first).toMatchObject(exit(0, /promoted/));
      expect(await second).toMatchObject(exit(0, /promoted/));
      expect(values()).toEqual(['192.0.2.40', '192.0.2.41']);
    },
});

/** A deployment of one record by ann, which stays at 50 %. */
async function busy(record: string): Promise<void> {
  const wish = ['--to', '192.0.2.20', '--unchecked', '--steps', '50,100', '--hold', '1h', '--verify', 'api'];
  expect(await yard.run('deploy', record, ...wish, '--by', 'ann', '--detach')).toMatchObject({ exit: 0 });
  await yard.phase(record, 'holding');
}

async function notices(subject: string): Promise<readonly string[]> {
  const handle = yard.client.workflow.getHandle(deployId(subject));
  const status = await handle.query<DeployStatus>(MESSAGES.status).catch(() => null);
  return status?.notices ?? [];
}

/** The run that somebody asked for. */
async function runOf(record: string, by: string): Promise<string> {
  for await (const { runId, memo } of yard.client.workflow.list({ query: `WorkflowId = "${deployId(record)}"` }))
    if (memo?.['by'] === by) return runId;
  throw new Error(`${by} never deployed ${record}`);
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(100);
}

beforeAll(() => bodies.run(), 120_000);

test.each(bodies.names)('%s', (name) => {
  expect(() => bodies.mustHavePassed(name)).not.toThrow();
});
