import type { NoticeEvent } from '../core/notify/notice.ts';

/** `switchyard.yaml` as people write it: policy, never a release. Durations as `90s`, `10m`, `2h`. */
export interface SwitchyardFile {
  readonly version: 1;
  readonly notify?: Readonly<Record<string, NotifyPolicy>> | undefined;
  readonly providers?: Readonly<Record<string, ProviderPolicy>> | undefined;
  readonly gates?: Readonly<Record<string, GatePolicy>> | undefined;
  readonly records?: Readonly<Record<string, RecordPolicy>> | undefined;
  readonly groups?: Readonly<Record<string, GroupPolicy>> | undefined;
  readonly sync?: Readonly<Record<string, PairPolicy>> | undefined;
  readonly docs?: Readonly<Record<string, SitePolicy>> | undefined;
  readonly freeze?: readonly FreezePolicy[] | undefined;
  readonly hooks?: HooksPolicy | undefined;
  readonly guard?: GuardPolicy | undefined;
}

/** Whom to tell of what happens. Secrets by name; without `on`, of what suits the format. */
export type NotifyPolicy =
  | {
      readonly format: 'slack';
      readonly secret: string;
      readonly on?: readonly NoticeEvent[] | undefined;
    }
  | {
      readonly format: 'pagerduty';
      readonly secret: string;
      readonly url?: string | undefined;
      readonly on?: readonly NoticeEvent[] | undefined;
    }
  | {
      readonly format: 'webhook';
      readonly url: string;
      readonly secret?: string | undefined;
      readonly on?: readonly NoticeEvent[] | undefined;
    };

