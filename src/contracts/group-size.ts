import type { GroupPlan } from '../core/dns/plan-group.ts';
import type { Plan, Reason } from '../core/dns/plan.ts';
import { reason } from '../core/dns/reason.ts';
import type { DeployRequest } from './deploy.ts';

/** Temporal takes 2 MiB in one value; what is larger fails the task of the workflow for ever, in the middle of a hold. */
const MOST_BYTES = 2_000_000;
/** One look at one value, with the longest words for what it saw, beside the other names in it. */
const OBSERVATION_BYTES = 300;
const SAMPLE_BYTES = 60;
/** Pace, fence, zone, and what the status of a record says beside its plan. */
const RECORD_BYTES = 4_000;

/**
 * What a group carries from one stretch of a hold to the next, and ends with, is one value for all of its records: the plans, and of
 * each probe the newest looks at each value.
 */
export function tooLargeTogether(
  { plans }: Pick<GroupPlan, 'plans'>,
  requests: readonly DeployRequest[],
): readonly Reason[] {
  const sizes = plans.flatMap((plan) => {
    const request = requests.find(({ record }) => record === plan.record);
    return request === undefined ? [] : [sizeOf(plan, request)];
  });
  const bytes = sumOf(sizes.map((one) => one.bytes));
  if (bytes <= MOST_BYTES) return [];
  const looks = sumOf(sizes.map((one) => one.looks));
  return [
    reason(
      'group-size',
      `${sizes.length} records with ${looks} looks of their probes take up to ${megabytes(bytes)} in one message of Temporal, which takes ${megabytes(MOST_BYTES)}.`,
      'Split the group, or judge fewer looks (fail:) of fewer probes.',
    ),
  ];
}

function sizeOf(plan: Plan, request: DeployRequest): { readonly bytes: number; readonly looks: number } {
  const { gates, stepGates = [], metricGates = [], pace } = request;
  const values = [...plan.before, ...plan.promotion.sets].map((set) => Math.max(1, set.values.length)); // an alias has one
  const looks = (gates.length + stepGates.length) * sumOf(values) * pace.fail.of;
  const said = [plan, gates, stepGates, metricGates].map((one) => JSON.stringify(one).length);
  const samples = metricGates.map((gate) => SAMPLE_BYTES * ('samples' in gate ? gate.samples.of : 10));
  return { bytes: sumOf([...said, ...samples, looks * OBSERVATION_BYTES, RECORD_BYTES]), looks };
}

const sumOf = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0);

const megabytes = (bytes: number): string => `${(Math.ceil(bytes / 10_000) / 100).toFixed(2)} MB`;
