import type { Client } from '@temporalio/client';
import type { AwsClients } from '../clients.ts';
import type { Config } from '../config.ts';
import type { DeployActivities, RecordRef } from '../contracts/deploy-activities.ts';
import { withFacts } from '../policies/failures.ts';
import type { GroupActivities } from '../contracts/group-activities.ts';
import { withActivityPulse } from './activity-pulse.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { createGroupActivities } from './group-activities.ts';
import { checkMetrics } from './metrics/check-metrics.ts';
import { createCloudWatchClients } from './metrics/cloudwatch-clients.ts';
import { lookDeps } from './look-deps.ts';
import { trustOf, type ProbeDeps } from './probes.ts';
import type { Pulse } from './pulse.ts';
import { awaitInsync, readRecord, restoreRecord, setFence, swapRecord } from './route53.ts';
import { verifyAnswers } from './verify-answers.ts';
import { roomFor, watchEndpoints } from './watch-endpoints.ts';

/** What the activities of a deployment work with. */
export interface DeployDeps {
  readonly config: Pick<Config, 'reach' | 'secrets' | 'aws'>;
  readonly aws: AwsClients;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** Aborted when the worker is asked to stop; default: never. */
  readonly stopping?: AbortSignal;
  /** How long one question to a name server may take, in milliseconds; default 1,500. */
  readonly askTimeoutMs?: number;
  /** Watches that run at once: the rest of the worker's activity slots is for writes; default 400. */
  readonly mostWatches?: number;
  /** The Temporal that guards and resets ask, inside an activity; default: the worker's own connection. */
  readonly temporal?: () => Client;
}

const MOST_WATCHES = 400;

/** The activities of records and groups, as the worker registers them: what they take of the account and of the worker they share. */
export function createDeployActivities(deps: DeployDeps): DeployActivities & GroupActivities {
  const { aws, now = Date.now, stopping = new AbortController().signal } = deps;
  const probing = probeDeps(deps);
  const pulsing = <T>(work: (pulse: Pulse) => Promise<T>): Promise<T> => withActivityPulse({ now, stopping }, work);
  const measuring = { ...probing, cloudwatch: createCloudWatchClients(aws, deps.config.aws) };
  const room = roomFor(deps.mostWatches ?? MOST_WATCHES);
  return {
    readRecord: (input) => pulsing((pulse) => readRecord(aws.inRole(input.role), input, pulse)),
    swapRecord: (input) => pulsing((pulse) => swapRecord(toWrite(aws, input, pulse), input, pulse)),
    restoreRecord: (input) => pulsing((pulse) => restoreRecord(toWrite(aws, input, pulse), input, pulse)),
    setFence: (input) => pulsing((pulse) => setFence(toWrite(aws, input, pulse), input, pulse)),
    awaitInsync: (input) => pulsing((pulse) => awaitInsync(aws.inRole(input.role), input, pulse)),
    verifyAnswers: (input) => pulsing((pulse) => verifyAnswers(probing, input, pulse)),
    checkEndpoints: (input) => pulsing((pulse) => checkEndpoints(probing, input, pulse)),
    checkMetrics: (input) => pulsing((pulse) => checkMetrics(measuring, input, pulse)),
    watchEndpoints: (input) =>
      room(() => pulsing((pulse) => watchEndpoints({ ...measuring, aws: aws.inRole(input.role) }, input, pulse))),
    ...createGroupActivities({ aws, measuring, room, pulsing, toWrite }),
  };
}

/** Of a first attempt whose role is unknown nothing was sent, so that there is nothing to undo. */
function toWrite(aws: AwsClients, { role }: Pick<RecordRef, 'role'>, { attempt }: Pulse): AwsClients {
  try {
    return aws.inRole(role);
  } catch (error) {
    throw withFacts(error, { mayLand: attempt > 1 });
  }
}

function probeDeps(deps: DeployDeps): ProbeDeps {
  const { reach, secrets } = deps.config;
  return { ...lookDeps(deps), secrets, trust: trustOf(reach.ca) };
}
