import { refuseDecision, type Decided, type OpenApproval } from '../../../src/core/dns/approval.ts';

const NOON = Date.UTC(2026, 10, 30, 12, 0, 0);
const OPEN: OpenApproval = { number: 2, of: 'promotion', by: ['*@example.com'], since: NOON, until: NOON + 60_000 };
const FIRST: Decided = { number: 1, of: 'cutover', decision: 'approved', by: 'ann', reason: 'none given', at: NOON };
const ANN = { by: 'ann@example.com', reason: 'fine', number: null };

test('takes a decision of somebody who may, about what is open', () => {
  expect(refuseDecision(OPEN, [FIRST], ANN)).toBeNull();
  expect(refuseDecision(OPEN, [FIRST], { ...ANN, number: 2 })).toBeNull();
});

test('refuses a decision about an approval that was decided before another one opened', () => {
  expect(refuseDecision(OPEN, [FIRST], { ...ANN, number: 1 })).toBe(
    'it waits for the approval of the promotion, another one; the cutover was approved by ann at 12:00:00 UTC',
  );
});

test('refuses where nothing is open, and says what was decided last', () => {
  expect(refuseDecision(null, [], ANN)).toBe('it waits for no approval now');
  expect(refuseDecision(null, [FIRST], ANN)).toMatch(
    /no approval now; the cutover was approved by ann at 12:00:00 UTC/,
  );
});

test('refuses whoever may not decide, naming who may', () => {
  expect(refuseDecision(OPEN, [], { ...ANN, by: 'eve@example.org' })).toBe(
    'eve@example.org may not decide it; allowed: *@example.com',
  );
});
