import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { givenTo, readCompose, ROOT, service } from '../support/read-compose.ts';

const stack = readCompose('compose.sandbox.yml');

test.each(['worker-deploy', 'worker-sync', 'worker-docs', 'worker'])(
  'no real credentials come near the sandbox: %s has neither secrets of the stack nor sign-ins (A1)',
  (name) => {
    const { environment, volumes } = givenTo(name, { base: 'docker-compose.yml', over: 'compose.sandbox.yml' });
    expect(volumes.filter((volume) => /secrets|sign-ins/.test(volume))).toEqual([]);
    expect(environment).toMatchObject({ SWITCHYARD_SECRETS_DIR: '' });
    expect(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '').toBe('');
  },
);

test('a worker beside the sandbox finds its services and its pairs, and keeps its own command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-beside-'));
  const env = { PATH: process.env['PATH'], TMPDIR: folder, HOME: folder };
  const [, , start = ''] = service(stack, 'sandbox').command ?? [];
  const sandbox = spawn('sh', ['-c', start.replaceAll('/sandbox/', `${folder}/`)], { cwd: ROOT, env, stdio: 'ignore' });
  while ((await readFile(join(folder, 'env'), 'utf8').catch(() => '')) === '') await sleep(50);
  await writeFile(join(folder, 'main.js'), 'console.log(JSON.stringify([process.argv.slice(2), process.env]))');

  const [shell = '', flag = '', script = '', name = ''] = service(stack, 'worker-sync')['entrypoint'] as string[];
  const here = script.replaceAll('/sandbox/', `${folder}/`).replace('/app/dist/cli/', `${folder}/`);
  const child = spawn(shell, [flag, here, name, 'worker', '--queues', 'sync'], {
    env: { ...env, SWITCHYARD_CONFIG: 'no' },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  const [args, seen] = JSON.parse(said) as [string[], Record<string, string>];
  expect(args).toEqual(['worker', '--queues', 'sync']);
  expect(seen).toMatchObject({ AWS_ACCESS_KEY_ID: 'sandbox', SWITCHYARD_SECRET_GRAPH_TOKEN: 'graph-token' });
  expect(await readFile(seen['SWITCHYARD_CONFIG'] ?? '', 'utf8')).toContain('signed-in:');
  for (const variable of ['SWITCHYARD_CA_FILE', 'SWITCHYARD_TOKEN_DIR', 'SWITCHYARD_CONFIG'])
    expect(seen[variable]).toContain(folder); // the one volume that both have

  sandbox.kill('SIGTERM');
  await once(sandbox, 'exit');
  await rm(folder, { recursive: true });
});