/** When no cutover begins: each week, or once. Exactly one of `weekly` and `from` with `to`; times are those of `zone`. */
export interface FreezePolicy {
  /** `Fri 16:00 - Mon 07:00`. */
  readonly weekly?: string | undefined;
  /** `2026-12-20 18:00`, or a day: from its beginning, to its end. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly zone: string;
  readonly reason?: string | undefined;
}

/** Looks after the records whose deployments were terminated, reset in Temporal or lost. */
export interface GuardPolicy {
  /** `1m` by default. */
  readonly every?: string | undefined;
  readonly act?: 'report' | 'restore' | undefined;
}

/** Exactly one of `prometheus`, `cloudwatch` and `json`. */
export interface ProviderPolicy {
  readonly prometheus?: string | undefined;
  readonly cloudwatch?: { readonly region?: string | undefined; readonly role?: string | undefined } | undefined;
  readonly json?: string | undefined;
  readonly secret?: string | undefined;
}

/** Exactly one of `http`, `tcp`, `dns`, `query`, `cloudwatchAlarm` and `compare`; the rest belongs to one of the last three. */
export interface GatePolicy {
  readonly http?: HttpGatePolicy | undefined;
  readonly tcp?: { readonly port: number } | undefined;
  readonly dns?: Readonly<Record<string, never>> | undefined;
  readonly provider?: string | undefined;
  readonly query?: string | undefined;
  readonly metrics?: NamedMetricsPolicy | undefined;
  readonly failWhen?: string | undefined;
  readonly samples?: SamplesPolicy | undefined;
  readonly cloudwatchAlarm?: string | undefined;
  readonly region?: string | undefined;
  readonly role?: string | undefined;
  readonly compare?: ComparePolicy | undefined;
  readonly onInconclusive?: OnInconclusivePolicy | undefined;
  readonly critical?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface OnInconclusivePolicy {
  readonly wait?: string | undefined;
  readonly then?: 'rollback' | 'approve' | undefined;
}

/** Metrics of CloudWatch by the ids that an expression uses. */
export type NamedMetricsPolicy = Readonly<
  Record<
    string,
    {
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions?: Readonly<Record<string, string>> | undefined;
      readonly stat?: string | undefined;
    }
  >
>;

export interface SamplesPolicy {
  readonly bad?: number | undefined;
  readonly of?: number | undefined;
  readonly min?: number | undefined;
  readonly after?: string | undefined;
  readonly every?: string | undefined;
}

export interface ComparePolicy {
  readonly provider: string;
  readonly errors: string;
  readonly requests: string;
  readonly metrics?: NamedMetricsPolicy | undefined;
  readonly tick?: string | undefined;
  readonly alpha?: number | undefined;
  readonly minEffect?: number | undefined;
  readonly minRequests?: number | undefined;
}

export interface ObservedSharePolicy {
  readonly provider: string;
  readonly requests: string;
  readonly metrics?: NamedMetricsPolicy | undefined;
  readonly tick?: string | undefined;
  /** `50%` of the share. */
  readonly tolerance?: string | undefined;
  readonly onInconclusive?: OnInconclusivePolicy | undefined;
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
  /** Names of `gates`, in force at this step alone. */
  readonly gates?: readonly string[] | undefined;
}

/** How a record is moved, and where it belongs when nothing is deployed. */
export interface RecordPolicy {
  readonly zone?: string | undefined;
  /** Whose credentials reach the zone: a name that SWITCHYARD_ROLES binds to an ARN, on the worker. */
  readonly role?: string | undefined;
  readonly type?: 'A' | 'AAAA' | 'CNAME' | undefined;
  /** What `reset` puts back. */
  readonly default?: string | readonly string[] | undefined;
  /** Names of `gates`. */
  readonly gates?: readonly string[] | undefined;
  /** How many gates that are not critical may fail at one time. */
  readonly mayFail?: number | undefined;
  readonly observedShare?: ObservedSharePolicy | undefined;
  readonly steps?: readonly (number | StepPolicy)[] | undefined;
  readonly hold?: string | undefined;
  readonly bake?: string | undefined;
  readonly interval?: string | undefined;
  readonly fail?: string | undefined;
  readonly deadline?: string | undefined;
  readonly confirmBy?: string | undefined;
  readonly preLowerTtl?: string | number | undefined;
  readonly ttl?: string | number | undefined;
  readonly slowRollbackOk?: boolean | undefined;
  readonly leave?: readonly string[] | undefined;
  readonly verify?: 'authoritative' | 'api' | undefined;
  readonly ifRedIsIll?: 'compare' | 'restore' | 'hold' | undefined;
  /** By the name of an alarm. */
  readonly onAlarm?: Readonly<Record<string, 'abort' | 'reset'>> | undefined;
  readonly approve?:
    | {
        readonly cutover?: ApprovalPolicy | undefined;
        readonly promotion?: ApprovalPolicy | undefined;
        readonly inconclusive?: ApprovalPolicy | undefined;
      }
    | undefined;
}

/** Who may decide; a text is a list of one. */
export interface ApprovalPolicy {
  /** Identities, with `*` for any text; everybody by default. */
  readonly by?: string | readonly string[] | undefined;
  readonly within?: string | undefined;
  readonly remind?: string | undefined;
}

/** Records that are moved, and put back, together. A record may be in several groups. */
export interface GroupPolicy {
  /** Names of `records`. */
  readonly records: readonly string[];
  /** How many of them have to serve healthily at any time; a deployment of the group that leaves fewer is taken back. */
  readonly keepHealthy?: number | undefined;
}

/** One Todoist account and one To Do account. Secrets by name. */
export interface PairPolicy {
  /** Without it the pair is synced only when somebody asks. */
  readonly every?: string | undefined;
  /** IANA name; by default the zone of the Todoist account. */
  readonly timeZone?: string | undefined;
  readonly from: {
    readonly secret: string;
    readonly scope?: ScopePolicy | undefined;
    /** In shared projects. */
    readonly assignee?: 'me-or-none' | 'anyone' | undefined;
  };
  readonly to: {
    /** Exactly one of `account` and `secret`. */
    readonly account?: string | undefined;
    readonly secret?: string | undefined;
    readonly access?: 'delegated' | 'application' | undefined;
    /** `default`, `per-project`, or a list's name. */
    readonly lists?: string | undefined;
  };
  readonly completion?: 'both' | 'todoist-only' | undefined;
  readonly onDeleted?: 'complete' | 'delete' | 'keep' | undefined;
  readonly onOutOfScope?: 'remove' | 'keep' | undefined;
  readonly stopAt?: StopAtPolicy | undefined;
  readonly fields?: FieldPolicy | undefined;
}

/** An object has exactly one of the three. */
export type ScopePolicy =
  | 'everything'
  | {
      readonly projects?: readonly string[] | undefined;
      readonly label?: string | undefined;
      readonly filter?: string | undefined;
    };

export interface StopAtPolicy {
  /** `10%` of the links. */
  readonly removals?: string | undefined;
  readonly atLeast?: number | undefined;
  readonly never?: number | undefined;
  readonly empty?: 'stop' | 'allow' | undefined;
}

export interface FieldPolicy {
  readonly reminders?: boolean | undefined;
  readonly categories?: boolean | undefined;
  readonly priority3?: 'high' | 'normal' | undefined;
  readonly titleMax?: number | undefined;
}

/** A documentation site. */
export interface SitePolicy {
  /** Exactly one of `git` and `folder`. */
  readonly source: {
    readonly git?: string | undefined;
    readonly ref?: string | undefined;
    /** A token that the worker has, by its name. */
    readonly secret?: string | undefined;
    readonly folder?: string | undefined;
  };
  /** Without it the site is built only when somebody asks. */
  readonly every?: string | undefined;
  readonly generator?: GeneratorPolicy | undefined;
  readonly dependencies?: 'install' | 'none' | undefined;
  readonly versions?: { readonly latest?: string | undefined; readonly tags?: string | undefined } | undefined;
  readonly gates?: SiteGatePolicy | undefined;
  readonly baseUrl?: string | undefined;
  readonly keep?: { readonly releases?: number | undefined; readonly days?: number | undefined } | undefined;
}

/** An object has exactly one of the two. */
export type GeneratorPolicy =
  | 'typedoc'
  | 'sphinx'
  | {
      readonly typedoc?: TypedocPolicy | undefined;
      readonly sphinx?: { readonly dir?: string | undefined } | undefined;
    };

export interface TypedocPolicy {
  readonly name?: string | undefined;
  readonly entryPoints?: readonly string[] | undefined;
  readonly strategy?: 'resolve' | 'expand' | 'packages' | undefined;
  readonly typeErrors?: 'fail' | 'report' | undefined;
}

export interface SiteGatePolicy {
  readonly warnings?: 'ignore' | 'fail' | 'no-new' | undefined;
  readonly links?: 'ignore' | 'fail' | 'no-new' | undefined;
  /** `min: 80%`. */
  readonly coverage?: { readonly min?: string | undefined; readonly mayFall?: boolean | undefined } | undefined;
  /** `500MB`. */
  readonly size?: string | undefined;
}

/** What `switchyard gateway` listens to. */
export interface HooksPolicy {
  readonly todoist?: { readonly secret: string; readonly pairs?: readonly string[] | undefined } | undefined;
  readonly github?: { readonly secret: string } | undefined;
  readonly gitlab?: { readonly secret: string } | undefined;
  readonly alertmanager?: { readonly secret: string } | undefined;
  readonly cloudwatch?: { readonly secret: string } | undefined;
  readonly sns?: { readonly topics: readonly string[] } | undefined;
}
