import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type SchemaObject } from 'ajv';
import { readCompose, ROOT, service } from '../support/read-compose.ts';

const FILES = ['docker-compose.yml', 'compose.sandbox.yml'];
const stack = readCompose('docker-compose.yml');
const services = Object.entries(stack.services);
const ROLES = ['worker-deploy', 'worker-sync', 'worker-docs', 'gateway'];

/** Compose's own, of compose-go v2.9.1; docs/operating.md says what else checks these files. */
const schema = JSON.parse(readFileSync(new URL('compose-spec.json', import.meta.url), 'utf8')) as SchemaObject;
const holds = new Ajv({ strict: false, allErrors: true, formats: { duration: true } }).compile({
  ...schema,
  $schema: 'http://json-schema.org/draft-07/schema#', // the same draft, by the address that Ajv knows
});

test.each(FILES)('%s is what Compose accepts', (file) => {
  expect(holds(readCompose(file)) ? [] : holds.errors).toEqual([]);
});

test('a key with a typing error is seen by the check above', () => {
  const { services } = readCompose('docker-compose.yml');
  expect(holds({ services: { ...services, ui: { ...services['ui'], restartt: 'always' } } })).toBe(false);
});

test('nothing is published but on the loopback address, since neither Temporal nor its UI asks who one is', () => {
  const ports = services.flatMap(([, { ports = [] }]) => ports);
  expect(ports).toEqual(['127.0.0.1:8080:8080', '127.0.0.1:8787:8787']);
});

test.each(services)(
  '%s can write nowhere but to its volumes, and has no privilege that it does not need',
  (name, one) => {
    expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(one.user).toMatch(name === 'secrets' ? /^0:0$/ : /^[1-9]\d*:[1-9]\d*$/);
    expect(one.cap_add ?? []).toEqual(name === 'secrets' ? ['CHOWN', 'DAC_OVERRIDE'] : []);
  },
);

test('the worker of documentation has no credentials of AWS, no tokens of tasks, and shares a network with the server alone', () => {
  const docs = service(stack, 'worker-docs');
  expect(Object.keys(docs.environment ?? {}).filter((name) => /^AWS_|TOKEN|_SECRET_/.test(name))).toEqual([]);
  expect(docs.volumes).toEqual(['docs-secrets:/run/switchyard/secrets:ro', 'docs-sites:/var/lib/switchyard']);
  const beside = services.filter(
    ([name, { networks = [] }]) =>
      name !== 'worker-docs' && networks.some((network) => docs.networks?.includes(network)),
  );
  expect(beside.map(([name]) => name)).toEqual(['temporal']);
  expect(stack.networks?.['docs']).toEqual({ internal: true });
});

test('each volume of secrets is read by the one role that needs it', () => {
  const readers = (volume: string) =>
    services
      .filter(([, { volumes = [] }]) => volumes.includes(`${volume}:/run/switchyard/secrets:ro`))
      .map(([name]) => name);
  expect(readers('deploy-secrets')).toEqual(['worker-deploy']);
  expect(readers('sync-secrets')).toEqual(['worker-sync', 'worker']); // the client signs in for it
  expect(readers('docs-secrets')).toEqual(['worker-docs']);
  expect(readers('gateway-secrets')).toEqual(['gateway']);
});

test('what runs for long is started again, and only after the namespace is served', () => {
  for (const name of ROLES)
    expect(service(stack, name)).toMatchObject({
      restart: 'unless-stopped',
      stop_grace_period: name === 'gateway' ? '30s' : '90s',
      depends_on: { setup: { condition: 'service_completed_successfully' } },
    });
});

test('two workers of each role are there, so that one may die, and no alert rings of a stack as it is', () => {
  for (const name of ['worker-deploy', 'worker-sync', 'worker-docs'])
    expect(service(stack, name)).toMatchObject({ deploy: { replicas: '2' } });
});

test('the databases are made at every start, since the image tries it at the first one alone, however far that came', () => {
  expect(service(stack, 'databases')).toMatchObject({
    entrypoint: ['/bin/bash', '/scripts/init-databases.sh'],
    depends_on: { postgres: { condition: 'service_healthy' } },
  });
  expect(service(stack, 'schema')['depends_on']).toEqual({
    databases: { condition: 'service_completed_successfully' },
  });
  const mounted = services.flatMap(([, { volumes = [] }]) => volumes);
  expect(mounted.filter((volume) => volume.includes('docker-entrypoint-initdb.d'))).toEqual([]);
});

test.each(readdirSync(`${ROOT}compose`).filter((name) => name.endsWith('.sh')))(
  '%s hands no password to a program as an argument, where every process of the host may read it (A1)',
  (name) => {
    const commands = readFileSync(`${ROOT}compose/${name}`, 'utf8').replace(/^\s*(#|\w+=).*$/gm, '');
    expect(commands).not.toMatch(/\$\{?password\b|-v +\w+="?\$/i);
  },
);

test('no file that the stack mounts is missing from the clone', () => {
  const mounted = FILES.flatMap((file) => Object.values(readCompose(file).services)).flatMap(
    ({ volumes = [] }) => volumes,
  );
  const paths = mounted.map((volume) => volume.split(':')[0]!).filter((path) => path.startsWith('./'));
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) expect(() => readFileSync(`${ROOT}${path}`)).not.toThrow(/ENOENT/);
});
