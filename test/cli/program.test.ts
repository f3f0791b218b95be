import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/cli/program.ts';

/** The program in this process: exit code and what it wrote. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const text = { out: '', err: '' };
  const streams = {
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
  };
  const surroundings = { SWITCHYARD_HOME: '/nonexistent', TEMPORAL_CONFIG_FILE: '/nonexistent', ...env };
  return { exit: await runProgram(args, { streams, env: surroundings, cwd: '/' }), ...text };
}

const VERBS =
  'up worker plan deploy status watch ls history undo abort resolve promote pause resume reset sync apply login logout docs setup versions doctor'.split(
    ' ',
  );

describe('the command line', () => {
  test('--help has examples that can be typed as they stand', async () => {
    const { exit, out } = await run(['--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(/Usage: \.\/switchyard [\s\S]*Examples:\n {2}\$ \.\/switchyard up\n/);
  });

  test.each(['plan', 'deploy'])('%s --help has the same options of a request, with their defaults', async (verb) => {
    const { out } = await run([verb, '--help']);
    for (const text of ['max(5m, 2 x TTL)', 'default: 4/6', 'default: 5s', 'default: authoritative'])
      expect(out.replace(/\s+/g, ' ')).toContain(text);
  });

  test.each(['up', 'worker'])('%s --help says that it is for syncs as well', async (verb) => {
    expect((await run([verb, '--help'])).out).toMatch(/worker of deployments, syncs and documentation/);
  });

  test.each(VERBS)('%s --help has an example', async (verb) => {
    const { exit, out } = await run([verb, '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\\n  \\$ \\./switchyard ${verb}`));
  });

  test.each([
    [['deploy'], 2, /missing required argument 'name'/],
    [['depoly', 'x'], 2, /unknown command 'depoly'[\s\S]*deploy/],
    [['deploy', 'www.example.com', '--ttll', '60'], 2, /unknown option '--ttll'[\s\S]*--ttl/],
    [['deploy', 'www.example.com', '--on-cancel', 'maybe'], 2, /leave, abort/],
    [['deploy', 'www.example.com', '--zone='], 2, /neither a zone id nor a zone name/],
    [['deploy', 'www.example.com', '--to', '192.0.2.20'], 3, /no gate is given[\s\S]*--unchecked/],
    [
      ['deploy', 'www.example.com', '--to', '192.0.2.20', '--check', '/', '--wait', 'soon'],
      2,
      /--wait: "soon" is no duration/,
    ],
    [
      ['deploy', 'www.example.com', '--plan', '/nonexistent.json', '--to', '192.0.2.20'],
      2,
      /--plan and --to say what to deploy in two ways/,
    ],
    [['deploy', 'www.example.com', '--plan', '/nonexistent.json'], 2, /there is no such file/],
    [['apply', '--config', '/'], 2, /^\/: it is a folder, and no file; name the file with --config/],
    [['plan', 'sync/tasks', '--to', '192.0.2.20'], 2, /"sync\/tasks" is a pair, and this takes a record/],
    [['promote', 'docs/guide'], 2, /"docs\/guide" is a site, and this takes a record/],
    [['plan', 'www.example.com', '--to', '192.0.2.20', '--config', '/nonexistent.yaml'], 2, /there is no such file/],
    [['status', 'a..b'], 2, /empty label/],
    [['history', 'www.example.com', '--last', '0'], 2, /--last: "0"/],
    [['undo', 'www.example.com', '--to-revision', '-1', '--wait', 'x'], 2, /--wait: "x" is no duration/],
    [
      ['undo', 'www.example.com', '--to-revision', 'last', '--check', 'tcp:0', '--force'],
      2,
      /tcp:0[\s\S]*--to-revision: "last"[\s\S]*--force and --check/,
    ],
    [['resolve', 'www.example.com'], 2, /no decision was given/],
    [['resolve', 'www.example.com', '--leave'], 2, /--leave without a reason/],
    [['resolve', 'www.example.com', '--leave', '--retry', '--reason', 'x'], 2, /exclude each other/],
    [['up', '--port', '70000'], 2, /no port/],
    [['status', 'www.example.com', '--address', 'nowhere'], 2, /no address of Temporal/],
    [['abort', 'www.example.com', '--blocked-wait', '5minuets'], 2, /--blocked-wait: "5minuets" is no duration/],
    [['watch', 'www.example.com', '--wait', 'x', '--blocked-wait', 'y'], 2, /--wait: "x"[\s\S]*--blocked-wait: "y"/],
    [['deploy', 'www.example.com', '--plan', '/nonexistent.json', '--blocked-wait', 'y'], 2, /--blocked-wait: "y"/],
    [['abort', 'sync/Tasks'], 2, /is no name of a pair/],
    [['abort', 'sync/tasks', '--wait', 'soon'], 2, /--wait: "soon" is no duration/],
    [['sync', 'tasks', '--soon', '--on-cancel', 'abort'], 2, /--on-cancel means nothing with --soon/],
    [['sync'], 2, /missing required argument 'pair'/],
    [['sync', 'Tasks'], 2, /"Tasks" is no name of a pair; accepted: small letters/],
    [['sync', "' OR 1=1"], 2, /is no name of a pair/],
    [['sync', 'tasks'], 2, /there is no switchyard\.yaml; write one/],
    [['sync', 'tasks', '--config', '/nonexistent.yaml'], 2, /there is no such file/],
    [['sync', 'tasks', '--wait', 'soon', '--allow-removals', '-1'], 2, /--allow-removals: "-1"[\s\S]*--wait: "soon"/],
    [['sync', 'tasks', '--allow-removals', '1e3'], 2, /"1e3" is no count; accepted: 1 to 999999/],
    [['sync', 'tasks', '--pause', '--resume'], 2, /--pause and --resume exclude each other/],
    [['sync', 'tasks', '--pause', '--adopt'], 2, /--adopt means nothing with --pause; accepted: following a run/],
    [['sync', 'tasks', '--exit-code'], 2, /--exit-code means nothing without the others; accepted: with --dry-run/],
    [['sync', 'tasks', '--soon', '--wait', '1m'], 2, /--wait means nothing with --soon/],
    [['status', 'sync/'], 2, /is no name of a pair/],
    [['watch', 'sync/A'], 2, /is no name of a pair/],
    [['history', 'sync/../x'], 2, /is no name of a pair/],
    [['doctor', 'sync/tasks'], 2, /there is no switchyard\.yaml/],
    [['apply'], 2, /there is no switchyard\.yaml/],
  ])('%j ends with %d and says what is accepted', async (args, exit, sentence) => {
    const ended = await run(args);
    expect(ended.err).toMatch(sentence);
    expect(ended.err).not.toMatch(/^\s+at /m);
    expect(ended.exit).toBe(exit);
  });

  test('a file with gates on metrics alone is refused before anything starts, with what is missing (A2)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const config = join(folder, 'switchyard.yaml');
    const gates = "{ errors: { provider: prom, query: '1', failWhen: '> 1' } }";
    const providers = '{ prom: { prometheus: https://prom.example.com } }';
    const records = '{ www.example.com: { gates: [errors] } }';
    await writeFile(config, `version: 1\nproviders: ${providers}\ngates: ${gates}\nrecords: ${records}\n`);
    const { exit, err } = await run(['deploy', 'www.example.com', '--to', '192.0.2.20', '--config', config]);
    expect(err).toMatch(/no probe is in force at the first step.*before the first write[\s\S]*--unchecked/);
    expect(exit).toBe(3);
    await rm(folder, { recursive: true });
  });

  test('a gateway without a secret of its hooks says that it is the one that misses it (A3)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const config = join(folder, 'switchyard.yaml');
    const records = '{ www.example.com: { onAlarm: { www-5xx: abort } } }';
    const hooks = '{ alertmanager: { secret: hook-secret } }';
    await writeFile(config, `version: 1\nrecords: ${records}\nhooks: ${hooks}\n`);
    const { exit, err } = await run(['gateway', '--config', config, '--listen', '127.0.0.1:0']);
    expect(err).toMatch(/The gateway has no secret hook-secret/);
    expect(exit).toBe(2);
    await rm(folder, { recursive: true });
  });

  test('text from the command line reaches no terminal and no CI log as a command', async () => {
    const { err } = await run(['status', '\u001b[2J\n::add-mask::x'], { GITHUB_ACTIONS: 'true' });
    expect(err).not.toContain('\u001b');
    expect(err).not.toMatch(/^\s*::(?!error title=switchyard::)/m);
  });

  test('a variable that is set wrongly is named (exit 2)', async () => {
    const { exit, err } = await run(['plan', 'www.example.com', '--to', '192.0.2.20', '--local'], {
      SWITCHYARD_NAME_SERVERS: 'a b',
    });
    expect(exit).toBe(2);
    expect(err).toMatch(/SWITCHYARD_NAME_SERVERS/);
  });

  test('something that is no Temporal is told within seconds, with what to do (exit 6)', async () => {
    const server = createServer((socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n', () => socket.destroy()),
    ).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { exit, err } = await run(['status', 'www.example.com', '--address', `127.0.0.1:${port}`]);
    expect(exit).toBe(6);
    expect(err).toMatch(/no Temporal answers at 127\.0\.0\.1[\s\S]*\.\/switchyard up/);
    await new Promise((resolve) => server.close(resolve));
  });
});

test('the program itself ends with the exit code, and loads nothing heavy for its help', async () => {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const ended = (args: readonly string[]) =>
    new Promise<{ code: number | null; out: string }>((resolve) => {
      const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
      let out = '';
      child.stdout.on('data', (more: Buffer) => (out += more.toString()));
      child.once('close', (code) => resolve({ code, out }));
    });
  const listing = `process.argv.splice(1, 1, ${JSON.stringify(main)}); const { runProgram } = await import(${JSON.stringify(new URL('../../src/cli/program.ts', import.meta.url).href)});
    await runProgram(['--help'], { streams: { stdout: { write() {} }, stderr: { write() {} } }, env: {}, cwd: '/' });
    const { createRequire } = await import('node:module');
    process.stdout.write(Object.keys(createRequire(${JSON.stringify(main)}).cache).join('\\n'));`;
  const [bad, loaded] = await Promise.all([
    ended([main, 'resolve', 'www.example.com']),
    ended(['--input-type=module', '-e', listing]),
  ]);
  expect(bad.code).toBe(2);
  expect(loaded.code).toBe(0);
  expect(loaded.out).toContain('commander');
  expect(loaded.out).not.toMatch(/@temporalio|@aws-sdk|zod|yaml/);
});
