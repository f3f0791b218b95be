import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

type Packages = Readonly<Record<string, Entry>>;

function complete(packages: Packages): { said: string; packages: Packages; order: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-lock-'));
  try {
    mkdirSync(join(folder, 'scripts'));
    cpSync(join(root, 'scripts/complete-lock.mjs'), join(folder, 'scripts/complete-lock.mjs'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    const said = execFileSync(process.execPath, [join(folder, 'scripts/complete-lock.mjs')], { encoding: 'utf8' });
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: Packages };
    return { said, packages: lock.packages, order: Object.keys(lock.packages) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the lock file of the repository is complete and names no registry', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages };

  expect(complete(packages).said).toBe('package-lock.json was complete\n');
  expect(Object.entries(packages).filter(([, entry]) => 'resolved' in entry)).toEqual([]);
});

test('a platform package that the registry lacked gets an entry that npm installs on its platform only', () => {
  const { packages, order } = complete({
    '': {},
    'node_modules/z': { version: '1.0.0', license: 'MIT', dev: true, optionalDependencies: PLATFORMS },
    'node_modules/@z/core-linux-x64-gnu': {
      version: '3.0.0',
      resolved: 'https://registry.invalid/z.tgz',
      integrity: 'i',
    },
  });

  expect(packages['node_modules/@z/core-linux-x64-gnu']).toEqual({ version: '3.0.0', integrity: 'i' });
  expect(packages['node_modules/@z/core-darwin-arm64']).toEqual({
    ...{ version: '3.0.0', license: 'MIT', dev: true, optional: true },
    ...{ os: ['darwin'], cpu: ['arm64'] },
  });
  expect(packages['node_modules/@z/core-linux-arm-musleabihf']).toMatchObject({
    os: ['linux'],
    cpu: ['arm'],
    libc: ['musl'],
  });
  expect(order).toEqual([...order].sort((a, b) => a.localeCompare(b, 'en')));
});

const PLATFORMS = {
  '@z/core-darwin-arm64': '3.0.0',
  '@z/core-linux-arm-musleabihf': '3.0.0',
  '@z/core-linux-x64-gnu': '3.0.0',
};
