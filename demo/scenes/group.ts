import { setTimeout as sleep } from 'node:timers/promises';
import { declaredIn } from '../../src/cli/declared.ts';
import { endLines } from '../../src/cli/deploy-face.ts';
import { groupRequest } from '../../src/cli/group-request.ts';
import { endOfRun, lookAtRun, type RunEnd } from '../../src/cli/look-at-run.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { phaseWords } from '../../src/cli/render.ts';
import { groupTable } from '../../src/contracts/group-table.ts';
import { startGroup, type StartedRun } from '../../src/cli/start-deployment.ts';
import { uiLink } from '../../src/cli/temporal-place.ts';
import { clock } from '../../src/cli/words.ts';
import { DEPLOY_QUEUE, type DeployStatus } from '../../src/contracts/deploy.ts';
import type { GroupRequest, GroupStatus } from '../../src/contracts/deploy-group.ts';
import { fastRequest, SPEED } from '../fast-request.ts';
import { SceneFailed, type Scene } from '../scene.ts';
import type { Shop } from '../shops.ts';
import type { Stage } from '../stage.ts';

const POLICY = '{ gates: [healthy], steps: [50, 100], hold: 2m, bake: 4m }';

/** Six records in two zones, in step; one of the new endpoints turns ill, and all six come back. */
export const group: Scene = {
  name: 'group',
  summary: 'six records in two zones move in step, and one that fails takes all of them back',
  play: async (stage) => {
    const { terminal, temporal, shops: members } = stage;
    const request = await requestFor(members);
    terminal.out('$ ./switchyard deploy group/shops --to NAME=VALUE... (six of them)');
    const run = await startGroup(temporal, request, DEPLOY_QUEUE);
    const end = await follow(stage, run, members);
    const link = uiLink(temporal.place, run.workflowId, run.runId);
    const look = { paint: terminal.paint.bind(terminal), now: Date.now(), link };
    for (const line of endLines(end, 'group/shops', look)) terminal.out(line);
    for (const { record, observer } of members)
      terminal.out(
        `change log   ${record}: ${observer.everyState().join(' -> ')}; the fence is ${observer.fenceStage()}`,
      );
    const wrong = problems(end, members);
    if (wrong.length > 0) throw new SceneFailed('group', link === null ? wrong : [...wrong, link]);
  },
};

async function requestFor(members: readonly Shop[]): Promise<GroupRequest> {
  const names = members.map(({ record }) => record);
  const file = [
    'version: 1',
    'gates: { healthy: { http: { path: /healthz } } }',
    'records:',
    ...names.map((name) => `  ${name}: ${POLICY}`),
    `groups: { shops: { records: [${names.join(', ')}], keepHealthy: 5 } }`,
  ].join('\n');
  const declared = declaredIn(await checkSwitchyardFile(file, 'switchyard.yaml'));
  const to = members.map(({ record, black }) => `${record}=${black.address}`);
  const { request } = groupRequest('group/shops', { flags: { to, by: 'the demo' }, declared, env: {} });
  return { ...request, records: request.records.map((one) => fastRequest(one, SPEED)) };
}

const LOOK_EVERY_MS = 200;
/** Long enough to see on the screen what is about to be lost. */
const CALM_MS = 2_500;
/** Longer than the scene takes: one that hangs fails. */
const PATIENCE_MS = 100_000;

/** Shows the table of records by steps whenever it changes, and lets one black turn ill while all are at 50 %. */
async function follow({ terminal, temporal }: Stage, run: StartedRun, members: readonly Shop[]): Promise<RunEnd> {
  const ill = members.at(-1);
  const patienceEndsAt = Date.now() + PATIENCE_MS;
  let shown = '';
  let last: DeployStatus | null = null;
  let holdingSince: number | null = null;
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    const look = await lookAtRun(temporal, run);
    last = look.status ?? last;
    const table = tableOf(last);
    if (table.join() !== shown) for (const line of table) terminal.out(line);
    shown = table.join();
    if (look.closedAt !== null || Date.now() > patienceEndsAt) return endOfRun(temporal, run, last);
    if (last?.phase !== 'holding') continue;
    holdingSince ??= Date.now();
    if (ill === undefined || Date.now() - holdingSince < CALM_MS || ill.observer.now() !== '50 %') continue;
    if (ill.black.behaviour.kind === 'well') {
      const sentence = `${clock(Date.now())}  the new endpoint of ${ill.record} answers 503 from now on`;
      terminal.out(terminal.paint('yellow', sentence));
      await ill.black.behave({ kind: 'status', status: 503 });
    }
  }
}

/** Nothing before the plan is known. */
function tableOf(status: DeployStatus | null): readonly string[] {
  const now = status as GroupStatus | null;
  if (now?.groupPlan == null || !WORTH_SHOWING.includes(now.phase)) return [];
  return groupTable(now, (record) => (record.phase === 'holding' ? 'watched' : phaseWords(record, Date.now())));
}

const WORTH_SHOWING: readonly DeployStatus['phase'][] = ['holding', 'rolled-back'];

function problems(end: RunEnd, members: readonly Shop[]): readonly string[] {
  const found = end.kind === 'reported' ? end.status.outcome : end.why;
  const states = members.map(({ record, observer }) => ({ record, seen: observer.everyState().join(' -> ') }));
  return [
    ...(found === 'rolled-back' ? [] : [`group/shops: expected rolled-back, found ${found}`]),
    ...states
      .filter(({ seen }) => seen !== 'red -> 50 % -> red')
      .map(({ record, seen }) => `${record}: expected red -> 50 % -> red, found ${seen}`),
  ];
}
