import type { GroupRequest } from './deploy-group.ts';
import type { AbortRequest, DeployMemo, DeployRequest } from './deploy.ts';

/** Holds the one deployment of a record that waits for its turn. */
export const QUEUE_WORKFLOW = 'queueDeployment';

/** One waits at most: a newer one is started under the same id, which ends the older one. `fqdn` as in `deployId`. */
export const nextDeployId = (fqdn: string): string => `deploy-next:${fqdn}`;

/** Takes the deployment out of the queue; a signal, so that it needs no worker to be taken. */
export const WITHDRAW = 'withdraw';
export type WithdrawRequest = AbortRequest;

/** What waits, and everything that starting it needs. */
export interface QueuedDeployment {
  readonly request: DeployRequest;
  /** Started instead of the one record, which `request` stands for then. */
  readonly group?: GroupRequest;
  /** What the deployment is started with, so that it looks as if its client had started it. */
  readonly labels: {
    readonly memo: QueueMemo;
    readonly staticSummary: string;
    readonly staticDetails: string;
  };
  readonly taskQueue: string;
  /** Since when it waits: milliseconds since the epoch. */
  readonly since: number;
  /** It gives up after this: what was asked for a day ago is no longer what is meant. */
  readonly limitMs: number;
  /** Between two tries while the wait is young, and at most; and after how many it continues as new (a try is about ten events). */
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly triesARun: number };
}

/** The memo of what waits, and of the deployment that comes of it. */
export interface QueueMemo extends DeployMemo {
  readonly entry: string;
}

/** How the waiting ended; where a newer deployment took the place, the run is terminated and says nothing. */
export type QueueEnd =
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'withdrawn'; readonly by: string; readonly reason: string }
  | { readonly kind: 'expired'; readonly sentence: string };
