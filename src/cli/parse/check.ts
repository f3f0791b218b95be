import type { Gate, HttpGate } from '../../core/dns/gate.ts';
import { problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

const ACCEPTED = 'a path (/healthz: https on 443), a URL (http://www.example.com:8080/healthz), tcp:PORT, or dns';
const LONGEST = 2_048;

/** What every `http` gate has until somebody says otherwise. */
export const HTTP_DEFAULTS: Omit<HttpGate, 'name'> = {
  kind: 'http',
  scheme: 'https',
  host: null,
  port: 443,
  path: '/',
  method: 'GET',
  headers: [],
  status: [200],
  contains: null,
  json: {},
  maxLatencyMs: null,
  followRedirects: false,
  verifyCertificate: true,
};

/**
 * One `--check`. Probes go straight to the target's address, with the record's Host and SNI; a URL's host is kept when it
 * is another name: the worker decides whom it may ask (A4).
 */
export function parseCheck(text: string, record: string): Parsed<Gate> {
  if (text === 'dns') return parsed({ kind: 'dns', name: 'dns' });
  if (text.startsWith('tcp:')) return parseTcp(text);
  // eslint-disable-next-line no-control-regex -- what the URL parser would silently drop
  if (/[\s\\\u0000-\u001f\u007f]/.test(text) || text.length > LONGEST) {
    return rejected(
      problem(`--check: ${quoted(text)} holds blanks, backslashes or more than ${LONGEST} characters`, ACCEPTED),
    );
  }
  if (text.startsWith('/')) return parsePath(text);
  return parseUrl(text, record);
}

function parseTcp(text: string): Parsed<Gate> {
  const port = Number(text.slice('tcp:'.length));
  if (!/^tcp:\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    return rejected(
      problem(`--check: ${quoted(text)} names no port`, 'tcp:PORT with a port from 1 to 65535, such as tcp:5432'),
    );
  }
  return parsed({ kind: 'tcp', name: text, port });
}

function parsePath(text: string): Parsed<Gate> {
  if (text.startsWith('//')) return rejected(problem(`--check: ${quoted(text)} is neither a path nor a URL`, ACCEPTED));
  const url = new URL(`https://path.invalid${text}`);
  return parsed({ ...HTTP_DEFAULTS, name: text, path: url.pathname + url.search });
}

function parseUrl(text: string, record: string): Parsed<Gate> {
  const url = URL.canParse(text) ? new URL(text) : null;
  const found = `--check: ${quoted(text)}`;
  if (url === null) return rejected(problem(`${found} is neither a path nor a URL`, ACCEPTED));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return rejected(problem(`${found} speaks ${quoted(url.protocol)}`, ACCEPTED));
  }
  if (url.username !== '' || url.password !== '') {
    return rejected(
      problem(
        `${found} carries a user or a password`,
        'no credentials in a URL: name a secret of the worker in switchyard.yaml',
      ),
    );
  }
  if (/^\[|^[\d.]+$/.test(url.hostname)) {
    return rejected(
      problem(`${found} names an address`, `the record's own name: probes go to red and black by themselves`),
    );
  }
  if (url.hash !== '' || !/^[a-z0-9._-]+$/.test(url.hostname))
    return rejected(problem(`${found} is no plain URL`, ACCEPTED));
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  const port = url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port);
  if (port === 0) return rejected(problem(`${found} names port 0`, 'a port from 1 to 65535'));
  const host = url.hostname.replace(/\.$/, '') === record ? null : url.hostname;
  return parsed({ ...HTTP_DEFAULTS, name: text, scheme, host, port, path: url.pathname + url.search });
}
