import { createFaultPlan } from '../../sandbox/faults.ts';
import type { FaultedRequest } from '../../sandbox/faults.ts';

const request = (body = ''): FaultedRequest => ({ operation: 'Read', method: 'GET', path: '/', headers: {}, body });
const HANG = { kind: 'hang' } as const;
const RESET = { kind: 'reset' } as const;

test('a plan without rules strikes nothing and still sees every request', () => {
  const plan = createFaultPlan();
  expect(plan.next('Read', request())).toBeUndefined();
  expect(plan.seen).toMatchObject([{ operation: 'Read' }]);
  expect(plan.seen[0]).not.toHaveProperty('fault');
});

test('a rule strikes its own operation once, unless told otherwise', () => {
  const plan = createFaultPlan();
  const rule = plan.add({ operation: 'Write', fault: HANG });
  expect(['Read', 'Write', 'Write'].map((operation) => plan.next(operation, request())?.kind)).toEqual([
    undefined,
    'hang',
    undefined,
  ]);
  expect(rule.fired()).toBe(1);
});

test('* strikes any operation, and Infinity never tires', () => {
  const plan = createFaultPlan();
  const rule = plan.add({ operation: '*', fault: RESET, times: Infinity });
  for (const operation of ['Read', 'Write', 'Read']) plan.next(operation, request());
  expect(rule.fired()).toBe(3);
});

test('after lets the first matching requests pass, and counts only those that match', () => {
  const plan = createFaultPlan();
  plan.add({ operation: 'Read', fault: HANG, after: 1, times: 2, when: ({ body }) => body === 'x' });
  const bodies = ['y', 'x', 'y', 'x', 'x', 'x'];
  expect(bodies.map((body) => plan.next('Read', request(body))?.kind)).toEqual([
    undefined,
    undefined,
    undefined,
    'hang',
    'hang',
    undefined,
  ]);
});

test('of two rules that match the older strikes first, then the younger', () => {
  const plan = createFaultPlan();
  plan.add({ operation: 'Read', fault: HANG });
  plan.add({ operation: '*', fault: RESET });
  expect([plan.next('Read', request())?.kind, plan.next('Read', request())?.kind]).toEqual(['hang', 'reset']);
});

test('a removed rule and a cleared plan strike no more', () => {
  const plan = createFaultPlan();
  const rule = plan.add({ operation: '*', fault: HANG, times: Infinity });
  plan.next('Read', request());
  rule.remove();
  expect(plan.next('Read', request())).toBeUndefined();
  plan.add({ operation: '*', fault: HANG });
  plan.clear();
  expect(plan.next('Read', request())).toBeUndefined();
  expect(plan.seen.map(({ fault }) => fault)).toEqual(['hang', undefined, undefined]);
});
