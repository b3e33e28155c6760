/** ISO 20022 documents: written with their namespace, read by paths. Prefixes are dropped, attributes are kept (`@Ccy`), document types are refused. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';

export type IsoNode = Readonly<Record<string, unknown>>;

const builder = new XMLBuilder({ format: false, suppressEmptyNode: false, ignoreAttributes: false, attributeNamePrefix: '@' });
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, ignoreDeclaration: true, parseTagValue: false, parseAttributeValue: false, trimValues: true, htmlEntities: true });
// oxlint-disable-next-line no-control-regex
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** Undefined for a character XML cannot carry. */
export function writeDocument(messageName: string, content: IsoNode): string | undefined {
  const text = `<?xml version="1.0" encoding="UTF-8"?>${builder.build({ Document: { '@xmlns': `urn:iso:std:iso:20022:tech:xsd:${messageName}`, ...content } })}`;
  return NOT_IN_XML.test(text) ? undefined : text;
}

/** What stands below `<Document>` under this name, or undefined: other bytes, another document, a document type. */
export function readDocument(body: Uint8Array, name: string): IsoNode | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
    const document: unknown = parser.parse(text, true);
    const found = isNode(document) && isNode(document['Document']) ? document['Document'][name] : undefined;
    return isNode(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Every element at the path, in order; an element without children comes as its text alone. */
export function nodesAt(node: unknown, path: string): readonly unknown[] {
  return path.split('/').reduce<readonly unknown[]>((nodes, name) => nodes.flatMap((each) => (isNode(each) ? listOf(each[name]) : [])), [node]);
}

/** The text at the path; undefined when nothing, or more than one element, stands there. */
export function textAt(node: unknown, path: string): string | undefined {
  const [found, ...others] = nodesAt(node, path);
  if (found === undefined || others.length > 0) return undefined;
  const text = isNode(found) ? found['#text'] : found;
  return typeof text === 'string' ? text : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isNode(value: unknown): value is IsoNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
