import { formatDuration } from '../core/duration.ts';
import type { Finding } from '../contracts/doctor.ts';
import { nodeFinding } from '../oldest-node.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { runShort, type ShortRun } from './run-short.ts';
import { mustHaveWorker } from './start-deployment.ts';
import { Stop } from './stop.ts';
import { connect, lastWords, type TemporalClient } from './temporal-client.ts';
import { findTemporal, type PlaceFlags } from './temporal-place.ts';
import type { Environment } from './terminal.ts';
import { about } from './words.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Where a check decides by itself: 6 without Temporal or a worker. */
  readonly exit: ExitCode | null;
}

export interface DiagnoseOptions {
  readonly flags: PlaceFlags;
  readonly env: Environment;
  /** What workers are asked, each by a workflow that only looks. */
  readonly questions: readonly Question[];
  /** What this client sees for itself in Temporal. */
  readonly sights: readonly Sight[];
}

export interface Sight {
  readonly check: string;
  readonly see: (temporal: TemporalClient) => Promise<Finding>;
}

export type Question = Pick<ShortRun, 'type' | 'id' | 'taskQueue' | 'input'>;

/** Looks at this client, at Temporal, and through a worker at everything that a worker needs. */
export async function diagnose({ flags, env, questions, sights }: DiagnoseOptions): Promise<Diagnosis> {
  const here = [nodeFinding('client: node', process.versions.node)];
  const place = await findTemporal(flags, env);
  let temporal: TemporalClient;
  try {
    temporal = await connect(place, () => undefined);
  } catch (cause) {
    return { findings: [...here, bad('temporal', cause)], exit: EXIT.unreachable };
  }
  try {
    const there = [await serverFinding(temporal), await namespaceFinding(temporal)];
    for (const { check, see } of sights) there.push(await see(temporal).catch((cause: unknown) => bad(check, cause)));
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await askWorker(temporal, question));
    const findings = unique([...here, ...there, ...answers.flatMap((answer) => answer.findings)]);
    return { findings, exit: answers.some(({ polled }) => !polled) ? EXIT.unreachable : null };
  } finally {
    await temporal.close();
  }
}

/** What is said of each record of a group, and is the same for all, is said once. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const same = (a: Finding, b: Finding): boolean =>
    a.check === b.check && a.ok === b.ok && (a.sentence === b.sentence || a.check === 'clock');
  return findings.filter((one, at) => findings.findIndex((other) => same(one, other)) === at);
}

async function serverFinding({ connection, place, ask }: TemporalClient): Promise<Finding> {
  return look('temporal', async () => {
    const { serverVersion } = await ask(() => connection.workflowService.getSystemInfo({}));
    return `server ${serverVersion} at ${place.address} (${place.from})`;
  });
}

async function namespaceFinding({ connection, place, ask }: TemporalClient): Promise<Finding> {
  return look('namespace', async () => {
    const { config } = await ask(() => connection.workflowService.describeNamespace({ namespace: place.namespace }));
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return `${place.namespace} keeps ended runs for ${about(seconds * 1_000)}`;
  });
}

interface Answer {
  readonly findings: readonly Finding[];
  /** Whether a worker polls the queue. */
  readonly polled: boolean;
}

async function askWorker(temporal: TemporalClient, question: Question): Promise<Answer> {
  const poller = await look('worker', async () => {
    await mustHaveWorker(temporal, question.taskQueue);
    return `polls ${question.taskQueue}`;
  });
  if (poller.ok !== true) return { findings: [poller], polled: false };
  return { findings: [poller, ...(await workerFindings(temporal, question))], polled: true };
}

const CLOCK_MAY_DIFFER_MS = 5_000;

/** A clock that is off makes every countdown and every time in a sentence wrong; no decision depends on it. */
function clockFinding(offByMs: number): Finding {
  const ok = offByMs < CLOCK_MAY_DIFFER_MS;
  return {
    check: 'clock',
    ok,
    sentence: `differs from Temporal's by ${formatDuration(offByMs)}`,
    next: ok ? null : 'Set this clock by NTP.',
  };
}

async function workerFindings(temporal: TemporalClient, question: Question): Promise<readonly Finding[]> {
  try {
    let offByMs = 0;
    const onClock = (ms: number): void => void (offByMs = ms);
    const findings = await runShort<readonly Finding[]>(temporal, { ...question, onClock });
    return [clockFinding(offByMs), ...findings.map((one) => ({ ...one, check: `worker: ${one.check}` }))];
  } catch (cause) {
    return [bad('worker', cause)];
  }
}

async function look(check: string, ask: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, sentence: await ask(), next: null };
  } catch (cause) {
    return bad(check, cause);
  }
}

function bad(check: string, cause: unknown): Finding {
  const [first] = cause instanceof Stop ? cause.problems : [];
  return { check, ok: false, sentence: first?.found ?? lastWords(cause), next: first?.next ?? null };
}
