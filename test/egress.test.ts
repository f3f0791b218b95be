import fc from 'fast-check';
import { joinEgress, kindOfAddress, readEgress, USUAL_EGRESS, whyNotConnect } from '../src/egress.ts';

describe('an address is what is connected to, however it is written (A4)', () => {
  test.each([
    ['169.254.169.254', 'never'],
    ['169.254.170.2', 'never'],
    ['100.100.100.200', 'never'],
    ['168.63.129.16', 'never'],
    ['192.0.0.192', 'never'],
    ['0.0.0.0', 'never'],
    ['255.255.255.255', 'never'],
    ['224.0.0.1', 'never'],
    ['::', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['::ffff:a9fe:a9fe', 'never'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', 'never'],
    ['::ffff:0:a9fe:a9fe', 'never'],
    ['::169.254.169.254', 'never'],
    ['64:ff9b::a9fe:a9fe', 'never'],
    ['64:ff9b:1::a9fe:a9fe', 'never'],
    ['2002:a9fe:a9fe::1', 'never'],
    ['2001::1', 'never'],
    ['fd00:ec2::254', 'never'],
    ['FD00:0EC2::0254', 'never'],
    ['fd20:ce::254', 'never'],
    ['fe80::1', 'never'],
    ['fe80::1%eth0', 'never'],
    ['ff02::1', 'never'],
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['172.32.0.1', 'public'],
    ['198.51.100.7', 'public'],
    ['2600:9000::1', 'public'],
    ['64:ff9b::198.51.100.7', 'public'],
    // No address to Node, so that a look-up decides; whoever asks about one asks about nothing that may be connected to.
    ['2852039166', 'never'],
    ['0xa9fea9fe', 'never'],
    ['0251.0376.0251.0376', 'never'],
    ['127.1', 'never'],
    ['', 'never'],
  ])('%s is %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });

  test('IPv4 in IPv6 is judged as the IPv4 address that it is', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const plain = octets.join('.');
        for (const before of ['::ffff:', '::ffff:0:', '64:ff9b::'])
          expect(kindOfAddress(before + plain)).toBe(kindOfAddress(plain));
      }),
    );
  });
});

describe('SWITCHYARD_EGRESS', () => {
  const rule = (...words: string[]) =>
    joinEgress(
      words.map((word) => {
        const read = readEgress(word);
        if (read === null) throw new Error(`${word} is not read`);
        return read;
      }),
    );

  test.each(['', 'internet', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/-1', '/8', '10.0.0.0/8/8'])(
    'refuses %j',
    (word) => {
      expect(readEgress(word)).toBeNull();
    },
  );

  test('a network allows its own addresses and no others', () => {
    const inside = rule('10.20.0.0/16', 'fd12::/16', '192.0.2.7');
    expect(['10.20.255.1', 'fd12::9', '192.0.2.7'].map((address) => whyNotConnect(address, inside))).toEqual([
      null,
      null,
      null,
    ]);
    expect(whyNotConnect('10.21.0.1', inside)).toBe(
      'is a private address, and this worker asks 10.20.0.0/16, fd12::/16, 192.0.2.7/32 addresses (SWITCHYARD_EGRESS)',
    );
    expect(whyNotConnect('198.51.100.7', inside)).toMatch(/is a public address/);
  });

  test('no rule allows a metadata service, not even by its own address (A4)', () => {
    const all = rule('public', 'private', 'loopback', '0.0.0.0/0', '::/0', '169.254.169.254');
    for (const address of ['169.254.169.254', 'fd00:ec2::254', '::ffff:169.254.169.254', 'fe80::1'])
      expect(whyNotConnect(address, all)).toMatch(/is never asked/);
  });

  test('without one, this machine is not asked', () => {
    expect(whyNotConnect('127.0.0.1', USUAL_EGRESS)).toMatch(/is a loopback address/);
    expect(whyNotConnect('10.0.0.1', USUAL_EGRESS)).toBeNull();
  });
});
