import { setTimeout as sleep } from 'node:timers/promises';
import { startInTurn } from '../../src/cli/start-in-turn.ts';
import { startReplacing } from '../../src/cli/replace-running.ts';
import { Stop } from '../../src/cli/stop.ts';
import type { StartedRun } from '../../src/cli/start-deployment.ts';
import type { TemporalClient } from '../../src/cli/temporal-client.ts';
import { MODEL_PACE } from './model-pace.ts';
import type { What } from './model-scenario.ts';
import { deploymentOf, PLAIN, type Deployment, type Rig, type Yard } from './yard.ts';

type Colour = 'red' | 'black';

/** Other people who deploy the same record, by the client, while it is busy. */
export interface Others {
  readonly ifBusy: (what: What & { readonly kind: 'if busy' }) => void;
  /** The next run that one of them started; null when all have been told what became of theirs. */
  next(): Promise<{ readonly run: Deployment; readonly to: string } | null>;
  /** What their clients did that they must not, as sentences. Asked at the end. */
  broken(): Promise<readonly string[]>;
}

interface Client {
  readonly to: Colour;
  /** What it was told: the run that it started, why it started none, or a fault of its own. */
  told: StartedRun | Stop | Error | null;
  followed: boolean;
}

/** Where scenarios are played. */
export interface ModelYard {
  readonly yard: Yard;
  /** Of people who deploy by the client. */
  readonly temporal: TemporalClient;
}

/** @param values What the colours of the rig's observer are. */
export function openOthers({ yard, temporal }: ModelYard, rig: Rig, values: Readonly<Record<Colour, string>>): Others {
  const clients: Client[] = [];
  const runOf = ({ workflowId, runId }: StartedRun) =>
    deploymentOf(temporal.client.workflow.getHandle(workflowId, runId));
  return {
    ifBusy: ({ how, to }) => {
      const client: Client = { to, told: null, followed: false };
      clients.push(client);
      void deploy({ yard, rig, temporal }, { how, to: values[to] }).then((told) => (client.told = told));
    },
    next: async () => {
      for (;;) {
        const due = clients.find(({ told, followed }) => told !== null && !followed);
        if (due === undefined && clients.every(({ followed }) => followed)) return null;
        if (due !== undefined) due.followed = true;
        if (due?.told != null && !(due.told instanceof Error)) return { run: runOf(due.told), to: values[due.to] };
        await sleep(50);
      }
    },
    broken: async () => {
      const started = clients.flatMap(({ told }) => (told === null || told instanceof Error ? [] : [runOf(told)]));
      const began = await Promise.all(started.map(async ({ handle }) => (await handle.describe()).startTime.getTime()));
      const faults = clients.flatMap(({ told }) => (told instanceof Error && !(told instanceof Stop) ? [told] : []));
      return [
        ...(began.some((at, index) => at < (began[index - 1] ?? 0))
          ? ['an older deployment came after a newer one']
          : []),
        ...faults.map(({ message }) => `A3: a client ended with ${message}`),
      ];
    },
  };
}

interface Doing extends ModelYard {
  readonly rig: Rig;
}

async function deploy(
  { yard: { taskQueue }, temporal, rig }: Doing,
  { how, to }: { readonly how: 'wait' | 'replace'; readonly to: string },
): Promise<StartedRun | Error> {
  const request = rig.request({ to: { kind: 'values', values: [to] }, gates: [PLAIN], pace: MODEL_PACE });
  const terms = { taskQueue, askedAt: Date.now(), say: () => undefined, waitMs: null, blockedWaitMs: 60_000 };
  try {
    if (how === 'replace') return await startReplacing(temporal, request, terms);
    const run = await startInTurn(temporal, request, { ...terms, detach: false, onCancel: 'leave' });
    return run ?? new Error('it was not to be left in the queue');
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}
