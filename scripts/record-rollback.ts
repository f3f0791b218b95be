/**
 * Runs the demo's rollback and writes what it said into README.md, between the marks: `node --import tsx scripts/record-rollback.ts`.
 *
 * What differs from run to run and tells nothing (ports, run ids, the time of day) is written alike, so that a new record differs only
 * where the run did.
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../demo/main.ts', import.meta.url));
const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- recorded: begin -->';
const END = '<!-- recorded: end -->';

async function record(): Promise<void> {
  const lines = sameEachTime(fromTheScene(await runDemo('rolled-back')));
  await writeFile(README, between(await readFile(README, 'utf8'), lines));
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function runDemo(scene: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', DEMO, scene], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (text) => (out += String(text)));
  const exit = await new Promise((resolve) => child.once('close', resolve));
  if (exit !== 0) throw new Error(`the demo ended with ${String(exit)}, so there is nothing to record:\n${out}`);
  return out;
}

/** Without the preparations: they name folders of this machine. */
function fromTheScene(text: string): readonly string[] {
  const all = text.trimEnd().split('\n');
  const start = all.findIndex((line) => line.startsWith('$ '));
  if (start < 0) throw new Error('expected the command of the scene in what the demo said, found none');
  return all.slice(start);
}

function sameEachTime(recorded: readonly string[]): readonly string[] {
  const shift = shiftToNoon(recorded);
  const servers = [...new Set(recorded.join('\n').match(/127\.0\.0\.1:\d+/g) ?? [])];
  return recorded.map((line) =>
    line
      .replace(/\b(\d\d):(\d\d):(\d\d)\b/g, shift)
      .replace(/127\.0\.0\.1:\d+/g, (server) => `ns-${servers.indexOf(server) + 1}`)
      .replace(/http:\/\/localhost:\d+/, 'http://localhost:8233')
      .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}\b/, '/…'),
  );
}

const DAY = 86_400;

/** Moves every time of the record by the same span, so that its first is 12:00:00. */
function shiftToNoon(recorded: readonly string[]): (time: string) => string {
  const first = /\b\d\d:\d\d:\d\d\b/.exec(recorded.join('\n'))?.[0] ?? '12:00:00';
  return (time) => asTime((secondsOf(time) - secondsOf(first) + DAY + DAY / 2) % DAY);
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * 3_600 + minutes * 60 + seconds;
}

function asTime(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function between(readme: string, recorded: readonly string[]): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END} in README.md, found not both`);
  const block = ['```text', ...recorded, '```'].join('\n');
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${block}\n\n${readme.slice(end)}`;
}

await record();
