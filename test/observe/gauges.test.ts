/** What is true now, and nothing else: neither what was true, nor what nobody knows any more. */
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';
import { createApplicationCertificate } from '../../sandbox/microsoft/application-certificate.ts';
import { stateGauge } from '../../src/observe/gauges.ts';
import { seeTokens } from '../../src/observe/see-tokens.ts';

function recorder() {
  const shown = new Map<string, number>();
  const gauge = (name: string) => ({
    ...noopMetricMeter.createGauge(name, 'float'),
    set: (value: number, labels?: MetricTags) => void shown.set(JSON.stringify(labels), value),
  });
  const meter: MetricMeter = Object.assign(Object.create(noopMetricMeter) as MetricMeter, { createGauge: gauge });
  return { shown, meter };
}

test('what is not seen any more is taken back, and shown again when it is seen again', () => {
  const { shown, meter } = recorder();
  const { show } = stateGauge(meter, { name: 'state', description: 'state', gone: 0 });
  const one = { labels: { record: 'one', state: 'blocked' }, value: 1 };
  const two = { labels: { record: 'two', state: 'blocked' }, value: 1 };
  show([one, two]);
  show([two]);
  expect([...shown.values()]).toEqual([0, 1]);
  show([one]);
  expect([...shown.values()]).toEqual([1, 0]);
  show([]);
  expect([...shown.values()]).toEqual([0, 0]);
});

describe('tokens', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-tokens-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a sign-in is good for 90 days from its last use, and what a writer left behind is none', async () => {
    for (const name of ['my%20tasks.json', 'my%20tasks.json.new', 'my%20tasks.json.damaged-1'])
      await writeFile(join(folder, name), '{}');
    await utimes(join(folder, 'my%20tasks.json'), 1_000_000, 1_000_000);
    expect(await seeTokens({ tokenDir: folder, clientCertificate: null })).toEqual([
      { labels: { kind: 'sign-in', name: 'my tasks' }, value: 1_000_000 + 90 * 86_400 },
    ]);
  });

  test('a certificate is good until it says it is not; where there are no sign-ins there is nothing to tell', async () => {
    const file = join(folder, 'own.pem');
    await writeFile(file, createApplicationCertificate('switchyard'));
    const [one] = await seeTokens({ tokenDir: join(folder, 'none'), clientCertificate: file });
    expect(one?.labels).toEqual({ kind: 'client-certificate', name: 'microsoft' });
    expect(((one?.value ?? 0) - Date.now() / 1_000) / 86_400).toBeCloseTo(90, 1);
  });
});
