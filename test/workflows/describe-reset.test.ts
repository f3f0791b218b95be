import type { ResetResult } from '../../src/contracts/reset.ts';
import { describeReset } from '../../src/workflows/describe-reset.ts';

const AGREES = { server: 'ns-1', kind: 'agrees', values: ['192.0.2.10'] } as const;
const RESULT: ResetResult = {
  record: 'www.example.com',
  outcome: 'restored',
  sentence: '192.0.2.10',
  next: null,
  zone: 'example.com.',
  servers: [AGREES, { ...AGREES, kind: 'not-seen' }],
  was: '192.0.2.20',
};
const ASKED = { reason: 'the alarm <b>www</b> went off' };

test("a reset says in Temporal's UI what stands, what stood, and who asked; text from outside is no markup (A1)", () => {
  expect(describeReset(ASKED, RESULT).split('\n')).toEqual([
    '**www.example.com**: restored, at 1 of 2 name servers',
    '',
    '- serves: 192.0.2.10',
    '- stood before: 192.0.2.20',
    '- because: the alarm &lt;b\\>www&lt;/b\\> went off',
  ]);
});

test('one that could not restore says why, and what to type', () => {
  const failed = {
    outcome: 'failed',
    sentence: 'no answer.',
    next: './switchyard reset www.example.com --force',
  } as const;
  const lines = describeReset(ASKED, { ...RESULT, ...failed, servers: [], was: null }).split('\n');
  expect(lines[0]).toBe('**www.example.com**: NOT RESTORED');
  expect(lines).toContain('- why: no answer.');
  expect(lines).toContain('- next: ./switchyard reset www.example.com \\-\\-force');
});
