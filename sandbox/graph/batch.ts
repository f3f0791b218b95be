/**
 * `$batch`: up to 20 steps, all in a row or all at once. https://learn.microsoft.com/graph/json-batching
 *
 * Faults of the `steps` plan strike single steps. A step has no connection of its own, so those that cut one (`reset`, `hang`, and with the
 * effect `apply-then-reset`, `apply-then-hang`) leave its answer out, and so does `apply-late`, whose effect lands later, judged as of then.
 */
import type { Fault } from '../faults.ts';
import type { Answer } from './answer.ts';
import { refusalAnswer } from './answer.ts';
import { answering, mailboxUserOf, operationOf, runCounted } from './desk.ts';
import type { Ask, Desk } from './desk.ts';
import { arrayIn, objectIn, stringIn } from './json.ts';
import type { Json } from './json.ts';
import { invalid, Refusal } from './refusal.ts';

/** Answers 200 whatever became of the steps. @throws Refusal 400 for a batch that is none, 429 for a chain that has no place in flight. */
export async function runBatch(desk: Desk, ask: Ask, body: Json): Promise<Answer> {
  const steps = stepsOf(ask, body);
  const responses = isChain(steps) ? await inARow(desk, steps) : await atOnce(desk, steps);
  // The order of answers is promised to nobody, so it is never the one of the questions.
  return { status: 200, body: { responses: responses.filter((response) => response !== null).reverse() } };
}

const MOST_STEPS = 20;
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];

interface BatchStep {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly ask: Ask;
  /** Known before it runs: a body without its content type. */
  readonly refusal: Refusal | null;
}

/** Null: the step has no answer. */
type StepAnswer = Json | null;

function stepsOf(outer: Ask, body: Json): readonly BatchStep[] {
  const requests = arrayIn(body['requests'], 'requests');
  if (requests.length === 0 || requests.length > MOST_STEPS)
    throw invalid(`Number of batch request steps must be between 1 and ${MOST_STEPS}.`, 'BadRequest');
  const steps = requests.map((request) => stepOf(outer, objectIn(request, 'requests')));
  if (new Set(steps.map(({ id }) => id)).size < steps.length) throw invalid('Duplicate request id.', 'BadRequest');
  return steps;
}

function stepOf(outer: Ask, request: Json): BatchStep {
  const id = stringIn(request['id'], 'id');
  const method = stringIn(request['method'], 'method').toUpperCase();
  const path = stringIn(request['url'], 'url');
  if (id === '' || !METHODS.includes(method)) throw invalid('A batch request needs an id and a method.', 'BadRequest');
  if (!path.startsWith('/') || path.startsWith('/$batch')) throw invalid('Invalid batch request url.', 'BadRequest');
  const headers = headersOf(request['headers']);
  const text = request['body'] === undefined ? '' : JSON.stringify(request['body']);
  const untyped = text !== '' && headers['content-type'] === undefined;
  const message = 'Write request step without content type header specified.';
  return {
    id,
    dependsOn: arrayIn(request['dependsOn'] ?? [], 'dependsOn').map((each) => stringIn(each, 'dependsOn')),
    ask: { ...outer, method, path, headers, text },
    refusal: untyped ? new Refusal({ status: 400, code: 'BadRequest' }, message) : null,
  };
}

function headersOf(value: unknown): Record<string, string> {
  const entries = Object.entries(objectIn(value ?? {}, 'headers'));
  return Object.fromEntries(entries.map(([name, text]) => [name.toLowerCase(), stringIn(text, name)]));
}

/** @throws Refusal 400 for what is neither a chain, each step on the one before it, nor free of dependencies. */
function isChain(steps: readonly BatchStep[]): boolean {
  if (steps.every(({ dependsOn }) => dependsOn.length === 0)) return false;
  const chained = steps.every(({ dependsOn }, at) => dependsOn.join(',') === (steps[at - 1]?.id ?? ''));
  if (!chained) throw invalid('Batch requests are either fully sequential or fully parallel.', 'BadRequest');
  return true;
}

