import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A rule of monitoring/alerts.yml. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export async function alertRules(): Promise<readonly AlertRule[]> {
  const { groups } = parse(await textOf('monitoring/alerts.yml')) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}

export async function dashboardQueries(): Promise<readonly string[]> {
  const { panels } = JSON.parse(await textOf('monitoring/dashboard.json')) as { panels: Panel[] };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** Every metric that a query names. */
export const metricsIn = (query: string): readonly string[] => query.match(/\b(switchyard|temporal)_[a-z_]+\b/g) ?? [];

export const textOf = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
