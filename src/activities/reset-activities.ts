import { log } from '@temporalio/activity';
import { abortRunning } from '../abort-running.ts';
import type { ResetActivities } from '../contracts/reset.ts';
import { withActivityPulse } from './activity-pulse.ts';
import type { DeployDeps } from './deploy-activities.ts';
import { lookDeps } from './look-deps.ts';
import { ownClient } from './own-client.ts';
import { beating } from './pulse.ts';
import { resetRecords } from './reset-records.ts';
import { RESET_PACE } from './reset-task.ts';

/** The reset of the command line, on a worker. Repeating it is safe: what was put back then stands there. */
export function createResetActivities(deps: DeployDeps): ResetActivities {
  const { aws, now = Date.now, stopping = new AbortController().signal, temporal = ownClient } = deps;
  const look = lookDeps(deps);
  return {
    resetRecord: ({ task, reason }) =>
      withActivityPulse({ now, stopping }, (pulse) =>
        beating(pulse, async () => {
          const client = temporal();
          const request = { by: 'the gateway', reason };
          const say = (line: string): void => void log.info(line);
          const askToAbort = async (records: readonly string[]): Promise<void> => {
            await Promise.all(records.map((record) => abortRunning(client, { record, request }, say)));
          };
          const resetting = { aws, look, pulse, askToAbort };
          const [result] = await resetRecords(resetting, [task], { force: false, pace: RESET_PACE });
          if (pulse.signal.aborted) await pulse.sleep(0); // rejects: the next worker proves what this one could not wait for
          if (result === undefined) throw new Error(`the reset of ${task.record} has no end`);
          return result;
        }),
      ),
  };
}
