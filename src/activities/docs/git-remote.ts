import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Config, ReachConfig } from '../../config.ts';
import { isAllowed, readGitAddress } from '../../core/docs/git-source.ts';
import { kindOfAddress, whyNotConnect, type EgressRule } from '../../egress.ts';
import { plainHost } from '../../host-port.ts';
import { failure } from '../../policies/failures.ts';
import { secretFor } from '../secrets.ts';
import type { GitRemote } from './run-git.ts';

/**
 * The repository that a request names, if this worker may ask it (A4): servers in the public network where SWITCHYARD_EGRESS has it, those in a
 * private one where SWITCHYARD_DOCS_SOURCES names them; a secret only where it is bound to that server.
 *
 * @throws failure `Refused` with what would have to be configured; `Unavailable` where its name cannot be resolved.
 */
export async function openRemote(
  { docs, reach, secrets }: Pick<Config, 'docs' | 'reach' | 'secrets'>,
  { url, secret }: { readonly url: string; readonly secret: string | null },
): Promise<GitRemote> {
  const address = readGitAddress(url, docs.sources);
  if (address.kind === 'bad')
    throw failure('Refused', `${url} ${address.why}.`, { next: 'Correct source: git of the site.' });
  const { origin, host } = address;
  const addresses = isAllowed(url, docs.sources) ? await namedAddresses(host) : await publicAddresses(address, reach);
  const verified = origin.startsWith('https:');
  const value = secret === null ? null : await secretFor(secrets, secret, { host, value: host, verified });
  return { url: address.url, origin, host, addresses, secret: value };
}

/** The operator named the server; a name that only a proxy can resolve is left to git. */
async function namedAddresses(host: string): Promise<readonly string[]> {
  const addresses = await addressesOf(host).catch(() => []);
  mustBeAllowed(host, addresses, ANYWHERE);
  return addresses;
}

const ANYWHERE: EgressRule = { kinds: ['public', 'private', 'loopback'], networks: [] };

async function publicAddresses(
  { host, origin }: { readonly host: string; readonly origin: string },
  { egress }: Pick<ReachConfig, 'egress'>,
): Promise<readonly string[]> {
  const addresses = await addressesOf(host);
  const inside = addresses.find((address) => ['private', 'loopback'].includes(kindOfAddress(address)));
  if (inside !== undefined)
    throw failure('Refused', `${host} is at ${inside}, in a private network.`, {
      next: `Add ${origin} to SWITCHYARD_DOCS_SOURCES on the worker, if it may be asked.`,
    });
  mustBeAllowed(host, addresses, egress); // metadata services are refused by any rule
  return addresses;
}

function mustBeAllowed(host: string, addresses: readonly string[], rule: EgressRule): void {
  for (const address of addresses) {
    const why = whyNotConnect(address, rule);
    if (why !== null)
      throw failure('Refused', `${host} is at ${address}, which ${why}.`, { next: 'Correct source: git of the site.' });
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const bare = plainHost(host);
  if (isIP(bare) > 0) return [bare];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw failure('Unavailable', `The name ${host} cannot be resolved.`, {
      next: 'Check the address of the source, and the DNS of the worker.',
      cause: cause as Error,
    });
  }
}
