/** What one probe of one address saw; the caller adds when and how long. */
export interface ProbeResult {
  readonly ok: boolean;
  /** `HTTP 503 /healthz`, `connection refused`; not yet cleaned. */
  readonly seen: string;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer in time',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'certificate expired',
  CERT_NOT_YET_VALID: 'certificate not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate of an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate of an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS on this port',
};

/** A connection problem in words that an operator uses; never an address of a header or a text of the other side. */
export function problemOf(cause: unknown): string {
  const { code, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  if (code !== undefined) return WORDS[code] ?? (code.startsWith('HPE_') ? 'answer is not HTTP' : `failed (${code})`);
  return message ?? 'failed';
}
