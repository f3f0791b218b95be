import { declaredIn } from '../../src/cli/declared.ts';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import type { RequestFlags } from '../../src/cli/deploy-flags.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { Stop } from '../../src/cli/stop.ts';

const ERRORS = `errors: { provider: prom, query: 'e{s="$side"}', failWhen: '> 1' }`;

interface Parts {
  readonly gates?: string;
  readonly record?: string;
  readonly providers?: string;
}

const fileOf = ({
  gates = ERRORS,
  record = 'gates: [errors]',
  providers = 'prom: { prometheus: "https://prom.example.com" }',
}: Parts): string =>
  `version: 1\nproviders: { ${providers} }\ngates:\n  ${gates}\nrecords:\n  www.example.com:\n    ${record}\n`;

async function made(parts: Parts, flags: RequestFlags = {}) {
  const { records } = declaredIn(await checkSwitchyardFile(fileOf(parts), 'switchyard.yaml'));
  return deployRequest('www.example.com', {
    flags: { to: ['192.0.2.20'], by: 'a test', ...flags },
    policyOf: (record) => records.get(record) ?? null,
    env: {},
  });
}

async function problemsOf(work: Promise<unknown>): Promise<string> {
  const cause: unknown = await work.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  );
  if (!(cause instanceof Stop)) throw new Error(String(cause));
  return cause.problems.map(({ found, accepted }) => `${found}; accepted: ${accepted ?? ''}`).join('\n');
}

test('a gate on a metric takes defaults that suit its provider', async () => {
  const { request } = await made({});
  expect(request.metricGates).toMatchObject([
    {
      kind: 'threshold',
      weight: 'critical',
      share: null,
      samples: { bad: 3, of: 5, min: 5, afterMs: 0, everyMs: 15_000 },
    },
  ]);
});

test('a gate that asks somebody while it says nothing brings along whom to ask, and for how long', async () => {
  const gates = ERRORS.replace(/ }$/, ', onInconclusive: { wait: 2m, then: approve } }');
  const anybody = await made({ gates });
  expect(anybody.request.metricGates).toMatchObject([{ waitMs: 120_000, then: 'approve' }]);
  expect(anybody.request.approve).toEqual({ inconclusive: { by: ['*'], withinMs: 1_800_000, remindMs: null } });
  const record = 'gates: [errors]\n    approve: { inconclusive: { by: "*@example.com", within: 10m } }';
  const some = await made({ gates, record });
  expect(some.request.approve?.inconclusive).toEqual({ by: ['*@example.com'], withinMs: 600_000, remindMs: null });
  expect('approve' in (await made({})).request).toBe(false);
});

test('a request without such gates is what it always was', async () => {
  const { request } = await made({ gates: 'dns: { dns: {} }', record: 'gates: [dns]' });
  expect(Object.keys(request)).not.toEqual(expect.arrayContaining(['metricGates']));
  expect('stepGates' in request || 'mayFail' in request).toBe(false);
});

