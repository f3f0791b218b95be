/** What stands between HTTP and the desk: the root of the address, the token, and the form of every answer. */
import type { Protocol, Reply } from '../faulted-server.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import type { Answer } from './answer.ts';
import { refusalAnswer, replyOf } from './answer.ts';
import { runBatch } from './batch.ts';
import { answering, operationOf, runInTurn } from './desk.ts';
import type { Ask, Desk } from './desk.ts';
import { objectIn } from './json.ts';
import { invalid, Refusal } from './refusal.ts';
import { ROOT } from './routes.ts';

const BATCH = '$batch';

export function protocolOf(desk: Desk, faults: FaultPlan): Protocol {
  return {
    faults,
    operationOf: (method, path) => (isBatch(path) ? BATCH : operationOf(method, afterRoot(path))),
    process: async (request) => replyOf(await admit(desk, request)),
    refusal: ({ status, code, message }): Reply => replyOf(refusalAnswer(new Refusal({ status, code }, message))),
  };
}

function admit(desk: Desk, request: FaultedRequest): Promise<Answer> {
  return answering(async () => {
    if (!request.path.startsWith(`${ROOT}/`))
      throw new Refusal({ status: 404, code: 'UnknownVersion' }, 'No such API.');
    const ask = askOf(desk, request);
    if (isBatch(request.path)) return runBatch(desk, ask, batchIn(request));
    return runInTurn(desk, ask);
  });
}

function askOf(desk: Desk, { method, path, headers, body }: FaultedRequest): Ask {
  const told = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value?.join(),
  ]);
  return {
    method,
    path: afterRoot(path),
    headers: Object.fromEntries(told) as Ask['headers'],
    text: body,
    grant: desk.tokens.grantOf(headers.authorization, desk.settings.now()),
    root: `http://${headers.host ?? 'localhost'}${ROOT}`,
  };
}

function batchIn({ method, body }: FaultedRequest): ReturnType<typeof objectIn> {
  if (method !== 'POST') throw new Refusal({ status: 405, code: 'Request_BadRequest' }, 'A batch is a POST.');
  try {
    return objectIn(JSON.parse(body) as unknown, 'the body');
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw invalid('Invalid batch payload format.', 'BadRequest');
  }
}

const isBatch = (path: string): boolean => path.split('?')[0] === `${ROOT}/${BATCH}`;

const afterRoot = (path: string): string => (path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length) : '');
