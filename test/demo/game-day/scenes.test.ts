import type { Game } from '../../../demo/game-day/game.ts';
import { SCENES } from '../../../demo/game-day/scenes.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { ROOT } from '../../support/read-compose.ts';

type Typed = readonly string[];

/** Everything ends as it has to, and is noted. */
function noting(typed: Typed[]): Game {
  const broken = new Set<string>();
  const types: Game['types'] = (_exit, ...args) => {
    typed.push(args);
    return Promise.resolve('restored, or the name of a secret');
  };
  const deploys: Game['deploys'] = (exit, ...more) => types(exit, 'deploy', 'r.example', '--to', '192.0.2.20', ...more);
  return {
    types,
    deploys,
    untilHeld: async () => void (await deploys(0, '--detach')),
    sees: () => Promise.resolve(),
    strike: (part) => {
      broken.add(part);
      return part === 'alarm' && broken.has('gateway') ? Promise.reject(new Error('refused')) : Promise.resolve();
    },
    mend: (part) => Promise.resolve(void broken.delete(part)),
    check: (sentence, isSo) => expect({ sentence, isSo }).toEqual({ sentence, isSo: true }),
  };
}

test.each(SCENES)('the scene $name types commands that there are', async (scene) => {
  const typed: Typed[] = [];
  await scene.play(noting(typed), { record: 'r.example' });
  expect(typed.length).toBeGreaterThan(1);
  for (const args of typed) {
    let written = '';
    const write = (text: string): void => void (written += text);
    const streams = { stdout: { write, isTTY: false }, stderr: { write } };
    // One flag too many: whatever else were wrong would be said instead of it, or beside it.
    await runProgram([...args, '--one-too-many'], { streams, env: {}, cwd: ROOT });
    expect(written).toContain('--one-too-many');
    expect(written.match(/unknown option/g)).toHaveLength(1);
  }
});
