import { outputSchema } from '../support/output-schema.ts';
import { HOLDING, ROLLED_BACK } from './statuses.ts';

const fits = (value: unknown): boolean => outputSchema.safeParse(value).success;

test.each([HOLDING, ROLLED_BACK])('the published schema fits status %#', (status) => {
  expect(fits({ schemaVersion: 1, event: 'status', at: 1, record: status.record, status })).toBe(true);
});

test.each([
  { event: 'status' },
  { schemaVersion: 2 },
  { schemaVersion: 1, event: 'unknown' },
  { schemaVersion: 1, status: { ...HOLDING, phase: 'dreaming' } },
  { schemaVersion: 1, status: { ...HOLDING, stages: undefined } },
])('the published schema refuses what is none of it, %#', (value) => {
  expect(fits(value)).toBe(false);
});
