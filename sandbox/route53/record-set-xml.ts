/** Record sets on the wire, in the order of the API's schema; elements that the schema does not know are kept as they are. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { invalidInput } from './refusal.ts';
import { childNames, children, text } from './xml.ts';
import type { XmlContent } from './xml-content.ts';
import type { XmlElement, XmlNode } from './xml.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html, in the order of its schema. */
const SCHEMA: Readonly<Record<string, (node: XmlNode) => unknown>> = {
  Name: String,
  Type: String,
  SetIdentifier: String,
  Weight: Number,
  Region: String,
  GeoLocation: (node) => node,
  Failover: String,
  MultiValueAnswer: isTrue,
  TTL: Number,
  ResourceRecords: readRecords,
  AliasTarget: (node) => withField(node, 'EvaluateTargetHealth', isTrue),
  HealthCheckId: String,
  TrafficPolicyInstanceId: String,
  CidrRoutingConfig: (node) => node,
  GeoProximityLocation: (node) => withField(node, 'Bias', Number),
};
const ORDER = Object.keys(SCHEMA);

export function readRecordSet(element: XmlElement): ResourceRecordSet {
  mustBeInOrder(element, ORDER);
  const fields = childNames(element).map((name) => [name, readField(element, name)] as const);
  return Object.fromEntries(fields) as unknown as ResourceRecordSet; // bounds are checked later, all at once
}

export function recordSetContent(set: ResourceRecordSet): XmlContent {
  const fields = Object.entries(set).sort(([one], [other]) => position(one) - position(other));
  return Object.fromEntries(fields.map(([name, value]) => [name, contentOf(name, value)]));
}

/**
 * The API validates requests against a schema in which the order of elements counts.
 * https://github.com/aws/aws-sdk-js/issues/71
 *
 * @throws Refusal InvalidInput naming the first element out of place.
 */
export function mustBeInOrder(element: XmlElement, order: readonly string[]): void {
  let last = -1;
  for (const name of childNames(element)) {
    const place = order.indexOf(name);
    if (place !== -1 && place < last)
      throw invalidInput(
        `Invalid XML ; cvc-complex-type.2.4.a: Invalid content was found starting with element '${name}'.`,
      );
    last = Math.max(last, place);
  }
}

function readField(element: XmlElement, name: string): unknown {
  const [node = '', ...more] = children(element, name);
  const read = SCHEMA[name];
  if (read !== undefined) return read(node);
  return more.length === 0 ? node : [node, ...more];
}

function readRecords(node: XmlNode): unknown {
  if (typeof node === 'string') return [];
  return children(node, 'ResourceRecord').map((record) => ({
    Value: typeof record === 'string' ? '' : (text(record, 'Value') ?? ''),
  }));
}

function withField(node: XmlNode, name: string, read: (node: XmlNode) => unknown): unknown {
  if (typeof node === 'string') return {};
  const value = text(node, name);
  return value === undefined ? node : { ...node, [name]: read(value) };
}

function isTrue(node: XmlNode): boolean {
  return node === 'true' || node === '1';
}

function contentOf(name: string, value: unknown): XmlContent {
  if (name !== 'ResourceRecords') return value as XmlContent;
  return { ResourceRecord: value as XmlContent };
}

function position(field: string): number {
  const place = ORDER.indexOf(field);
  return place === -1 ? ORDER.length : place;
}
