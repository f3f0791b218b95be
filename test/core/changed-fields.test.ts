import { changedFields } from '../../src/core/changed-fields.ts';

test('what is told again is what has changed, gone values too', () => {
  const plan = { steps: [10, 100] };
  const before: { plan: object; share: number; until: number | null } = { plan, share: 10, until: 4_711 };
  expect(changedFields(before, { plan, share: 100, until: null })).toEqual({ share: 100, until: null });
  expect(changedFields(before, { ...before })).toEqual({});
});

test('whoever knows nothing is told everything', () => {
  expect(changedFields(null, { share: 10 })).toEqual({ share: 10 });
});
