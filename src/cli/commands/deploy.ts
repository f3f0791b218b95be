import { Option } from '@commander-js/extra-typings';
import { DEPLOY_QUEUE, type DeployRequest } from '../../contracts/deploy.ts';
import { collect, examples, type AddVerb } from '../command.ts';
import { PLANNED_FLAGS, type RequestFlags } from '../deploy-flags.ts';
import { deployRequest } from '../deploy-request.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd, type FollowFlags } from '../follow-to-end.ts';
import { mustBeSpan } from '../must-read.ts';
import { parseRecordName } from '../parse/record-name.ts';
import { readPlanFile } from '../plan-file.ts';
import { readPolicies } from '../policies.ts';
import { startDeployment, type StartedRun } from '../start-deployment.ts';
import { problem, Stop } from '../stop.ts';
import { targetWords } from '../target-words.ts';
import { uiLink } from '../temporal-place.ts';
import type { TemporalClient } from '../temporal-client.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';
import { outside } from '../words.ts';

export const addDeploy: AddVerb = (program, { terminal, does }) => {
  program
    .command('deploy <name>')
    .description('move a record to a new endpoint, watch it, and put the old one back if anything goes wrong')
    .option(
      '--to <values>',
      'addresses, a host name, or alias:DNS-NAME[@ZONEID][:eval]; again or comma-separated for several',
      collect,
    )
    .option('--zone <zone>', 'zone id or exact zone name; default: the longest zone that holds the record')
    .option('--type <type>', 'A, AAAA or CNAME; default: what stands there')
    .option('--from <values>', 'refuse when the record serves something else now', collect)
    .option('--strategy <name>', 'red-black (100), blue-green (50,100), canary (5,25,50,100)')
    .option('--steps <shares>', 'shares of traffic on the way, such as 5,50,100')
    .option('--hold <duration>', 'watch each step for this long; default: max(5m, 2 x TTL)')
    .option('--bake <duration>', 'watch 100 % for this long before promotion; default: max(15m, 3 x TTL)')
    .option('--check <gate>', 'a path (/healthz), a URL, tcp:PORT or dns; again for several', collect)
    .option('--unchecked', 'accept a deployment without any gate')
    .option('--interval <duration>', 'between two probes; default: 5s')
    .option('--fail <rule>', 'ill at this many failures of the last probes; default: 4/6')
    .option('--deadline <duration>', 'roll back when it takes longer; default: 1.5 x the planned time, at least 30m')
    .option('--pre-lower-ttl <ttl>', 'lower the TTL first, and wait for the old one')
    .option('--ttl <seconds>', 'TTL after the promotion; default: as before')
    .option('--slow-rollback-ok', 'accept a TTL over 300 s')
    .option('--accept-ill-red', 'go on when red fails its checks; black must still pass')
    .option(
      '--leave <type>',
      'accept that this type stands at the name and is not moved, such as AAAA or HTTPS',
      collect,
    )
    .option('--verify <how>', 'authoritative, or api for private zones and filtered port 53')
    .option('--plan <file>', 'run exactly the plan that `plan --out` wrote')
    .option('--plan-hash <hash>', 'refuse when the plan made now is another')
    .option(
      '--request-id <id>',
      "the same id with the same request joins the running deployment; default: the CI's own",
    )
    .option('--wait <duration>', 'stop waiting after this (exit 5); the deployment goes on')
    .option('--blocked-wait <duration>', 'exit 4 when a rollback is blocked for this long; it keeps trying', '5m')
    .option('--start-within <duration>', 'refuse when no worker begins within this; default: 5m')
    .option('--detach', 'return once it is accepted')
    .addOption(
      new Option('--on-cancel <what>', 'at Ctrl-C and SIGTERM')
        .choices(['leave', 'abort'] as const)
        .default('leave' as const),
    )
    .option('--by <who>', 'who asks (not authenticated); default: CI or OS user')
    .option('--json', 'one JSON object a line')
    .option('--config <file>', 'switchyard.yaml; default: SWITCHYARD_CONFIG, else found up to the git root')
    .option('--address <host:port>', 'Temporal; default: TEMPORAL_ADDRESS, a running `up`, localhost:7233')
    .option('--namespace <name>', 'Temporal namespace')
    .addHelpText(
      'after',
      examples(
        'deploy www.example.com --to 192.0.2.20 --check /healthz',
        'deploy www.example.com --to 192.0.2.20 --steps 10,50,100 --hold 10m --check http://www.example.com:8080/healthz',
        'deploy www.example.com --plan cutover.json --wait 45m',
      ),
    )
    .action(does((name, flags) => deploy(terminal, name, flags)));
};

