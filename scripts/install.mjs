/**
 * Sees to it that node_modules is what package-lock.json says, so that one command is enough in a fresh clone. Plain Node,
 * no dependencies. Silent and quick when there is nothing to do; everything that it says goes to stderr, because stdout
 * belongs to the command that follows.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

/** A fault of the client itself: 1 would mean "failed and safe" to a caller of ./switchyard. */
const EXIT = 70;
const OLDEST_NODE = [20, 19];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const claims = join(root, '.cache');

try {
  refuseOldNode();
  if (!isInstalled()) await install();
} catch (cause) {
  say(cause.message);
  process.exitCode = EXIT;
}

async function install() {
  const release = await claim();
  try {
    if (isInstalled()) return; // by the one that we waited for
    say('Installing the dependencies with npm ci (about a minute, once; later starts skip this) ...');
    await npmCi(release.path);
    say('Dependencies installed.');
  } finally {
    release();
  }
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  const [needed, found] = [OLDEST_NODE.join('.'), process.versions.node];
  throw new Error(`Switchyard needs Node ${needed} or newer; this is Node ${found} (${process.execPath}).`);
}

/**
 * Whether npm's record of what it installed has everything that package-lock.json requires, at the same version and hash.
 * npm writes the record last, so an interrupted installation has none. Dates would not do: git sets them at will.
 */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined) throw new Error(`${root} has no package-lock.json: this is not a whole clone`);
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional, peer }]) => {
    const found = present[path];
    if (path === '') return true;
    if (found === undefined) return Boolean(optional ?? devOptional ?? peer); // for another platform, say
    return found.version === version && (integrity === undefined || found.integrity === integrity);
  });
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined; // absent, or cut off in the middle of being written
  }
}

/**
 * One installation at a time: claim, then look for other living claims, and step back when there is one. Of two at once at
 * least the later sees the earlier, and nothing is ever taken from another. (The lock of the database file is the same idea.)
 */
async function claim() {
  mkdirSync(claims, { recursive: true });
  const path = join(claims, `install.${process.pid}`);
  for (let waiting = false; ;) {
    writeFileSync(path, `${process.pid}\n`);
    const other = livingClaim(path);
    if (other === undefined) return Object.assign(() => rmSync(path, { force: true }), { path });
    rmSync(path);
    if (!waiting) say(`Waiting for another installation (pid ${other.pid}); if there is none, remove ${other.path}`);
    waiting = true;
    while (livingClaim(path)) await sleep(200);
    await sleep(Math.random() * 300); // two that saw each other both stepped back: let one be first
  }
}

function livingClaim(own) {
  for (const name of readdirSync(claims).filter((entry) => /^install\.\d+$/.test(entry))) {
    const path = join(claims, name);
    if (path === own) continue;
    const pids = [basename(path).split('.')[1], ...readPids(path)].map(Number);
    const pid = pids.find(isAlive);
    if (pid !== undefined) return { pid, path };
    rmSync(path, { force: true });
  }
  return undefined;
}

function readPids(path) {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code === 'EPERM';
  }
}

/** npm's own settings of this run (`npm run -s` silences, NODE_ENV=production omits) must not decide what is installed. */
async function npmCi(claimPath) {
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=warn',
  ];
  const caller = process.env.npm_execpath ?? '';
  const [command, first] = basename(caller) === 'npm-cli.js' ? [process.execPath, [caller]] : ['npm', []];
  const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  // npm outlives this process when this one is killed: while it does, the claim lives.
  if (child.pid !== undefined) writeFileSync(`${claimPath}.draft`, `${process.pid}\n${child.pid}\n`);
  if (child.pid !== undefined) renameSync(`${claimPath}.draft`, claimPath);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const ending = await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`npm could not be started: ${cause.message}`)));
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  if (ending === 0) return;
  throw new Error(
    `npm ci ended with ${ending}; its own words are above. Nothing else was done. Try \`npm ci\` in ${root}.`,
  );
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
