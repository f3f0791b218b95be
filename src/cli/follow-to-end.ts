import { EXIT, type ExitCode } from './exit-codes.ts';
import { follow, type FollowOptions } from './follow.ts';
import { tellGithub } from './github.ts';
import { deployFace } from './deploy-face.ts';
import { followHere, LOOK_EVERY_MS } from './follow-here.ts';
import { parseSpan } from './parse/numbers.ts';
import { startFindings } from './parse/parsed.ts';
import { openReporter } from './reporter.ts';
import type { StartedRun } from './start-deployment.ts';
import { Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface FollowFlags {
  readonly wait?: string | undefined;
  readonly blockedWait?: string | undefined;
  readonly onCancel?: 'leave' | 'abort' | undefined;
  readonly json?: boolean | undefined;
}

/** How long to follow, and what to do when somebody stops that. */
export interface FollowTerms extends Pick<FollowOptions, 'waitMs' | 'blockedWaitMs' | 'onCancel'> {
  readonly json: boolean;
}

/**
 * Read before anything is sent: a typing error must not be found after the deployment, or its abort, has begun.
 *
 * @throws Stop with exit 2: every problem at once.
 */
export function followTerms({ wait, blockedWait, onCancel, json }: FollowFlags): FollowTerms {
  const findings = startFindings();
  const waitMs = wait === undefined ? null : findings.take(parseSpan(wait, '--wait'), null);
  const blockedWaitMs = findings.take(parseSpan(blockedWait ?? '5m', '--blocked-wait'), 0);
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return { waitMs, blockedWaitMs, onCancel: onCancel ?? 'leave', json: json === true };
}

export interface Following {
  readonly temporal: TemporalClient;
  readonly run: StartedRun;
  readonly record: string;
  readonly by: string;
  readonly terms: FollowTerms;
}

/** Follows a run on this terminal until it ends, with annotations where this is GitHub Actions. */
export async function followToEnd(
  terminal: Terminal,
  { temporal, run, record, by, terms }: Following,
): Promise<ExitCode> {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  return followHere({
    reporter: openReporter(deployFace(record), { terminal, link, json: terms.json }),
    follow: (reporter, interrupts) =>
      follow(temporal, run, { ...terms, record, by, reporter, interrupts, everyMs: LOOK_EVERY_MS }),
    tell: (end) => tellGithub(terminal, { record, end, link, now: Date.now() }),
  });
}
