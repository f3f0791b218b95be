/**
 * Puts back what stood before runs that died, as a reset does: by compare-and-swap (D2), leaving what is foreign (D4), and under a raised
 * fence, so that a run that was alive after all ends as superseded and writes nothing more (D3, D6).
 */
import type { AwsClients } from '../clients.ts';
import type { RepairInput } from '../contracts/guard.ts';
import { redInFence } from '../core/dns/find-red.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { Repair, RepairEnd } from '../core/dns/stand-guard.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import type { LookDeps } from './look-deps.ts';
import { beating, type Pulse } from './pulse.ts';
import { resetRecords } from './reset-records.ts';
import type { ResetTask } from '../contracts/reset.ts';
import { RESET_PACE } from './reset-task.ts';

export interface RepairDeps {
  readonly aws: AwsClients;
  readonly look: LookDeps;
  /** What a run's history holds of red; null: nothing. Throws where it could not be looked at. */
  readonly findSnapshot: (repair: Repair) => Promise<RecordSets | null>;
}

/** Every repair has an end of its own; repeating it is safe: what it has put back then stands at rest. */
export async function repairRecords(
  deps: RepairDeps,
  { repairs, pace }: RepairInput,
  pulse: Pulse,
): Promise<readonly RepairEnd[]> {
  return beating(pulse, async () => {
    const prepared = await Promise.all(repairs.map((one) => prepare(deps, one)));
    const tasks = prepared.filter((one) => 'wish' in one);
    const retry = { ...pace.retry, tries: RESET_PACE.retry.tries };
    const { aws, look } = deps;
    const options = { force: false, pace: { insync: pace.insync, verify: pace.verify, retry } };
    const results = await resetRecords({ aws, look, pulse, askToAbort: () => Promise.resolve() }, tasks, options);
    if (pulse.signal.aborted) await pulse.sleep(0); // rejects: the next worker proves what this one could not wait for
    return prepared.flatMap((one) =>
      'wish' in one ? results.filter(({ record }) => record === one.record).map(bare) : [one],
    );
  });
}

async function prepare({ findSnapshot }: RepairDeps, repair: Repair): Promise<ResetTask | RepairEnd> {
  const { record, zone, role = null, verify, fence } = repair;
  try {
    const red = redInFence(fence.red) ?? (await findSnapshot(repair));
    if (red !== null) return { record, zone, role, verify, wish: { kind: 'repair', judged: fence, red } };
    return noRed(record, 'neither the fence nor the history of its run holds what stood before.');
  } catch (cause) {
    return noRed(record, `the fence holds only the hash of what stood before, and ${whatItSays(cause).sentence}`);
  }
}

function noRed(record: string, why: string): RepairEnd {
  const next = `Put the default back: ./switchyard reset ${record}.`;
  return { record, outcome: 'failed', sentence: `${record}: ${why}`, next };
}

const bare = ({ record, outcome, sentence, next }: RepairEnd): RepairEnd => ({ record, outcome, sentence, next });
