import type { DeployStatus } from '../contracts/deploy.ts';
import type { RunEnd } from './look-at-run.ts';
import { changeLines, closingLines, speechlessLines, statusLines, type View } from './render.ts';
import type { Face, Reporter } from './reporter.ts';

/** Deployments are followed by the answers of their query. */
export type DeployReporter = Reporter<DeployStatus, DeployStatus>;

/** What a deployment of a record looks like while it is followed. */
export function deployFace(record: string): Face<DeployStatus, DeployStatus> {
  let before: DeployStatus | null = null;
  const news = (status: DeployStatus): readonly string[] => {
    const lines = changeLines(before, status);
    before = status;
    return lines;
  };
  return {
    subject: { record },
    drawn: statusLines,
    drawnLast: (end, view) => (end.kind === 'reported' ? statusLines(end.status, view) : null),
    news,
    newsOfEnd: news,
    facts: (status) => ({ status }),
    endLines: (end, view) => endLines(end, record, view),
  };
}

/** The four last lines of any end. */
export function endLines(end: RunEnd, record: string, view: View): readonly string[] {
  return end.kind === 'reported' ? closingLines(end.status, view) : speechlessLines(record, end, view);
}
