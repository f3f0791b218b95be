/** `switchyard.yaml` as people write it: policy, never a release. Durations as `90s`, `10m`, `2h`. */
export interface SwitchyardFile {
  readonly version: 1;
  readonly gates?: Readonly<Record<string, GatePolicy>> | undefined;
  readonly records?: Readonly<Record<string, RecordPolicy>> | undefined;
}

/** Exactly one of them. */
export interface GatePolicy {
  readonly http?: HttpGatePolicy | undefined;
  readonly tcp?: { readonly port: number } | undefined;
  readonly dns?: Readonly<Record<string, never>> | undefined;
}

export interface HttpGatePolicy {
  readonly scheme?: 'http' | 'https' | undefined;
  /** Host header and SNI; the record's own name by default. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'OPTIONS' | undefined;
  /** A plain value, or a secret of the worker by its name. */
  readonly headers?: Readonly<Record<string, string | { readonly secret: string }>> | undefined;
  readonly status?: readonly number[] | undefined;
  readonly contains?: string | undefined;
  /** JSON pointers and the values expected there. */
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  readonly maxLatency?: string | undefined;
  readonly followRedirects?: boolean | undefined;
  readonly verifyCertificate?: boolean | undefined;
}

export interface StepPolicy {
  readonly share: number;
  readonly hold?: string | undefined;
}

/** How a record is moved, and where it belongs when nothing is deployed. */
export interface RecordPolicy {
  readonly zone?: string | undefined;
  readonly type?: 'A' | 'AAAA' | 'CNAME' | undefined;
  /** What `reset` puts back. */
  readonly default?: string | readonly string[] | undefined;
  /** Names of `gates`. */
  readonly gates?: readonly string[] | undefined;
  readonly steps?: readonly (number | StepPolicy)[] | undefined;
  readonly hold?: string | undefined;
  readonly bake?: string | undefined;
  readonly interval?: string | undefined;
  readonly fail?: string | undefined;
  readonly deadline?: string | undefined;
  readonly preLowerTtl?: string | number | undefined;
  readonly ttl?: string | number | undefined;
  readonly slowRollbackOk?: boolean | undefined;
  readonly leave?: readonly string[] | undefined;
  readonly verify?: 'authoritative' | 'api' | undefined;
  readonly ifRedIsIll?: 'compare' | 'restore' | 'hold' | undefined;
}
