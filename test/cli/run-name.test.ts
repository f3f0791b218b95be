import { parseRunName } from '../../src/cli/parse/run-name.ts';

const RUN = '01a22cb8-a69e-7197-9893-1ca8e15efde2';
const run = (workflowId: string | null, runId: string | null = null, namespace: string | null = null) => ({
  ok: true,
  value: { kind: 'run', workflowId, runId, namespace },
});

test.each([
  ['www.example.com', run('deploy:www.example.com')],
  ['WWW.Example.com.', run('deploy:www.example.com')],
  ['group/shop', run('deploy-group:shop')],
  ['sync/tasks', run('sync:tasks')],
  ['docs/handbook', run('docs:handbook:latest')],
  ['docs/handbook/v2', run('docs:handbook:v2')],
  ['deploy:www.example.com', run('deploy:www.example.com')],
  ['deploy-next:www.example.com', run('deploy-next:www.example.com')],
  [RUN, run(null, RUN)],
  [`ns-id/deploy:www.example.com/${RUN}`, run('deploy:www.example.com', RUN)],
  [`deploy:www.example.com/${RUN}`, run('deploy:www.example.com', RUN)],
  [
    `https://temporal.example.com/namespaces/team%20a/workflows/deploy%3Awww.example.com/${RUN}/history`,
    run('deploy:www.example.com', RUN, 'team a'),
  ],
  ['http://localhost:8233/namespaces/default/workflows/sync%3Atasks', run('sync:tasks', null, 'default')],
  ['history.json', { ok: true, value: { kind: 'file', path: 'history.json' } }],
])('reads %s as somebody would paste it', (text, expected) => {
  expect(parseRunName(text)).toEqual(expected);
});

test.each(['sync/Tasks!', 'docs/', 'https://temporal.example.com/', 'https://x/namespaces/a/workflows/%E0%A4%A'])(
  'refuses %j with what is accepted (A2)',
  (text) => {
    const read = parseRunName(text);
    expect(read.ok ? null : read.problems[0]?.found).toContain('is no');
  },
);
