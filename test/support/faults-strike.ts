import type { WorkflowHandle } from '@temporalio/client';
import type { Behaviour } from '../../sandbox/endpoints/behaviour.ts';
import type { Fault, FaultedRequest } from '../../sandbox/faults.ts';
import { MESSAGES } from '../../src/contracts/deploy.ts';
import type { Endpoint } from '../../sandbox/endpoints/endpoint.ts';
import type { PrometheusStandIn } from '../../sandbox/metrics/prometheus.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { writeByHand } from './by-hand.ts';
import { ratioOf } from './metric-gates.ts';
import type { Activity, Cell, FaultName, Row } from './faults-table.ts';

/** A fault on its way to one activity of one run. */
export interface Strike {
  /** How often it has struck. */
  fired(): number;
  /** Ends the fault; what hangs already goes on hanging. */
  heal(): void | Promise<void>;
  /** Lets every write that hangs arrive, and resolves when each has been judged. */
  land(): Promise<void>;
}

/** Watches a rig's activities begin and end, and says when the one to strike runs. */
export interface Aim {
  readonly around: <T extends object>(activities: T) => T;
  /** Of a group: the zone whose requests are struck, while others go on. */
  zoneId: string | null;
  /** Whether it looks at all: what is to be undone first is deployed in peace. */
  armed: boolean;
  /** How many calls of the activity that is struck run now, and whether one ever did. */
  running: number;
  begun: boolean;
  /** Called when it begins. */
  onHit: () => void;
  /** Called when it has done its work, and Temporal has not heard of that: what this throws is what Temporal hears. */
  onDone: () => void;
  /** Called when any activity begins. */
  onAny: (activity: Activity) => void;
}

export function aimAt(row: StruckRow): Aim {
  let way: 'none' | Row['way'] = 'none';
  let done = 0;
  const isHit = (activity: Activity, input: object): boolean => {
    if (activity !== row.activity || !commentOf(input).includes(row.which) || isElsewhere(aim, input)) return false;
    if (done < (row.after ?? 0)) return false;
    return BEFORE_ANY_WRITE.includes(activity) || way === row.way;
  };
  const aim: Aim = {
    zoneId: null,
    armed: true,
    running: 0,
    begun: false,
    onHit: () => undefined,
    onDone: () => undefined,
    onAny: () => undefined,
    around: (activities) =>
      wrapped(activities, async (name, input, work) => {
        const activity = name as Activity; // those of a worker have no others
        if (!aim.armed) return work();
        if (WRITES.forward.includes(activity)) way = 'forward';
        if (WRITES.back.includes(activity)) way = 'back';
        const hit = isHit(activity, input);
        if (hit) {
          aim.running += 1;
          aim.begun = true;
        }
        aim.onAny(activity);
        if (hit) aim.onHit();
        try {
          const result = await work();
          if (activity === row.activity) done += 1;
          if (hit) aim.onDone();
          return result;
        } finally {
          if (hit) aim.running -= 1;
        }
      }),
  };
  return aim;
}

type Names = readonly Activity[];
/** What moves records, each way. */
const WRITES: Readonly<Record<Row['way'], Names>> = {
  forward: ['swapRecord', 'swapZone'],
  back: ['restoreRecord', 'restoreZone', 'repairRecords', 'resetRecord'],
};
const BEFORE_ANY_WRITE: Names = [
  'readRecord',
  'checkEndpoints',
  'checkMetrics',
  'readRecords',
  'checkRecords',
  'measureRecords',
  'readFences',
  'askOwners',
];

/** Of a group, what is done in a zone that is not the one that is struck. */
function isElsewhere({ zoneId }: Aim, input: object): boolean {
  const { zone, records } = input as { zone?: { id: string }; records?: readonly { zone?: { id: string } | null }[] };
  const id = zone?.id ?? records?.[0]?.zone?.id;
  return zoneId !== null && id !== undefined && !id.endsWith(zoneId);
}

/** What of a row says when it is struck, and where. */
type StruckRow = Pick<Row, 'port' | 'activity' | 'which' | 'way' | 'after'>;

/** What of a cell a strike has to know. */
export interface StruckCell extends Pick<Cell, 'times'> {
  readonly row: StruckRow;
  readonly fault: Pick<Cell['fault'], 'name'>;
}

/** Prepares the fault of a cell; it strikes when the run comes by. */
export function strike(cell: StruckCell, { rig, aim, handle }: Target): Strike {
  const prepare = STRIKES[cell.fault.name];
  return prepare({ cell, rig, aim, handle });
}

/** Where a fault strikes: a record alone, or one of a group. */
export interface Struck {
  readonly sandbox: Sandbox;
  readonly record: string;
  readonly zoneId: string;
  readonly black: Endpoint;
  /** What its gates on metrics ask; null where it has none. */
  readonly prometheus: PrometheusStandIn | null;
}

