/** The files of monitoring/ agree with the documentation; that their metrics exist is seen in test/observe/metrics.test.ts. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { alertRules, dashboardQueries, metricsIn, textOf } from '../support/monitoring.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('every alert leads to a section that says what to do, and every section to an alert', async () => {
  const rules = await alertRules();
  const anchors = await anchorsOf('docs/when-it-fails.md');
  for (const { alert, annotations } of rules) {
    expect(annotations['runbook_url']).toBe(`docs/when-it-fails.md#${alert.toLowerCase()}`);
    expect(anchors).toContain(alert.toLowerCase());
  }
  const sections = anchors.filter((anchor) => anchor.startsWith('switchyard'));
  expect(sections).toEqual(rules.map(({ alert }) => alert.toLowerCase()));
});

test('the documented command makes addresses of all runbooks, as Alertmanager and its receivers want them, and changes nothing else', async () => {
  const command =
    /^sed '(s#runbook_url.*#)' monitoring\/alerts\.yml/m.exec(await textOf('docs/monitoring.md'))?.[1] ?? '';
  const [, from = '', to = ''] = command.split('#');
  const rules = await alertRules();
  const installed = execFileSync('sed', [command, 'monitoring/alerts.yml'], { cwd: ROOT, encoding: 'utf8' });
  const links = [...installed.matchAll(/runbook_url: (\S+)/g)].map(([, link = '']) => new URL(link).hash.slice(1));
  expect(links).toEqual(rules.map(({ alert }) => alert.toLowerCase()));
  expect(installed.replaceAll(to, from)).toBe(await textOf('monitoring/alerts.yml'));
});

test('every alert says how soon somebody has to come', async () => {
  for (const { labels } of await alertRules()) expect(['page', 'ticket', 'info']).toContain(labels['severity']);
});

test('every metric that is documented is looked at by an alert or by the dashboard', async () => {
  const queries = [...(await alertRules()).map(({ expr }) => expr), ...(await dashboardQueries())];
  const used = new Set(queries.flatMap(metricsIn).map((name) => name.replace(/_(bucket|count|sum)$/, '')));
  const page = await textOf('docs/monitoring.md');
  const documented = [...page.matchAll(/^\| `(switchyard_\w+)`/gm)].map(([, name]) => name);
  expect(documented.filter((name) => !used.has(name ?? ''))).toEqual([]);
  expect([...used].filter((name) => name.startsWith('switchyard_') && !documented.includes(name))).toEqual([]);
});

test('every link within when-it-fails.md leads somewhere', async () => {
  const page = await textOf('docs/when-it-fails.md');
  const anchors = await anchorsOf('docs/when-it-fails.md');
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});

/** As GitHub makes them out of headings. */
async function anchorsOf(path: string): Promise<readonly string[]> {
  const headings = (await textOf(path)).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
