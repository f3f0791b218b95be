import { setTimeout as sleep } from 'node:timers/promises';
import { declaredIn } from '../src/cli/declared.ts';
import type { RequestFlags } from '../src/cli/deploy-flags.ts';
import { deployRequest } from '../src/cli/deploy-request.ts';
import { endOfRun, lookAtRun, type RunEnd } from '../src/cli/look-at-run.ts';
import { changeLines } from '../src/cli/render.ts';
import { endLines } from '../src/cli/deploy-face.ts';
import { startDeployment, type StartedRun } from '../src/cli/start-deployment.ts';
import { checkSwitchyardFile } from '../src/cli/read-file.ts';
import type { NamedPolicy } from '../src/cli/record-policy.ts';
import { uiLink } from '../src/cli/temporal-place.ts';
import { clock } from '../src/cli/words.ts';
import { DEPLOY_QUEUE, type DeployOutcome, type DeployRequest, type DeployStatus } from '../src/contracts/deploy.ts';
import { observe } from '../test/support/observer.ts';
import { shareDrawer } from './draw-share.ts';
import { fastRequest, SPEED } from './fast-request.ts';
import { disproved, proofLines, prove, type Expected } from './prove.ts';
import { SceneFailed } from './scene.ts';
import type { Stage } from './stage.ts';
import type { Colours } from './traffic-share.ts';
import { watchAnswers, type Watched } from './watch-answers.ts';

/** A deployment as a scene: what is asked for, what happens on the way, and how it must end. */
export interface Play {
  readonly name: string;
  readonly record: string;
  /** What is asked for, where it is not a canary. */
  readonly wish?: Wish;
  readonly event: PlayEvent | null;
  /** What happens when the run has ended, before the proof. */
  readonly afterwards?: () => Promise<void>;
  readonly expected: Expected & { readonly outcome: DeployOutcome | 'terminated' };
  /** What else its end shows. */
  readonly closing?: (status: DeployStatus) => readonly string[];
}

/** What a deployment is asked with: flags, and a `switchyard.yaml`. */
export interface Wish {
  readonly flags: RequestFlags & { readonly steps: string; readonly hold: string; readonly bake: string };
  readonly file: string | null;
}

/** Something that happens to the deployment, some seconds after it has come to a point. */
export interface PlayEvent {
  readonly when: (status: DeployStatus) => boolean;
  /** Shown when it happens. */
  readonly sentence: string;
  readonly happen: (run: StartedRun) => Promise<void>;
}

/** One more second of answers, to see where they have come to rest. */
const LAST_LOOK_MS = 1_200;

const FLAGS = { steps: '10,50,100', hold: '2m', bake: '4m', check: ['/healthz'] };

/**
 * Deploys the stage's black, shows the share of the real DNS answers beside the stages, and ends with the proof.
 *
 * @throws SceneFailed where it ended otherwise than expected.
 */
export async function playDeployment(stage: Stage, play: Play): Promise<void> {
  const { terminal, sandbox, temporal } = stage;
  const colours: Colours = { red: [sandbox.red.address], black: [sandbox.black.address] };
  const watched: Watched = { record: play.record, servers: sandbox.nameServers.addresses, colours };
  const observer = observe(sandbox, play.record, colours);
  terminal.out(`$ ${commandOf(play, sandbox.black.address)}`);

  const run = await startDeployment(temporal, await requestFor(play, sandbox.black.address), DEPLOY_QUEUE);
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  const stopWatching = watchAnswers(watched, shareDrawer(terminal));
  const show = showing(stage, { play, run, link });
  try {
    await followToItsEnd(stage, run, show.audience);
    await show.happened();
    await play.afterwards?.();
    await sleep(LAST_LOOK_MS);
  } finally {
    await stopWatching();
  }

  const proof = await prove(watched, observer);
  for (const line of proofLines(proof, colours)) terminal.out(line);
  const problems = [...wrongEnd(show.end(), play), ...disproved(proof, { expected: play.expected, colours })];
  if (problems.length > 0) throw new SceneFailed(play.name, link === null ? problems : [...problems, link]);
}

