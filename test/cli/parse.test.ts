import { parseCheck } from '../../src/cli/parse/check.ts';
import { parseFailRule, parseSpan, parseSteps, parseStrategy, parseTtl } from '../../src/cli/parse/numbers.ts';
import { quoted, type Parsed } from '../../src/cli/parse/parsed.ts';
import { parseRecordName } from '../../src/cli/parse/record-name.ts';
import { parseTarget } from '../../src/cli/parse/target.ts';

function words(read: Parsed<unknown>): string {
  return read.ok ? `accepted ${JSON.stringify(read.value)}` : read.problems.map(({ found }) => found).join('; ');
}

describe('a record name', () => {
  test.each([
    ['EXAMPLE.com.', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['\\052.example.com', '*.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['exаmple.com', 'xn--exmple-4nf.com'], // Cyrillic: shown as what it is
  ])('%s is %s', (typed, record) => {
    expect(parseRecordName(typed)).toMatchObject({ ok: true, value: { record } });
  });

  test('shows an international name beside its punycode', () => {
    expect(parseRecordName('münchen.example')).toMatchObject({ value: { international: 'münchen.example' } });
  });

  test.each([
    '',
    ' ',
    '.',
    '..',
    'a..b',
    'a b.example.com',
    `${'a'.repeat(64)}.example.com`,
    `${'a.'.repeat(130)}example.com`,
    'xn--zz.example.com',
    'xn--999999999.example.com',
    'a\u0000b.example.com',
    'a\r\nb.example.com',
    'www.*.example.com',
    '_switchyard.www.example.com',
    '_wildcard.example.com',
    "' OR 1=1",
    '../x',
  ])('%j is refused, with what is accepted', (typed) => {
    const read = parseRecordName(typed);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problems[0]?.accepted ?? '').toMatch(/DNS name such as/);
  });
});

describe('a target', () => {
  test.each([
    [['192.0.2.20'], { kind: 'values', values: ['192.0.2.20'] }],
    [['192.0.2.20,192.0.2.21'], { kind: 'values', values: ['192.0.2.20', '192.0.2.21'] }],
    [['192.0.2.20', '2001:DB8:0::20'], { kind: 'values', values: ['192.0.2.20', '2001:db8::20'] }],
    [['Blue.Example.net.'], { kind: 'values', values: ['blue.example.net'] }],
    [
      ['alias:lb.eu-west-1.elb.amazonaws.com'],
      { kind: 'alias', dnsName: 'lb.eu-west-1.elb.amazonaws.com', zoneId: null, evaluateTargetHealth: null },
    ],
    [
      ['alias:lb.example.net@Z35SXDOTRQ7X7K:eval'],
      { kind: 'alias', dnsName: 'lb.example.net', zoneId: 'Z35SXDOTRQ7X7K', evaluateTargetHealth: true },
    ],
  ])('%j is read', (typed, value) => {
    expect(parseTarget(typed, '--to')).toEqual({ ok: true, value });
  });

  test.each([
    [[], /no value/],
    [[''], /empty value/],
    [['0.0.0.0'], /unspecified/],
    [['127.0.0.1'], /loopback/],
    [['::1'], /loopback/],
    [['256.1.1.1'], /four numbers/],
    [['010.0.0.1'], /leading zeros/],
    [['fe80::1%eth0'], /zone id/],
    [['169.254.169.254'], /link-local/],
    [['192.0.2.1', '192.0.2.1'], /given twice/],
    [['192.0.2.1', 'blue.example.net'], /one host name and no address/],
    [['a.example.net', 'b.example.net'], /one host name/],
    [['localhost'], /no full host name/],
    [['alias:'], /no alias/],
    [['alias:x.example.net@bad'], /no hosted zone id/],
    [['alias:x.example.net', '192.0.2.1'], /stands alone/],
    [[Array.from({ length: 101 }, (_, at) => `192.0.2.${at}`).join(',')], /101 values/],
  ])('%j is refused', (typed, sentence) => {
    expect(words(parseTarget(typed, '--to'))).toMatch(sentence);
  });

  test('reports every bad value at once (A2)', () => {
    const read = parseTarget(['256.1.1.1', '0.0.0.0'], '--to');
    expect(read.ok ? [] : read.problems).toHaveLength(2);
  });
});

describe('a check', () => {
  test.each([
    ['/healthz', { kind: 'http', scheme: 'https', port: 443, path: '/healthz', host: null }],
    ['/a?b=c', { path: '/a?b=c' }],
    ['http://www.example.com:8080/healthz', { scheme: 'http', port: 8080, path: '/healthz', host: null }],
    ['https://WWW.example.com./x', { scheme: 'https', port: 443, host: null }],
    ['https://other.example.com/x', { host: 'other.example.com' }],
    ['tcp:5432', { kind: 'tcp', port: 5432 }],
    ['dns', { kind: 'dns' }],
  ])('%s is a gate', (typed, gate) => {
    expect(parseCheck(typed, 'www.example.com')).toMatchObject({ ok: true, value: gate });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166',
    'http://0xa9fea9fe',
    'http://0251.0376.0251.0376',
    'http://127.1',
    'http://[::1]',
    'http://[::ffff:a9fe:a9fe]',
    'http://0',
    'http://good@evil',
    'http://evil#@good',
    'http://good;evil/',
    'http://good\\@evil',
    'ht\ntp://www.example.com/',
    'file:///etc/passwd',
    'gopher://x',
    'data:text/plain,x',
    'javascript:alert(1)',
    '//evil/x',
    'tcp:0',
    'tcp:65536',
    'tcp:abc',
    'healthz',
    '',
    `/${'a'.repeat(8_000)}`,
  ])('%j is refused (A4)', (typed) => {
    expect(parseCheck(typed, 'www.example.com').ok).toBe(false);
  });
});

describe('numbers', () => {
  test.each(['NaN', '-1', '0', '2147483648', '1e9', '"60"', '', '60m', '1.5'].filter((text) => text !== '60m'))(
    'TTL %j is refused',
    (typed) => {
      expect(parseTtl(typed, '--ttl').ok).toBe(false);
    },
  );
  test.each([
    ['60', 60],
    ['60s', 60],
    ['2m', 120],
  ])('TTL %s is %d seconds', (typed, seconds) => {
    expect(parseTtl(typed, '--ttl')).toEqual({ ok: true, value: seconds });
  });
  test.each(['', '5', '-5m', '5 m', '5minuets', '1e400s', 'Infinity', '99999h'])('duration %j is refused', (typed) => {
    expect(parseSpan(typed, '--hold').ok).toBe(false);
  });
  test.each(['', '100,50', '5,5,100', '0,100', '5,50', '5;50;100', '101', '5,,100', '-5,100'])(
    'steps %j are refused: shares never fall',
    (typed) => {
      expect(parseSteps(typed, '--steps').ok).toBe(false);
    },
  );
  test.each(['', '6', '0/6', '7/6', '4/6/8', '4/1000', 'x/y'])('rule %j is refused', (typed) => {
    expect(parseFailRule(typed, '--fail').ok).toBe(false);
  });
  test('a strategy is a list of shares that ends in 100', () => {
    expect(parseStrategy('canary')).toEqual({ ok: true, value: [5, 25, 50, 100] });
    expect(words(parseStrategy('constructor'))).toMatch(/is none/);
  });
});

test('text from outside is quoted without anything that moves a cursor or turns a line', () => {
  expect(quoted('a\u001b[2J\u202e\n')).toBe('"a\\u001b[2J\\u202e\\n"');
  expect(quoted('x'.repeat(200)).length).toBeLessThan(90);
});
