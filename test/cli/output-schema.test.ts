import { outputSchema } from '../support/output-schema.ts';
import { HOLDING, ROLLED_BACK } from './statuses.ts';
import { counts, endedSync, WORKING } from './syncs.ts';

const fits = (value: unknown): boolean => outputSchema.safeParse(value).success;

test.each([HOLDING, ROLLED_BACK])('the published schema fits status %#', (status) => {
  expect(fits({ schemaVersion: 1, event: 'status', at: 1, record: status.record, status })).toBe(true);
});

test.each([WORKING, endedSync('synced'), endedSync('stopped', { view: null })])('and status of a sync %#', (status) => {
  expect(fits({ schemaVersion: 1, event: 'status', at: 1, pair: status.pair, status })).toBe(true);
});

const PLAN = {
  inScope: 1,
  links: 0,
  planned: counts({ create: 1 }),
  similar: 0,
  setAside: [],
  setAsideCount: 0,
  stop: null,
};

test('and a plan of a sync', () => {
  const actions = [{ kind: 'create', id: '6X4V', why: 'new' }];
  expect(fits({ schemaVersion: 1, pair: 'tasks', plan: { ...PLAN, actions } })).toBe(true);
});

test.each([
  { event: 'code', pair: 'tasks', address: 'https://microsoft.com/devicelogin', code: 'A1B2C3D4E', expiresAt: 2 },
  { event: 'signed-in', pair: 'tasks', account: 'me@example.com', file: '/tokens/tasks.json', encrypted: true },
  { event: 'not-needed', pair: 'tasks', why: 'it takes a ready access token' },
  { pair: 'tasks', forgotten: false, file: '/tokens/tasks.json', declared: null },
  { event: 'end', pair: 'tasks', outcome: 'cancelled', status: endedSync('cancelled') },
  { event: 'status', pair: 'tasks', status: WORKING, progress: null, trouble: null },
])('and what the other verbs of a sync print, %#', (value) => {
  expect(fits({ schemaVersion: 1, at: 1, ...value })).toBe(true);
});

test.each([
  { schemaVersion: 1, event: 'code', at: 1, pair: 'tasks' },
  { schemaVersion: 1, event: 'signed-in', at: 1, pair: 'tasks', account: 'me@example.com' },
  { event: 'status' },
  { schemaVersion: 2 },
  { schemaVersion: 1, event: 'unknown' },
  { schemaVersion: 1, status: { ...HOLDING, phase: 'dreaming' } },
  { schemaVersion: 1, status: { ...HOLDING, stages: undefined } },
  { schemaVersion: 1, status: { ...WORKING, phase: 'dreaming' } },
  { schemaVersion: 1, plan: PLAN },
  { schemaVersion: 1, schedules: [{ pair: 'tasks' }] },
])('the published schema refuses what is none of it, %#', (value) => {
  expect(fits(value)).toBe(false);
});
