import { asActivityFailure } from '../../../src/activities/tasks/as-activity-failure.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';
import { specOf } from '../../support/sync-yard.ts';

const FACTS = { request: 'token', outcome: 'not-run', status: null, retryAfterMs: null } as const;
const SIGN_IN = { service: 'the Microsoft sign-in', kind: 'unauthorized', ...FACTS } as const;

test('calls a kept sign-in of another account a guard, which a new token of it would not satisfy (S4)', () => {
  const error = new ServiceError({ ...SIGN_IN, code: 'OTHER_ACCOUNT', next: 'Sign in as the right one.' });
  expect(asActivityFailure(error, specOf('tasks'))).toMatchObject({
    type: 'StoppedByGuard',
    message: 'The kept sign-in of sync/tasks is of another account than the pair declares. Sign in as the right one.',
  });
});

test('calls a sign-in that is over what it is, with what to do', () => {
  const { to, ...spec } = specOf('tasks');
  const failure = asActivityFailure(new ServiceError({ ...SIGN_IN, code: 'invalid_grant' }), {
    ...spec,
    to: { ...to, secret: null, account: 'me@example.com' },
  });
  expect(failure).toMatchObject({
    type: 'SignInNeeded',
    message: expect.stringMatching(/Sign in again with \.\/switchyard login tasks/) as string,
  });
});

test('quotes nothing of a fault of our own, which may hold the text of a task (A1)', () => {
  const failure = asActivityFailure(new TypeError('cannot read "Buy milk"'), specOf('tasks'));
  expect(failure).toMatchObject({ type: 'Fault', message: expect.not.stringContaining('milk') as string });
});
