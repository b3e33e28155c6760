import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** One message of API v2: flat, every value a text. */
export type V2Fields = Readonly<Record<string, string>>;
export type V2SignType = 'MD5' | 'HMAC-SHA256';

const builder = new XMLBuilder({ format: false, suppressEmptyNode: false });
/** Entities stay as they are written: WeChat Pay wraps its texts in CDATA, and a document that brings entities of its own is refused below. */
const parser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false, trimValues: false, processEntities: false });

export function writeXml(fields: V2Fields): string {
  return builder.build({ xml: fields });
}

/** Reads `<xml>` with flat children; `undefined` for anything else: a document type, nesting, a name that comes twice, bytes that are not UTF-8. */
export function readXml(body: Uint8Array): V2Fields | undefined {
  let document: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
    document = parser.parse(text, true);
  } catch {
    return undefined;
  }
  const root = document !== null && typeof document === 'object' && 'xml' in document ? document.xml : undefined;
  if (root === null || typeof root !== 'object') return undefined;
  const fields = Object.entries(root).filter(([name]) => name !== '#text');
  if (!fields.every((field): field is [string, string] => typeof field[1] === 'string')) return undefined;
  return Object.fromEntries(fields);
}

/** `k=v` of every field that is not empty, by name, then the key (API v2, 签名算法); `sign_type` is signed like the rest. */
export function signatureOf(fields: V2Fields, signType: V2SignType, key: string): string {
  const pairs = Object.entries(fields)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const text = `${pairs.join('&')}&key=${key}`;
  const digest = signType === 'MD5' ? createHash('md5').update(text, 'utf8') : createHmac('sha256', key).update(text, 'utf8');
  return digest.digest('hex').toUpperCase();
}

/** An answer is signed with the algorithm of its request. */
export function isSignedBy(fields: V2Fields, signType: V2SignType, key: string): boolean {
  const given = Buffer.from(fields['sign'] ?? '', 'utf8');
  const expected = Buffer.from(signatureOf(fields, signType, key), 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