/** The words that start the same deployment at the pace of a real one. */
function commandOf({ record, wish }: Play, black: string): string {
  const { steps, hold, bake, check = [] } = wish?.flags ?? FLAGS;
  const checked = check.length === 0 ? '' : ` --check ${check.join(' ')}`;
  return `./switchyard deploy ${record} --to ${black} --steps ${steps} --hold ${hold} --bake ${bake}${checked}`;
}

async function requestFor({ record, wish }: Play, black: string): Promise<DeployRequest> {
  const flags = { ...(wish?.flags ?? FLAGS), to: [black], by: 'the demo' };
  const declared = wish?.file == null ? null : declaredIn(await checkSwitchyardFile(wish.file, 'switchyard.yaml'));
  const policyOf = (name: string): NamedPolicy | null => declared?.records.get(name) ?? null;
  const { request } = deployRequest(record, { flags, policyOf, env: {} });
  return fastRequest(request, SPEED);
}

/** How a scene hears of its deployment. */
interface Audience {
  show(status: DeployStatus): void;
  end(end: RunEnd): void;
}

const LOOK_EVERY_MS = 200;
/** Longer than any scene takes: a scene that hangs fails. */
const PATIENCE_MS = 100_000;

async function followToItsEnd({ temporal }: Stage, run: StartedRun, audience: Audience): Promise<void> {
  const patienceEndsAt = Date.now() + PATIENCE_MS;
  let last: DeployStatus | null = null;
  for (;;) {
    if (Date.now() > patienceEndsAt) return;
    await sleep(LOOK_EVERY_MS);
    const { status, closedAt } = await lookAtRun(temporal, run);
    last = status ?? last;
    if (last !== null) audience.show(last);
    if (closedAt !== null) break; // a terminated run tells nothing of its end
  }
  audience.end(await endOfRun(temporal, run, last));
}

interface Showing {
  readonly play: Play;
  readonly run: StartedRun;
  readonly link: string | null;
}

/** What the deployment says goes to the terminal as in a log: one line a change, and the four last lines. */
function showing({ terminal }: Stage, { play, run, link }: Showing) {
  const { event, record, closing } = play;
  let before: DeployStatus | null = null;
  let ended: RunEnd | null = null;
  let happened: Promise<void> | null = null;
  const say = (sentence: string): void => terminal.out(`${clock(Date.now())}  ${sentence}`);
  const show = (status: DeployStatus): void => {
    for (const line of changeLines(before, status)) terminal.out(line);
    before = status;
    if (event === null || happened !== null || !event.when(status)) return;
    happened = happenSoon(event, { run, say: (sentence) => say(terminal.paint('yellow', sentence)) });
    happened.catch(() => undefined); // awaited when the deployment has ended
  };
  const audience: Audience = {
    show,
    end: (end) => {
      ended = end;
      if (end.kind === 'reported') show(end.status);
      const look = {
        paint: (...[style, text]: Parameters<typeof terminal.paint>) => terminal.paint(style, text),
        now: Date.now(),
        link,
      };
      for (const line of endLines(end, record, look)) terminal.out(line);
      if (end.kind === 'reported') for (const line of closing?.(end.status) ?? []) terminal.out(line);
    },
  };
  return { audience, end: () => ended, happened: async () => void (await happened) };
}

/** Long enough to see on the screen what is about to be lost. */
const CALM_MS = 2_500;

async function happenSoon(
  event: PlayEvent,
  { run, say }: { readonly run: StartedRun; readonly say: (sentence: string) => void },
): Promise<void> {
  await sleep(CALM_MS);
  say(event.sentence);
  await event.happen(run);
}

function wrongEnd(end: RunEnd | null, { record, expected }: Play): readonly string[] {
  if (end === null)
    return [`${record}: expected ${expected.outcome}, and it has not ended within ${PATIENCE_MS / 1_000} s`];
  const found = end.kind === 'reported' ? end.status.outcome : outcomeOf(end.why);
  return found === expected.outcome ? [] : [`${record}: expected ${expected.outcome}, found ${found}`];
}

/** A terminated run has no outcome of its own. */
const outcomeOf = (why: string): string => (why.includes('was terminated') ? 'terminated' : why);
