/** Shows a page as a browser draws it: `node scripts/screenshot.mjs http://127.0.0.1:8080/ page.png`, with a Chromium that is installed. */
import { spawnSync } from 'node:child_process';

const [address, file] = process.argv.slice(2);
if (address === undefined || file === undefined) {
  process.stderr.write('usage: node scripts/screenshot.mjs ADDRESS FILE.png\n');
  process.exit(2);
}
const flags = [
  '--headless',
  '--no-sandbox',
  '--hide-scrollbars',
  '--window-size=1280,900',
  '--virtual-time-budget=8000',
];
for (const browser of ['chromium', 'chromium-browser', 'google-chrome']) {
  const { error, status } = spawnSync(browser, [...flags, `--screenshot=${file}`, address], { stdio: 'ignore' });
  if (error === undefined) process.exit(status ?? 1);
}
process.stderr.write('no Chromium was found: chromium, chromium-browser or google-chrome\n');
process.exit(6);
