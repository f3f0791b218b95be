/** What is read of an error of Node's network: of sockets, of its fetch, or of a client on top of them. */
export interface NetworkError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** One for each address that was tried, where there were several. */
  readonly errors?: unknown;
}

/**
 * Whether it is certain that nothing of a request was sent: it failed while its connection was being made.
 *
 * Most codes do not tell that by themselves. A host can become unreachable, or silent, on a connection that was kept, after a request that was
 * sent and obeyed: only the system call says which.
 */
export function wasNeverSent({ code, syscall, errors }: NetworkError): boolean {
  if (Array.isArray(errors) && errors.length > 0) return (errors as readonly NetworkError[]).every(wasNeverSent);
  return (typeof syscall === 'string' && CONNECTING.has(syscall)) || (typeof code === 'string' && BEFORE.test(code));
}

const CONNECTING: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/** No name, no listener, no connection in time, or a certificate that was refused: on a connection that stands none of these can come. */
const BEFORE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