export interface Target {
  readonly rig: Struck;
  readonly aim: Aim;
  /** Known once the run has been started; faults strike later. */
  readonly handle: () => WorkflowHandle;
}

type Prepare = (target: Target & { readonly cell: StruckCell }) => Strike;

const STRIKES: Readonly<Record<FaultName, Prepare>> = {
  'throttled with Retry-After': ofApi({ kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 2 }),
  AccessDenied: ofApi({ kind: 'refuse', status: 403, code: 'AccessDenied' }),
  '503': ofApi({ kind: 'refuse', status: 503, code: 'ServiceUnavailable' }),
  'applied, then 500': ofApi({ kind: 'apply-then-error' }),
  'applied, then reset': ofApi({ kind: 'apply-then-reset' }),
  'applied, then silence past the time-out': ofApi({ kind: 'apply-then-hang' }),
  'silence past the time-out, lands while it is tried again': ofApi({ kind: 'apply-late', afterMs: 700 }),
  'silence past the time-out, lands after the end': (target) => zombie(target, () => Promise.resolve()),
  'silence past the time-out, aborted meanwhile, lands after the end': (target) => zombie(target, () => abort(target)),
  'somebody else writes in between': (target) =>
    ofApi({ kind: 'meanwhile', run: () => writeByHand(target.rig, '203.0.113.66') })(target),
  'cancelled while running': (target) => calledOff(target, () => target.handle().cancel()),
  'aborted while running': (target) => calledOff(target, () => abort(target)),
  'ill: 503': ofBlack({ kind: 'status', status: 503 }),
  'ill: reset': ofBlack({ kind: 'reset' }),
  'ill: silence past the time-out': ofBlack({ kind: 'hang' }),
  'a server lags': ofServer((server) => {
    server.lag(Infinity);
  }),
  'a server lies': ofServer((server, { rig }) => {
    server.lie({ name: rig.record, type: 'A', values: ['203.0.113.66'] });
  }),
  'a server is silent': ofServer((server) => {
    server.silence();
  }),
  'the provider refuses': ofProvider({ kind: 'refuse', status: 503, code: 'unavailable' }),
  'the provider resets': ofProvider({ kind: 'reset' }),
  'the provider is silent past the time-out': ofProvider({ kind: 'hang' }),
  'the provider answers nonsense': ofProvider({ kind: 'garble', body: '<html>busy</html>' }),
  'the metric has no data': ofMetric(Number.NaN),
  'the metric is bad': ofMetric(0.9),
};

/** Who measures fails: for one question, or for every one from then on. */
function ofProvider(fault: Fault): Prepare {
  return ({ cell, rig, aim }) => {
    const always = cell.times === 'until healed';
    const rule = prometheusOf(rig).faults.add({
      operation: '*',
      fault,
      times: always ? Infinity : 1,
      when: () => (always ? aim.begun : aim.running > 0),
    });
    return { fired: rule.fired, heal: () => rule.remove(), land: () => Promise.resolve() };
  };
}

/** One number is not what it was, or none is from then on. */
function ofMetric(value: number): Prepare {
  return ({ cell, rig, aim }) => {
    let fired = 0;
    let healed = false;
    prometheusOf(rig).answer(ratioOf('black'), () => {
      const always = cell.times === 'until healed';
      const strikes = !healed && (always ? aim.begun : aim.running > 0 && fired === 0);
      if (strikes) fired += 1;
      return strikes ? value : CALM_RATIO;
    });
    return { fired: () => fired, heal: () => void (healed = true), land: () => Promise.resolve() };
  };
}

/** What black's errors are where nothing is wrong. */
export const CALM_RATIO = 0.001;

function prometheusOf({ prometheus }: Struck): PrometheusStandIn {
  if (prometheus === null) throw new Error('this scene measures nothing');
  return prometheus;
}

/** Route 53 fails: the one request, or every one of the kind from then on. */
export function ofApi(fault: Fault): (target: ApiTarget) => Strike {
  return (target) => {
    const rule = addRule(target, fault);
    return { fired: rule.fired, heal: rule.remove, land: () => Promise.resolve() };
  };
}

/** A write hangs in front of Route 53, longer than its client waits, and arrives when it is let. */
function zombie(target: Parameters<Prepare>[0], first: () => Promise<unknown>): Strike {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let hanging = 0;
  const { rig } = target;
  const rule = addRule(target, {
    kind: 'meanwhile',
    run: async () => {
      hanging += 1;
      if (hanging === 1) await first();
      await opened;
    },
  });
  const land = async () => {
    const judged = rig.sandbox.route53.log.length + hanging;
    open();
    await until(() => rig.sandbox.route53.log.length >= judged);
  };
  return { fired: rule.fired, heal: rule.remove, land };
}

