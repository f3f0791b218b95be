import type { DeployRequest } from '../contracts/deploy.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { outside } from './words.ts';

/** A deployment that has just been started, or joined. */
interface Announcement {
  readonly request: Pick<DeployRequest, 'record' | 'by' | 'undo'> & { readonly to: string; readonly gated: boolean };
  readonly run: StartedRun;
  readonly temporal: TemporalClient;
  readonly json: boolean;
}

/** Says what was started, and where it can be seen. */
export function announce(terminal: Terminal, { request, run, temporal, json }: Announcement): void {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  if (json) {
    const { record } = request;
    const event = { schemaVersion: 1, event: 'started', at: Date.now(), record, ...run, link };
    terminal.document(JSON.stringify(event));
    return;
  }
  const started = request.undo === undefined ? 'deploying' : 'putting back';
  const verb = run.joined ? 'joined the running deployment of' : started;
  terminal.out(
    `${verb} ${request.record} to ${outside(request.to)}, asked by ${outside(request.by)} (not authenticated)`,
  );
  if (!request.gated) terminal.err('warning: no gate is asked, so none watches black');
  if (link !== null) terminal.out(link);
}
