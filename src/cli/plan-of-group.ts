import { DEPLOY_QUEUE, looksFirst } from '../contracts/deploy.ts';
import { GROUP_PLAN_WORKFLOW, groupSubject, type GroupRequest, type PlannedGroup } from '../contracts/deploy-group.ts';
import type { Declared } from './declared.ts';
import type { RequestFlags } from './deploy-flags.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { freezeFacts, freezeLines, freezeOf } from './freeze.ts';
import { groupRequest } from './group-request.ts';
import { writeGroupPlanFile } from './plan-file.ts';
import { groupPlanLines, groupWaitLines } from './render-group.ts';
import { runShort } from './run-short.ts';
import { leadOf } from './start-deployment.ts';
import type { PlaceFlags } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { withTemporal } from './with-temporal.ts';

export interface GroupPlanFlags extends RequestFlags, PlaceFlags {
  readonly out?: string | undefined;
  readonly local?: boolean | undefined;
  readonly exitCode?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Shows what the deployment of a group would do, read by the worker or from here, and keeps it where that is wanted. */
export async function planOfGroup(
  terminal: Terminal,
  name: string,
  { declared, flags }: { readonly declared: Declared; readonly flags: GroupPlanFlags },
): Promise<ExitCode> {
  const { request, notes } = groupRequest(name, { flags, declared, env: terminal.env });
  for (const note of notes) terminal.err(note);
  const made = flags.local === true ? await planHere(terminal, request) : await planOnWorker(terminal, request, flags);
  const { planned } = made;
  await show(terminal, request, { ...made, declared, json: flags.json === true });
  if (flags.out !== undefined && planned.kind === 'planned') {
    await writeGroupPlanFile(flags.out, request, planned.plan);
    const subject = groupSubject(request.group);
    terminal.err(`written to ${flags.out}; run it with ./switchyard deploy ${subject} --plan ${flags.out}`);
  }
  if (planned.kind === 'refused') return EXIT.refused;
  return flags.exitCode === true && planned.kind === 'planned' ? EXIT.changes : EXIT.done;
}

function planOnWorker(terminal: Terminal, request: GroupRequest, flags: GroupPlanFlags): Promise<PlannedGroup> {
  const id = `plan:${groupSubject(request.group)}`;
  const what = { type: GROUP_PLAN_WORKFLOW, id, taskQueue: DEPLOY_QUEUE, input: request, withinMs: 180_000 };
  return withTemporal(terminal, flags, (temporal) => runShort<PlannedGroup>(temporal, what));
}

async function planHere(terminal: Terminal, request: GroupRequest): Promise<PlannedGroup> {
  terminal.err("reading Route 53 from here, with this client's own AWS credentials");
  const { planGroupLocally } = await import('./plan-locally.ts');
  return planGroupLocally(request, terminal.env);
}

interface Shown extends PlannedGroup {
  readonly declared: Declared;
  readonly json: boolean;
}

async function show(
  terminal: Terminal,
  request: GroupRequest,
  { planned, snapshots, declared, json }: Shown,
): Promise<void> {
  const now = Date.now();
  const lead = { ...leadOf(request), ...(await freezeOf(declared, undefined, now)) };
  if (json) {
    const readAt = snapshots.length === 0 ? null : Math.min(...snapshots.map((one) => one.readAt));
    const document = { schemaVersion: 1, record: lead.record, planned, readAt, ...freezeFacts(lead, now) };
    terminal.document(JSON.stringify(document, null, 2));
    return;
  }
  for (const line of groupPlanLines(planned)) terminal.out(line);
  if (planned.kind !== 'planned') return;
  for (const line of [...groupWaitLines(request, planned.plan), ...freezeLines(lead, now)]) terminal.out(line);
  const unseen = request.records.filter((one) => !looksFirst(one) && !one.unchecked).map(({ record }) => record);
  if (unseen.length > 0)
    terminal.out(
      `no probe would look at black of ${unseen.join(', ')} before the first write: ./switchyard deploy will refuse this without --check or --unchecked`,
    );
}
