import type { MicrosoftConfig } from '../config.ts';
import { keepToken, type Token } from './keep-token.ts';
import { openMicrosoftNetwork } from './microsoft-network.ts';
import { confidentialClient, mustBeRegistered, type Registered } from './msal-clients.ts';
import { ownError, signInError } from './sign-in-error.ts';
import type { Tokens } from './tokens.ts';

export interface ApplicationOptions {
  readonly microsoft: MicrosoftConfig;
  /** `me@example.com`: whose tasks they are. */
  readonly mailbox: string;
  readonly now: () => number;
  /** For each request to Microsoft, in milliseconds; 15,000 unless told otherwise. */
  readonly timeoutMs?: number;
}

/**
 * Access tokens of the worker's own identity, for mailboxes that its configuration allows (A4): the application itself may usually open
 * every mailbox of the organisation.
 *
 * @throws ServiceError `forbidden` at once for a mailbox that is not allowed, or without an application; the rest from `accessToken`.
 */
export function applicationTokens(options: ApplicationOptions): Tokens {
  mustBeAllowed(options);
  const microsoft = mustNameTenant(mustBeRegistered(options.microsoft, REQUEST));
  return keepToken({
    now: options.now,
    isCurrent: () => Promise.resolve(true),
    renew: () => renew(microsoft, options),
  });
}

const REQUEST = 'token of the application';

/** A new client each time, so that secret, certificate and federated token are those of now, and nothing is kept twice. */
async function renew(microsoft: Registered, { now, timeoutMs }: ApplicationOptions): Promise<Token> {
  const network = openMicrosoftNetwork({ ca: microsoft.ca, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const client = await confidentialClient(microsoft, network, REQUEST);
  try {
    const result = await client.acquireTokenByClientCredential({ scopes: [scopeOf(microsoft.authority)] });
    if (result === null) throw ownError({ kind: 'unavailable', request: REQUEST, code: 'NO_TOKEN' });
    return { value: result.accessToken, expiresAt: result.expiresOn?.getTime() ?? now() };
  } catch (cause) {
    throw signInError(cause, { request: REQUEST, last: network.last(), signIn: ASK_ADMINISTRATOR });
  }
}

function mustBeAllowed({ microsoft, mailbox }: ApplicationOptions): void {
  if (microsoft.mailboxes.includes(mailbox.toLowerCase())) return;
  const next = `Add ${mailbox} to SWITCHYARD_MICROSOFT_MAILBOXES on the worker, if it shall be synced.`;
  throw ownError({ kind: 'forbidden', request: `mailbox ${mailbox}`, code: 'MAILBOX_NOT_ALLOWED', next });
}

/** An application signs in to one organisation. */
function mustNameTenant(microsoft: Registered): Registered {
  const tenant = microsoft.authority.split('/').at(-1) ?? '';
  if (!['common', 'organizations', 'consumers'].includes(tenant)) return microsoft;
  const next =
    'Set SWITCHYARD_MICROSOFT_AUTHORITY to https://login.microsoftonline.com/TENANT, with the id or the domain of the organisation.';
  throw ownError({ kind: 'forbidden', request: REQUEST, code: 'NO_TENANT', next });
}

const ASK_ADMINISTRATOR =
  'An administrator must consent to Tasks.ReadWrite.All (application permission) for the app registration.';

/** Graph of the cloud that the authority belongs to. https://learn.microsoft.com/graph/deployments */
function scopeOf(authority: string): string {
  const graph = GRAPHS[new URL(authority).hostname] ?? 'https://graph.microsoft.com';
  return `${graph}/.default`;
}

const GRAPHS: Readonly<Record<string, string>> = {
  'login.microsoftonline.us': 'https://graph.microsoft.us',
  'login.partner.microsoftonline.cn': 'https://microsoftgraph.chinacloudapi.cn',
  'login.chinacloudapi.cn': 'https://microsoftgraph.chinacloudapi.cn',
};
