import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requiredTsToMs } from '@temporalio/common/lib/time.js';
import { NO_GATES } from '../../src/contracts/docs.ts';
import { DEFAULT_DOCS_PACE, DOCS_MESSAGES, docsId, type SiteSpec } from '../../src/contracts/docs-runs.ts';
import { requestDocs } from '../../src/request-docs.ts';
import type { BenchTemporal } from '../bench-temporal.ts';
import type { Measure, Row } from '../measure.ts';
import { p99, sendAtRate, type Answered } from '../send-at-rate.ts';
import { startListener, type Listener } from '../start-listener.ts';
import { median } from '../statistics.ts';

const GOAL_MS = 50;
const PER_SECOND = 200;
const SITES = 20;
const SECRET = 'the-secret-of-the-bench';

/**
 * Pushes to twenty repositories, signed, at a constant rate, each delivered twice. Nobody builds: what is measured is how long a sender waits
 * until Temporal has taken its message.
 */
export const webhooks: Measure = {
  name: 'webhooks',
  doing: `${PER_SECOND} signed webhooks a second for 30 s, beside a bare handler (about 1.5 min)`,
  run: async ({ quick, temporal }) => {
    const server = await temporal();
    const forMs = quick ? 10_000 : 30_000;
    const gateway = await startGateway(server);
    try {
      await load(gateway.listener, 2_000); // until the compiler has seen the code
      await endRuns(server);
      const answers = await load(gateway.listener, forMs);
      const taken = await takenBy(server, answers);
      await endRuns(server);
      return rowsOf({ answers, taken, bare: await loadBare(forMs), direct: await loadTemporal(server, forMs) });
    } finally {
      await gateway.close();
      await endRuns(server);
    }
  },
};

const siteOf = (number: number): string => `site-${pushOf(number) % SITES}`;
/** Each push is delivered twice, as GitHub does when somebody asks for it, or a proxy does. */
const pushOf = (number: number): number => Math.floor(number / 2);
const commitOf = (number: number): string => pushOf(number).toString(16).padStart(40, '0');
const addressOf = (site: string): string => `https://git.example.com/acme/${site}.git`;

async function startGateway({ address }: BenchTemporal): Promise<{ listener: Listener; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-gateway-'));
  const sites = Array.from({ length: SITES }, (_, at) => `site-${at}`);
  const docs = sites.map((site) => `  ${site}: { source: { git: '${addressOf(site)}', ref: main } }`);
  const file = join(folder, 'switchyard.yaml');
  await writeFile(file, ['version: 1', 'hooks: { github: { secret: github-hook } }', 'docs:', ...docs, ''].join('\n'));
  const listener = await startListener(['src/cli/main.ts', 'gateway', '--listen', '127.0.0.1:0', '--config', file], {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_CONFIG_FILE: join(folder, 'none'),
    SWITCHYARD_SECRET_GITHUB_HOOK: SECRET,
    SWITCHYARD_LOG_LEVEL: 'warn',
  });
  const close = async (): Promise<void> => {
    await listener.close();
    await rm(folder, { recursive: true });
  };
  return { listener, close };
}

const BARE = fileURLToPath(new URL('../bare-handler-child.ts', import.meta.url));

async function loadBare(forMs: number): Promise<readonly Answered[]> {
  const bare = await startListener([BARE]);
  try {
    await load(bare, 2_000);
    return await load(bare, forMs);
  } finally {
    await bare.close();
  }
}

/** What Temporal takes for the same messages, without a gateway. */
function loadTemporal({ client: { client } }: BenchTemporal, forMs: number): Promise<readonly Answered[]> {
  const send = async (number: number) => {
    const asked = { spec: specOf(siteOf(number)), version: 'latest', publish: true, pace: DEFAULT_DOCS_PACE };
    await requestDocs(client, asked, { ref: 'main', commit: commitOf(number), trigger: 'event', by: 'bench' });
    return { status: 200 };
  };
  return sendAtRate({ perSecond: PER_SECOND, forMs, send });
}