interface DeployFlags extends RequestFlags, FollowFlags {
  readonly plan?: string | undefined;
  readonly detach?: boolean | undefined;
  readonly config?: string | undefined;
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
}

async function deploy(terminal: Terminal, name: string, flags: DeployFlags): Promise<ExitCode> {
  checkFollowFlags(flags);
  const request = await requestFrom(terminal, name, flags);
  mustHaveGates(request);
  return withTemporal(terminal, flags, async (temporal) => {
    const run = await startDeployment(temporal, request, DEPLOY_QUEUE);
    announce(terminal, { request, run, temporal, json: flags.json === true });
    if (flags.detach === true) return EXIT.done;
    return followToEnd(terminal, { temporal, run, record: request.record, by: request.by, flags });
  });
}

/** Before anything starts: a typing error in `--wait` must not be found after the deployment has begun. */
function checkFollowFlags({ wait, blockedWait }: FollowFlags): void {
  if (wait !== undefined) mustBeSpan(wait, '--wait');
  if (blockedWait !== undefined) mustBeSpan(blockedWait, '--blocked-wait');
}

async function requestFrom(terminal: Terminal, name: string, flags: DeployFlags): Promise<DeployRequest> {
  if (flags.plan !== undefined) return requestFromPlan(terminal, name, { ...flags, plan: flags.plan });
  const policies = await readPolicies(terminal, flags.config);
  const made = deployRequest(name, { flags, policyOf: (record) => policies.get(record) ?? null, env: terminal.env });
  for (const note of made.notes) terminal.err(note);
  return made.request;
}

async function requestFromPlan(
  terminal: Terminal,
  name: string,
  flags: DeployFlags & { readonly plan: string },
): Promise<DeployRequest> {
  const also = PLANNED_FLAGS.filter((flag) => flags[flag] !== undefined);
  if (also.length > 0) {
    const names = also.map((flag) => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    throw new Stop(EXIT.usage, [
      problem(`--plan and ${names.join(', ')} say what to deploy in two ways`, 'one of them'),
    ]);
  }
  const planned = await readPlanFile(flags.plan);
  const read = parseRecordName(name);
  if (!read.ok) throw new Stop(EXIT.usage, read.problems);
  if (read.value.record !== planned.record) {
    throw new Stop(EXIT.usage, [
      problem(`${flags.plan} is a plan of ${outside(planned.record)}, not of ${read.value.record}`),
    ]);
  }
  // Who runs it, and under which id, is a matter of this moment and not of the plan.
  const now = deployRequest(name, {
    flags: { ...flags, to: ['192.0.2.1'] },
    policyOf: () => null,
    env: terminal.env,
  }).request;
  return { ...planned, by: now.by, requestId: now.requestId, startWithinMs: now.startWithinMs };
}

function mustHaveGates({ record, gates, unchecked }: DeployRequest): void {
  if (gates.length > 0 || unchecked) return;
  throw new Stop(EXIT.refused, [
    problem(
      `${record}: no gate is given, so nothing would prove that black is healthy`,
      '--check /healthz (or a URL, tcp:PORT, dns), gates in switchyard.yaml, or --unchecked',
      'nothing was started',
    ),
  ]);
}

interface Announcement {
  readonly request: DeployRequest;
  readonly run: StartedRun;
  readonly temporal: TemporalClient;
  readonly json: boolean;
}

function announce(terminal: Terminal, { request, run, temporal, json }: Announcement): void {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  if (json) {
    const { record } = request;
    const event = { schemaVersion: 1, event: 'started', at: Date.now(), record, ...run, link };
    terminal.document(JSON.stringify(event));
    return;
  }
  const verb = run.joined ? 'joined the running deployment of' : 'deploying';
  terminal.out(
    `${verb} ${request.record} to ${outside(targetWords(request.to))}, asked by ${outside(request.by)} (not authenticated)`,
  );
  if (request.gates.length === 0) terminal.err('warning: --unchecked, so no gate watches black');
  if (link !== null) terminal.out(link);
}
