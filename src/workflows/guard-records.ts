import { patched, setCurrentDetails, sleep, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { GuardReport, GuardRequest } from '../contracts/guard.ts';
import { formatDuration } from '../core/duration.ts';
import { describeGuard } from '../core/dns/describe-guard.ts';
import { findingNotices, guardNotices, heardOf, type GuardTelling } from '../core/dns/guard-notices.ts';
import { outcomeOf } from '../core/dns/judge-guard.ts';
import { standGuard, type Guarded, type GuardPorts } from '../core/dns/stand-guard.ts';
import { countGuard } from './count.ts';
import { guardWork } from './guard-activities.ts';
import { startTelling } from './notify.ts';

/**
 * Looks after records whose deployments were terminated, reset in Temporal, or lost with their server: nobody else would restore red.
 * It ends well also where it found something, so that the next one of its Schedule knows what was told; the result, the memo and the
 * details say what.
 */
export async function guardRecords(request: GuardRequest): Promise<GuardReport> {
  const telling = startGuardTelling(request);
  const ports = portsOf(request, telling.found);
  const records = await standGuard(ports, { ...request, blind: 'report', limits: request.pace });
  return concluded(request, records, await telling.end(records));
}

type Told = Required<Pick<GuardReport, 'told' | 'notices'>>;

/** What the guard before has told is not told again each minute: its result comes with the start of this one. */
function startGuardTelling({ notify }: GuardRequest) {
  const { lastResult } = workflowInfo();
  let known = (lastResult as Partial<GuardReport> | undefined)?.told ?? [];
  const notices: string[] = [];
  const teller = startTelling(notify, (sentence) => notices.push(sentence));
  const tell = ({ facts, told }: GuardTelling): void => {
    for (const one of facts) teller.tell(one);
    known = told;
  };
  return {
    found: (guarded: readonly Guarded[]): void => {
      if (notify !== undefined && patched('findings are told before their restore'))
        tell(findingNotices(guarded, known));
    },
    end: async (records: readonly Guarded[]): Promise<Told> => {
      const before = known;
      tell(guardNotices(records, before));
      await teller.lastWords();
      return { told: heardOf(known, { before, unheard: teller.unheard() }), notices };
    },
  };
}

function portsOf(request: GuardRequest, found: GuardPorts['found']): GuardPorts {
  const { pace, act } = request;
  const work = guardWork(pace);
  const again = `looking again in ${formatDuration(pace.lookAgainMs)}: a run that is being reset is away for a moment`;
  return {
    now: () => Date.now(),
    readFences: (records) => work.readFences({ records, retry: pace.retry }),
    askOwners: (owners) => work.askOwners({ owners }),
    restore: (repairs) => work.repairRecords({ repairs, pace }),
    found,
    wait: (ms) => sleep(ms, { summary: again }),
    show: (guarded) => setCurrentDetails(describeGuard({ act, fences: request.records.length, guarded })),
  };
}

function concluded(
  { act, records: { length: fences } }: GuardRequest,
  records: readonly Guarded[],
  told: Told,
): GuardReport {
  const outcome = outcomeOf(records);
  countGuard(outcome);
  const [worst] = records.filter((one) => outcomeOf([one]) === outcome);
  upsertMemo({ outcome, sentence: outcome === 'quiet' ? null : (worst?.sentence ?? null) });
  const startedAt = workflowInfo().startTime.getTime();
  return { schemaVersion: 1, outcome, act, fences, records, startedAt, endedAt: Date.now(), ...told };
}
