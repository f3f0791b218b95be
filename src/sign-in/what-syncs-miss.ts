import { readdir } from 'node:fs/promises';
import type { Config } from '../config.ts';

/**
 * One sentence on what keeps syncs of this worker from working at all, or null: it starts all the same, since other chores need none of it,
 * and a sign-in may still come.
 */
export async function whatSyncsMiss({ tasks, secrets }: Pick<Config, 'tasks' | 'secrets'>): Promise<string | null> {
  const missing = [
    secrets.values.size === 0 && secrets.directory === null ? 'no secret is set, so no pair has a Todoist token' : null,
    await missingSignIn(tasks.microsoft),
  ].filter((part) => part !== null);
  return missing.length === 0 ? null : `syncs will miss: ${missing.join('; ')}`;
}

async function missingSignIn(microsoft: Config['tasks']['microsoft']): Promise<string | null> {
  const { clientId, clientSecret, clientCertificate, federatedTokenFile, tokenDir } = microsoft;
  if (clientId === null)
    return 'SWITCHYARD_MICROSOFT_CLIENT_ID is not set, so only pairs with a ready token reach Microsoft To Do';
  if ([clientSecret, clientCertificate, federatedTokenFile].some((own) => own !== null)) return null;
  const kept = await readdir(tokenDir).catch(() => []);
  if (kept.some((name) => name.endsWith('.json'))) return null;
  return `nobody is signed in (no sign-in in ${tokenDir}: ./switchyard login PAIR)`;
}
