import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../../config.ts';
import { isAllowed, readGitAddress } from '../../core/docs/git-source.ts';
import { failure } from '../../policies/failures.ts';
import { secretFor } from '../secrets.ts';
import type { GitRemote } from './run-git.ts';

/**
 * The repository that a request names, if this worker may ask it (A4): servers in the public network always, those in a private one where
 * SWITCHYARD_DOCS_SOURCES names them; a secret only where it is bound to that server.
 *
 * @throws failure `Refused` with what would have to be configured; `Unavailable` where its name cannot be resolved.
 */
export async function openRemote(
  { docs, secrets }: Pick<Config, 'docs' | 'secrets'>,
  { url, secret }: { readonly url: string; readonly secret: string | null },
): Promise<GitRemote> {
  const address = readGitAddress(url, docs.sources);
  if (address.kind === 'bad')
    throw failure('Refused', `${url} ${address.why}.`, { next: 'Correct source: git of the site.' });
  const { origin, host } = address;
  const addresses = isAllowed(url, docs.sources) ? [] : await publicAddresses(host, origin);
  const verified = origin.startsWith('https:');
  const value = secret === null ? null : await secretFor(secrets, secret, { host, value: host, verified });
  return { url: address.url, origin, host, addresses, secret: value };
}

async function publicAddresses(host: string, origin: string): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(bare) > 0 ? [bare] : await addressesOf(host);
  const inside = addresses.find((address) => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
  if (inside === undefined) return addresses;
  throw failure('Refused', `${host} is at ${inside}, in a private network.`, {
    next: `Add ${origin} to SWITCHYARD_DOCS_SOURCES on the worker, if it may be asked.`,
  });
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw failure('Unavailable', `The name ${host} cannot be resolved.`, {
      next: 'Check the address of the source, and the DNS of the worker.',
      cause: cause as Error,
    });
  }
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its counterpart for IPv6: what is not of the public network. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');
