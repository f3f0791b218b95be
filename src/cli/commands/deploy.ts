import { Option } from '@commander-js/extra-typings';
import { DEPLOY_QUEUE, hasGates, looksFirst, type DeployRequest } from '../../contracts/deploy.ts';
import { groupSubject, type GroupRequest } from '../../contracts/deploy-group.ts';
import { assertNever } from '../../core/assert-never.ts';
import { targetWords } from '../../core/dns/target-words.ts';
import { announce } from '../announce.ts';
import { askedNow } from '../asked-now.ts';
import { examples, type AddVerb } from '../command.ts';
import { PLANNED_FLAGS, type RequestFlags } from '../deploy-flags.ts';
import { deployRequest } from '../deploy-request.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd, followTerms, type FollowFlags, type FollowTerms } from '../follow-to-end.ts';
import { groupRequest } from '../group-request.ts';
import { notifyOf } from '../notify-targets.ts';
import { must, mustBeRecord, mustBeSubject } from '../must-read.ts';
import { groupIn } from '../parse/group-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { readGroupPlanFile, readPlanFile } from '../plan-file.ts';
import { readDeclared, type Declared } from '../declared.ts';
import { freezeOf } from '../freeze.ts';
import { startReplacing, type Replacing } from '../replace-running.ts';
import { addRequestOptions } from '../request-options.ts';
import { speaker } from '../speaker.ts';
import { groupWords, leadOf, startDeployment, startGroup, type StartedRun } from '../start-deployment.ts';
import { startInTurn, type Queueing } from '../start-in-turn.ts';
import { problem, Stop } from '../stop.ts';
import type { TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import {
  BLOCKED_WAIT_OPTION,
  BY_OPTION,
  DETACH_OPTION,
  JSON_LINES_OPTION,
  START_WITHIN_OPTION,
  onCancelOption,
} from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { outside } from '../words.ts';

export const addDeploy: AddVerb = (program, { terminal, does }) => {
  addRequestOptions(
    program
      .command('deploy <name>')
      .description(
        'move a record, or the records of a group together (--to NAME=VALUE...), to new endpoints, watch them, and put the old ones back if anything goes wrong',
      ),
  )
    .option('--plan <file>', 'run exactly the plan that ./switchyard plan NAME --out FILE wrote')
    .option('--plan-hash <hash>', 'refuse when the plan made now is another')
    .option(
      '--request-id <id>',
      "the same id with the same request joins the running deployment; default: the CI's own",
    )
    .option('--override-freeze <reason>', 'begin although a freeze is in force; the reason is kept')
    .option('--wait <duration>', 'stop waiting after this (exit 5); the deployment goes on')
    .option(...BLOCKED_WAIT_OPTION)
    .option(...START_WITHIN_OPTION)
    .option(...DETACH_OPTION)
    .addOption(onCancelOption())
    .addOption(
      new Option(
        '--if-busy <what>',
        'while another deployment of the name, or of a record of the group, runs: refuse, wait for its end (one waits, the newest), or put red back first',
      )
        .choices(['fail', 'wait', 'replace'] as const)
        .default('fail' as const),
    )
    .option(...BY_OPTION)
    .option(...JSON_LINES_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples(
        'deploy www.example.com --to 192.0.2.20 --check /healthz',
        'deploy www.example.com --to 192.0.2.20 --steps 10,50,100 --hold 10m --check http://www.example.com:8080/healthz',
        'deploy www.example.com --plan cutover.json --wait 45m',
        'deploy www.example.com --to 192.0.2.30 --check /healthz --if-busy replace',
        'deploy group/shop --to eu.example.com=192.0.2.31 --to us.example.net=192.0.2.41 --if-busy wait',
      ),
    )
    .action(does((name, flags) => deploy(terminal, name, flags)));
};

interface DeployFlags extends RequestFlags, FollowFlags, PlaceFlags {
  readonly plan?: string | undefined;
  readonly detach?: boolean | undefined;
  readonly config?: string | undefined;
  readonly ifBusy: 'fail' | 'wait' | 'replace';
}

async function deploy(terminal: Terminal, name: string, flags: DeployFlags): Promise<ExitCode> {
  const askedAt = Date.now();
  const terms = followTerms(flags);
  const declared = await readDeclared(terminal, flags.config);
  if (groupIn(name) !== null) return deployGroup(terminal, name, { ...flags, declared, terms, askedAt });
  const request = {
    ...(await requestFrom(terminal, name, { ...flags, declared })),
    ...(await freezeOf(declared, flags.overrideFreeze, Date.now())),
    ...notifyOf(declared.notify),
  };
  mustHaveGates(request);
  return withTemporal(terminal, flags, async (temporal) => {
    const { record, by } = request;
    const say = speaker(terminal, { record, json: terms.json });
    const detach = flags.detach === true;
    const starting = { ...terms, taskQueue: DEPLOY_QUEUE, askedAt, say, detach, ifBusy: flags.ifBusy };
    const run = await start(temporal, request, starting);
    if (run === null) return EXIT.done;
    const words = { ...request, to: targetWords(request.to), gated: hasGates(request) };
    announce(terminal, { request: words, run, temporal, json: flags.json === true });
    return detach ? EXIT.done : followToEnd(terminal, { temporal, run, record, by, terms });
  });
}

/** Null where it was left in the queue. */
function start(
  temporal: TemporalClient,
  request: DeployRequest,
  { ifBusy, ...starting }: Replacing & Queueing & Pick<DeployFlags, 'ifBusy'>,
): Promise<StartedRun | null> {
  switch (ifBusy) {
    case 'fail':
      return starting.group === undefined
        ? startDeployment(temporal, request, starting.taskQueue)
        : startGroup(temporal, starting.group, starting.taskQueue);
    case 'wait':
      return startInTurn(temporal, request, starting);
    case 'replace':
      return startReplacing(temporal, request, starting);
    default:
      return assertNever(ifBusy);
  }
}

interface GroupFlags extends DeployFlags {
  readonly declared: Declared;
  readonly terms: FollowTerms;
  readonly askedAt: number;
}

async function deployGroup(terminal: Terminal, name: string, flags: GroupFlags): Promise<ExitCode> {
  const { declared, terms, askedAt, ifBusy } = flags;
  const asked = await groupRequestFrom(terminal, name, flags);
  const policy = { ...(await freezeOf(declared, flags.overrideFreeze, Date.now())), ...notifyOf(declared.notify) };
  const group = { ...asked, records: asked.records.map((one) => ({ ...one, ...policy })) };
  for (const one of group.records) mustHaveGates(one);
  const lead = leadOf(group);
  const { record, by } = lead;
  return withTemporal(terminal, flags, async (temporal) => {
    const say = speaker(terminal, { record, json: terms.json });
    const detach = flags.detach === true;
    const starting = { ...terms, taskQueue: DEPLOY_QUEUE, askedAt, say, detach, ifBusy, group };
    const run = await start(temporal, lead, starting);
    if (run === null) return EXIT.done;
    const request = { record, by, gated: group.records.every(hasGates), to: groupWords(group) };
    announce(terminal, { request, run, temporal, json: flags.json === true });
    return detach ? EXIT.done : followToEnd(terminal, { temporal, run, record, by, terms });
  });
}

async function requestFrom(
  terminal: Terminal,
  name: string,
  { declared: { records }, ...flags }: DeployFlags & { readonly declared: Declared },
): Promise<DeployRequest> {
  if (flags.plan !== undefined) return requestFromPlan(terminal, name, { ...flags, plan: flags.plan });
  const made = deployRequest(name, { flags, policyOf: (record) => records.get(record) ?? null, env: terminal.env });
  for (const note of made.notes) terminal.err(note);
  return made.request;
}

async function requestFromPlan(
  terminal: Terminal,
  name: string,
  flags: DeployFlags & { readonly plan: string },
): Promise<DeployRequest> {
  mustSayOnce(flags);
  const planned = await readPlanFile(flags.plan);
  mustBePlanOf(flags.plan, planned.record, mustBeRecord(name));
  return { ...planned, ...must(askedNow(flags, terminal.env)) };
}

async function groupRequestFrom(terminal: Terminal, name: string, flags: GroupFlags): Promise<GroupRequest> {
  const { declared, plan } = flags;
  if (plan === undefined) {
    const { request, notes } = groupRequest(name, { flags, declared, env: terminal.env });
    for (const note of notes) terminal.err(note);
    return request;
  }
  mustSayOnce(flags);
  const planned = await readGroupPlanFile(plan);
  mustBePlanOf(plan, groupSubject(planned.group), mustBeSubject(name));
  const now = must(askedNow(flags, terminal.env));
  return { ...planned, records: planned.records.map((one) => ({ ...one, ...now })) };
}

/** @throws Stop with exit 2 for flags that say what the plan says. */
function mustSayOnce(flags: RequestFlags): void {
  const also = PLANNED_FLAGS.filter((flag) => flags[flag] !== undefined);
  if (also.length === 0) return;
  const names = also.map((flag) => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new Stop(EXIT.usage, [problem(`--plan and ${names.join(', ')} say what to deploy in two ways`, 'one of them')]);
}

function mustBePlanOf(file: string, planned: string, wanted: string): void {
  if (planned === wanted) return;
  throw new Stop(EXIT.usage, [problem(`${file} is a plan of ${outside(planned)}, not of ${wanted}`)]);
}

function mustHaveGates(request: DeployRequest): void {
  if (looksFirst(request) || request.unchecked) return;
  const found = hasGates(request)
    ? 'no probe is in force at the first step, so nothing would look at black before the first write'
    : 'no gate is given, so nothing would prove that black is healthy';
  throw new Stop(EXIT.refused, [
    problem(
      `${request.record}: ${found}`,
      '--check /healthz (or a URL, tcp:PORT, dns), gates in switchyard.yaml, or --unchecked',
      'nothing was started',
    ),
  ]);
}
