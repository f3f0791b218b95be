import { wasNeverSent, type NetworkError } from '../../src/policies/never-sent.ts';

const refused = { code: 'ECONNREFUSED', syscall: 'connect' };

test.each<[string, NetworkError, boolean]>([
  ['nobody listens', refused, true],
  ['a name does not resolve', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
  ['the resolver is away', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, true],
  ['a host cannot be reached', { code: 'EHOSTUNREACH', syscall: 'connect' }, true],
  ['a network cannot be reached', { code: 'ENETUNREACH', syscall: 'connect' }, true],
  ['an address cannot be connected to', { code: 'EINVAL', syscall: 'connect' }, true],
  ['a connection takes too long to be made', { code: 'ETIMEDOUT', syscall: 'connect' }, true],
  ['fetch has waited long enough for a connection', { code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
  ['a certificate has expired', { code: 'CERT_HAS_EXPIRED' }, true],
  ['a certificate is of another host', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true],
  ['nobody trusts a certificate', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, true],
  ['every address of a host refuses', { code: 'ECONNREFUSED', errors: [refused, refused] }, true],

  ['a host goes away on a connection that was kept', { code: 'EHOSTUNREACH', syscall: 'read' }, false],
  ['a network goes away while it is written to', { code: 'ENETUNREACH', syscall: 'write' }, false],
  ['a host cannot be reached, and nothing says when', { code: 'EHOSTUNREACH' }, false],
  ['a connection falls silent', { code: 'ETIMEDOUT', syscall: 'read' }, false],
  ['a connection is reset', { code: 'ECONNRESET', syscall: 'read' }, false],
  ['TLS is negotiated again, and fails', { code: 'ERR_TLS_RENEGOTIATION_DISABLED' }, false],
  ['one of several ends came later', { code: 'ECONNREFUSED', errors: [refused, { code: 'ECONNRESET' }] }, false],
  ['nothing is known', {}, false],
])('a write is sent again unseen only where it surely was not sent: %s', (_, error, expected) => {
  expect(wasNeverSent(error)).toBe(expected);
});