/** One place in flight for all of them; after one that failed, none runs. */
async function inARow(desk: Desk, steps: readonly BatchStep[]): Promise<StepAnswer[]> {
  const [first] = steps;
  const leave = first ? desk.throttle.enter(mailboxUserOf(desk, first.ask)) : () => undefined;
  const answers: StepAnswer[] = [];
  let failed = false;
  try {
    for (const step of steps) {
      const answer: StepAnswer = failed ? told(step, FAILED_DEPENDENCY) : await struck(desk, step);
      answers.push(answer);
      failed ||= answer === null || Number(answer['status']) >= 400;
    }
  } finally {
    leave();
  }
  return answers;
}

/** Each counts as one in flight, from the first to the last. */
async function atOnce(desk: Desk, steps: readonly BatchStep[]): Promise<StepAnswer[]> {
  const entered = steps.map((step) => ({ step, place: placeFor(desk, step.ask) }));
  return Promise.all(
    entered.map(async ({ step, place }) => {
      if (place instanceof Refusal) return told(step, refusalAnswer(place));
      return struck(desk, step).finally(place);
    }),
  );
}

function placeFor(desk: Desk, ask: Ask): Refusal | (() => void) {
  try {
    return desk.throttle.enter(mailboxUserOf(desk, ask));
  } catch (cause) {
    if (cause instanceof Refusal) return cause;
    throw cause;
  }
}

const FAILED_DEPENDENCY: Answer = {
  status: 424,
  body: { error: { code: 'FailedDependency', message: 'A request that this one depends on has failed.' } },
};

/** One case for each kind of fault, as in faulted-server.ts. */
async function struck(desk: Desk, step: BatchStep): Promise<StepAnswer> {
  const { method, path, headers, text } = step.ask;
  const operation = operationOf(method, path);
  const fault = desk.steps.next(operation, { operation, method, path, headers, body: text });
  const run = async (): Promise<StepAnswer> => told(step, await outcomeOf(desk, step));
  switch (fault?.kind) {
    case undefined:
      return run();
    case 'meanwhile':
      await fault.run();
      return run();
    case 'slow':
      await desk.wait(fault.ms);
      return run();
    case 'refuse':
      return told(step, refusalAnswer(refused(fault)));
    case 'apply-then-error':
      await run();
      return told(step, refusalAnswer(failedInside(fault)));
    case 'apply-then-reset':
    case 'apply-then-hang':
      await run();
      return null;
    case 'apply-late':
      desk.steps.landing(desk.wait(fault.afterMs).then(run, () => undefined));
      return null;
    case 'reset':
    case 'hang':
      return null;
    case 'garble':
      return told(step, { status: fault.status ?? 200, body: fault.body });
  }
}

function outcomeOf(desk: Desk, { ask, refusal }: BatchStep): Promise<Answer> {
  return refusal === null ? runCounted(desk, ask) : answering(() => Promise.reject(refusal));
}

function refused({ status, code, message, ...wait }: Extract<Fault, { kind: 'refuse' }>): Refusal {
  return new Refusal({ status, code, ...pauseIn(wait) }, message ?? code);
}

function failedInside({ status = 500, ...wait }: Extract<Fault, { kind: 'apply-then-error' }>): Refusal {
  return new Refusal({ status, code: 'generalException', ...pauseIn(wait) }, 'An internal server error occurred.');
}

type Pause = Pick<Extract<Fault, { kind: 'refuse' }>, 'retryAfterSeconds'>;

const pauseIn = ({ retryAfterSeconds }: Pause): Pause => (retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

function told({ id }: BatchStep, { status, headers, body }: Answer): Json {
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return {
    id,
    status,
    headers: { 'Cache-Control': 'private', ...type, ...headers },
    ...(body !== undefined && { body }),
  };
}
