import fc from 'fast-check';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';

/** Sets as Route 53 lists them, for the tests of the core. */
export const NAME = 'www.example.com.';

const PLAIN = {
  name: NAME,
  ttl: null,
  values: [],
  alias: null,
  setIdentifier: null,
  weight: null,
  healthCheckId: null,
  other: {},
};

export const simple = (type: string, values: readonly string[], ttl = 60): RecordSet => ({
  ...PLAIN,
  type,
  ttl,
  values,
});
export const txt = (values: readonly string[]): RecordSet => ({
  ...simple('TXT', values),
  name: `_switchyard.${NAME}`,
});
export const alias = (
  type: string,
  dnsName: string,
  zoneId = 'Z2FDTNDATAQYW2',
  evaluateTargetHealth = false,
): RecordSet => ({
  ...PLAIN,
  type,
  alias: { zoneId, dnsName, evaluateTargetHealth },
});
export const weighted = (set: RecordSet, setIdentifier: string, weight: number): RecordSet => ({
  ...set,
  setIdentifier,
  weight,
});

const texts = fc.string({ unit: 'binary', maxLength: 8 });

/** Any sets without unknown fields. */
export const recordSets: fc.Arbitrary<RecordSets> = fc.array(
  fc.record({
    name: fc.constantFrom(NAME, '\\052.example.com.', 'a\\057b.example.com.'),
    type: fc.constantFrom('A', 'AAAA', 'CNAME', 'TXT'),
    ttl: fc.option(fc.nat()),
    values: fc.array(texts, { maxLength: 4 }),
    alias: fc.option(
      fc.record({
        zoneId: fc.constant('Z1'),
        dnsName: fc.constantFrom('d1.cloudfront.net.', ''),
        evaluateTargetHealth: fc.boolean(),
      }),
    ),
    setIdentifier: fc.option(texts),
    weight: fc.option(fc.nat({ max: 255 })),
    healthCheckId: fc.option(texts),
    other: fc.constant({}),
  }),
  { maxLength: 4 },
);
