/** Log lines say what they are about, and nothing that they were not made for (A1). */
import { ApplicationFailure } from '@temporalio/common';
import { errorFields, logFields } from '../src/log-fields.ts';
import { failure } from '../src/policies/failures.ts';

const CANARY = 'canary-8f2d';

test('a line of an activity names workflow, run, activity, attempt and the record, and keeps everything else out (A1)', () => {
  const meta = { workflowId: 'deploy:www.example.com', workflowRunId: 'r1', activityType: 'readRecord', attempt: 3 };
  expect(logFields({ ...meta, taskToken: CANARY, input: { secret: CANARY }, headers: CANARY })).toEqual({
    workflow: 'deploy:www.example.com',
    run: 'r1',
    activity: 'readRecord',
    attempt: 3,
    record: 'www.example.com',
  });
});

test.each([
  ['sync:tasks', { pair: 'tasks' }],
  ['docs:handbook:v1', { site: 'handbook' }],
  ['reset:www.example.com', { record: 'www.example.com' }],
  ['deploy-group:shop', { group: 'shop' }],
  ['deploy-next:www.example.com', { record: 'www.example.com' }],
  ['deploy-next:group/shop', { record: 'group/shop' }],
  ['doctor-7', {}],
])('a line of %s says whose run it is', (workflowId, subject) => {
  expect(logFields({ workflowId })).toEqual({ workflow: workflowId, ...subject });
});

test('an error of somebody else is shown without its words and its fields, which may hold a token (A1)', () => {
  const error = Object.assign(new Error(`GET https://x?token=${CANARY}`), {
    code: 'ECONNRESET',
    config: { headers: { authorization: `Bearer ${CANARY}` } },
    cause: new TypeError(CANARY),
  });
  const shown = errorFields(error);
  expect(JSON.stringify(shown)).not.toContain(CANARY);
  expect(shown).toMatchObject({ name: 'Error', code: 'ECONNRESET', cause: { name: 'TypeError' } });
  expect(JSON.stringify(shown)).toContain('log-fields.test.ts'); // where it was
});

test('lines of a message that look like places do not get into a log (A1)', () => {
  const error = new Error(`no answer\n    at https://x?token=${CANARY}\n  at ${CANARY}`);
  expect(JSON.stringify(errorFields(error))).not.toContain(CANARY);
  expect(JSON.stringify(errorFields(error))).toContain('log-fields.test.ts');
  error.message = 'changed since, and the stack still begins with the first one';
  expect(errorFields(error)).toMatchObject({ at: [] });
});

test('a failure of ours is shown with its sentence, one of somebody else in its place is not', () => {
  expect(errorFields(failure('Foreign', 'somebody else wrote it'))).toMatchObject({
    type: 'Foreign',
    message: 'somebody else wrote it',
  });
  expect(JSON.stringify(errorFields(ApplicationFailure.create({ type: 'Error', message: CANARY })))).not.toContain(
    CANARY,
  );
});
