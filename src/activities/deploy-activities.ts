import type { AwsClients } from '../clients.ts';
import type { Config } from '../config.ts';
import type { DeployActivities } from '../contracts/deploy-activities.ts';
import type { Rate } from '../core/token-bucket.ts';
import { withActivityPulse } from './activity-pulse.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { lookDeps } from './look-deps.ts';
import { DRIFT_LOOKS, lookBudget } from './look-for-drift.ts';
import { trustOf, type ProbeDeps } from './probes.ts';
import type { Pulse } from './pulse.ts';
import { awaitInsync, readRecord, restoreRecord, setFence, swapRecord } from './route53.ts';
import { verifyAnswers } from './verify-answers.ts';
import { roomFor, watchEndpoints } from './watch-endpoints.ts';

/** What the activities of a deployment work with. */
export interface DeployDeps {
  readonly config: Pick<Config, 'reach' | 'secrets'>;
  readonly aws: AwsClients;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** Aborted when the worker is asked to stop; default: never. */
  readonly stopping?: AbortSignal;
  /** How long one question to a name server may take, in milliseconds; default 1,500. */
  readonly askTimeoutMs?: number;
  /** Watches that run at once: the rest of the worker's activity slots is for writes; default 400. */
  readonly mostWatches?: number;
  /** Looks for drift of all watches together; default: half of what Route 53 gives an account. */
  readonly driftLooks?: Rate;
}

const MOST_WATCHES = 400;

/** The activities, as the worker registers them. */
export function createDeployActivities(deps: DeployDeps): DeployActivities {
  const { aws, now = Date.now, stopping = new AbortController().signal } = deps;
  const probing = probeDeps(deps);
  const pulsing = <T>(work: (pulse: Pulse) => Promise<T>): Promise<T> => withActivityPulse({ now, stopping }, work);
  const mayLook = lookBudget(deps.driftLooks ?? DRIFT_LOOKS, now);
  const room = roomFor(deps.mostWatches ?? MOST_WATCHES);
  return {
    readRecord: (input) => pulsing((pulse) => readRecord(aws, input, pulse)),
    swapRecord: (input) => pulsing((pulse) => swapRecord(aws, input, pulse)),
    restoreRecord: (input) => pulsing((pulse) => restoreRecord(aws, input, pulse)),
    setFence: (input) => pulsing((pulse) => setFence(aws, input, pulse)),
    awaitInsync: (input) => pulsing((pulse) => awaitInsync(aws, input, pulse)),
    verifyAnswers: (input) => pulsing((pulse) => verifyAnswers(probing, input, pulse)),
    checkEndpoints: (input) => pulsing((pulse) => checkEndpoints(probing, input, pulse)),
    watchEndpoints: (input) =>
      room(() => pulsing((pulse) => watchEndpoints({ ...probing, aws, mayLook }, input, pulse))),
  };
}

function probeDeps(deps: DeployDeps): ProbeDeps {
  const { reach, secrets } = deps.config;
  return { ...lookDeps(deps), secrets, trust: trustOf(reach.ca) };
}
