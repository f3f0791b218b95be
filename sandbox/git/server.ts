import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface GitServer {
  /** `http://127.0.0.1:PORT/app.git`. */
  readonly url: string;
  /** A commit of these files, and of no others; `null` removes one. Returns its id. */
  commit(files: Readonly<Record<string, string | { readonly linkTo: string }>>): Promise<string>;
  /** Any git command in the repository. */
  git(...args: readonly string[]): string;
  /** Takes effect on the next request. */
  behave(how: GitBehaviour): void;
  /** Paths that were asked for, with the `Authorization` that came with them. */
  readonly requests: { readonly path: string; readonly authorization: string | null }[];
  close(): Promise<void>;
}

export interface GitBehaviour {
  /** `Basic ...`: nothing is answered without it. */
  readonly authorization?: string;
  /** Answers nothing at all. */
  readonly hangs?: boolean;
  /** Speaks the old protocol, in which no commit is given by its id. */
  readonly old?: boolean;
  /** Sends every request on to this origin. */
  readonly redirect?: string;
  readonly status?: number;
}

/** Real repositories over HTTP: git's own server behind a few lines of Node. */
export async function startGitServer(): Promise<GitServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-git-')));
  const repo = join(folder, 'app.git');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', repo, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...WHO },
      stdio: 'pipe',
    }).trim();
  await mkdir(repo);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'http.receivepack', 'false');
  const requests: { path: string; authorization: string | null }[] = [];
  let behaviour: GitBehaviour = {};
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization ?? null });
    answer(request, response, { folder, behaviour });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/app.git`,
    git,
    requests,
    behave: (how) => void (behaviour = how),
    commit: async (files) => {
      git('rm', '-r', '-q', '-f', '--ignore-unmatch', '.');
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(repo, path)), { recursive: true });
        if (typeof content === 'string') await writeFile(join(repo, path), content);
        else await symlink(content.linkTo, join(repo, path));
      }
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const WHO = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

interface Serving {
  readonly folder: string;
  readonly behaviour: GitBehaviour;
}

function answer(request: IncomingMessage, response: ServerResponse, { folder, behaviour }: Serving): void {
  const { authorization, hangs, redirect, status } = behaviour;
  if (hangs === true) return;
  if (redirect !== undefined)
    return void response.writeHead(302, { location: `${redirect}${request.url ?? ''}` }).end();
  if (status !== undefined) return void response.writeHead(status).end();
  if (authorization !== undefined && request.headers.authorization !== authorization)
    return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  runBackend(request, response, { folder, behaviour });
}

/** https://git-scm.com/docs/git-http-backend: a CGI program; the repository lies in `app.git/.git`. */
function runBackend(request: IncomingMessage, response: ServerResponse, { folder, behaviour }: Serving): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname.replace('/app.git/', '/app.git/.git/'),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_USER: '',
      ...(typeof protocol === 'string' && behaviour.old !== true ? { GIT_PROTOCOL: protocol } : {}),
    },
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined); // it has heard enough
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.once('close', () => {
    const whole = Buffer.concat(parts);
    const end = whole.indexOf('\r\n\r\n');
    const headers = whole
      .subarray(0, Math.max(0, end))
      .toString()
      .split('\r\n')
      .map((line) => line.split(': ', 2));
    const code = Number(headers.find(([name]) => name?.toLowerCase() === 'status')?.[1]?.slice(0, 3) ?? 200);
    for (const [name = '', value = ''] of headers) if (!/^(status)?$/i.test(name)) response.setHeader(name, value);
    response.writeHead(code).end(whole.subarray(end + 4));
  });
}
