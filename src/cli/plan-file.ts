import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Plan } from '../core/dns/plan.ts';
import type { DeployRequest } from '../contracts/deploy.ts';
import { EXIT } from './exit-codes.ts';
import { quoted } from './parse/parsed.ts';
import { problem, Stop } from './stop.ts';

/** What `plan --out FILE` writes and `deploy --plan FILE` runs: the same request, refused when its plan is another by then. */
export interface PlanFile {
  readonly schemaVersion: 1;
  readonly kind: 'switchyard-plan';
  readonly request: DeployRequest;
  readonly plan: Plan;
  /** sha256 of the rest: a file edited by hand is no plan any more. */
  readonly seal: string;
}

export async function writePlanFile(path: string, request: DeployRequest, plan: Plan): Promise<void> {
  const file: PlanFile = { schemaVersion: 1, kind: 'switchyard-plan', request, plan, seal: sealOf(request, plan) };
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * The request of a plan file, bound to its plan's hash.
 *
 * @throws Stop with exit 2 where it is no plan file, or was changed since.
 */
export async function readPlanFile(path: string): Promise<DeployRequest> {
  const file = asPlanFile(await readFile(path, 'utf8').catch((cause: unknown) => cannotRead(path, cause)));
  if (file === null) {
    throw new Stop(EXIT.usage, [
      problem(`${path} is no plan file of this version`, 'what ./switchyard plan NAME --to VALUE --out FILE writes'),
    ]);
  }
  if (file.seal !== sealOf(file.request, file.plan)) {
    throw new Stop(EXIT.usage, [
      problem(
        `${path} was changed after \`plan\` wrote it`,
        null,
        'make a new one with ./switchyard plan NAME --to VALUE --out FILE',
      ),
    ]);
  }
  return { ...file.request, planHash: file.plan.hash };
}

function asPlanFile(text: string): PlanFile | null {
  try {
    const value = JSON.parse(text) as Partial<PlanFile> | null;
    const isPlan = value?.schemaVersion === 1 && value.kind === 'switchyard-plan';
    return isPlan && isRequest(value.request) && typeof value.plan?.hash === 'string' ? (value as PlanFile) : null;
  } catch {
    return null; // JSON.parse has no other way to say that it is none
  }
}

/** What is looked at before the worker judges all of it. */
function isRequest(value: Partial<DeployRequest> | undefined): boolean {
  const lists = [value?.gates, value?.stepGates ?? [], value?.metricGates ?? []];
  return typeof value?.record === 'string' && lists.every(Array.isArray) && typeof value.pace === 'object';
}

function sealOf(request: DeployRequest, plan: Plan): string {
  return createHash('sha256').update(canonicalJson({ request, plan })).digest('hex');
}

function cannotRead(path: string, cause: unknown): never {
  const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
  throw new Stop(EXIT.usage, [problem(`--plan ${quoted(path)}: ${why}`)], cause);
}

/** sha256 of what a request asks for, whoever asks and whenever: what makes two requests with one id the same. */
export function requestHash(request: DeployRequest): string {
  const asked = {
    ...request,
    by: null,
    requestId: null,
    searchAttributes: null,
    startWithinMs: null,
    namespaceId: null,
    notify: undefined, // whom a run tells was settled when it began
    freeze: undefined, // a rerun joins what runs although a freeze has begun meanwhile
  };
  return createHash('sha256').update(canonicalJson(asked)).digest('hex');
}
