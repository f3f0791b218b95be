import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Plan } from '../core/dns/plan.ts';
import type { GroupPlan } from '../core/dns/plan-group.ts';
import type { DeployRequest } from '../contracts/deploy.ts';
import type { GroupRequest } from '../contracts/deploy-group.ts';
import { EXIT } from './exit-codes.ts';
import { quoted } from './parse/parsed.ts';
import { problem, Stop } from './stop.ts';

/** What `plan --out FILE` writes and `deploy --plan FILE` runs: the same request, refused when its plan is another by then. */
interface PlanFile<Kind extends PlanKind = PlanKind> {
  readonly schemaVersion: 1;
  readonly kind: Kind;
  readonly request: Planning[Kind]['request'];
  readonly plan: Planning[Kind]['plan'];
  /** sha256 of the rest: a file edited by hand is no plan any more. */
  readonly seal: string;
}

/** Of a record, and of a group. */
interface Planning {
  readonly 'switchyard-plan': { readonly request: DeployRequest; readonly plan: Plan };
  readonly 'switchyard-group-plan': { readonly request: GroupRequest; readonly plan: GroupPlan };
}
type PlanKind = keyof Planning;

export function writePlanFile(path: string, request: DeployRequest, plan: Plan): Promise<void> {
  return write(path, { schemaVersion: 1, kind: 'switchyard-plan', request, plan, seal: sealOf({ request, plan }) });
}

export function writeGroupPlanFile(path: string, request: GroupRequest, plan: GroupPlan): Promise<void> {
  const seal = sealOf({ request, plan });
  return write(path, { schemaVersion: 1, kind: 'switchyard-group-plan', request, plan, seal });
}

/**
 * The request of a plan file, bound to its plan's hash.
 *
 * @throws Stop with exit 2 where it is no plan file of a record, or was changed since.
 */
export async function readPlanFile(path: string): Promise<DeployRequest> {
  const { request, plan } = await read(path, 'switchyard-plan');
  return { ...request, planHash: plan.hash };
}

/** The same of a group. @throws Stop with exit 2. */
export async function readGroupPlanFile(path: string): Promise<GroupRequest> {
  const { request, plan } = await read(path, 'switchyard-group-plan');
  return { ...request, planHash: plan.hash };
}

async function write(path: string, file: PlanFile): Promise<void> {
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`);
}

async function read<Kind extends PlanKind>(path: string, kind: Kind): Promise<PlanFile<Kind>> {
  const file = asPlanFile(await readFile(path, 'utf8').catch((cause: unknown) => cannotRead(path, cause)), kind);
  if (file === null) {
    throw new Stop(EXIT.usage, [problem(`${path} is no plan file of this version`, WRITTEN_BY[kind])]);
  }
  if (file.seal !== sealOf(file)) {
    const next = `make a new one with ${WRITTEN_BY[kind].replace(/^what /, '').replace(/ writes$/, '')}`;
    throw new Stop(EXIT.usage, [problem(`${path} was changed after \`plan\` wrote it`, null, next)]);
  }
  return file;
}

const WRITTEN_BY: Readonly<Record<PlanKind, string>> = {
  'switchyard-plan': 'what ./switchyard plan NAME --to VALUE --out FILE writes',
  'switchyard-group-plan': 'what ./switchyard plan group/G --to NAME=VALUE --out FILE writes',
};

function asPlanFile<Kind extends PlanKind>(text: string, kind: Kind): PlanFile<Kind> | null {
  try {
    const value = JSON.parse(text) as Partial<PlanFile> | null;
    const isPlan = value?.schemaVersion === 1 && value.kind === kind;
    const isWhole = isPlan && requestsOf(value.request)?.every(isRequest) === true;
    return isWhole && typeof value.plan?.hash === 'string' ? (value as PlanFile<Kind>) : null;
  } catch {
    return null; // JSON.parse has no other way to say that it is none
  }
}

/** Null where there is none. */
function requestsOf(request: DeployRequest | GroupRequest | undefined): readonly Partial<DeployRequest>[] | null {
  if (request === undefined) return null;
  if (!('records' in request)) return [request];
  return Array.isArray(request.records) && request.records.length > 0 ? request.records : null;
}

/** What is looked at before the worker judges all of it. */
function isRequest(value: Partial<DeployRequest>): boolean {
  const lists = [value.gates, value.stepGates ?? [], value.metricGates ?? []];
  return typeof value.record === 'string' && lists.every(Array.isArray) && typeof value.pace === 'object';
}

function sealOf({ request, plan }: Pick<PlanFile, 'request' | 'plan'>): string {
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
