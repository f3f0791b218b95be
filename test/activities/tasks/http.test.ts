import { askHttp } from '../../../src/activities/tasks/http.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';

test('a write that has no way to its host was surely not sent, whatever the system calls that', async () => {
  const request = { method: 'POST', url: 'http://255.255.255.255:48231/', headers: {}, body: 'x' } as const;
  const { signal } = new AbortController();
  const sent = askHttp(request, { service: 'Todoist', name: 'POST /', signal, timeoutMs: 10_000 });
  const error: unknown = await sent.catch((cause: unknown) => cause);
  if (!(error instanceof ServiceError)) throw error;
  // To everybody at once no connection can be made: of the codes that say so, none is among those that say it by themselves.
  expect(error.facts).toMatchObject({ kind: 'unavailable', outcome: 'not-run' });
  expect(error.facts.code).toMatch(/^E(NETUNREACH|ACCES|HOSTUNREACH|INVAL|ADDRNOTAVAIL)$/);
});
