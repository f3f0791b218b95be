import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SCENES } from '../../demo/game-day/scenes.ts';
import { ROOT } from '../support/read-compose.ts';

test('the game day of the sandbox: every scene holds (D3, D8)', async () => {
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'demo/game-day/main.ts'], { cwd: ROOT });
  const { stdout } = await run; // rejects where it ends otherwise than with 0
  const verdicts = SCENES.map(({ name }) => new RegExp(`^${name} +held +\\d+ s$`, 'm'));
  expect(verdicts.filter((verdict) => !verdict.test(stdout))).toEqual([]);
});
