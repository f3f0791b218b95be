import { CLI_NAMESPACES } from '../support/namespaces.ts';
import { outputSchema } from '../support/output-schema.ts';
import { together } from '../support/run-together.ts';
import { startCliYard, type CliYard } from '../support/cli-yard.ts';

let yard: CliYard;
beforeAll(async () => {
  yard = await startCliYard(CLI_NAMESPACES.undo);
});
afterAll(() => yard.close());

/** The checks of the deployment that is undone are those of the undo: over plain HTTP, ten times a second. */
const QUICK = ['--to', '192.0.2.20', '--hold', '0s', '--bake', '0s', '--by', 'ann'];

const exit = (code: number, out: RegExp, where: 'out' | 'err' = 'out') => ({
  exit: code,
  [where]: expect.stringMatching(out) as string,
});

const bodies = together({
  'an undo goes back to what stood before, and an undo of that goes forth again': async () => {
    const record = yard.record('one');
    expect(await yard.run('deploy', record, ...QUICK, '--unchecked', '--ttl', '5')).toMatchObject({ exit: 0 });
    const undo = await yard.run('undo', record, '--by', 'bob', '--request-id', 'ci/7');
    expect(undo).toMatchObject(
      exit(0, /^putting back \S+ to 192\.0\.2\.10, asked by bob[\s\S]*promoted .* 192\.0\.2\.10 \(black\)/),
    );
    expect(undo.err).toMatch(/what revision 2 replaced: recorded by the deployment of ann, /);
    expect(yard.sandbox.route53.recordSets(yard.sandbox.zoneId, record)).toMatchObject([
      { TTL: 1, ResourceRecords: [{ Value: '192.0.2.10' }] },
    ]);

    // The job that is run again must not undo its own undo.
    expect(await yard.run('undo', record, '--by', 'bob', '--request-id', 'ci/7')).toMatchObject(
      exit(0, /promoted .* 192\.0\.2\.10 \(black\)/),
    );
    expect(yard.values(record)).toEqual(['192.0.2.10']);

    expect(await yard.run('undo', record, '--json', '--to-revision', '2')).toMatchObject({ exit: 0 });
    expect(yard.values(record)).toEqual(['192.0.2.20']);
    const history = await yard.run('history', record, '--json');
    const told = JSON.parse(history.out) as { revisions: { from: string; to: string }[] };
    expect(outputSchema.safeParse(told).success).toBe(true);
    expect(told.revisions.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      '192.0.2.10 -> 192.0.2.20',
      '192.0.2.20 -> 192.0.2.10',
      '192.0.2.10 -> 192.0.2.20',
    ]);
    expect(await yard.run('undo', record, '--to-revision', '0', '--detach')).toMatchObject({ exit: 0 });
  },

  'an undo asks the target alone whether it answers, and --force not even that': async () => {
    const record = yard.record('two');
    const { red, black } = yard.sandbox;
    const check = ['--check', `http://${record}/healthz`, '--interval', '100ms'];
    expect(await yard.run('deploy', record, ...QUICK, ...check)).toMatchObject({ exit: 0 });
    await Promise.all([black.behave({ kind: 'status', status: 503 }), red.behave({ kind: 'status', status: 500 })]);
    const refused = await yard.run('undo', record);
    expect(refused).toMatchObject(exit(3, /refused[\s\S]*HTTP 500[\s\S]*undo \S+ --force/));
    expect(yard.values(record)).toEqual(['192.0.2.20']);

    await red.behave({ kind: 'well' });
    expect(await yard.run('undo', record)).toMatchObject({ exit: 0 }); // the side that is left is ill, which is why
    expect(yard.values(record)).toEqual(['192.0.2.10']);
    expect(await yard.run('undo', record, '--force')).toMatchObject({ exit: 0 });
    expect(yard.values(record)).toEqual(['192.0.2.20']);
  },

  'an undo of what somebody else has written since is refused with what was found (D4)': async () => {
    const record = yard.record('three');
    expect(await yard.run('deploy', record, ...QUICK, '--unchecked')).toMatchObject({ exit: 0 });
    const { route53, zoneId } = yard.sandbox;
    route53.put(zoneId, { Name: record, Type: 'A', TTL: 1, ResourceRecords: [{ Value: '198.51.100.7' }] });
    expect(await yard.run('undo', record)).toMatchObject(
      exit(3, /expected A 192\.0\.2\.20 \(TTL 1\), which revision 2 left, found A 198\.51\.100\.7/),
    );
    expect(yard.values(record)).toEqual(['198.51.100.7']);
    route53.put(zoneId, { Name: record, Type: 'A', TTL: 1, ResourceRecords: [{ Value: '192.0.2.10' }] });
    expect(await yard.run('undo', record)).toMatchObject(exit(0, /^unchanged/m)); // by hand, and there already
  },

  'an undo without an earlier deployment, of a number that is none, or of one that runs, says what to type':
    async () => {
      const record = yard.record('four');
      expect(await yard.run('undo', record)).toMatchObject(exit(3, /no promoted deployment of .*reset/, 'err'));
      const long = ['deploy', record, ...QUICK, '--unchecked', '--hold', '1h', '--steps', '50,100', '--detach'];
      expect(await yard.run(...long)).toMatchObject({ exit: 0 });
      await yard.phase(record, 'holding');
      expect(await yard.run('undo', record)).toMatchObject(
        exit(3, /is being deployed[\s\S]*\.\/switchyard abort four/, 'err'),
      );
      expect(await yard.run('promote', record, '--full')).toMatchObject({ exit: 0 });
      await yard.client.workflow.getHandle(`deploy:${record}`).result();
      expect(await yard.run('undo', record, '--to-revision', '99')).toMatchObject(
        exit(3, /no revision 99[\s\S]*accepted: \d+, 0/, 'err'),
      );
      expect(await yard.run('abort', record)).toMatchObject(exit(3, /\.\/switchyard undo four/, 'err'));
    },
});
beforeAll(() => bodies.run(), 120_000);

test.each(bodies.names)('%s', (name) => {
  expect(() => bodies.mustHavePassed(name)).not.toThrow();
});
