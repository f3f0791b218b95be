import type { DocsMemo, DocsStatus } from '../contracts/docs-runs.ts';
import { cancelRun } from './cancel-run.ts';
import { docsEndLines, docsFace } from './docs-face.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfDocs } from './explain.ts';
import { followChain, type FollowChain } from './follow-chain.ts';
import { followHere, LOOK_EVERY_MS } from './follow-here.ts';
import { publish } from './github.ts';
import { lookAtChain } from './look-at-chain.ts';
import type { RunEnd } from './look-at-run.ts';
import { asDocsSubject, type DocsName } from './parse/docs-name.ts';
import { openReporter } from './reporter.ts';
import type { DocsLook } from './render-docs-run.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface FollowingDocs extends Pick<FollowChain<DocsLook, DocsStatus>, 'waitMs' | 'onCancel'> {
  readonly temporal: TemporalClient;
  readonly run: Pick<StartedRun, 'workflowId' | 'runId'>;
  readonly name: DocsName;
  /** Who follows it, should that be who aborts it. */
  readonly by: string;
  readonly json: boolean;
  /** What its end means to the verb that follows; by default what it means to one that asked for the build. */
  readonly exitOf?: ((end: RunEnd<DocsStatus>) => ExitCode) | undefined;
}

/** Follows a build on this terminal until it ends, with an annotation where this is GitHub Actions. */
export async function followDocsToEnd(terminal: Terminal, following: FollowingDocs): Promise<ExitCode> {
  const { temporal, run, name, by, json, exitOf = exitOfEnd, ...terms } = following;
  const { workflowId } = run;
  const link = uiLink(temporal.place, workflowId, run.runId);
  const subject = asDocsSubject(name);
  return followHere({
    reporter: openReporter(docsFace(name), { terminal, link, json }),
    follow: (reporter, interrupts) =>
      followChain(temporal, run, {
        ...terms,
        look: async (one) => (await lookAtChain<DocsStatus, DocsMemo>(temporal, one)).look,
        exitOf,
        what: `the build of ${subject}`,
        watch: `./switchyard watch ${subject}`,
        abort: (reason, runId) => cancelRun(temporal, { workflowId, by, reason }, runId),
        reporter,
        interrupts,
        everyMs: LOOK_EVERY_MS,
      }),
    tell: (end) => tellGithubOfDocs(terminal, { name, end, link }),
  });
}

/** Without a word of its own it is not known what stands; whatever it is, it is whole (P1, P2). */
function exitOfEnd(end: RunEnd<DocsStatus>): ExitCode {
  return end.kind === 'reported' ? exitOfDocs(end.status.outcome) : EXIT.failedSafe;
}

interface EndedDocs {
  readonly name: DocsName;
  readonly end: RunEnd<DocsStatus>;
  readonly link: string | null;
}

/** Annotation, summary and the output `outcome`, where this is GitHub Actions. */
async function tellGithubOfDocs(terminal: Terminal, { name, end, link }: EndedDocs): Promise<void> {
  const lines = docsEndLines(end, name, { paint: (_style, text) => text, now: Date.now(), link });
  const outcome = end.kind === 'reported' ? end.status.outcome : 'unknown';
  const exit = exitOfEnd(end);
  await publish(terminal, {
    subject: asDocsSubject(name),
    kind: exit === EXIT.done ? 'notice' : exit === EXIT.exceptions ? 'warning' : 'error',
    text: lines.join('\n'),
    summary: [`## ${asDocsSubject(name)}: ${outcome}`, '', ...lines.map((line) => `    ${line}`), '', ''].join('\n'),
    outcome,
  });
}
