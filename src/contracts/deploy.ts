import type { ApprovalRules, Decided, DecisionRequest, OpenApproval } from '../core/dns/approval.ts';
import type { Freeze } from '../core/freeze.ts';
import type { Gate, Observation, ProbeWindow, FailRule, Verdict } from '../core/dns/gate.ts';
import { gatesAt, type StepGates } from '../core/dns/gates-at.ts';
import type { IfRedIsIll } from '../core/dns/may-restore.ts';
import type { NotifyRequest } from './notify.ts';
import type { Plan, PlanRequest, Reason, Share } from '../core/dns/plan.ts';
import type { Revision } from '../core/dns/revision.ts';
import { gatesInForce, type MetricGate, type MetricReading } from '../core/metrics/metric-gate.ts';

/** Workflow types as strings, so that the client need not load workflow code. */
export const DEPLOY_WORKFLOW = 'deployRedBlack';
export const PLAN_WORKFLOW = 'planDeployment';
export const DOCTOR_WORKFLOW = 'diagnoseWorker';
export const DEPLOY_QUEUE = 'switchyard-deploy';

/**
 * The workflow id is the lock (D6).
 * @param subject A record (lower case, punycode, no final dot), or a group as `group/shop`: no record has a slash in its name.
 */
export const deployId = (subject: string): string =>
  subject.startsWith(GROUP) ? `deploy-group:${subject.slice(GROUP.length)}` : `deploy:${subject}`;
const GROUP = 'group/';
export const resetOwner = (fqdn: string): string => `-/reset:${fqdn}/-`;

