/**
 * What Microsoft Entra remembers: who is signed in with which token, which codes wait for a person, and what time it is there.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Refusal } from './refusal.ts';

export interface Account {
  /** `me@example.com` */
  readonly upn: string;
  /** Object id, a GUID. */
  readonly oid: string;
}

export interface IssuedToken {
  readonly token: string;
  /** Null for an application's own token. */
  readonly account: Account | null;
  readonly access: 'delegated' | 'application';
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshTokenDays: number;
  /** How long a refresh token that was exchanged is still good: for clients whose answer was lost. */
  readonly graceMs: number;
  readonly codeSeconds: number;
}

export type Decision = 'pending' | 'declined' | Account;

export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly expiresAt: number;
  decision: Decision;
}

interface RefreshToken {
  readonly account: Account;
  readonly clientId: string;
  readonly expiresAt: number;
  /** When it was exchanged for a newer one. */
  exchangedAt: number | null;
  revoked: 'signed-out' | 'password-changed' | null;
}

export class Directory {
  readonly #lifetimes: Lifetimes;
  readonly #codes = new Map<string, DeviceCode>();
  readonly #refreshTokens = new Map<string, RefreshToken>();
  readonly #accessTokens = new Set<IssuedToken>();
  #ahead = 0;

  constructor(lifetimes: Lifetimes) {
    this.#lifetimes = lifetimes;
  }

  /** Milliseconds since the epoch, here. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  passTime(ms: number): void {
    this.#ahead += ms;
  }

  newCode(clientId: string): DeviceCode {
    const expiresAt = this.now + this.#lifetimes.codeSeconds * 1_000;
    const userCode = randomBytes(5).toString('hex').slice(0, 9).toUpperCase();
    const code = { deviceCode: secret('code'), userCode, clientId, expiresAt, decision: 'pending' as const };
    this.#codes.set(code.deviceCode, code);
    return code;
  }

  isWaiting(userCode: string): boolean {
    return this.#waiting(userCode)?.decision === 'pending';
  }

  /** @throws RangeError where no such code was given out. */
  decide(userCode: string, decision: Decision): void {
    const code = this.#waiting(userCode);
    if (code === undefined) throw new RangeError(`There is no code ${userCode}.`);
    code.decision = decision;
  }

  /** Who approved; a code is good once. @throws Refusal in the words of the device flow. */
  redeemCode(deviceCode: string, clientId: string): Account {
    const code = this.#codes.get(deviceCode);
    if (code?.clientId !== clientId) throw refused('bad_verification_code', 501181, 'The code is unknown.');
    if (this.now > code.expiresAt) throw refused('expired_token', 70020, 'The code has expired.');
    if (code.decision === 'pending') throw refused('authorization_pending', 70016, 'Nobody has signed in yet.');
    if (code.decision === 'declined') throw refused('authorization_declined', 70018, 'The person declined.');
    this.#codes.delete(deviceCode);
    return code.decision;
  }

  #waiting(userCode: string): DeviceCode | undefined {
    return [...this.#codes.values()].find((one) => one.userCode === userCode);
  }

  newRefreshToken(account: Account, clientId: string): string {
    const token = secret('refresh');
    const expiresAt = this.now + this.#lifetimes.refreshTokenDays * 86_400_000;
    this.#refreshTokens.set(token, { account, clientId, expiresAt, exchangedAt: null, revoked: null });
    return token;
  }

  /** Whose it is; from now on it is good for the grace alone. @throws Refusal `invalid_grant` */
  exchange(token: string, clientId: string): Account {
    const known = this.#refreshTokens.get(token);
    if (known?.clientId !== clientId) throw badToken(9002313, 'The refresh token is malformed or not of this client.');
    if (known.revoked === 'password-changed')
      throw refused('invalid_grant', 50173, `The grant of ${known.account.upn} was revoked.`);
    if (known.revoked === 'signed-out') throw badToken(70043, 'The refresh token was revoked.');
    if (this.now > known.expiresAt) throw badToken(700082, 'The refresh token has expired due to inactivity.');
    if (known.exchangedAt !== null && this.now - known.exchangedAt > this.#lifetimes.graceMs)
      throw badToken(70043, 'The refresh token was exchanged for another one.');
    known.exchangedAt ??= this.now;
    return known.account;
  }

  newAccessToken(account: Account | null): IssuedToken {
    const expiresAt = this.now + this.#lifetimes.accessTokenSeconds * 1_000;
    const access = account === null ? ('application' as const) : ('delegated' as const);
    const issued = { token: secret('access'), account, access, expiresAt };
    this.#accessTokens.add(issued);
    return issued;
  }

  /** Every access token of now ends; returns them. */
  endAccessTokens(): readonly IssuedToken[] {
    const ended = [...this.#accessTokens];
    this.#accessTokens.clear();
    return ended;
  }

  revoke(upn: string, why: 'signed-out' | 'password-changed'): void {
    for (const token of this.#refreshTokens.values()) if (token.account.upn === upn) token.revoked = why;
  }
}

/** Words that tests look for in everything that is printed and kept: `secret-refresh-...`. */
const secret = (kind: string): string => `secret-${kind}-${randomUUID()}`;

const refused = (error: string, code: number, description: string): Refusal =>
  new Refusal(error, { code, description });

const badToken = (code: number, description: string): Refusal =>
  new Refusal('invalid_grant', { code, description, suberror: 'bad_token' });
