import { DEPLOY_QUEUE, looksFirst, PLAN_WORKFLOW, type DeployRequest } from '../../contracts/deploy.ts';
import type { Planned } from '../../core/dns/plan.ts';
import type { Snapshot } from '../../core/dns/snapshot.ts';
import { examples, type AddVerb } from '../command.ts';
import { deployRequest } from '../deploy-request.ts';
import { freezeFacts, freezeLines, freezeOf } from '../freeze.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { writePlanFile } from '../plan-file.ts';
import { planOfGroup, type GroupPlanFlags } from '../plan-of-group.ts';
import { readDeclared } from '../declared.ts';
import { groupIn } from '../parse/group-name.ts';
import { planLines, waitLines } from '../render-plan.ts';
import { addRequestOptions } from '../request-options.ts';
import { runShort } from '../run-short.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addPlan: AddVerb = (program, { terminal, does }) => {
  addRequestOptions(program.command('plan <name>').description('show what a deployment would do; writes nothing'))
    .option('--out <file>', 'write the plan for ./switchyard deploy NAME --plan FILE')
    .option('--local', "read Route 53 from here with the caller's own AWS credentials, without Temporal")
    .option('--exit-code', 'exit 8 when there is something to change')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples(
        'plan www.example.com --to 192.0.2.20 --steps 10,50,100 --check /healthz',
        'plan www.example.com --to 192.0.2.20 --out cutover.json',
        'plan group/shop --to eu.example.com=192.0.2.31 --to us.example.net=192.0.2.41 --out cutover.json',
      ),
    )
    .action(
      does((name, flags, command) => plan(terminal, name, { ...flags, verbose: isVerbose(command.optsWithGlobals()) })),
    );
};

const isVerbose = (options: object): boolean => 'verbose' in options && options.verbose === true;

interface PlanFlags extends GroupPlanFlags {
  readonly config?: string | undefined;
  readonly verbose: boolean;
}

interface MadePlan {
  readonly planned: Planned;
  readonly snapshot: Snapshot;
  readonly readBy: string;
}

async function plan(terminal: Terminal, name: string, flags: PlanFlags): Promise<ExitCode> {
  const declared = await readDeclared(terminal, flags.config);
  if (groupIn(name) !== null) return planOfGroup(terminal, name, { declared, flags });
  const { records } = declared;
  const made = deployRequest(name, { flags, policyOf: (record) => records.get(record) ?? null, env: terminal.env });
  for (const note of made.notes) terminal.err(note);
  const result =
    flags.local === true ? await planHere(terminal, made.request) : await planOnWorker(terminal, made.request, flags);
  const freeze = await freezeOf(declared, undefined, Date.now());
  show(terminal, { ...made.request, ...freeze }, { ...result, flags });
  if (flags.out !== undefined && result.planned.kind === 'planned') {
    await writePlanFile(flags.out, made.request, result.planned.plan);
    terminal.err(`written to ${flags.out}; run it with ./switchyard deploy ${made.request.record} --plan ${flags.out}`);
  }
  if (result.planned.kind === 'refused') return EXIT.refused;
  return flags.exitCode === true && result.planned.kind === 'planned' ? EXIT.changes : EXIT.done;
}

async function planOnWorker(terminal: Terminal, request: DeployRequest, flags: PlanFlags): Promise<MadePlan> {
  return withTemporal(terminal, flags, async (temporal) => {
    const what = { type: PLAN_WORKFLOW, id: `plan:${request.record}`, taskQueue: DEPLOY_QUEUE, input: request };
    const result = await runShort<Pick<MadePlan, 'planned' | 'snapshot'>>(temporal, what);
    return { ...result, readBy: `the worker at ${temporal.place.address}` };
  });
}

async function planHere(terminal: Terminal, request: DeployRequest): Promise<MadePlan> {
  terminal.err("reading Route 53 from here, with this client's own AWS credentials");
  const { planLocally } = await import('../plan-locally.ts');
  return { ...(await planLocally(request, terminal.env)), readBy: 'this client with its own AWS credentials' };
}

function show(
  terminal: Terminal,
  request: DeployRequest,
  { planned, snapshot, readBy, flags }: MadePlan & { readonly flags: PlanFlags },
): void {
  if (flags.json === true) {
    terminal.document(
      JSON.stringify(
        {
          schemaVersion: 1,
          record: request.record,
          planned,
          ...(request.metricGates === undefined ? {} : { metricGates: request.metricGates }),
          readAt: snapshot.readAt,
          ...freezeFacts(request, Date.now()),
        },
        null,
        2,
      ),
    );
    return;
  }
  const { metricGates = [] } = request;
  for (const line of planLines(planned, { snapshot, readBy, verbose: flags.verbose, metricGates })) terminal.out(line);
  if (planned.kind === 'planned')
    for (const line of [...waitLines(request, planned.plan), ...freezeLines(request, Date.now())]) terminal.out(line);
  if (planned.kind === 'planned' && !looksFirst(request) && !request.unchecked) {
    terminal.out(
      'no probe would look at black before the first write: ./switchyard deploy will refuse this without --check or --unchecked',
    );
  }
}
