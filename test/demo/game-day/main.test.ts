import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack } from '../../../demo/game-day/stack-ground.ts';
import { SCENES } from '../../../demo/game-day/scenes.ts';
import { readCompose, ROOT } from '../../support/read-compose.ts';

/** Against a stack whose client is a shell script; `npm run test:production` plays the script on the sandbox. */
let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'switchyard-game-day-'))));
afterAll(() => rm(folder, { recursive: true }));

interface Played {
  readonly exit: number | null;
  readonly said: string;
  /** What was typed and broken, in its order. */
  readonly done: readonly string[];
}

/** `ends`: how the client answers a verb; the others end with 0. */
async function play(name: string, { ends = '', scenes = ['worker'] }): Promise<Played> {
  const [stack, client, log] = ['yaml', 'sh', 'log'].map((kind) => join(folder, `${name}.${kind}`)) as [
    string,
    string,
    string,
  ];
  const answers = `status) echo '{ "phase": "holding", "share": 100 }'; exit;;\n  ${ends}`;
  await writeFile(client, `[ $1 = status ] || echo $* >> ${log}\ncase $1 in\n  ${answers}\nesac\necho "$1 is done"\n`);
  const worker = `{ break: echo broken >> ${log}, mend: echo mended >> ${log} }`;
  const lines = [
    'record: r.example',
    'to: 192.0.2.20',
    'flags: [--bake, 1m]',
    `client: sh ${client}`,
    `strikes: { worker: ${worker} }`,
  ];
  await writeFile(stack, lines.join('\n'));
  const args = ['--import', 'tsx', 'demo/game-day/main.ts', '--stack', stack, ...scenes];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, said, done: (await readFile(log, 'utf8').catch(() => '')).trim().split('\n') };
}

const DEPLOYED = 'deploy r.example --to 192.0.2.20 --bake 1m --detach';
const CLEARED = ['mended', 'abort r.example --reason game day'];

test.concurrent(
  'a scene breaks what it says in a running bake, mends it, and holds where all ends as it has to',
  async () => {
    const { exit, said, done } = await play('held', { scenes: ['worker', 'gateway'] });
    expect(done).toEqual([DEPLOYED, 'broken', 'watch r.example', 'undo r.example', ...CLEARED]);
    expect(said).toMatch(/^worker +held/m);
    expect(said).toMatch(/^gateway +not played +nothing says how to break: gateway, alarm$/m);
    expect(exit).toBe(0);
  },
);

test.concurrent('what ends otherwise is a finding, and the next scene begins with everything mended', async () => {
  const { exit, said, done } = await play('found', { ends: 'watch) echo rolled back; exit 1;;' });
  expect(done).toEqual([DEPLOYED, 'broken', 'watch r.example', ...CLEARED]);
  expect(said).toMatch(/^worker +FINDING +watch: expected exit 0, found 1: rolled back$/m);
  expect(exit).toBe(1);
});

test.concurrent('a scene that there is not, and a file that says something else, break nothing', async () => {
  expect(await play('unknown', { scenes: ['everything'] })).toMatchObject({ exit: 2, done: [''] });
  const file = join(folder, 'wrong.yaml');
  await writeFile(file, 'record: r.example\nstrikes: { wroker: { break: "true" } }\n');
  await expect(readStack(file)).rejects.toThrow(/wroker/);
});

test('the example breaks everything, by services that the compose file has', async () => {
  const ground = await readStack(`${ROOT}examples/game-day.yaml`);
  expect(SCENES.flatMap(({ breaks }) => breaks).filter((part) => !ground.knows(part))).toEqual([]);
  const { services } = readCompose('docker-compose.yml');
  const text = await readFile(`${ROOT}examples/game-day.yaml`, 'utf8');
  const named = [
    ...text.matchAll(/docker compose (?:run|exec|up|kill)(?: -\S+(?: (?:KILL|temporal)\b)?)* ([a-z][a-z-]*)/g),
  ].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => services[name ?? ''] === undefined)).toEqual([]);
});
