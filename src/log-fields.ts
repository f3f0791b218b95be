/**
 * What a log line says beside its sentence: fields by name, and no others, so that nothing gets into a log because somebody upstream began to
 * hand it along (A1). Task tokens, inputs and the headers of a failed request are what that keeps out.
 */
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { cleanText } from './core/clean-text.ts';
import { isFailureType } from './policies/as-temporal-failure.ts';
import { ServiceError } from './policies/service-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** By the names that Temporal gives them, and the names that they have in a line. */
const NAMES: Readonly<Record<string, string>> = {
  workflowId: 'workflow',
  runId: 'run',
  workflowRunId: 'run',
  workflowType: 'workflowType',
  activityType: 'activity',
  activityId: 'activityId',
  attempt: 'attempt',
  taskQueue: 'queue',
  namespace: 'namespace',
  sdkComponent: 'component',
  target: 'target',
  // Our own.
  phase: 'phase',
  outcome: 'outcome',
  share: 'share',
};

/** Fields of a line of Temporal's, and whose run it is about: `record`, `pair` or `site`. */
export function logFields(meta: Fields = {}): Fields {
  const named = Object.entries(meta).flatMap(([name, value]) => {
    const shown = NAMES[name];
    return shown === undefined || !isPlain(value) ? [] : [[shown, value] as const];
  });
  const { workflowId, error } = meta;
  return {
    ...Object.fromEntries(named),
    ...(typeof workflowId === 'string' ? subjectOf(workflowId) : {}),
    ...(error === undefined ? {} : { error: errorFields(error) }),
  };
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** Workflow ids are the locks of what they are about. */
function subjectOf(workflowId: string): Fields {
  const [, kind = '', name = ''] = /^(deploy|deploy-group|deploy-next|reset|sync|docs):([^:]+)/.exec(workflowId) ?? [];
  if (kind === 'sync') return { pair: name };
  if (kind === 'docs') return { site: name };
  if (kind === 'deploy-group') return { group: name };
  return kind === '' ? {} : { record: name };
}

/** The longest word of somebody else's that is kept. */
const MOST = 300;
const DEPTH = 3;

/**
 * An error as a log shows it. Messages that are made in this project say what they say in histories too; those of others may quote what they
 * stumbled over, so of those only the name, a code and the place are kept.
 */
export function errorFields(error: unknown, depth = DEPTH): unknown {
  if (typeof error === 'string') return cleanText(error, MOST); // of Temporal's core: what a call to the server came to
  if (!(error instanceof Error)) return { name: typeof error };
  const { cause } = error;
  const inner = cause === undefined || depth === 0 ? {} : { cause: errorFields(cause, depth - 1) };
  if (isOurs(error)) return { name: error.name, ...typeOf(error), message: error.message, ...inner };
  return { name: error.name, ...codeOf(error), at: placesOf(error), ...inner };
}

function isOurs(error: Error): boolean {
  if (error instanceof ApplicationFailure) return isFailureType(error.type ?? '');
  const kinds = [ActivityFailure, CancelledFailure, TimeoutFailure, ServiceError];
  return kinds.some((kind) => error instanceof kind);
}

const typeOf = (error: Error): Fields => (error instanceof ApplicationFailure ? { type: error.type } : {});

/** `ECONNREFUSED`, a status of gRPC. */
function codeOf(error: Error): Fields {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' || (typeof code === 'string' && /^\w{1,60}$/.test(code)) ? { code } : {};
}

const FRAMES = 8;

/** The frames alone. A stack begins with the message, whose lines may look like frames: where it is not found, nothing of the stack is kept. */
function placesOf({ stack = '', message }: Error): readonly string[] {
  const at = stack.indexOf(message);
  const afterMessage = at < 0 ? '' : stack.slice(at + message.length);
  const frames = afterMessage.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, FRAMES).map((line) => cleanText(line, MOST));
}