const specOf = (site: string): SiteSpec => ({
  site,
  source: { kind: 'git', url: addressOf(site), ref: 'main', secret: null },
  generator: null,
  dependencies: 'none',
  tags: null,
  gates: NO_GATES,
  baseUrl: null,
  keep: { releases: 5, graceMs: 0 },
});

function load({ url }: Listener, forMs: number): Promise<readonly Answered[]> {
  return sendAtRate({ perSecond: PER_SECOND, forMs, send: (number) => push(url, number) });
}

async function push(url: string, number: number): Promise<{ readonly status: number }> {
  const clone_url = addressOf(siteOf(number));
  const body = JSON.stringify({ ref: 'refs/heads/main', after: commitOf(number), repository: { clone_url } });
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
  const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signature };
  const answer = await fetch(`${url}/hooks/github`, { method: 'POST', body, headers });
  await answer.text();
  return answer;
}

interface Taken {
  readonly runs: number;
  readonly signals: number;
  /** Accepted, and its run was told nothing from then on. */
  readonly lost: number;
}

/** Those that share a signal are told with one that left after they came; what they say is the newest's. */
async function takenBy({ client: { client } }: BenchTemporal, answers: readonly Answered[]): Promise<Taken> {
  const found = { runs: 0, signals: 0, lost: 0 };
  for (let at = 0; at < SITES; at += 1) {
    const site = `site-${at}`;
    const workflowId = docsId({ site, version: 'latest', publish: true });
    found.runs += (await client.workflow.count(`WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`)).count;
    const told = await toldAt(client, workflowId);
    found.signals += told.length;
    const accepted = answers.filter(({ status }, number) => status === 200 && siteOf(number) === site);
    found.lost += accepted.filter(({ sentAt }) => told.every((time) => time < sentAt)).length;
  }
  return found;
}

/** When the run of an id was told, in milliseconds since the epoch. */
async function toldAt(client: BenchTemporal['client']['client'], workflowId: string): Promise<readonly number[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ eventTime, workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === DOCS_MESSAGES.buildRequested ? [requiredTsToMs(eventTime, 'eventTime')] : [],
  );
}

async function endRuns({ client: { client } }: BenchTemporal): Promise<void> {
  const ends = Array.from({ length: SITES }, (_, at) =>
    client.workflow
      .getHandle(docsId({ site: `site-${at}`, version: 'latest', publish: true }))
      .terminate('bench')
      .catch(() => undefined),
  );
  await Promise.all(ends);
}

interface Found {
  readonly answers: readonly Answered[];
  readonly taken: Taken;
  readonly bare: readonly Answered[];
  readonly direct: readonly Answered[];
}

function rowsOf({ answers, taken, bare, direct }: Found): readonly Row[] {
  const refused = answers.filter(({ status }) => status !== 200).length;
  const again = refused === 0 ? '' : `, ${refused} of them to be sent again`;
  const [slow, directly] = [p99(answers), p99(direct)];
  return [
    {
      measure: `${PER_SECOND} webhooks a second -> answered, taken by Temporal`,
      goal: `p99 ${GOAL_MS} ms`,
      reached: `p99 ${ms(slow)}, median ${ms(median(answers.map(({ tookMs }) => tookMs)))} of ${answers.length}${again}`,
      yardstick: `the same messages straight to Temporal: p99 ${ms(directly)}, ${(slow / directly).toFixed(1)} times that; a bare handler: p99 ${ms(p99(bare))}`,
      ok: slow <= GOAL_MS && refused === 0,
    },
    {
      measure: 'of them accepted and lost: their run was told nothing from then on',
      goal: '0',
      reached: `${taken.lost}`,
      yardstick: `each push was delivered twice: ${taken.runs} runs of ${SITES} sites, ${taken.signals} signals`,
      ok: taken.lost === 0 && taken.runs === SITES,
    },
  ];
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
