/** The files of monitoring/ agree with the documentation; that their metrics exist is seen in test/observe/metrics.test.ts. */
import { alertRules, dashboardQueries, metricsIn, textOf } from '../support/monitoring.ts';

test('every alert leads to a section that says what to do, and every section to an alert', async () => {
  const rules = await alertRules();
  const anchors = await anchorsOf('docs/when-it-fails.md');
  for (const { alert, annotations } of rules) {
    expect(annotations['runbook']).toBe(`docs/when-it-fails.md#${alert.toLowerCase()}`);
    expect(anchors).toContain(alert.toLowerCase());
  }
  const sections = anchors.filter((anchor) => anchor.startsWith('switchyard'));
  expect(sections).toEqual(rules.map(({ alert }) => alert.toLowerCase()));
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