test.each<[string, Parts, RegExp]>([
  [
    'a provider that is not declared',
    { gates: ERRORS.replace('prom', 'none') },
    /:4: there is no provider "none"; accepted: prom/,
  ],
  ['no provider', { gates: `errors: { query: q, failWhen: '> 1' }` }, /a query needs a provider; accepted: prom/],
  [
    'a provider of two kinds',
    { providers: 'prom: { prometheus: "https://a.example", json: "https://a.example" }' },
    /one of prometheus, cloudwatch, json/,
  ],
  [
    'a password in an address (A1)',
    { providers: 'prom: { prometheus: "https://me:pass@prom.example.com" }' },
    /no address/,
  ],
  ['a rule that is none', { gates: ERRORS.replace('> 1', 'high') }, /"high" is no comparison; accepted: "> 0\.01"/],
  ['no rule', { gates: ERRORS.replace(", failWhen: '> 1'", '') }, /a query needs failWhen/],
  [
    'a word that nothing stands for',
    { gates: ERRORS.replace('$side', '$instance') },
    /nothing stands for \$instance; accepted: \$side/,
  ],
  [
    'more bad samples than are looked at',
    { gates: ERRORS.replace(' }', ', samples: { bad: 6, of: 5 } }') },
    /6 of 5 samples can never be bad/,
  ],
  [
    'a wait longer than the design allows at 100 %',
    { gates: ERRORS.replace(/ }$/, ', onInconclusive: { wait: 6m } }') },
    /errors waits 6 min while it can say nothing; accepted: at most 5 min at 100 %/,
  ],
  [
    'a key of another kind of gate',
    { gates: 'alarm: { cloudwatchAlarm: a, failWhen: "> 1" }', record: 'gates: [alarm]' },
    /failWhen says nothing about alarm; accepted: beside cloudwatchAlarm/,
  ],
  [
    'a comparison where red serves nothing',
    {
      gates: `worse: { compare: { provider: prom, errors: 'e{s="$side"}', requests: 'r{s="$side"}' } }`,
      record: 'gates: [worse]',
    },
    /worse needs a step at which red serves too/,
  ],
  [
    'a comparison of black with itself',
    {
      gates: `worse: { compare: { provider: prom, errors: e, requests: 'r{s="$side"}' } }`,
      record: '{ gates: [worse], steps: [50, 100] }',
    },
    /without \$side or \$value it counts the same for black and red/,
  ],
  [
    'a counted gate that can never decide',
    { gates: ERRORS.replace(/ }$/, ', critical: false }') },
    /errors can never decide: at most 1 count at one step, and 1 may fail/,
  ],
  [
    'mayFail where nothing is counted',
    { record: '{ gates: [errors], mayFail: 2 }' },
    /no gate of this record has critical: false/,
  ],
  [
    'approval, which nothing waits for yet',
    { gates: ERRORS.replace(/ }$/, ', dryRun: true, onInconclusive: { then: approve } }') },
    /a dry run never decides, so nobody is asked about it/,
  ],
  ['an end of waiting that is none', { gates: ERRORS.replace(/ }$/, ', onInconclusive: { then: ask } }') }, /then/],
])('refuses %s, with its line (A2)', async (_name, parts, words) => {
  expect(await problemsOf(made(parts))).toMatch(words);
});

test('tells once what is wrong with a gate of several steps', async () => {
  const record = '{ steps: [{ share: 50, gates: [errors] }, { share: 100, gates: [errors] }] }';
  const problems = await problemsOf(made({ gates: ERRORS.replace('> 1', 'high'), record }));
  expect(problems.split('\n')).toHaveLength(1);
});

test('refuses a hold in which a gate cannot have passed', async () => {
  expect(await problemsOf(made({}, { bake: '30s' }))).toMatch(
    /errors: its 5 samples, one every 15 s, take 60 s, and the hold at 100 % is 30 s; accepted: a longer hold, or fewer samples/,
  );
});

test('says which gates are not in force with other steps', async () => {
  const record = '{ steps: [{ share: 50, gates: [errors] }, 100] }';
  const { request, notes } = await made({ record }, { steps: '25,100' });
  expect(request.metricGates).toBeUndefined();
  expect(notes.at(-1)).toMatch(/^not in force with steps 25,100: errors of switchyard\.yaml:\d+$/);
});

test('accepts an alarm by its name or by that of its gate, and no other', async () => {
  const parts = { gates: 'alarm: { cloudwatchAlarm: www-5xx }', record: 'gates: [alarm]' };
  for (const name of ['www-5xx', 'alarm'])
    expect((await made(parts, { acceptAlarm: [name] })).request.metricGates).toMatchObject([{ accepted: true }]);
  expect(await problemsOf(made(parts, { acceptAlarm: ['other'] }))).toMatch(
    /"other" is no alarm of this deployment; accepted: www-5xx/,
  );
});

test('accepts the alarm that is named, and leaves those beside it their teeth', async () => {
  const gates = 'alarm: { cloudwatchAlarm: www-5xx }\n  latency: { cloudwatchAlarm: www-p99 }';
  const { request } = await made({ gates, record: 'gates: [alarm, latency]' }, { acceptAlarm: ['www-5xx'] });
  expect(request.metricGates).toMatchObject([
    { alarm: 'www-5xx', accepted: true },
    { alarm: 'www-p99', accepted: false },
  ]);
});

test('refuses a first step that may be no request at all, unless the share is observed', async () => {
  expect(await problemsOf(made({}, { steps: '1,100' }))).toMatch(/a first step of 1 % may be no request at all/);
  const observed = `{ gates: [errors], observedShare: { provider: prom, requests: 'r{s="$side"}' }, steps: [1, 100] }`;
  expect((await made({ record: observed })).request.metricGates).toMatchObject([
    { kind: 'threshold' },
    { kind: 'share', tolerance: 0.5 },
  ]);
});

test('keeps gates on metrics in force where --check replaces the probes of the file', async () => {
  const { request } = await made({}, { check: ['/other'] });
  expect(request.gates).toHaveLength(1);
  expect(request.metricGates).toHaveLength(1);
});
