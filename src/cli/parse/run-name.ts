import { deployId } from '../../contracts/deploy.ts';
import { docsId } from '../../contracts/docs-runs.ts';
import { syncId } from '../../contracts/sync.ts';
import { problem } from '../stop.ts';
import { isDocsName, parseDocsName } from './docs-name.ts';
import { asGroupSubject, groupIn, parseGroupName } from './group-name.ts';
import { pairIn, parsePairName } from './pair-name.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';
import { parseRecordName } from './record-name.ts';

/** What somebody wants to be told of. */
export type WantedRun =
  /** A history that was exported: `temporal workflow show -o json`. */
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'run';
      /** Null: whichever has the run id. */
      readonly workflowId: string | null;
      /** Null: the newest. */
      readonly runId: string | null;
      /** Null: the one in force. */
      readonly namespace: string | null;
    };

/**
 * A run as somebody would paste it: what other verbs act on, a workflow id, a run id, the owner that a fence or a sentence names, the page of the
 * run in Temporal's UI, or the file of a history.
 */
export function parseRunName(text: string): Parsed<WantedRun> {
  if (/^https?:\/\//i.test(text)) return parsePage(text);
  if (/\.json$/i.test(text)) return parsed({ kind: 'file', path: text });
  if (UUID.test(text)) return run(null, text);
  const [, owner, runId] = /^(?:[^:]*\/)?([^/]+:.+)\/([^/]+)$/.exec(text) ?? [];
  if (owner !== undefined && runId !== undefined && UUID.test(runId)) return run(owner, runId);
  if (text.includes(':')) return run(text);
  return named(text);
}

export const isRunId = (text: string): boolean => UUID.test(text);

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const run = (workflowId: string | null, runId: string | null = null): Parsed<WantedRun> =>
  parsed({ kind: 'run', workflowId, runId, namespace: null });

/** `https://temporal.example.com/namespaces/default/workflows/deploy%3Awww.example.com/01a2.../history`. */
function parsePage(text: string): Parsed<WantedRun> {
  try {
    const [, namespace, workflowId, runId] =
      /\/namespaces\/([^/]+)\/workflows\/([^/]+)(?:\/([^/]+))?/.exec(new URL(text).pathname) ?? [];
    if (namespace !== undefined && workflowId !== undefined)
      return parsed({
        kind: 'run',
        workflowId: decodeURIComponent(workflowId),
        runId: runId === undefined || !UUID.test(runId) ? null : runId,
        namespace: decodeURIComponent(namespace),
      });
  } catch {
    // No address, or one that cannot be decoded: refused below.
  }
  return rejected(
    problem(
      `${quoted(text)} is no page of a run`,
      'the page of a run in the UI, https://HOST/namespaces/NAMESPACE/workflows/ID/RUN',
    ),
  );
}

function named(text: string): Parsed<WantedRun> {
  if (pairIn(text) !== null) return ofName(parsePairName(text), syncId);
  if (groupIn(text) !== null) return ofName(parseGroupName(text), (group) => deployId(asGroupSubject(group)));
  if (isDocsName(text)) return ofName(parseDocsName(text), (docs) => docsId({ ...docs, publish: true }));
  return ofName(parseRecordName(text), ({ record }) => deployId(record));
}

const ofName = <T>(name: Parsed<T>, idOf: (name: T) => string): Parsed<WantedRun> =>
  name.ok ? run(idOf(name.value)) : name;
