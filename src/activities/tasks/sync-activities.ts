import { Context } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import type { Config } from '../../config.ts';
import type { SyncActivities, SyncLookInput, SyncPlanView } from '../../contracts/sync-activities.ts';
import type { PairSpec } from '../../contracts/sync.ts';
import { withActivityPulse } from '../activity-pulse.ts';
import { beating, whatEnded, type Pulse } from '../pulse.ts';
import { standingOf, type Standing } from './standing.ts';
import { asActivityFailure } from './as-activity-failure.ts';
import { diagnoseSync } from './diagnose-sync.ts';
import { hasToldByHand } from './has-told-by-hand.ts';
import { look } from './look.ts';
import { mustBeAccount } from './must-be-account.ts';
import { openServices, READ_ONLY, SERVICE_TIMEOUTS, type ServiceTimeouts, type ServiceUse } from './open-services.ts';
import { planView } from './plan-view.ts';
import type { Services } from './services.ts';
import { syncChunk } from './sync-chunk.ts';

/** What the activities of a sync work with. */
export interface SyncDeps {
  readonly config: Pick<Config, 'tasks' | 'secrets'>;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** Aborted when the worker is asked to stop; default: never. */
  readonly stopping?: AbortSignal;
  readonly timeouts?: ServiceTimeouts;
  /** What Temporal says of the attempt that asks; default: the worker's connection is asked. */
  readonly standing?: () => Standing;
}

/** The activities, as the worker registers them. */
export function createSyncActivities(deps: SyncDeps): SyncActivities {
  const { config, now = Date.now, stopping = new AbortController().signal, timeouts = SERVICE_TIMEOUTS } = deps;
  const { standing = () => standingOf(Context.current()) } = deps;
  const pulsing = <T>(spec: PairSpec, work: (pulse: Pulse) => Promise<T>): Promise<T> =>
    withActivityPulse({ now, stopping }, async (pulse) => {
      try {
        return await work(pulse);
      } catch (error) {
        throw asActivityFailure(error instanceof TemporalFailure ? error : await whatEnded(pulse, error), spec);
      }
    });
  const open = async (spec: PairSpec, use: ServiceUse, pulse: Pulse): Promise<Services> => {
    const services = openServices({ config, now, timeouts }, spec, use);
    await mustBeAccount(services.graph, spec, pulse.signal);
    return services;
  };
  return {
    syncChunk: (input) =>
      pulsing(input.spec, (pulse) => {
        const services = (use: ServiceUse) => open(input.spec, use, pulse);
        return syncChunk({ pulse, standing: standing(), services }, input);
      }),
    planSync: (input) =>
      pulsing(input.spec, (pulse) =>
        beating(pulse, async () => plan(await open(input.spec, READ_ONLY, pulse), input, pulse)),
      ),
    diagnoseSync: ({ spec }) => pulsing(spec, (pulse) => diagnoseSync({ config, now, timeouts }, spec, pulse.signal)),
    hasToldByHand: ({ pair }) => hasToldByHand(Context.current().client, pair),
  };
}

async function plan(services: Services, input: SyncLookInput, { now, signal }: Pulse): Promise<SyncPlanView> {
  return planView(
    await look(services, { ...input, removed: 0, setAside: [], madeLists: [], source: null, now: now(), signal }),
  );
}
