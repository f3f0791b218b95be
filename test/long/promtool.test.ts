/** The rules of monitoring/ as Prometheus itself reads and plays them. Needs promtool (Debian: prometheus); `npm run test:long` runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cwd = fileURLToPath(new URL('../../monitoring', import.meta.url));
const promtool = (...args: readonly string[]) => promisify(execFile)('promtool', args, { cwd });

test('Prometheus takes the rules and the example of a scrape', async () => {
  expect((await promtool('check', 'rules', 'alerts.yml')).stdout).toContain('SUCCESS');
  expect((await promtool('check', 'config', 'prometheus.yml')).stdout).toContain('is valid');
});

test('the rules say what they are meant to say, and when', async () => {
  expect((await promtool('test', 'rules', 'alerts.test.yml')).stdout).toContain('SUCCESS');
});
