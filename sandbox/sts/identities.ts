/** Who is who in AWS, as far as keys and roles go: shared by the stand-ins of STS and of Route 53. */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../route53/refusal.ts';
import { mustBeSignedNow, type Signed } from './signed-now.ts';

/** The account of every long-term key, whatever it is called. */
export const HOME_ACCOUNT = '123456789012';

/** A role that may be assumed. */
export interface SandboxRole {
  /** `arn:aws:iam::210987654321:role/switchyard` */
  readonly arn: string;
  /** What its trust policy wants to be told; nothing unless told otherwise. */
  readonly externalId?: string;
  /** MaxSessionDuration, from 3600 to 43200; 3600 unless told otherwise. */
  readonly longestSeconds?: number;
}

export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  /** Whether the credentials are those of a role. */
  readonly assumed: boolean;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly caller: Caller;
}

export function accessKeyOf({ headers }: Signed): string {
  return /Credential=([^/,]+)/.exec(String(headers['authorization'] ?? ''))?.[1] ?? 'anonymous';
}

export class Identities {
  readonly #roles = new Map<string, SandboxRole>();
  readonly #sessions = new Map<string, Session>();

  constructor(roles: readonly SandboxRole[] = []) {
    for (const role of roles) this.#roles.set(role.arn, role);
  }

  role(arn: string): SandboxRole | undefined {
    return this.#roles.get(arn);
  }

  /** From now on the role's trust policy names nobody here; sessions of before stay good, as they do in AWS. */
  forget(arn: string): void {
    this.#roles.delete(arn);
  }

  open(role: SandboxRole, sessionName: string, lifetimeMs: number): Session {
    const [, , , , accountId = '', resource = ''] = role.arn.split(':');
    const name = resource.split('/').at(-1) ?? '';
    const session: Session = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(60).toString('base64'),
      expiresAt: Date.now() + lifetimeMs,
      caller: { accountId, arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`, assumed: true },
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  /** @throws Refusal SignatureDoesNotMatch, InvalidClientTokenId, ExpiredToken. */
  callerOf(request: Signed): Caller {
    mustBeSignedNow(request);
    const key = accessKeyOf(request);
    const token = request.headers['x-amz-security-token'];
    if (!key.startsWith('ASIA'))
      return { accountId: HOME_ACCOUNT, arn: `arn:aws:iam::${HOME_ACCOUNT}:user/${key}`, assumed: false };
    const session = this.#sessions.get(key);
    if (session === undefined || session.sessionToken !== token) throw notValid('InvalidClientTokenId', 'invalid');
    if (Date.now() >= session.expiresAt) throw notValid('ExpiredToken', 'expired');
    return session.caller;
  }
}

function notValid(code: string, what: 'invalid' | 'expired'): Refusal {
  return new Refusal({ status: 403, code }, `The security token included in the request is ${what}`);
}
