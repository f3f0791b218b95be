import type { AwsClients } from '../clients.ts';
import type { GroupActivities, Many } from '../contracts/group-activities.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { checkMetrics } from './metrics/check-metrics.ts';
import { beating, withPartPulse, type Pulse } from './pulse.ts';
import { readRecords } from './read-records.ts';
import { verifyAnswers } from './verify-answers.ts';
import type { WatchDeps } from './watch-endpoints.ts';
import { watchRecords } from './watch-records.ts';
import { restoreZone, setZoneFences, swapZone } from './write-zone.ts';

/** What the activities of groups share with those of single records. */
export interface GroupTools {
  readonly aws: AwsClients;
  readonly measuring: Omit<WatchDeps, 'aws'>;
  readonly room: <T>(watch: () => Promise<T>) => Promise<T>;
  readonly pulsing: <T>(work: (pulse: Pulse) => Promise<T>) => Promise<T>;
  /** The clients of a role, for a write. */
  readonly toWrite: (aws: AwsClients, of: { readonly role?: string }, pulse: Pulse) => AwsClients;
}

export function createGroupActivities({ aws, measuring, room, pulsing, toWrite }: GroupTools): GroupActivities {
  return {
    readRecords: (input) => pulsing((pulse) => readRecords(aws, input, pulse)),
    swapZone: (input) => pulsing((pulse) => swapZone(toWrite(aws, input, pulse), input, pulse)),
    restoreZone: (input) => pulsing((pulse) => restoreZone(toWrite(aws, input, pulse), input, pulse)),
    setZoneFences: (input) => pulsing((pulse) => setZoneFences(toWrite(aws, input, pulse), input, pulse)),
    verifyRecords: (input) =>
      pulsing((pulse) => each(input, pulse, (one, part) => verifyAnswers(measuring, one, part))),
    checkRecords: (input) =>
      pulsing((pulse) => each(input, pulse, (one, part) => checkEndpoints(measuring, one, part))),
    measureRecords: (input) =>
      pulsing((pulse) => each(input, pulse, (one, part) => checkMetrics(measuring, one, part))),
    watchRecords: (input) => room(() => pulsing((pulse) => watchRecords({ ...measuring, aws }, input, pulse))),
  };
}

/** All at once, under one heartbeat; the first that fails ends the others. */
async function each<In, Out>(
  { records }: Many<In>,
  pulse: Pulse,
  work: (one: In, part: Pulse) => Promise<Out>,
): Promise<Many<Out>> {
  const done = await withPartPulse(pulse, (part) =>
    beating(part, () => Promise.all(records.map((one) => work(one, { ...part, beat: () => undefined })))),
  );
  return { records: done };
}