const ROUTE53: readonly Row['port'][] = ['write', 'read', 'change'];

/** Somebody calls the run off while the activity runs; `until healed`: again and again. */
function calledOff(target: Parameters<Prepare>[0], call: () => Promise<unknown>): Strike {
  const { cell, aim } = target;
  let calls = 0;
  const callOff = async (): Promise<void> => {
    calls += 1;
    await call();
  };
  if (cell.times === 'until healed') {
    aim.onAny = () => {
      if (aim.begun && calls > 0) void callOff();
    };
  }
  const strikes = { fired: () => calls, heal: () => undefined, land: () => Promise.resolve() };
  if (ROUTE53.includes(cell.row.port)) {
    addRule({ ...target, cell: { ...cell, times: 'once' } }, { kind: 'meanwhile', run: callOff });
  } else {
    aim.onHit = () => {
      if (calls === 0) void callOff();
    };
  }
  return strikes;
}

/** Black is ill: for one probe, or until it is healed. */
function ofBlack(illness: Behaviour): Prepare {
  return ({ cell, rig, aim }) => {
    let hits = 0;
    const { black } = rig;
    const heal = () => black.behave({ kind: 'well' });
    aim.onHit = () => {
      hits += 1;
      if (hits > 1) return;
      void black.behave(illness);
      if (cell.times === 'once') setTimeout(() => void heal(), ONE_PROBE_MS);
    };
    return { fired: () => hits, heal, land: () => Promise.resolve() };
  };
}

/** One authoritative server fails: for one question, or until it is healed. */
function ofServer(fail: (server: Sandbox['nameServers']['servers'][number], target: Target) => void): Prepare {
  return (target) => {
    let hits = 0;
    const { cell, rig, aim } = target;
    const [server] = rig.sandbox.nameServers.servers;
    if (server === undefined) throw new Error('the sandbox has no name server');
    const heal = () => {
      server.lag(0);
      server.honest();
      server.speak();
    };
    // A server lags behind a write: it has to stand still before the write, not when somebody looks.
    if (cell.fault.name === 'a server lags')
      aim.onAny = (activity) => {
        if (WRITES[cell.row.way].includes(activity) && hits === 0) fail(server, target);
      };
    aim.onHit = () => {
      hits += 1;
      if (hits > 1) return;
      if (cell.fault.name !== 'a server lags') fail(server, target);
      if (cell.times === 'once') setTimeout(heal, ONE_PROBE_MS);
    };
    return { fired: () => hits, heal, land: () => Promise.resolve() };
  };
}

/** As long as a fault lasts that concerns one probe or one question: about the rhythm of the probes. */
const ONE_PROBE_MS = 60;

async function abort({ handle }: Target): Promise<void> {
  await handle().signal(MESSAGES.abort, { by: 'a test', reason: 'the fault table asked for it' });
}

/** What a fault of Route 53 has to know. */
export interface ApiTarget extends Pick<Target, 'rig' | 'aim'> {
  readonly cell: Pick<StruckCell, 'times' | 'row'>;
}

function addRule({ cell, rig, aim }: ApiTarget, fault: Fault): { fired: () => number; remove: () => void } {
  const always = cell.times === 'until healed';
  const mine = ({ operation, path }: FaultedRequest): boolean =>
    operationsOf(cell.row).test(operation) && !isOfAnotherZone(aim, path);
  const rule = rig.sandbox.route53.faults.add({
    operation: '*',
    fault,
    times: always ? Infinity : 1,
    when: (request) => mine(request) && (always ? aim.begun : aim.running > 0),
  });
  return { fired: rule.fired, remove: () => rule.remove() };
}

function isOfAnotherZone({ zoneId }: Aim, path: string): boolean {
  return zoneId !== null && path.includes('/hostedzone/') && !path.includes(zoneId.replace('/hostedzone/', ''));
}

function operationsOf({ port, activity }: StruckRow): RegExp {
  if (port === 'write') return /^ChangeResourceRecordSets$/;
  if (port === 'change' || activity === 'awaitInsync') return /^GetChange$/;
  return /^(ListHostedZonesByName|GetHostedZone|ListResourceRecordSets)$/;
}

function commentOf(input: object): string {
  return 'comment' in input && typeof input.comment === 'string' ? input.comment : '';
}

/** Resolves when the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, everyMs = 10): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}

type Around<T> = (activity: keyof T, input: object, work: () => Promise<unknown>) => Promise<unknown>;

/** The same activities, each with something around it. */
export function wrapped<T extends object>(activities: T, around: Around<T>): T {
  const entries = Object.entries(activities) as [string, (input: object) => Promise<unknown>][];
  return Object.fromEntries(
    entries.map(([name, run]) => [name, (input: object) => around(name as keyof T, input, () => run(input))]),
  ) as T; // the same functions under the same names
}
