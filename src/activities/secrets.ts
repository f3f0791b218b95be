/**
 * Secrets by name: A1 none is ever in a text that leaves this process, A4 nothing else of the environment or the disk can be
 * referenced, and a secret goes only to hosts that the worker's own configuration binds it to.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretsConfig } from '../config.ts';
import { failure } from '../policies/failures.ts';

/** Whom a secret is sent to. */
export interface Recipient {
  /** Host header and SNI. */
  readonly host: string;
  /** The address or name that is connected to, as the record has it. */
  readonly value: string;
  /** Whether the certificate is verified for `host`; without it, only the address says who receives the secret. */
  readonly verified: boolean;
}

/** `prom-token`: so that neither `AWS_SECRET_ACCESS_KEY` nor `../x` can be meant, nor the binding of another secret. */
const NAME = /^(?!.*-hosts$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

const isName = (name: string): boolean => NAME.test(name) && name.length <= LONGEST_NAME;

/**
 * The secret `name`, for this recipient.
 *
 * @throws Refused where the name is none, the secret is missing or not bound: the sentence names the variable to set.
 */
export async function secretFor(config: SecretsConfig, name: string, recipient: Recipient): Promise<string> {
  const bound = config.hosts.get(name) ?? [];
  if (isName(name) && !mayReceive(bound, recipient)) throw notBound(name, bound, recipient);
  return ownSecret(config, name);
}

/**
 * The secret `name`, for a host that the worker's own configuration names (A4).
 *
 * @param whose the process that misses it where it is missing.
 * @throws Refused where the name is none, or the secret is missing.
 */
export async function ownSecret(
  config: SecretsConfig,
  name: string,
  whose: 'worker' | 'gateway' = 'worker',
): Promise<string> {
  if (!isName(name)) throw badName(name);
  const secret = config.values.get(name) ?? (await fromFile(config, name));
  if (secret === null) throw missing(name, whose);
  if (/^[\x20-\x7e]+$/.test(secret)) return secret;
  throw failure('Refused', `The secret ${name} has characters that no header can carry.`, {
    next: `Check ${secretVariable(name)}.`,
  });
}

/** Names of the secrets that this worker has, without any of their text. */
export async function secretNames({ values, directory }: SecretsConfig): Promise<readonly string[]> {
  const files = directory === null ? [] : await readdir(directory).catch(() => []);
  return [...new Set([...values.keys(), ...files.filter((name) => NAME.test(name))])].sort();
}

/** `prom-token` -> `SWITCHYARD_SECRET_PROM_TOKEN`. */
export function secretVariable(name: string): string {
  return `SWITCHYARD_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Below that a secret is a common word, and a text without it would say nothing. */
const SHORTEST_HIDDEN = 8;

/** What is taken out of a text of the other side: what it was sent, and whatever else this worker would not want it to say. */
export async function hiddenFrom(config: SecretsConfig, sent: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all((await secretNames(config)).map((name) => fromFile(config, name)));
  const others = [...config.values.values(), ...files.filter((text) => text !== null)];
  return [...sent, ...others.filter(({ length }) => length >= SHORTEST_HIDDEN)];
}

/**
 * The text without any of the secrets, as they are and as JSON writes them. Before anything is cut: half a secret is one too, and so is
 * what a shorter one that begins alike would leave of a longer one.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const longestFirst = spellings.sort((a, b) => b.length - a.length);
  return longestFirst.reduce((seen, secret) => seen.replaceAll(secret, '[secret]'), text);
}

/** A host name proves nothing without a verified certificate: then the address itself must be bound. */
function mayReceive(bound: readonly string[], { host, value, verified }: Recipient): boolean {
  return bound.includes(value.toLowerCase()) || (verified && bound.includes(host.toLowerCase()));
}

async function fromFile({ directory }: SecretsConfig, name: string): Promise<string | null> {
  if (directory === null) return null;
  const text = await readFile(join(directory, name), 'utf8').catch(() => null);
  return text === null || text.trim() === '' ? null : text.replace(/\r?\n$/, '');
}

function badName(name: string) {
  const shown = JSON.stringify(name.slice(0, LONGEST_NAME));
  return failure('Refused', `${shown} is no name of a secret; names are small letters, digits and single hyphens.`, {
    next: 'prom-token, for instance, is SWITCHYARD_SECRET_PROM_TOKEN on the worker.',
  });
}

function missing(name: string, whose: string) {
  return failure('Refused', `The ${whose} has no secret ${name}.`, {
    next: `Set ${secretVariable(name)} on the ${whose}, or put a file ${name} into its SWITCHYARD_SECRETS_DIR.`,
  });
}

function notBound(name: string, bound: readonly string[], { host, value, verified }: Recipient) {
  const to = verified ? host : value;
  const why = verified ? '' : ' (without a verified certificate only the address counts)';
  const hosts = bound.length === 0 ? 'no host' : bound.join(', ');
  return failure('Refused', `The secret ${name} may be sent to ${hosts}, not to ${to}${why}.`, {
    next: `Set ${secretVariable(name)}_HOSTS=${[...bound, to].join(',')} on the worker, if it shall.`,
  });
}
