/**
 * Completes package-lock.json: run it after every `npm install` that changed the lock.
 *
 * A registry mirror that lacks the packages of other platforms makes npm leave them out of the lock, and then `npm ci`
 * of npm 11 refuses it ("Missing: ... from lock file", npm/cli #4828) while npm 10 accepts it. So every optional
 * dependency that a package of the lock pins to one version gets its entry, without `integrity`: these few are not pinned
 * by content until somebody makes the lock anew on the public registry. Addresses of registries are left out, so that
 * everybody installs from their own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The lock with every optional platform package, as npm would write it, and the names of those that were added. */
export function completeLock(lock) {
  const packages = JSON.parse(JSON.stringify(lock.packages));
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    delete packages[path].resolved;
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (find(packages, path, name) || !/^\d/.test(version)) continue;
      packages[`node_modules/${name}`] = platformEntry(name, version, entry);
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added };
}

/** Whether a package installed at `path` finds `name`: in its own node_modules, or in one further up. */
function find(packages, path, name) {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`]) return true;
    if (base === '') return false;
  }
}

/** npm installs an entry only where `os`, `cpu` and `libc` fit, and these packages carry all three in their names. */
function platformEntry(name, version, parent) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length + cpu.length === 0) throw new Error(`${name}: no known system or processor in the name`);
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(parent.dev && { dev: true }),
    ...(os.includes('linux') && { libc }),
    license: parent.license,
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = new URL('../package-lock.json', import.meta.url);
  const before = readFileSync(path, 'utf8');
  const { lock, added } = completeLock(JSON.parse(before));
  const after = `${JSON.stringify(lock, null, 2)}\n`;
  if (after !== before) writeFileSync(path, after);
  console.log(
    added.length === 0 ? 'package-lock.json was complete' : `added to package-lock.json: ${added.join(', ')}`,
  );
}
