import { openReporter, type ReporterOptions } from '../../src/cli/reporter.ts';
import type { SyncLook } from '../../src/cli/look-at-sync.ts';
import { syncFace, type SyncReporter } from '../../src/cli/sync-face.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { outputSchema } from '../support/output-schema.ts';
import { NOON } from './statuses.ts';
import { BEAT, counts, endedSync, totals, WORKING } from './syncs.ts';

const LOOK: SyncLook = {
  runId: 'r',
  status: WORKING,
  beat: BEAT,
  trouble: null,
  temporalStatus: 'RUNNING',
  startedAt: NOON,
  closedAt: null,
  memo: {},
};
const FURTHER: SyncLook = { ...LOOK, beat: { ...BEAT, totals: totals({ create: 40 }) } };

interface Opened {
  readonly reporter: SyncReporter;
  readonly text: { out: string; err: string };
}

function open({ isTTY = false, json = false }: { isTTY?: boolean } & Partial<Pick<ReporterOptions, 'json'>>): Opened {
  const text = { out: '', err: '' };
  const stdout = { write: (more: string) => (text.out += more), isTTY, columns: 60 };
  const terminal = openTerminal({ stdout, stderr: { write: (more) => (text.err += more) } }, { NO_COLOR: '1' }, '/');
  return { reporter: openReporter(syncFace('tasks'), { terminal, link: null, json }), text };
}

const up = (lines: number): string => `\u001b[${lines}A\u001b[0J`;

test('a followed sync is drawn over itself on a terminal, no line wraps, and its last lines replace the drawing', () => {
  const { reporter, text } = open({ isTTY: true });
  reporter.show(LOOK);
  const first = text.out.split('\n').slice(0, -1);
  expect(first).toHaveLength(3);
  expect(Math.max(...first.map((line) => line.length))).toBeLessThan(60);
  reporter.show(FURTHER);
  expect(text.out.split(up(3))[1]).toMatch(/^sync\/tasks {2}working[^]*progress {5}create 140\/399/);
  reporter.end({ kind: 'reported', status: endedSync('synced') });
  expect(text.out.split(up(3))[2]).toMatch(/^synced {7}sync\/tasks/);
});

test('a sentence between two drawings is not drawn over', () => {
  const { reporter, text } = open({ isTTY: true });
  reporter.show(LOOK);
  reporter.say('a worker answers again');
  reporter.show(FURTHER);
  expect([text.out.includes(up(3)), text.err]).toEqual([false, 'a worker answers again\n']);
});

test('a log has a line for what is new, and none for every one of thousands of tasks', () => {
  const { reporter, text } = open({});
  for (const look of [LOOK, LOOK, FURTHER]) reporter.show(look);
  const lines = text.out.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/^\d\d:\d\d:\d\d UTC {2}create 120\/399, update 0\/1$/);
});

test('programs get an object for each change, and the end, as the schema says', () => {
  const { reporter, text } = open({ json: true });
  for (const look of [LOOK, LOOK, FURTHER]) reporter.show(look);
  reporter.end({ kind: 'speechless', why: 'the run was terminated in Temporal: oops', last: WORKING });
  const events = text.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly event: string });
  expect(events.map(({ event }) => event)).toEqual(['status', 'status', 'end']);
  expect(events.filter((event) => !outputSchema.safeParse(event).success)).toEqual([]);
  expect(events[0]).toMatchObject({ pair: 'tasks', progress: { applied: counts({ create: 20 }) }, trouble: null });
  expect(events[2]).toMatchObject({ outcome: null, why: expect.stringContaining('oops') as string });
});
