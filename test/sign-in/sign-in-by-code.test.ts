import { signInByCode, type ShownCode } from '../../src/sign-in/sign-in-by-code.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { ME, refusalOf, startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
afterEach(() => rig.microsoft.faults.clear());

function signIn(show: (shown: ShownCode) => void, signal = new AbortController().signal) {
  return signInByCode({ microsoft: rig.config, now: Date.now, show, signal, backOffMs: 10 });
}

const approve = ({ code }: ShownCode): void => rig.microsoft.approve(code, ME);

test('shows address, code and how long it is good, and says who signed in', async () => {
  const shown: ShownCode[] = [];
  const signIned = await signIn((code) => {
    shown.push(code);
    approve(code);
  });
  expect(shown).toEqual([
    {
      address: `${rig.microsoft.authority}/device`,
      code: expect.stringMatching(/^[0-9A-F]{9}$/) as string,
      expiresAt: expect.any(Number) as number,
    },
  ]);
  expect(shown[0]!.expiresAt - Date.now()).toBeGreaterThan(890_000);
  expect(signIned).toMatchObject({
    account: ME.upn,
    clientId: rig.microsoft.clientId,
    authority: rig.microsoft.authority,
  });
});

test.each<readonly [string, Fault]>([
  ['asks for less', { kind: 'refuse', status: 400, code: 'slow_down' }],
  ['throttles', { kind: 'refuse', status: 429, code: 'x', retryAfterSeconds: 0 }],
  ['is away', { kind: 'refuse', status: 503, code: 'x' }],
  ['hangs up', { kind: 'reset' }],
  ['talks nonsense', { kind: 'garble', body: '<html>' }],
])('goes on waiting for the person while Microsoft %s', async (_, fault) => {
  rig.microsoft.faults.add({ operation: 'token', fault, times: 2 });
  expect(await signIn(approve)).toMatchObject({ account: ME.upn });
});

test('a person who declines, and a code that expires, end it with a sentence each', async () => {
  const declined = await refusalOf(signIn(({ code }) => rig.microsoft.decline(code)));
  expect(declined.facts).toMatchObject({ kind: 'unauthorized', code: 'authorization_declined' });
  const late = await refusalOf(signIn(() => rig.microsoft.passTime(16 * 60_000)));
  expect(late.facts).toMatchObject({ kind: 'unauthorized', code: 'expired_token' });
  expect(late.facts.next).toMatch(/before the code expired/);
});

test('whoever stops waiting is not kept waiting by an answer that does not come', async () => {
  const leaving = new AbortController();
  let answer: () => void = () => undefined;
  const run = (): Promise<void> => {
    leaving.abort();
    return new Promise((resolve) => (answer = resolve));
  };
  rig.microsoft.faults.add({ operation: 'token', fault: { kind: 'meanwhile', run } });
  await expect(signIn(() => undefined, leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
  answer();
}, 10_000); // less than the time limit of the request, which would end it too

test('an application that Microsoft does not know is no reason to wait', async () => {
  const microsoft = { ...rig.config, clientId: '33333333-2222-3333-4444-555555555555' };
  const options = { microsoft, now: Date.now, show: approve, signal: new AbortController().signal };
  const { facts } = await refusalOf(signInByCode(options));
  expect(facts).toMatchObject({ kind: 'forbidden', code: 'unauthorized_client AADSTS700016' });
});
