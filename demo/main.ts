import { openTerminal, type Terminal } from '../src/cli/terminal.ts';
import { SPEED } from './fast-request.ts';
import { invite } from './invite.ts';
import type { Scene } from './scene.ts';
import { SCENES } from './scenes.ts';
import { docs } from './scenes/docs.ts';
import { sync } from './scenes/sync.ts';
import { startStage, type Stage } from './stage.ts';
import type { TakeDown } from './take-down.ts';

const EXIT = { done: 0, failed: 1, badUsage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const;

const HELP = [
  'Usage: npm run demo [-- SCENE...]',
  '',
  'Starts a stand-in for Route 53 with four name servers, a Temporal server with its UI, and a worker, all on this',
  'machine, and for a sync stand-ins for Todoist and Microsoft To Do; nothing reaches the real ones. Plays every',
  'scene, or those that are named:',
  '',
  ...SCENES.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`),
  '',
  'With a terminal it then stays until Ctrl-C, to be played with; without one it ends with exit 0, or 1 at the first',
  'scene that does not end as it should.',
];

async function main(args: readonly string[]): Promise<number> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'; // ten lines in the middle of the first scene
  const terminal = openTerminal(process, process.env, process.cwd());
  if (args.includes('--help') || args.includes('-h')) return say(terminal, EXIT.done, HELP);
  const unknown = args.filter((arg) => SCENES.every(({ name }) => name !== arg));
  if (unknown.length === 0) return run(terminal, args.length === 0 ? SCENES : scenesNamed(args));
  const known = SCENES.map(({ name }) => name).join(', ');
  return say(terminal, EXIT.badUsage, [`No scene is called ${unknown.join(' ')}: there are ${known}.`]);
}

/** In the order of the tour. */
const scenesNamed = (names: readonly string[]): readonly Scene[] => SCENES.filter(({ name }) => names.includes(name));

function say(terminal: Terminal, exit: number, lines: readonly string[]): number {
  for (const line of lines) {
    if (exit === EXIT.done) terminal.out(line);
    else terminal.err(line);
  }
  return exit;
}

/** Whatever happens, everything that was started is taken down before the end. */
async function run(terminal: Terminal, scenes: readonly Scene[]): Promise<number> {
  const takeDown: TakeDown[] = [];
  const interrupted = untilInterrupted();
  const curtain = { fallen: false };
  const quiet = mutedBy(terminal, curtain);
  try {
    return await Promise.race([show(quiet, scenes, { takeDown, interrupted }), interrupted]);
  } catch (cause) {
    return say(terminal, EXIT.failed, [cause instanceof Error ? cause.message : String(cause)]);
  } finally {
    curtain.fallen = true; // a scene that was interrupted has nothing more to say
    await takeAllDown(takeDown);
  }
}

interface Surroundings {
  readonly takeDown: TakeDown[];
  readonly interrupted: Promise<number>;
}

async function show(
  terminal: Terminal,
  scenes: readonly Scene[],
  { takeDown, interrupted }: Surroundings,
): Promise<number> {
  terminal.out('Switchyard demo: all of it runs on this machine, and nothing reaches AWS, Todoist or Microsoft.');
  const stage = await startStage(terminal, { takeDown, tour: scenes.length > 1 });
  for (const line of opening(stage, scenes)) terminal.out(line);
  for (const [index, scene] of scenes.entries()) {
    terminal.out('');
    terminal.out(terminal.paint('bold', `${index + 1}/${scenes.length}  ${scene.name}: ${scene.summary}`));
    await scene.play(stage);
  }
  terminal.out('');
  if (!process.stdin.isTTY || !terminal.live) return EXIT.done;
  for (const line of invite(stage, await stage.tasks())) terminal.out(line);
  return interrupted;
}

function opening({ temporal, terminal }: Stage, scenes: readonly Scene[]): readonly string[] {
  const ui = `Temporal's UI: ${temporal.place.ui ?? 'none'}`;
  if (scenes.every((scene) => scene === sync || scene === docs)) return [ui];
  return [
    ui,
    `The demo's clock runs ${SPEED} times faster: a hold of 2 min takes ${120 / SPEED} s, the bake of 4 min ${240 / SPEED} s.`,
    `The bars are real DNS answers, asked at all four name servers 25 times a second: ${terminal.paint('bold', '█')} black, ${terminal.paint('red', '░')} red.`,
  ];
}

/** The first Ctrl-C, or the closing of the terminal, takes everything down; the second one ends at once. */
function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, exit] of [
      ['SIGHUP', EXIT.hungUp],
      ['SIGINT', EXIT.interrupted],
      ['SIGTERM', EXIT.terminated],
    ] as const) {
      process.on(signal, () => resolve(exit));
      process.once(signal, () => process.once(signal, () => process.exit(exit)));
    }
  });
}

function mutedBy(terminal: Terminal, curtain: { readonly fallen: boolean }): Terminal {
  return {
    ...terminal,
    out: (line) => (curtain.fallen ? undefined : terminal.out(line)),
    err: (line) => (curtain.fallen ? undefined : terminal.err(line)),
  };
}

const TAKE_DOWN_WITHIN_MS = 8_000;

/** Newest first. What does not end in time ends with this process. */
async function takeAllDown(takeDown: TakeDown[]): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, TAKE_DOWN_WITHIN_MS).unref());
  const all = async (): Promise<void> => {
    for (const end of takeDown.splice(0).reverse())
      await end().catch((cause: unknown) => void process.stderr.write(`${String(cause)}\n`));
  };
  await Promise.race([all(), late]);
}

process.exit(await main(process.argv.slice(2)));
