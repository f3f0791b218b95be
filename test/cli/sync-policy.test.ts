import { readFile } from 'node:fs/promises';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { declaredPairs } from '../../src/cli/sync-policy.ts';
import { Stop } from '../../src/cli/stop.ts';

const read = async (text: string) => declaredPairs(await checkSwitchyardFile(text, 'switchyard.yaml'));

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text);
    return [];
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    expect(cause.exit).toBe(2);
    return cause.message.split('\n');
  }
}

const SMALL = `version: 1
sync:
  tasks:
    from: { secret: todoist-token }
    to: { account: me@example.com }
`;

describe('a declared pair', () => {
  test('has every default in it, so that a history explains itself', async () => {
    const pair = (await read(SMALL)).get('tasks');
    expect(pair?.spec).toEqual({
      pair: 'tasks',
      from: { secret: 'todoist-token', scope: { kind: 'everything' }, assignee: 'me-or-none' },
      to: { account: 'me@example.com', secret: null, access: 'delegated', lists: { kind: 'default' } },
      completion: 'both',
      onDeleted: 'complete',
      onOutOfScope: 'remove',
      timeZone: null,
      stopAt: { percent: 10, atLeast: 5, never: 100, empty: true },
      fields: { reminders: true, categories: true, priority3: 'normal', titleMax: 255 },
    });
    expect(pair?.everyMs).toBeNull();
    expect(pair?.at('to', 'account')).toBe('switchyard.yaml:5');
  });

  test('is read as the example shows it', async () => {
    const text = await readFile(new URL('../../examples/switchyard.yaml', import.meta.url), 'utf8');
    const pairs = await read(text);
    expect([...pairs.keys()]).toEqual(['tasks', 'team']);
    expect(pairs.get('team')).toMatchObject({
      everyMs: 300_000,
      spec: { timeZone: 'Europe/Berlin', to: { access: 'application', lists: { kind: 'per-project' } } },
    });
  });

  test.each([
    ['scope: everything', { from: { scope: { kind: 'everything' } } }],
    ['scope: { projects: [Work] }', { from: { scope: { kind: 'projects', projects: ['Work'] } } }],
    ['scope: { label: mirror }', { from: { scope: { kind: 'label', label: 'mirror' } } }],
    ['scope: { filter: "#Work & !@waiting" }', { from: { scope: { kind: 'filter', filter: '#Work & !@waiting' } } }],
  ])('reads %s', async (scope, spec) => {
    const pairs = await read(SMALL.replace('todoist-token', `todoist-token, ${scope}`));
    expect(pairs.get('tasks')?.spec).toMatchObject(spec);
  });

  test.each([
    ['default', { kind: 'default' }],
    ['per-project', { kind: 'per-project' }],
    ['From Todoist', { kind: 'named', name: 'From Todoist' }],
  ])('writes into %s', async (lists, expected) => {
    const pairs = await read(SMALL.replace('me@example.com', `me@example.com, lists: ${lists}`));
    expect(pairs.get('tasks')?.spec.to.lists).toEqual(expected);
  });

  test.each(['59s', '0m', '8d', '999999999d'])('is refused with every: %s, with the line', async (every) => {
    expect(await problemsOf(`${SMALL}    every: ${every}\n`)).toEqual([
      `switchyard.yaml:6: sync.tasks.every: "${every}" is no interval of a sync; accepted: a duration such as 90s, 10m or 2h, from 1m to 7d`,
    ]);
  });

  test('hides no problem behind another: not behind a bad name, nor a range behind a missing key (A2)', async () => {
    const text = `version: 1
gates:
  1st: { tcp: { port: 0 } }
sync:
  Bad_name: { every: 5s, from: {}, to: { account: me@example.com, access: app } }
`;
    expect(await problemsOf(text)).toEqual([
      'switchyard.yaml:3: gates.1st.tcp.port: 0 is too small; accepted: at least 1',
      'switchyard.yaml:3: gates.1st: "1st" is no name of a gate; accepted: a letter, then letters, digits, dot, _ and -',
      'switchyard.yaml:5: sync.Bad_name.every: "5s" is no interval of a sync; accepted: a duration such as 90s, 10m or 2h, from 1m to 7d',
      'switchyard.yaml:5: sync.Bad_name.from.secret: it is missing; accepted: small letters, digits and -, such as probe-token',
      'switchyard.yaml:5: sync.Bad_name.to.access: "app" is no such choice; accepted: delegated, application',
      'switchyard.yaml:5: sync.Bad_name: "Bad_name" is no name of a pair; accepted: small letters, digits and -, such as tasks',
    ]);
  });

  test('says what stands where something else belongs, and never a value that may be a secret (A1, A2)', async () => {
    const token = '0123456789ABCDEF';
    const text = `version: 2
records: []
sync:
  tasks:
    from: ${token}
    to: { secret: ${token} }
    fields: { reminders: 1, titleMax: 5.5 }
    stopAt: { never: -1 }
  other:
`;
    const problems = await problemsOf(text);
    expect(problems.join('\n')).not.toContain(token);
    expect(problems).toEqual([
      'switchyard.yaml:1: version: 2 is no version of this file; accepted: 1',
      'switchyard.yaml:2: records: this list is not a mapping; accepted: a mapping',
      'switchyard.yaml:5: sync.tasks.from: this text is no mapping; accepted: a mapping with keys of secret, scope, assignee',
      'switchyard.yaml:6: sync.tasks.to.secret: this text is no name of a secret; accepted: small letters, digits and -, such as probe-token',
      'switchyard.yaml:8: sync.tasks.stopAt.never: -1 is too small; accepted: at least 0',
      'switchyard.yaml:7: sync.tasks.fields.reminders: this number is not true or false; accepted: true or false',
      'switchyard.yaml:7: sync.tasks.fields.titleMax: this number is not a whole number; accepted: a whole number',
      'switchyard.yaml:9: sync.other: nothing is no mapping; accepted: a mapping with keys of every, timeZone, from, to, completion, onDeleted, onOutOfScope, stopAt, fields',
    ]);
  });

  test('has all its problems told at once, each with its line (A2)', async () => {
    const text = `version: 1
sync:
  tasks:
    every: 5x
    timeZone: Mars/Base
    from: { secret: todoist-token, scope: { projects: [a], label: b } }
    to: { account: me@example.com, secret: x }
    stopAt: { removals: 10 }
  b:
    from: { secret: todoist-token }
    to: { account: ME@example.com }
  Bad_name: {}
  c: { from: { secret: a }, to: { account: me@example.com } }
  d: { from: { secret: a }, to: { secret: a } }
`;
    expect((await problemsOf(text)).map((line) => /^switchyard\.yaml:(\d+)/.exec(line)?.[1])).toEqual([
      '4',
      '5',
      '6',
      '7',
      '8',
      '12',
      '12',
      '14',
      '12',
      '13',
    ]);
  });
});
