import type { Reply } from '../faulted-server.ts';

/** An error of the token endpoint, in the words of Microsoft Entra. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
export class Refusal extends Error {
  readonly error: string;
  readonly facts: RefusalFacts;
  constructor(error: string, facts: RefusalFacts) {
    super(facts.description);
    this.error = error;
    this.facts = facts;
  }
}

export interface RefusalFacts {
  /** The number of `AADSTS70008`. */
  readonly code: number;
  readonly description: string;
  readonly suberror?: string;
  /** 400 unless told otherwise. */
  readonly status?: number;
}

export function refusalReply({ error, facts }: Refusal): Reply {
  const { code, description, suberror, status = 400 } = facts;
  return json(status, {
    error,
    error_description: `AADSTS${code}: ${description}`,
    error_codes: [code],
    ...(suberror === undefined ? {} : { suberror }),
  });
}

/** Never cached: what is in it is worth something. */
export function json(status: number, body: unknown): Reply {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify(body) };
}
