/** A header of a probe: a plain value, or the name of a secret of the worker (A1: never the secret itself). */
export type ProbeHeader =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: string };

/** Asks an endpoint, straight at its address, with the record's Host and SNI. */
export interface HttpGate {
  readonly kind: 'http';
  readonly name: string;
  readonly scheme: 'http' | 'https';
  /** Host header and SNI; null means the record's own name. */
  readonly host: string | null;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS';
  readonly headers: readonly ProbeHeader[];
  readonly status: readonly number[];
  readonly contains: string | null;
  /** JSON pointers and the values expected there. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly maxLatencyMs: number | null;
  readonly followRedirects: boolean;
  readonly verifyCertificate: boolean;
}

export interface TcpGate {
  readonly kind: 'tcp';
  readonly name: string;
  readonly port: number;
}

/** The name answers at every authoritative server. */
export interface DnsGate {
  readonly kind: 'dns';
  readonly name: string;
}

export type Gate = HttpGate | TcpGate | DnsGate;

/** One probe of one value, or one look. */
export interface Observation {
  readonly gate: string;
  readonly side: 'red' | 'black';
  /** The address or name that was asked. */
  readonly value: string;
  /** Milliseconds since the epoch, when it was sent. */
  readonly at: number;
  readonly ok: boolean;
  readonly latencyMs: number | null;
  /** `HTTP 503 /healthz`, `connection refused`: cleaned, at most 200 characters. */
  readonly seen: string;
}

/** A verdict carries its reason, and inconclusive is a verdict. */
export type Verdict =
  | { readonly kind: 'pass'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string };

/** Failed at `failures` of the last `of` probes of one value. */
export interface FailRule {
  readonly failures: number;
  readonly of: number;
}

/** The last probes of one value by one gate, oldest first, at most `FailRule.of`. */
export interface ProbeWindow {
  readonly gate: string;
  readonly side: 'red' | 'black';
  readonly value: string;
  readonly observations: readonly Observation[];
}
