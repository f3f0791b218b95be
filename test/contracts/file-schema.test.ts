import { readFile } from 'node:fs/promises';
import { fileJsonSchema, fileSchema } from '../../src/contracts/file-schema.ts';

const SMALL = {
  version: 1,
  gates: { healthy: { http: { path: '/healthz', status: [200], json: { '/ok': true }, maxLatency: '2s' } } },
  records: {
    'www.example.com': {
      zone: 'example.com',
      default: ['192.0.2.10', '2001:db8::10'],
      gates: ['healthy'],
      preLowerTtl: '60s',
      steps: [5, { share: 50, hold: '15m' }, 100],
    },
  },
};

describe('the schema of switchyard.yaml', () => {
  test('is published as it is in force', async () => {
    const published: unknown = JSON.parse(
      await readFile(new URL('../../schema/switchyard.schema.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(fileJsonSchema());
  });

  test('takes the policy that the README shows', () => {
    expect(fileSchema.safeParse(SMALL).success).toBe(true);
  });

  test.each([
    ['a version that it does not know', { ...SMALL, version: 2 }, /no version of this file; accepted: 1/],
    [
      'a key that a later version may bring',
      { ...SMALL, alerts: {} },
      /unknown key "alerts"; accepted: version, notify, providers, gates, records/,
    ],
    [
      'a key with a typing error',
      { ...SMALL, records: { 'a.example': { defualt: '192.0.2.1' } } },
      /unknown key "defualt"; accepted: zone, role, type, default/,
    ],
    ['a gate of two kinds', { ...SMALL, gates: { both: { tcp: { port: 1 }, dns: {} } } }, /one of http, tcp, dns/],
    ['a gate of no kind', { ...SMALL, gates: { none: {} } }, /one of http, tcp, dns/],
    ['a port out of range', { ...SMALL, gates: { far: { tcp: { port: 65_536 } } } }, /65535/],
    [
      'a secret in the open (A1)',
      { ...SMALL, gates: { g: { http: { headers: { authorization: 'Bearer x' } } } } },
      /carries a secret/,
    ],
    [
      'a secret that is located instead of named (A4)',
      { ...SMALL, gates: { g: { http: { headers: { 'X-Probe': { secret: 'AWS_SECRET_ACCESS_KEY' } } } } } },
      /no name of a secret/,
    ],
    [
      'a header with a line break',
      { ...SMALL, gates: { g: { http: { headers: { 'X-Probe': 'a\r\nb' } } } } },
      /no header/,
    ],
    ['a share over 100', { ...SMALL, records: { 'a.example': { steps: [101] } } }, /<=100/],
    ['a duration without a unit', { ...SMALL, records: { 'a.example': { hold: '5' } } }, /no duration/],
    ['a TTL of zero', { ...SMALL, records: { 'a.example': { ttl: 0 } } }, />=1/],
    ['a list at the top', [], /no mapping/],
    ['nothing', null, /no mapping/],
  ])('refuses %s', (_what, value, sentence) => {
    const result = fileSchema.safeParse(value);
    expect(result.error?.issues.map(({ message }) => message).join('\n')).toMatch(sentence);
  });

  test('is not polluted by __proto__', () => {
    const value: unknown = JSON.parse('{"version": 1, "__proto__": {"polluted": true}}');
    expect(fileSchema.safeParse(value).success).toBe(false);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
