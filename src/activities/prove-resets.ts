import type { AwsClients } from '../clients.ts';
import type { ServerView } from '../contracts/deploy.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import { standingWords } from '../core/dns/serving.ts';
import type { Zone } from '../core/dns/snapshot.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import type { LookDeps } from './look-deps.ts';
import { mayPass, pauseAfter } from './patiently.ts';
import { withPartPulse, type Pulse } from './pulse.ts';
import type { ResetEnd, ResetTask } from '../contracts/reset.ts';
import type { ResetPace } from './reset-task.ts';
import { awaitInsync } from './route53.ts';
import { verifyAnswers } from './verify-answers.ts';

/** The wanted sets stand in Route 53; that they are answered is still to be seen. */
export interface Unproven {
  readonly task: ResetTask;
  readonly sets: RecordSets;
  /** Of our own write; null where they stood there already. */
  readonly changeId: string | null;
}

export interface ProveDeps {
  readonly aws: AwsClients;
  readonly look: LookDeps;
  readonly pulse: Pulse;
  readonly pace: ResetPace;
  readonly zone: Zone;
}

/** Waits for INSYNC and asks the name servers; what is not seen is not called restored (D3). */
export async function proveResets(deps: ProveDeps, resets: readonly Unproven[]): Promise<readonly ResetEnd[]> {
  const waits = waitsFor(deps, resets);
  return Promise.all(
    resets.map(async (reset) => {
      try {
        if (reset.changeId !== null) await waits.get(reset.changeId);
        return await proven(deps, reset);
      } catch (cause) {
        return unverified(deps.zone, reset, cause);
      }
    }),
  );
}

/** What stands, with the reason why it is not known to serve. */
export function unverified(zone: Zone, { task, changeId }: Unproven, cause: unknown): ResetEnd {
  const { sentence, next } = whatItSays(cause);
  const what = changeId === null ? 'stands' : 'written';
  const { record } = task;
  return { record, outcome: 'unverified', sentence: `${what}, but: ${sentence}`, next, zone: zone.name, servers: [] };
}

/** One wait a change, one after the other: fifty records that poll by themselves would throttle the account, and then not be sure. */
function waitsFor(deps: ProveDeps, resets: readonly Unproven[]): ReadonlyMap<string, Promise<void>> {
  const waits = new Map<string, Promise<void>>();
  const until = deps.pulse.now() + deps.pace.insync.limitMs;
  let before: Promise<void> = Promise.resolve();
  for (const { task, changeId } of resets) {
    if (changeId === null || waits.has(changeId)) continue;
    const wait = before.then(() => inSync(deps, { record: task.record, changeId, until }));
    before = wait.catch(() => undefined);
    waits.set(changeId, wait);
  }
  return waits;
}

interface Wait {
  readonly record: string;
  readonly changeId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** @throws NotInSync when time is up; every change is asked for at least once, also behind one that took all the time. */
function inSync(deps: ProveDeps, wait: Wait): Promise<void> {
  const limitMs = Math.max(wait.until - deps.pulse.now(), deps.aws.timeouts.readMs);
  return withPartPulse(deps.pulse, (part) => Promise.race([polling(deps, wait, part), timeUp(deps, limitMs, part)]));
}

/** Goes on through what can pass: that Route 53 throttles says nothing of the change. */
async function polling({ aws, pace }: ProveDeps, { record, changeId }: Wait, pulse: Pulse): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await awaitInsync(aws, { record, changeId, pollMs: pace.insync.pollMs }, pulse);
      return;
    } catch (cause) {
      if (!mayPass(cause)) throw cause;
      await pulse.sleep(pauseAfter(cause, pace.retry, attempt));
    }
  }
}

async function timeUp({ pace }: ProveDeps, limitMs: number, pulse: Pulse): Promise<never> {
  await pulse.sleep(limitMs);
  throw failure('NotInSync', `the change is not in sync after ${pace.insync.limitMs / 1_000} s.`);
}

async function proven({ look, pulse, pace, zone }: ProveDeps, reset: Unproven): Promise<ResetEnd> {
  const { record, verify } = reset.task;
  const mode = zone.private ? 'api' : verify;
  const { servers } = await verifyAnswers(look, { record, zone, sets: reset.sets, ...pace.verify, mode }, pulse);
  const result = { record, zone: zone.name, sentence: standingWords(reset.sets), next: null, servers };
  if (reset.changeId === null) return { ...result, outcome: 'there' };
  if (mode === 'api' || isSeen(servers)) return { ...result, outcome: 'restored' };
  return {
    ...result,
    outcome: 'unseen',
    next: 'No authoritative server could be asked: look at the name from elsewhere.',
  };
}

const isSeen = (servers: readonly ServerView[]): boolean => servers.some(({ kind }) => kind !== 'not-seen');
