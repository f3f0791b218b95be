import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface NpmRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  /** Publishes version 1.0.0 of a package with these files; returns its entry of a lock file. */
  publish(name: string, files: Readonly<Record<string, string>>): Promise<LockEntry>;
  close(): Promise<void>;
}

export interface LockEntry {
  readonly version: string;
  readonly resolved: string;
  readonly integrity: string;
  readonly hasInstallScript?: boolean;
}

/** As much of a registry as `npm ci` asks for: tarballs. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-npm-'));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    readFile(join(folder, (request.url ?? '').split('/').at(-1) ?? ''))
      .then((tarball) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball))
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    publish: async (name, files) => {
      const at = join(folder, name);
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(at, 'package', path)), { recursive: true });
        await writeFile(join(at, 'package', path), text);
      }
      const file = `${name}-1.0.0.tgz`;
      execFileSync('tar', ['-czf', join(folder, file), '-C', at, 'package']);
      const hash = createHash('sha512')
        .update(await readFile(join(folder, file)))
        .digest('base64');
      return { version: '1.0.0', resolved: `${url}/${name}/-/${file}`, integrity: `sha512-${hash}` };
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
