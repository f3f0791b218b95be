import { fileSchema } from '../../src/contracts/file-schema.ts';

const GOOD = { from: { secret: 'todoist-token' }, to: { account: 'me@example.com' } };

function problemsOf(pair: unknown): string {
  const result = fileSchema.safeParse({ version: 1, sync: { tasks: pair } });
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n') ?? 'no problem';
}

describe('a pair in switchyard.yaml', () => {
  test.each([
    ['the smallest', GOOD],
    ['a filter in its own language', { ...GOOD, from: { secret: 'a', scope: { filter: '#Work | #Home' } } }],
    ['projects', { ...GOOD, from: { secret: 'a', scope: { projects: ['Work', '6X4Vw2Hfmg73Q2XR'] } } }],
    ['a label', { ...GOOD, from: { secret: 'a', scope: { label: 'mirror' } } }],
    ['everything', { ...GOOD, from: { secret: 'a', scope: 'everything', assignee: 'anyone' } }],
    ['a ready token', { ...GOOD, to: { secret: 'graph-token' } }],
    ['the identity of an organisation', { ...GOOD, to: { ...GOOD.to, access: 'application' } }],
    ['a list with a name of its own', { ...GOOD, to: { ...GOOD.to, lists: 'From Todoist 📋' } }],
    ['guards that never stop', { ...GOOD, stopAt: { removals: '100%', atLeast: 0, never: 100_000, empty: 'allow' } }],
    ['a zone', { ...GOOD, timeZone: 'America/Argentina/Buenos_Aires' }],
  ])('may say %s', (_what, pair) => {
    expect(problemsOf(pair)).toBe('no problem');
  });

  const to = (more: object) => ({ ...GOOD, to: { ...GOOD.to, ...more } });
  const scope = (value: unknown) => ({ ...GOOD, from: { ...GOOD.from, scope: value } });
  test.each([
    ['nothing', null, /no mapping; accepted: a mapping with keys of every, timeZone, from, to/],
    ['an empty mapping', {}, /tasks\.from: .*\n.*tasks\.to: /],
    ['a list', [], /no mapping/],
    ['a text', 'x', /no mapping/],
    ['a key that nobody knows', { ...GOOD, evry: '5m' }, /unknown key "evry"; accepted: every, timeZone/],
    ['a key in the wrong case', { ...GOOD, Every: '5m' }, /unknown key "Every"/],
    ['a token in the open (A1)', { ...GOOD, from: { secret: '0123456789ABCDEF' } }, /no name of a secret/],
    ['the path of a token (A4)', { ...GOOD, from: { secret: '../token' } }, /no name of a secret/],
    ['one token for both services (A1)', { ...GOOD, to: { secret: 'todoist-token' } }, /to\.secret: .*not To Do's/],
    ['an account and a token', to({ secret: 'x' }), /exactly one of them/],
    ['neither account nor token', { ...GOOD, to: {} }, /exactly one of them/],
    ['an account that is no address', to({ account: 'me' }), /no account/],
    [
      'an organisation without an account',
      { ...GOOD, to: { secret: 'x', access: 'application' } },
      /needs the account/,
    ],
    ['a scope of two kinds', scope({ label: 'a', filter: 'b' }), /no scope; accepted: everything/],
    ['a scope of no kind', scope({}), /no scope/],
    ['a scope with a typing error', scope({ projcts: ['a'] }), /no scope/],
    ['no project at all', scope({ projects: [] }), /scope\.projects: /],
    ['a label with its sign', scope({ label: '@mirror' }), /scope\.label: no label; accepted: its name without @/],
    ['a filter of two lines', scope({ filter: 'a\n{"level":"info"}' }), /scope\.filter: no filter/],
    ['an empty filter', scope({ filter: '' }), /scope\.filter: /],
    ['a list with a terminal command in it', to({ lists: 'a\u001b[2J' }), /no list/],
    ['a list with half a character', to({ lists: 'a\ud800' }), /no list/],
    ['a list with blanks around it', to({ lists: ' Tasks' }), /no list/],
    ['a list without a name', to({ lists: '' }), />=1/],
    ['a zone that does not exist', { ...GOOD, timeZone: 'Mars/Olympus' }, /no time zone/],
    ['an offset instead of a zone', { ...GOOD, timeZone: '+02:00' }, /no time zone/],
    ['an empty zone', { ...GOOD, timeZone: '' }, /no time zone/],
    ['a number as an interval', { ...GOOD, every: 300 }, /every: /],
    ['an interval without a unit', { ...GOOD, every: '5' }, /no duration/],
    ['a share without its sign', { ...GOOD, stopAt: { removals: 10 } }, /no share; accepted: 0% to 100%/],
    ['a share over a hundred', { ...GOOD, stopAt: { removals: '101%' } }, /no share/],
    ['a negative guard', { ...GOOD, stopAt: { never: -1 } }, />=0/],
    ['half a task as a guard', { ...GOOD, stopAt: { atLeast: 0.5 } }, /int/],
    ['a number that is none', { ...GOOD, stopAt: { never: Number.POSITIVE_INFINITY } }, /number|int/],
    ['a number beyond counting', { ...GOOD, stopAt: { never: 2 ** 53 + 2 } }, /never: /],
    ['no room for a title', { ...GOOD, fields: { titleMax: 1 } }, />=20/],
    ['yes as a text', { ...GOOD, fields: { reminders: 'yes' } }, /boolean/],
    ['a direction that there is not', { ...GOOD, completion: 'todo-only' }, /both.*todoist-only/],
  ])('is refused where it says %s', (_what, pair, sentence) => {
    expect(problemsOf(pair)).toMatch(sentence);
  });

  test('has a name from which a workflow id can be made', () => {
    for (const name of ['', 'Tasks', '1st', 'a/b', "' OR 1=1", 'a'.repeat(64), 'a\nb']) {
      const sync: unknown = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(GOOD)}}`);
      expect(fileSchema.safeParse({ version: 1, sync }).success).toBe(false);
    }
    expect(fileSchema.safeParse({ version: 1, sync: { constructor: GOOD } }).success).toBe(true);
  });

  test.each([null, [], 'x', 1, { a: null, b: { to: null }, c: { from: 1, to: 'x' }, d: [] }])(
    'is looked for in %j without a fault of this client',
    (sync) => {
      expect(fileSchema.safeParse({ version: 1, sync }).success).toBe(false);
    },
  );

  test('does not share its lists with another, which would create each copy twice (S1)', () => {
    const pairs = (lists: readonly (string | undefined)[]) => {
      const sync = Object.fromEntries(
        lists.map((list, at) => [`pair-${at}`, list === undefined ? GOOD : to({ lists: list })]),
      );
      return fileSchema.safeParse({ version: 1, sync }).error?.issues.map(({ message }) => message) ?? [];
    };
    expect(pairs([undefined, 'default'])).toEqual([
      expect.stringMatching(/pair-1 and pair-0 write into the same lists/),
    ]);
    expect(pairs(['Work', 'work'])).toHaveLength(1);
    expect(pairs(['Work', 'Home', 'per-project'])).toEqual([]);
  });
});
