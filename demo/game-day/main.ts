/** `npm run game-day`: breaks one part of a stack after the other, and says what came out of it. docs/operating.md, "Game day". */
import { parseArgs } from 'node:util';
import type { TakeDown } from '../take-down.ts';
import { startGame, type Say } from './game.ts';
import type { Ground } from './ground.ts';
import { startSandboxGround } from './sandbox-ground.ts';
import { SCENES, type Scene } from './scenes.ts';
import { readStack } from './stack-ground.ts';

const EXIT = { held: 0, finding: 1, badUsage: 2, interrupted: 130 } as const;

const HELP = [
  'Usage: npm run game-day -- [--stack FILE] [SCENE...]',
  '',
  'Breaks one part after the other while a deployment runs, checks what comes out of it, and says so. Without --stack on',
  'a stack that it starts on this machine, with the sandbox instead of AWS. FILE says how a stack of your own is reached',
  'and broken; never one that serves anybody: examples/game-day.yaml.',
  '',
  ...SCENES.map(({ name, expects }) => `  ${name.padEnd(10)}${expects}`),
  '',
  'Exit 0: all that was played held; 1: there is a finding; 2: it cannot be played so.',
];

interface Verdict {
  readonly scene: string;
  readonly word: 'held' | 'FINDING' | 'not played';
  readonly why: string;
}

async function main(argv: readonly string[]): Promise<number> {
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { stack: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return (HELP.forEach(say), EXIT.held);
  const unknown = positionals.filter((wanted) => SCENES.every(({ name }) => name !== wanted));
  if (unknown.length > 0) {
    say(`No scene is called ${unknown.join(' ')}: there are ${SCENES.map(({ name }) => name).join(', ')}.`);
    return EXIT.badUsage;
  }
  const scenes = SCENES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const takeDown: TakeDown[] = [];
  process.once('SIGINT', () => void closeAll(takeDown).then(() => process.exit(EXIT.interrupted)));
  try {
    const ground = await (values.stack === undefined ? startSandboxGround(say, takeDown) : readStack(values.stack));
    const verdicts: Verdict[] = [];
    for (const scene of scenes) verdicts.push(await playScene(scene, ground, say));
    say('');
    for (const { scene, word, why } of verdicts) say(`${scene.padEnd(10)}${word.padEnd(12)}${why}`);
    return verdicts.some(({ word }) => word === 'FINDING') ? EXIT.finding : EXIT.held;
  } finally {
    await closeAll(takeDown);
  }
}

async function playScene(scene: Scene, ground: Ground, say: Say): Promise<Verdict> {
  const { name, breaks, expects } = scene;
  const unknown = breaks.filter((part) => !ground.knows(part));
  if (unknown.length > 0)
    return { scene: name, word: 'not played', why: `nothing says how to break: ${unknown.join(', ')}` };
  say('');
  say(`${name}: ${expects}`);
  const from = Date.now();
  const found: string[] = [];
  const attempt = (work: Promise<void>): Promise<void> =>
    work.catch((cause: unknown) => {
      say(`FINDING: ${sentenceOf(cause)}`);
      found.push(sentenceOf(cause));
    });
  await attempt(scene.play(startGame(ground, say), ground));
  // The next scene begins with everything there and nothing under way, whatever came out of this one.
  for (const part of breaks) await attempt(ground.mend(part));
  await ground.client(['abort', ground.record, '--reason', 'game day']); // refused where nothing runs
  if (found.length > 0) return { scene: name, word: 'FINDING', why: found.join('; ') };
  return { scene: name, word: 'held', why: `${Math.round((Date.now() - from) / 1_000)} s` };
}

const sentenceOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Newest first. */
async function closeAll(takeDown: TakeDown[]): Promise<void> {
  for (const end of takeDown.splice(0).reverse())
    await end().catch((cause: unknown) => void process.stderr.write(`${String(cause)}\n`));
}

process.exit(
  await main(process.argv.slice(2)).catch((cause: unknown) => {
    process.stderr.write(`${sentenceOf(cause)}\n`);
    return EXIT.badUsage;
  }),
);
