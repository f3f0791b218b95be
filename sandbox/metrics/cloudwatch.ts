/**
 * A stand-in for CloudWatch as the SDK speaks to it (AWS JSON 1.0): alarms of every kind by DescribeAlarms, and expressions by GetMetricData. It does no
 * metric math: what an expression answers is told by whoever plays with it.
 */
import { z } from 'zod';
import { createFaultPlan, type FaultPlan } from '../faults.ts';
import { startFaultedServer, type Reply } from '../faulted-server.ts';
import { isAllowed, type Policy } from '../route53/policy.ts';
import { accessKeyOf } from '../sts/identities.ts';

export type AlarmKind = 'MetricAlarm' | 'CompositeAlarm' | 'LogAlarm';
export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface StandInAlarm {
  readonly kind?: AlarmKind;
  readonly state: AlarmStateValue;
  readonly reason?: string;
}

/** One datapoint for each period of the span; null: none for this one. */
export type DatapointAt = number | ((at: number) => number | null);

export interface CloudWatchStandIn {
  readonly url: string;
  readonly faults: FaultPlan;
  /** Every GetMetricData query, as it arrived. */
  readonly asked: readonly MetricDataQueryInput[];
  /** The access key of every request, oldest first. */
  readonly keys: readonly string[];
  setAlarm(name: string, alarm: StandInAlarm): void;
  /** What the expression answers from now on; an expression that nobody told of finds no metric. */
  answer(expression: string, value: DatapointAt): void;
  /** From now on the key may do what the policy allows, and nothing else; keys without one may do all. */
  grant(accessKeyId: string, policy: Policy): void;
  close(): Promise<void>;
}

const describeAlarms = z.strictObject({
  AlarmNames: z.array(z.string().min(1).max(255)).max(100).optional(),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm', 'LogAlarm'])).optional(),
});

const metricDataQuery = z.strictObject({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
  Expression: z.string().min(1).max(2_048).optional(),
  Period: z.int().positive().optional(),
  ReturnData: z.boolean().optional(),
  MetricStat: z
    .strictObject({
      Metric: z.strictObject({
        Namespace: z.string().min(1).max(255),
        MetricName: z.string().min(1).max(255),
        Dimensions: z
          .array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1).max(1_024) }))
          .max(30)
          .optional(),
      }),
      Period: z.int().positive(),
      Stat: z.string().min(1),
    })
    .optional(),
});
export type MetricDataQueryInput = z.infer<typeof metricDataQuery>;

const getMetricData = z.strictObject({
  MetricDataQueries: z.array(metricDataQuery).min(1).max(500),
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
});

