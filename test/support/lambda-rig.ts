import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChangeLogEntry } from '../../sandbox/route53/stand-in.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { buildLambda } from '../../scripts/build-lambda.mjs';
import { fromWire, toWire } from '../../src/activities/wire-record-set.ts';
import { fenceSet } from '../../src/core/dns/fence.ts';
import { packRed } from '../../src/core/dns/pack-sets.ts';
import { hashSets } from '../../src/core/dns/record-set.ts';
import { startFunction, type LambdaFunction } from './lambda-function.ts';

export const WWW = 'www.example.com';
export const RED = '192.0.2.10';
export const BLACK = '192.0.2.20';
export const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:www-5xx';

/** The Lambda, built once, and sandboxes for it. */
export interface LambdaYard {
  readonly file: string;
  /** Of the files that went into it, and of what it still imports. */
  readonly built: Awaited<ReturnType<typeof buildLambda>>;
  /** A sandbox of its own, with `www.example.com` on black. */
  rig(roles?: SandboxOptions['roles']): Promise<LambdaRig>;
  close(): Promise<void>;
}

export interface LambdaRig {
  readonly sandbox: Sandbox;
  start(variables?: Readonly<Record<string, string>>): Promise<LambdaFunction>;
  /** A function with these as SWITCHYARD_RECORDS. */
  declare(...records: readonly object[]): Promise<LambdaFunction>;
  point(name: string, value: string): void;
  values(name: string): readonly (string | undefined)[];
  /** What the functions sent, refused ones included. */
  batches(): readonly ChangeLogEntry[];
  /** A deployment that died in the middle, and then somebody else's value. */
  leaveForeign(value: string): void;
}

export async function startLambdaYard(): Promise<LambdaYard> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-lambda-'));
  const file = join(folder, 'handler.mjs');
  const built = await buildLambda(file);
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true })];
  return {
    file,
    built,
    rig: async (roles) => {
      const sandbox = await startSandbox({ insyncAfterMs: 50, seed: 1, ...(roles === undefined ? {} : { roles }) });
      undo.push(() => sandbox.close());
      return rigOf(sandbox, async (variables) => {
        const started = await startFunction(file, { ...sandbox.env(), ...variables });
        undo.unshift(() => started.close());
        return started;
      });
    },
    close: async () => {
      for (const one of undo) await one();
    },
  };
}

function rigOf(
  sandbox: Sandbox,
  start: (variables: Readonly<Record<string, string>>) => Promise<LambdaFunction>,
): LambdaRig {
  const { route53, zoneId } = sandbox;
  const point = (Name: string, value: string): void =>
    route53.put(zoneId, { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] });
  point(WWW, BLACK);
  return {
    sandbox,
    start: (variables = { DOMAIN_NAME: WWW, DEFAULT_ENDPOINT: RED }) => start(variables),
    declare: (...records) => start({ SWITCHYARD_RECORDS: JSON.stringify(records) }),
    point,
    values: (name) =>
      route53.recordSets(zoneId, name).flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value)),
    batches: () => route53.log.filter(({ by }) => by !== 'foreign'),
    leaveForeign: (value) => {
      const red = route53.recordSets(zoneId, WWW).map(fromWire);
      const owner = `ns/deploy:${WWW}/run`;
      const fence = { gen: 3, stage: 'step' as const, owner, until: 1, sets: hashSets(red), red: packRed(red) };
      route53.put(zoneId, toWire(fenceSet(WWW, fence)));
      point(WWW, value);
    },
  };
}

const EVENTS = fileURLToPath(new URL('../examples/events/', import.meta.url));

/** The shapes of events in which an alarm reaches a Lambda. */
export const SHAPES = ['sns', 'eventbridge', 'action'] as const;

/** An event as AWS documents it, of the alarm `www-5xx`, with its times moved to now and its state as wanted. */
export async function recorded(
  shape: (typeof SHAPES)[number],
  { state = 'ALARM', ageMs = 0 }: { readonly state?: string; readonly ageMs?: number } = {},
): Promise<unknown> {
  const text = await readFile(join(EVENTS, `${shape}.json`), 'utf8');
  const at = new Date(Date.now() - ageMs).toISOString().replace('Z', '+0000');
  return JSON.parse(
    text
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000/g, at)
      .replace(/("value": "|\\"NewStateValue\\":\\")ALARM/, (_, before: string) => `${before}${state}`),
  );
}
