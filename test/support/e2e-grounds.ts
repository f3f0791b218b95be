import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { FaultedRequest } from '../../sandbox/faults.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { connect, freshTaskQueue, temporalAddress, type TestTemporal } from './temporal.ts';
import { rigOf, type Rig } from './yard.ts';

/** One sandbox with many records, for workers in processes of their own: one death strikes every run at once. */
export interface Grounds {
  readonly sandbox: Sandbox;
  readonly address: string;
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  /** A record of its own, on red. */
  rig(label: string): Rig;
  close(): Promise<void>;
}

export interface GroundsOptions {
  /** Of Temporal; default: the server of the test run. */
  readonly address?: string;
  readonly taskQueue?: string;
  readonly insyncAfterMs?: number;
}

export async function openGrounds(options: GroundsOptions = {}): Promise<Grounds> {
  const { address = temporalAddress(), taskQueue = freshTaskQueue('e2e'), insyncAfterMs = 40 } = options;
  const zone = `z${taskQueue.slice(-8)}.example`;
  const [temporal, sandbox] = await Promise.all([connect(address), startSandbox({ zone, insyncAfterMs, seed: 7 })]);
  const rig = (label: string): Rig => {
    const record = `${label}.${zone}`;
    sandbox.route53.put(sandbox.zoneId, onRed(record));
    return rigOf({ temporal, taskQueue, sandbox: { ...sandbox, record }, ids: [], closed: () => undefined });
  };
  const close = async (): Promise<void> => {
    await temporal.close();
    await sandbox.close();
  };
  return { sandbox, address, temporal, taskQueue, rig, close };
}

function onRed(record: string): ResourceRecordSet {
  return { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.10' }] };
}

/** Requests that wait in front of Route 53 until they are let in; they are judged as they are then, whoever has gone meanwhile. */
export interface Held {
  readonly arrived: Promise<void>;
  readonly letIn: () => void;
}

export function hold(rig: Rig, operation: string, when: (request: FaultedRequest) => boolean): Held {
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  let letIn = (): void => undefined;
  const opened = new Promise<void>((resolve) => (letIn = resolve));
  rig.sandbox.route53.faults.add({
    operation,
    when,
    times: Infinity,
    fault: {
      kind: 'meanwhile',
      run: () => {
        arrive();
        return opened;
      },
    },
  });
  return { arrived, letIn };
}

/** A batch that writes the record's fence with that stage. */
export function writes(rig: Rig, stage: 'step' | 'idle' | 'restoring'): (request: FaultedRequest) => boolean {
  return ({ body }) =>
    body.includes(`_switchyard.${rig.record}`) && body.includes(`CREATE`) && lastStage(body) === stage;
}

/** Deletions come first in a batch, so the last fence in it is the one that is created. */
function lastStage(body: string): string | undefined {
  return [...body.matchAll(/stage=(\w+)/g)].at(-1)?.[1];
}

/** A question for a change of the record. */
export function asksForChangeOf(rig: Rig): (request: FaultedRequest) => boolean {
  const { route53 } = rig.sandbox;
  return ({ path }) =>
    route53.log.some(
      ({ changeId, changes }) =>
        changeId !== undefined &&
        path.includes(changeId) &&
        changes.some(({ recordSet }) => recordSet.Name === `${rig.record}.`),
    );
}
