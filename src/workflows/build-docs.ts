import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { ReleaseFacts } from '../contracts/docs.ts';
import type { AskedWish, DocsReport, DocsRequest, ResolvedSource } from '../contracts/docs-runs.ts';
import * as says from '../contracts/docs-words.ts';
import { outcomeOfMove } from '../core/docs/outcome-of-move.ts';
import { docsWork, onOneWorker, type OneWorker } from './docs-activities.ts';
import { concludingDocs } from './docs-conclude.ts';
import { listenToDocsWishes } from './docs-messages.ts';
import { startDocs, type DocsRun } from './docs-run.ts';
import { mustPassGates } from './must-pass-gates.ts';

/**
 * Builds the documentation of one version from the newest source that was asked for, and publishes it.
 *
 * - P1, P2 Nothing that is published is touched before the last stage, which moves a pointer.
 * - A newer wish ends a build wherever it is, but for its activation: that is waited for, and then the newer one is built.
 */
export async function buildDocs(request: DocsRequest): Promise<DocsReport> {
  const run = startDocs(request);
  listenToDocsWishes(run);
  return concludingDocs(run, async () => {
    for (;;) {
      const wish = await run.untilWished();
      await run.unlessSuperseded(() => build(run, wish));
      if (run.isDone()) return;
      await run.handOver(); // continues as new, where the history grows long
    }
  });
}

async function build({ request, progress }: Building, { ref, by, askedAt }: AskedWish): Promise<void> {
  const { spec, version, publish } = request;
  const docs = docsWork(request);
  const source = await progress.stage('resolve', says.source, () => docs.resolveSource({ spec, ref }));
  progress.show({ source });
  const release = await onOneWorker(request, (worker) => makeRelease({ request, progress }, { worker, source }));
  progress.show({ release });
  const input = { spec, version, release: release.id };
  const judged = await progress.stage('gates', says.findings, () => docs.judgeRelease(input));
  progress.show(judged);
  mustPassGates(spec, release, judged.findings);
  if (!publish) {
    progress.show({ outcome: 'preview' });
    return;
  }
  // An activity that did not hear of it has ended well all the same.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled before the activation');
  await CancellationScope.nonCancellable(() => activate({ request, progress }, { ...input, by, askedAt }));
}

type Building = Pick<DocsRun, 'request' | 'progress'>;

/** What the stages on one worker need. */
interface Making {
  readonly worker: OneWorker;
  readonly source: ResolvedSource;
}

/** A release of the source: one that is there already, or a new one. */
async function makeRelease({ request, progress }: Building, { worker, source }: Making): Promise<ReleaseFacts> {
  const { spec, version } = request;
  const { stages, workspace } = worker;
  const input = { spec, version, workspace, source };
  progress.show({ stages: progress.status.stages.filter(({ name }) => name === 'resolve') }); // none of a worker that was lost
  const { buildKey } = await progress.stage('fetch', says.tree, () => stages.fetchSource(input));
  const known = await progress.stage('look', says.known, () => stages.findRelease({ spec, buildKey }));
  progress.show({ reused: known !== null });
  if (known !== null) return known;
  if (spec.dependencies === 'install')
    await progress.stage('install', says.packages, () => stages.installDependencies(input));
  await progress.stage('generate', says.diagnostics, () => stages.generateDocs(input));
  await progress.stage('verify', says.site, () => stages.verifySite(input));
  return progress.stage('stage', says.release, () => stages.stageRelease(input));
}

async function activate({ request, progress }: Building, move: Activation): Promise<void> {
  const docs = docsWork(request);
  const decision = await progress.stage('activate', says.decision, () => docs.activateRelease(move));
  progress.show(outcomeOfMove(decision, { release: move.release, reused: progress.status.reused }));
  const { spec } = request;
  // The next build collects what this one could not.
  await progress.stage('collect', says.collection, () => docs.collectReleases({ spec })).catch(() => undefined);
}

type Activation = Parameters<ReturnType<typeof docsWork>['activateRelease']>[0];
