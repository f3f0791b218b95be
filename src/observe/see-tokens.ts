/** Until when the worker's own ways into Microsoft To Do are good, by what lies on its disk: nothing is asked of Microsoft. */
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MicrosoftConfig } from '../config.ts';
import type { Seen } from './gauges.ts';

export type TokenKind = 'sign-in' | 'client-certificate';

/**
 * A refresh token that is not used for so long is no longer taken; each use gives a new one, which replaces the file.
 * https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens#token-lifetime
 */
const UNUSED_FOR_S = 90 * 24 * 60 * 60;

/** Seconds since the epoch. Of a secret that is no certificate nobody but Microsoft knows it. */
export async function seeTokens({
  tokenDir,
  clientCertificate,
}: Pick<MicrosoftConfig, 'tokenDir' | 'clientCertificate'>): Promise<
  readonly Seen<{ kind: TokenKind; name: string }>[]
> {
  const files = (await readdir(tokenDir).catch(() => [])).filter((name) => name.endsWith('.json'));
  const signIns = files.map(async (file) => {
    const { mtimeMs } = await stat(join(tokenDir, file));
    return seen('sign-in', decodeURIComponent(file.slice(0, -'.json'.length)), mtimeMs / 1_000 + UNUSED_FOR_S);
  });
  return Promise.all([...signIns, ...(clientCertificate === null ? [] : [seeCertificate(clientCertificate)])]);
}

async function seeCertificate(path: string) {
  const { validTo } = new X509Certificate(await readFile(path));
  return seen('client-certificate', 'microsoft', Date.parse(validTo) / 1_000);
}

const seen = (kind: TokenKind, name: string, value: number) => ({ labels: { kind, name }, value });
