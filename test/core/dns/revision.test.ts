import { fenceSet } from '../../../src/core/dns/fence.ts';
import { planSteps } from '../../../src/core/dns/plan-steps.ts';
import { revisionOf } from '../../../src/core/dns/revision.ts';
import { RECORD, request, snapshot } from './plan-requests.ts';
import { simple } from './record-sets.ts';

const fenceOf = (gen: number) =>
  fenceSet(RECORD, { gen, stage: 'idle', owner: 'ns/deploy:x/run', until: null, sets: 'a'.repeat(64), red: null });

const planned = planSteps(snapshot([simple('A', ['192.0.2.10'])]), request(['192.0.2.20']));
const plan = planned.kind === 'planned' ? planned.plan : null;

test.each([
  ['no fence before it is number 0', null, 0],
  ['the fence of whatever wrote last, a reset or a run that was rolled back, is its number', fenceOf(7), 7],
])('a revision is named after the fence, so that its number never moves: %s', (_, before, number) => {
  if (plan === null) throw new Error(JSON.stringify(planned));
  expect(revisionOf(plan, { before, after: fenceOf(9) })).toEqual({
    number: 9,
    before: number,
    from: '192.0.2.10',
    to: '192.0.2.20',
  });
});
