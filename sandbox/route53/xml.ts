/** The REST-XML of Route 53: a reader that keeps every element, and a writer. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { invalidInput, Refusal } from './refusal.ts';
import type { XmlContent } from './xml-content.ts';

export const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** An element that was read: its children by name, in order of appearance. Repeated children are an array. */
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[];
}
export type XmlNode = string | XmlElement;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true, // numeric character references too
});

/**
 * The root element of a request.
 *
 * @throws Refusal MalformedInput when it is not XML or another element, InvalidInput when its namespace is not Route 53's.
 */
export function readRequest(text: string, root: string): XmlElement {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is a package of its own; the parser alone accepts truncated XML
  const parsed = XMLValidator.validate(text) === true ? (parser.parse(text) as XmlElement) : {};
  const element = parsed[root];
  if (element === undefined || typeof element === 'string')
    throw new Refusal({ status: 400, code: 'MalformedInput' }, `ChangeBatch is not valid, expected ${root}`);
  if ((element as XmlElement)['@xmlns'] !== NAMESPACE)
    throw invalidInput(`Invalid XML ; cvc-elt.1: Cannot find the declaration of element '${root}'.`);
  return element as XmlElement;
}

/** Names of the child elements in order, without attributes and the white space between them. */
export function childNames(element: XmlElement): string[] {
  return Object.keys(element).filter((name) => !name.startsWith('@') && name !== '#text');
}

/** The child elements of this name; none when it is absent. */
export function children(element: XmlElement, name: string): readonly XmlNode[] {
  const found = element[name];
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly XmlNode[]) : [found as XmlNode];
}

/** The first child of this name, taken as an element with children of its own. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  const [first] = children(element, name);
  if (first === undefined) return undefined;
  return typeof first === 'string' ? {} : first;
}

/** The text of the first child of this name. */
export function text(element: XmlElement, name: string): string | undefined {
  const [first] = children(element, name);
  return typeof first === 'string' ? first : undefined;
}

/** A whole response document; the namespace, Route 53's unless told otherwise, stands on the root, without which SDKs of other languages find nothing. */
export function writeDocument(root: string, content: XmlContent, namespace = NAMESPACE): string {
  return `<?xml version="1.0"?>\n<${root} xmlns="${namespace}">${inner(content)}</${root}>`;
}

function write(name: string, content: XmlContent): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((item: XmlContent) => write(name, item)).join('');
  return `<${name}>${inner(content)}</${name}>`;
}

function inner(content: XmlContent): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escape(String(content));
  return Object.entries(content)
    .map(([name, item]: [string, XmlContent]) => write(name, item))
    .join('');
}

function escape(raw: string): string {
  return raw.replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