export async function startCloudWatch(): Promise<CloudWatchStandIn> {
  const faults = createFaultPlan();
  const alarms = new Map<string, StandInAlarm>();
  const told = new Map<string, DatapointAt>();
  const asked: MetricDataQueryInput[] = [];
  const keys: string[] = [];
  const policies = new Map<string, Policy>();
  // The path says nothing here: the operation stands in a header, so that the rules of faults match by `*` or by the body.
  const server = await startFaultedServer({
    faults,
    operationOf: (_method, _path, body) => (body.includes('"MetricDataQueries"') ? 'GetMetricData' : 'DescribeAlarms'),
    process: ({ headers, body, operation }) => {
      if (headers['x-amz-target'] !== `GraniteServiceVersion20100801.${operation}`)
        return refused(400, 'UnknownOperationException', 'The operation is not known.');
      if (headers.authorization === undefined)
        return refused(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
      const key = accessKeyOf({ headers });
      keys.push(key);
      const policy = policies.get(key);
      const action = `cloudwatch:${operation}`;
      if (policy !== undefined && !isAllowed(policy, { action, resource: '*', context: {} }))
        return refused(403, 'AccessDenied', `User: ${key} is not authorized to perform: ${action}`);
      return operation === 'GetMetricData' ? dataOf(body, { told, asked }) : alarmsOf(body, alarms);
    },
    refusal: ({ status, code, message }) => refused(status, code, message),
  });
  return {
    url: server.url,
    faults,
    asked,
    keys,
    setAlarm: (name, alarm) => void alarms.set(name, alarm),
    answer: (expression, value) => void told.set(expression, value),
    grant: (accessKeyId, policy) => void policies.set(accessKeyId, policy),
    close: () => server.close(),
  };
}

function alarmsOf(body: string, alarms: ReadonlyMap<string, StandInAlarm>): Reply {
  const input = describeAlarms.safeParse(JSON.parse(body));
  if (!input.success) return invalid(input.error);
  const { AlarmNames = [...alarms.keys()], AlarmTypes = ['MetricAlarm'] } = input.data; // by default AWS leaves composite ones out
  const found = AlarmNames.flatMap((name) => {
    const alarm = alarms.get(name);
    return alarm === undefined ? [] : [{ name, kind: 'MetricAlarm' as const, reason: '', ...alarm }];
  });
  const ofKind = (kind: AlarmKind): unknown[] =>
    found
      .filter((alarm) => alarm.kind === kind && AlarmTypes.includes(kind))
      .map(({ name, state, reason }) => ({ AlarmName: name, StateValue: state, StateReason: reason }));
  return answered({
    MetricAlarms: ofKind('MetricAlarm'),
    CompositeAlarms: ofKind('CompositeAlarm'),
    LogAlarms: ofKind('LogAlarm'),
  });
}

interface Memory {
  readonly told: ReadonlyMap<string, DatapointAt>;
  readonly asked: MetricDataQueryInput[];
}

function dataOf(body: string, { told, asked }: Memory): Reply {
  const input = getMetricData.safeParse(JSON.parse(body));
  if (!input.success) return invalid(input.error);
  const { MetricDataQueries: queries, StartTime, EndTime } = input.data;
  asked.push(...queries);
  if (StartTime >= EndTime)
    return refused(400, 'ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const odd = queries.find(({ Expression, MetricStat }) => (Expression === undefined) === (MetricStat === undefined));
  if (odd !== undefined)
    return refused(400, 'ValidationError', `Either MetricStat or Expression is required for ${odd.Id}.`);
  const period = queries
    .flatMap(({ Period, MetricStat }) => [Period ?? MetricStat?.Period ?? 0])
    .find((one) => one > 0);
  if (period === undefined || !(period % 60 === 0 || [1, 5, 10, 20, 30].includes(period)))
    return refused(400, 'ValidationError', 'Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
  const results = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .flatMap(({ Id, Expression = '' }) => {
      const value = told.get(Expression);
      return value === undefined ? [] : [resultOf(Id, value, { from: StartTime, to: EndTime, period })];
    });
  return answered({ MetricDataResults: results, Messages: [] });
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly period: number;
}

/** Periods begin at whole multiples of their length, as those of CloudWatch do. */
function resultOf(Id: string, value: DatapointAt, { from, to, period }: Span): unknown {
  const first = Math.ceil(from / period) * period;
  const times = Array.from(
    { length: Math.max(0, Math.ceil((to - first) / period)) },
    (_, index) => first + index * period,
  );
  const points = times.flatMap((at) => {
    const found = typeof value === 'number' ? value : value(at * 1_000);
    return found === null ? [] : [{ at, found }];
  });
  return {
    Id,
    Label: Id,
    StatusCode: 'Complete',
    Timestamps: points.map(({ at }) => at),
    Values: points.map(({ found }) => found),
  };
}

const answered = (body: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});

const refused = (status: number, code: string, message: string): Reply => ({
  status,
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-query-error': `${code};${status >= 500 ? 'Receiver' : 'Sender'}`,
  },
  body: JSON.stringify({ __type: `com.amazonaws.cloudwatch#${code}`, message }),
});

const invalid = (error: z.ZodError): Reply => refused(400, 'ValidationError', z.prettifyError(error));
