#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';

/** The program `switchyard`: `./switchyard` in a clone, `node dist/cli/main.js` after a build. */
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // `./switchyard history NAME | head` hears enough and hangs up: that is no failure, and stops no deployment that is followed.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', passOverHangUp);
  const exit = await runProgram(process.argv.slice(2), { streams: process, env: process.env, cwd: process.cwd() });
  // What is still open (a connection that is closing, a poll) must not keep a CI job waiting.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit(exit);
}

function passOverHangUp(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
