import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import send from 'send';
import { readManifest } from './read-manifest.ts';
import { standsAt } from './pointer.ts';
import { siteLayout, type SiteLayout } from './site-layout.ts';
import { readVersionName } from '../../core/docs/version-name.ts';

export interface ServeOptions {
  readonly port: number;
  /** A version redirects to its release: then a page and all that it loads are of one release, too (P1). */
  readonly consistent: boolean;
}

/**
 * Serves a site on this machine, for looking at it.
 *
 * P1 The pointer is read once for a request, and the answer comes out of that release: a server that opened the file through the pointer again
 * could announce the length of one release and send the bytes of another.
 */
export async function serveSite(out: string, { port, consistent }: ServeOptions): Promise<Server> {
  const layout = siteLayout(out);
  const isFlat = (await readManifest(out)) !== null;
  const server = createServer((request, response) => {
    answer({ layout, isFlat, consistent }, request, response).catch(() =>
      response.writeHead(500).end('Not to be read.\n'),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

interface Serving {
  readonly layout: SiteLayout;
  readonly isFlat: boolean;
  readonly consistent: boolean;
}

async function answer({ layout, isFlat, consistent }: Serving, request: IncomingMessage, response: ServerResponse) {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const [path = '/', query] = (request.url ?? '/').split('?', 2);
  const [, version, rest] = /^\/versions\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const search = query === undefined ? '' : `?${query}`;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  } else if (isFlat || version === undefined) {
    file(request, response, { at: path, root: layout.out, path, immutable: !isFlat && path.startsWith('/releases/') });
  } else {
    const release = readVersionName(version).kind === 'ok' ? await standsAt(layout, version) : null;
    if (release === null) response.writeHead(404).end('There is no such version.\n');
    else if (rest === undefined) redirect(response, `/versions/${version}/${search}`);
    else if (consistent) redirect(response, `/releases/${release}${rest}${search}`);
    else file(request, response, { at: path, root: join(layout.releases, release), path: rest, immutable: false });
  }
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(302, { location: to, 'cache-control': 'no-cache' }).end();
}

interface ServedFile {
  /** The path that was asked for. */
  readonly at: string;
  readonly root: string;
  readonly path: string;
  /** What it says never changes. */
  readonly immutable: boolean;
}

/** `send` decides on types, ranges and validators, refuses to leave the folder, and shows nothing that begins with a dot. */
function file(request: IncomingMessage, response: ServerResponse, { at, root, path, immutable }: ServedFile): void {
  send(request, path, { root, dotfiles: 'ignore', cacheControl: false })
    .on('headers', (one: ServerResponse) => {
      one.setHeader('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    })
    .on('directory', () => redirect(response, `${at.replace(/^\/+/, '/')}/`))
    .pipe(response);
}

/** Pages may hold what authors of comments wrote: they run their own scripts, reach nothing else but images, and sit in nobody's frame. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;
