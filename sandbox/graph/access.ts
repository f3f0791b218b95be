/** Who may come in: bearer tokens, whose they are and what they may use. */
import { Refusal } from './refusal.ts';

export interface Grant {
  /** The user principal name; a mailbox is made for it where there is none. Of an application token: any that will do. */
  readonly user: string;
  /** `delegated` tokens use `/me` and their own user, `application` tokens `/users/{id}` of anybody. */
  readonly access: 'delegated' | 'application';
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

export class AcceptedTokens {
  readonly #grants = new Map<string, Grant>();

  accept(token: string, grant: Grant): void {
    this.#grants.set(token, grant);
  }

  revoke(token: string): void {
    this.#grants.delete(token);
  }

  /** @throws Refusal 401 InvalidAuthenticationToken. */
  grantOf(authorization: string | undefined, now: number): Grant {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('Access token is empty.');
    const grant = this.#grants.get(token);
    if (grant === undefined) throw unauthorized('Invalid access token.');
    if (grant.expiresAt !== null && grant.expiresAt <= now)
      throw unauthorized('Lifetime validation failed, the token is expired.');
    return grant;
  }
}

/** @throws Refusal 400 or 403 where the token may not use this address. */
export function checkAddress(grant: Grant, asked: { readonly kind: 'me' } | { readonly own: boolean }): void {
  if (grant.access === 'application' && 'kind' in asked)
    throw new Refusal(
      { status: 400, code: 'BadRequest' },
      '/me request is only valid with delegated authentication flow.',
    );
  if (grant.access === 'delegated' && 'own' in asked && !asked.own) throw accessDenied();
}

export function accessDenied(): Refusal {
  return new Refusal({ status: 403, code: 'ErrorAccessDenied' }, 'Access is denied. Check credentials and try again.');
}

function unauthorized(message: string): Refusal {
  return new Refusal({ status: 401, code: 'InvalidAuthenticationToken' }, message);
}
