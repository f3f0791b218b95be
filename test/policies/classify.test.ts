import { asFailure, classify } from '../../src/policies/classify.ts';

const REQUEST = { action: 'ChangeResourceRecordSets', subject: 'www.example.com' };
const error = (name: string, changes: object = {}) => Object.assign(new Error(`${name} happened`), { name }, changes);
const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
const batch = (message: string) => error('InvalidChangeBatch', { message, ...status(400) });

const STALE =
  "[Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values, " +
  "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]";

test.each<[string, unknown, string, boolean]>([
  ['Throttling, which is a 400', error('Throttling', status(400)), 'Throttled', false],
  ['ThrottlingException', error('ThrottlingException', status(400)), 'Throttled', false],
  ['RequestThrottled', error('RequestThrottled', status(400)), 'Throttled', false],
  ['429 without a name', error('Unknown', status(429)), 'Throttled', false],
  ['PriorRequestNotComplete', error('PriorRequestNotComplete', status(400)), 'ZoneBusy', false],
  ['AccessDenied', error('AccessDenied', status(403)), 'Unauthorized', false],
  ['AccessDeniedException', error('AccessDeniedException', status(400)), 'Unauthorized', false],
  ['403 without a name', error('Unknown', status(403)), 'Unauthorized', false],
  ['ExpiredToken', error('ExpiredToken', status(403)), 'Unauthorized', false],
  [
    'a signature by a clock that is behind',
    error('SignatureDoesNotMatch', {
      message: 'Signature expired: 20261130T101500Z is now earlier than 20261130T111000Z (20261130T111500Z - 5 min.)',
      ...status(403),
    }),
    'Unavailable',
    false,
  ],
  [
    'a signature by a clock that is ahead',
    error('InvalidSignatureException', {
      message:
        'Signature not yet current: 20261130T121500Z is still later than 20261130T112000Z (20261130T111500Z + 5 min.)',
      ...status(403),
    }),
    'Unavailable',
    false,
  ],
  ['RequestTimeTooSkewed', error('RequestTimeTooSkewed', status(403)), 'Unavailable', false],
  ['a signature by another key', error('SignatureDoesNotMatch', status(403)), 'Unauthorized', false],
  ['InvalidClientTokenId', error('InvalidClientTokenId', status(403)), 'Unauthorized', false],
  ['no credentials', error('CredentialsProviderError'), 'Unauthorized', false],
  ['NoSuchHostedZone', error('NoSuchHostedZone', status(404)), 'ZoneUnclear', false],
  ['NoSuchChange', error('NoSuchChange', status(404)), 'NotInSync', false],
  ['a batch that lost its race', batch(STALE), 'Foreign', true],
  ['a batch that deletes what is gone', batch('[Tried to delete ... but it was not found]'), 'Foreign', true],
  ['a protected record', batch('[The record set is protected: freeze]'), 'Protected', false],
  [
    'a lost race on a name that speaks of protection',
    batch(STALE.replaceAll('www.', 'data-protection.')),
    'Foreign',
    true,
  ],
  [
    'a rule broken at a name that speaks of protection',
    batch('[RRSet with DNS name data-protection.example.com. is not permitted in zone protection.example.org.]'),
    'Invalid',
    true,
  ],
  [
    'a quoted name that speaks of protection',
    batch(
      "[Invalid Resource Record: FATAL problem: Unsupported at [name='protect.example.com.', type='A'], 'protect']",
    ),
    'Invalid',
    true,
  ],
  [
    'a protected record, by its name',
    batch('[RRSet with DNS name www.example.com., type A is protected and cannot be changed: freeze]'),
    'Protected',
    false,
  ],
  ['a batch that breaks a rule', batch('[RRSet with DNS name x. is not permitted in zone y.]'), 'Invalid', true],
  ['InvalidInput', error('InvalidInput', status(400)), 'Invalid', true],
  ['an unknown 400', error('SomethingNew', status(400)), 'Invalid', true],
  ['500', error('InternalFailure', status(500)), 'Unavailable', true],
  ['503', error('ServiceUnavailable', status(503)), 'Unavailable', true],
  ['a garbled 200', error('Error', status(200)), 'Unavailable', true],
  ['a time-out', error('TimeoutError', { code: 'ETIMEDOUT' }), 'Unavailable', true],
  ['a reset', error('TimeoutError', { code: 'ECONNRESET' }), 'Unavailable', true],
  ['a socket hang up', error('Error', { code: 'ECONNRESET' }), 'Unavailable', true],
  ['a host that cannot be reached', error('Error', { code: 'EHOSTUNREACH', syscall: 'connect' }), 'Unavailable', false],
  [
    'a host that goes away on a connection that was kept',
    error('Error', { code: 'EHOSTUNREACH', syscall: 'read' }),
    'Unavailable',
    true,
  ],
  ['a refused connection', error('Error', { code: 'ECONNREFUSED' }), 'Unavailable', false],
  ['a name that does not resolve', error('Error', { code: 'ENOTFOUND' }), 'Unavailable', false],
  ['nothing at all', undefined, 'Unavailable', true],
  ['a thrown text', 'oops', 'Unavailable', true],
])('names %s', (_what, thrown, type, outcomeUnknown) => {
  expect(classify(thrown, REQUEST)).toMatchObject({ type, outcomeUnknown });
});

test('names the missing permission, and no account', () => {
  const message =
    'User: arn:aws:sts::123456789012:assumed-role/deploy/i-1 is not authorized to perform: route53:ChangeResourceRecordSets';
  const { sentence, next } = classify(error('AccessDenied', { message, ...status(403) }), REQUEST);
  expect(sentence).toBe(
    'ChangeResourceRecordSets for www.example.com: access denied, the permission route53:ChangeResourceRecordSets is missing.',
  );
  expect(next).toMatch(/Grant route53:ChangeResourceRecordSets/);
});

test('keeps ARNs, account numbers, keys and control characters out of a sentence (A1)', () => {
  const message = '[bad \u001b[31marn:aws:iam::123456789012:user/x 123456789012 AKIAIOSFODNN7EXAMPLE\n::error::]';
  const { sentence } = classify(batch(message), REQUEST);
  expect(sentence).not.toMatch(/123456789012|AKIA|arn:aws/);
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  expect(sentence).not.toMatch(/[\u0000-\u001f]/);
});

test.each([
  ['7', 7_000],
  ['0', 0],
  ['30', 30_000],
  ['3600', 30_000],
  ['123456', 30_000],
  ['Sun, 22 Nov 2026 12:00:00 GMT', null],
  ['-1', null],
  ['1e9', null],
])('reads Retry-After %s, and never holds a rollback back for more than 30 s (D8)', (header, retryAfterMs) => {
  const response = { $response: { headers: { 'retry-after': header } } };
  expect(classify(error('Throttling', response), REQUEST).retryAfterMs).toBe(retryAfterMs);
});

test('hands the pause on to Temporal, and leaves the judgement to the caller', () => {
  const response = { $response: { headers: { 'retry-after': '3' } } };
  expect(asFailure(error('Throttling', response), REQUEST)).toMatchObject({
    type: 'Throttled',
    nextRetryDelay: 3_000,
    nonRetryable: false,
  });
});