/** Every pace and limit of a run, in milliseconds unless named otherwise: part of the request, so that a history explains itself. */
export interface Pace {
  readonly probeEveryMs: number;
  readonly probeTimeoutMs: number;
  readonly fail: FailRule;
  /** Before the first write: passes in a row, over at least this time. */
  readonly preflight: { readonly inARow: number; readonly overMs: number };
  /** How often a hold looks for drift. */
  readonly driftEveryMs: number;
  /** The length of one watch activity: max(min, hold / 100), at most max. */
  readonly stretch: { readonly minMs: number; readonly maxMs: number };
  readonly insync: { readonly pollMs: number; readonly noticeMs: number; readonly limitMs: number };
  /** Equal answers in a row from each authoritative server, and for how long to ask. */
  readonly verify: { readonly inARow: number; readonly everyMs: number; readonly limitMs: number };
  readonly inconclusive: { readonly limitMs: number; readonly limitAtFullMs: number };
  /** Black and red failing in the same window: our own view may be what fails. */
  readonly ownViewMs: number;
  /** Observations older than this do not decide where a rollback goes. */
  readonly observationsMaxAgeMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  /** A rollback that takes longer is shown as blocked. */
  readonly blockedAfterMs: number;
  /** Added to the planned end of a stage in the fence, and to what must be kept running. */
  readonly graceMs: number;
  /** All pauses together. */
  readonly pauseLimitMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The defaults of a production deployment; where they come from is in docs/how-a-deploy-works.md. */
export const DEFAULT_PACE: Pace = {
  probeEveryMs: 5 * SECOND,
  probeTimeoutMs: 3 * SECOND,
  fail: { failures: 4, of: 6 },
  preflight: { inARow: 5, overMs: 20 * SECOND },
  driftEveryMs: 15 * SECOND,
  stretch: { minMs: 30 * SECOND, maxMs: 10 * MINUTE },
  insync: { pollMs: 5 * SECOND, noticeMs: 2 * MINUTE, limitMs: 10 * MINUTE },
  verify: { inARow: 10, everyMs: 200, limitMs: 2 * MINUTE },
  inconclusive: { limitMs: 10 * MINUTE, limitAtFullMs: 5 * MINUTE },
  ownViewMs: 60 * SECOND,
  observationsMaxAgeMs: 30 * SECOND,
  retry: { firstMs: SECOND, maxMs: 30 * SECOND },
  blockedAfterMs: 30 * SECOND,
  graceMs: 10 * MINUTE,
  pauseLimitMs: 24 * HOUR,
};

/** What one deployment is asked to do. Plain values, validated by the client before anything starts (A2). */
export interface DeployRequest extends Omit<PlanRequest, 'preflightMs'> {
  /** Zone id or name; null: the longest zone that holds the record. */
  readonly zone: string | null;
  /** Whose credentials reach the zone, by the name that the worker's configuration knows (A4); the worker's own without it. */
  readonly role?: string;
  readonly gates: readonly Gate[];
  /** Probes that are in force at one step alone. */
  readonly stepGates?: readonly StepGates[];
  /** Gates on metrics, of the record and of single steps. */
  readonly metricGates?: readonly MetricGate[];
  /** How many counted gates may fail at one time; absent: one. */
  readonly mayFail?: number;
  /** Accepts a deployment without any gate. */
  readonly unchecked: boolean;
  readonly acceptIllRed: boolean;
  readonly ifRedIsIll: IfRedIsIll;
  /** `api` for private zones and where port 53 is filtered: the change in sync is then all that is known. */
  readonly verify: 'authoritative' | 'api';
  /** Refused when the plan made now is another. */
  readonly planHash: string | null;
  /** Refused when the first task begins later than this after the start. */
  readonly startWithinMs: number;
  readonly requestId: string | null;
  /** Who asked; not authenticated. */
  readonly by: string;
  /** Id of the Temporal namespace (`describeNamespace`), for the fence's owner: names alone repeat between clusters. */
  readonly namespaceId: string;
  /** Upsert `SwitchyardRecord` and `SwitchyardStage`: only where the client saw that they exist. */
  readonly searchAttributes: boolean;
  readonly pace: Pace;
  /** What waits for somebody; nothing where it is left out. */
  readonly approve?: ApprovalRules;
  /** At full share: taken back when neither somebody nor the gates of the whole bake have confirmed it within this time. */
  readonly confirmByMs?: number;
  /** When no cutover begins, of the next days; nothing where it is left out. */
  readonly freeze?: Freeze;
  /** Whom to tell what happens; absent: nobody. */
  readonly notify?: NotifyRequest;
}

/** The role of a request, for what is asked of Route 53 on its behalf. */
export const roleOf = ({ role }: { readonly role?: string | undefined }): { readonly role?: string } =>
  role === undefined ? {} : { role };

/** What a record is read by: its name, its zone, and whose credentials reach it. */
export const placeOf = (one: Place): Place => ({ record: one.record, zone: one.zone, ...roleOf(one) });

export type Place = Pick<DeployRequest, 'record' | 'zone' | 'role'>;

/** What the plan of a deployment is made from, by the worker and by `plan --local` alike. */
export function planRequest(request: DeployRequest): PlanRequest {
  return { ...request, preflightMs: request.gates.length === 0 ? 0 : request.pace.preflight.overMs };
}

/** Whether anything would notice an ill black: a dry run decides nothing. */
export function hasGates({ gates, stepGates = [], metricGates = [] }: DeployRequest): boolean {
  const deciding = metricGates.filter(({ weight }) => weight !== 'dry-run');
  return gates.length > 0 || stepGates.length > 0 || deciding.length > 0;
}

/** How old an observation may be that says something of now: a slow rhythm must not make every one stale. */
export const maxAgeMs = ({ observationsMaxAgeMs, probeEveryMs, probeTimeoutMs }: Pace): number =>
  Math.max(observationsMaxAgeMs, 2 * (probeEveryMs + probeTimeoutMs));

/** How long a look at a metric may take: a query may take longer than a probe. */
export const metricTimeoutMs = ({ probeTimeoutMs }: Pace): number => 2 * probeTimeoutMs;

/** Whether a probe looks at black before the first write: gates on metrics say nothing of a black that has no traffic yet. */
export function looksFirst(request: DeployRequest): boolean {
  return gatesAt(request, request.steps[0]?.share ?? 100).length > 0;
}

/** Whether somebody is to be asked about a gate that says nothing for too long. */
export function asksSomebody({ metricGates = [] }: Pick<DeployRequest, 'metricGates'>): boolean {
  return metricGates.some(({ then }) => then === 'approve');
}

/** Whether anything decides while `share` per cent of the answers are black's. */
export function isGatedAt(request: Pick<DeployRequest, 'gates' | 'stepGates' | 'metricGates'>, share: Share): boolean {
  const measured = gatesInForce(request.metricGates ?? [], share).some(({ weight }) => weight !== 'dry-run');
  return measured || gatesAt(request, share).length > 0;
}

/** How many counted gates may fail at one time, where nobody says. */
export const MAY_FAIL = 1;

/** Where a run is: under way, `blocked` until somebody decides, or at one of its ends. */
export type DeployPhase =
  | 'reading'
  | 'checking'
  | 'awaiting-approval'
  | 'writing'
  | 'settling' // waiting for INSYNC and for the authoritative servers
  | 'holding'
  | 'paused'
  | 'promoting'
  | 'rolling-back'
  | 'blocked'
  | DeployOutcome;

export type DeployOutcome =
  | 'promoted'
  | 'unchanged'
  | 'refused' // nothing was written
  | 'rolled-back'
  | 'superseded' // a reset put the declared default back
  | 'not-restored'; // an operator decided to leave what stands

/** One line of what a run did, with times (milliseconds since the epoch). */
export interface StageRecord {
  readonly label: string;
  readonly share: Share;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: 'running' | 'done' | 'failed';
}

/** Why a run did not promote. */
export interface FailureFacts {
  /** One of the failure types of policies/failures.ts. */
  readonly type: string;
  readonly sentence: string;
  readonly next: string | null;
  readonly at: number;
}

/** What an authoritative server answered last. */
export interface ServerView {
  readonly server: string;
  readonly kind: 'agrees' | 'differs' | 'not-seen';
  readonly values: readonly string[];
}

/** What the record serves, and where that was seen. */
export interface ServingNow {
  /** `192.0.2.10 (red)`, `50 % 192.0.2.20 (black)`. */
  readonly sentence: string;
  readonly share: Share;
  readonly seenAt: number;
  readonly servers: readonly ServerView[];
}

/** Typed, complete: enough to draw everything. Answer of the query `status`, and what a run ends with. */
export interface DeployStatus {
  readonly schemaVersion: 1;
  readonly record: string;
  readonly phase: DeployPhase;
  /** Null while it runs. */
  readonly outcome: DeployOutcome | null;
  readonly by: string;
  readonly requestId: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly plan: Plan | null;
  readonly refused: readonly Reason[];
  readonly stages: readonly StageRecord[];
  /** Share of the answers that are black's, as written last. */
  readonly share: Share;
  /** When the running hold ends; null outside a hold. */
  readonly holdEndsAt: number | null;
  readonly deadlineAt: number | null;
  readonly pausedSince: number | null;
  readonly windows: readonly ProbeWindow[];
  readonly lastObservations: readonly Observation[];
  readonly verdict: Verdict | null;
  /** What the gates on metrics say; absent where there are none. */
  readonly metrics?: readonly MetricReading[];
  readonly failure: FailureFacts | null;
  /** Why a rollback does not move on, and what decides it. */
  readonly blocked: { readonly since: number; readonly sentence: string; readonly next: string } | null;
  readonly aborted: (AbortRequest & { readonly at: number }) | null;
  /** What the run waits for somebody to decide. */
  readonly approval?: OpenApproval | null;
  /** What was decided so far, oldest first. */
  readonly decisions?: readonly Decided[];
  /** Who went on in a freeze, and why. */
  readonly overrodeFreeze?: { readonly freeze: string; readonly by: string; readonly reason: string } | null;
  readonly serving: ServingNow | null;
  /** When the last compliant resolver has followed. */
  readonly cachesAgreeAt: number | null;
  readonly keepRedUntil: number | null;
  readonly keepBlackUntil: number | null;
  /** What the promotion made of the record; absent until it has been read back. */
  readonly revision?: Revision;
  readonly notices: readonly string[];
}

/** What a run returns when it ends well, and what the failure's details carry when it does not. */
export type DeployReport = DeployStatus & { readonly outcome: DeployOutcome };

export interface AbortRequest {
  readonly reason: string;
  readonly by: string;
  /** Sent by a machine, which has not looked at red: D3's exception holds, and a red that answers less is not restored. */
  readonly automatic?: true;
}
export interface PromoteRequest {
  readonly by: string;
  /** All remaining holds, not only this one. */
  readonly full: boolean;
}
export interface PauseRequest {
  readonly by: string;
  readonly reason: string;
}
export interface ResolveRequest {
  readonly by: string;
  readonly decision: 'retry' | 'leave';
  /** Of a group: decides the zone of this record alone; without it, every zone that is blocked. */
  readonly record?: string;
  /** Required for `leave`. */
  readonly reason: string;
}

/** Answers with what stands once the outcome is known. */
export interface MessageAnswer {
  readonly sentence: string;
  readonly status: DeployStatus;
}

/**
 * The id of a decision's update: whoever decides the same once more, since the answer was lost, is told the same; anybody else is
 * refused. Undefined, for one of its own, where nobody knows which approval is open: under one id the answer to the first would be that to all.
 */
export const decisionId = (verb: 'approve' | 'reject', { number, by }: DecisionRequest): string | undefined =>
  number === null ? undefined : `${verb}-${number}-${by}`;

/**
 * Names of the query, the updates and the signal. `abort` is an update (id `abort`) that answers when the record is restored,
 * and a signal of the same name for senders without a worker to answer them.
 */
export const MESSAGES = {
  status: 'status',
  abort: 'abort',
  promote: 'promote',
  pause: 'pause',
  resume: 'resume',
  resolve: 'resolve',
  approve: 'approve',
  reject: 'reject',
} as const;

/** Search attributes, upserted only where the request says so. */
export const RECORD_ATTRIBUTE = 'SwitchyardRecord';
export const STAGE_ATTRIBUTE = 'SwitchyardStage';
/** All of them, each a Keyword. */
export const SEARCH_ATTRIBUTES = [RECORD_ATTRIBUTE, STAGE_ATTRIBUTE] as const;

/** The memo of every deployment: what `ls` and `history` show without a worker. */
export interface DeployMemo {
  readonly requestId: string | null;
  readonly by: string;
  readonly to: string;
  /** Of an undo: what it was asked to bring back. */
  readonly undo?: string;
  /** When the command was given, by the client's clock: of two that replace one another the one that was asked last wins. */
  readonly askedAt?: number;
  /** Random, of one that waited in the queue: by it a client knows its own. */
  readonly entry?: string;
  /** sha256 of the canonical request: the same request id with another request is refused. */
  readonly request: string;
  /** Why it may begin in a freeze. */
  readonly overrideFreeze?: string;
  readonly outcome?: DeployOutcome;
  readonly sentence?: string | null;
  readonly revision?: Revision;
  /** Records that somebody has decided to leave as they stand. */
  readonly left?: readonly string[];
}
