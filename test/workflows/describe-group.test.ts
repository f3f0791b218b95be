import type { GroupStatus } from '../../src/contracts/deploy-group.ts';
import { describeGroup } from '../../src/workflows/describe-group.ts';
import { HOLDING, PLAN } from '../cli/statuses.ts';

const step = (share: number) => ({ kind: 'shift' as const, label: `${share} %`, share, holdMs: 1_000, changes: 4 });

const RECORDS = ['a.example.com', 'long.example.com'].map((record, index) => ({
  ...HOLDING,
  record,
  share: index === 0 ? 50 : 10,
}));
const GROUP: GroupStatus = {
  ...HOLDING,
  record: 'group/shop',
  group: 'shop',
  groupPlan: {
    group: 'shop',
    unchanged: [],
    steps: [10, 50, 100].map(step),
    zones: [],
    timing: PLAN.timing,
    warnings: [],
    hash: '',
  },
  records: RECORDS,
};

test("a group is a table of its records by its steps in Temporal's UI, in columns", () => {
  const lines = describeGroup(GROUP).split('\n');
  expect(lines.slice(0, 7)).toEqual([
    expect.stringMatching(/^\*\*group\/shop\*\* \(2 records\): watching until /),
    '',
    '```',
    expect.stringMatching(/^RECORD {12}10 % {2}50 % {2}100 % {2}NOW$/),
    expect.stringMatching(/^a\.example\.com {5}✓ {5}✓ {5}· {6}watching until /),
    expect.stringMatching(/^long\.example\.com {2}✓ {5}· {5}· {6}watching until /),
    '```',
  ]);
  expect(lines[7]).toBe(''); // or what follows is drawn as text of the table
});

test('each reason of a refusal stands by itself, with what to type', () => {
  const refused = RECORDS.map(({ record }) => ({
    code: 'x',
    sentence: `${record} is a mixture.`,
    next: `reset --all`,
  }));
  const failure = { type: 'Refused', sentence: 'all of it in one paragraph', next: null, at: 0 };
  const lines = describeGroup({ ...GROUP, phase: 'refused', refused, failure }).split('\n');
  expect(lines.filter((line) => /refused|paragraph/.test(line))).toEqual(
    RECORDS.map(({ record }) => `- refused: ${record} is a mixture. reset \\-\\-all`),
  );
});
