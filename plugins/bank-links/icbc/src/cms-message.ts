/** Messages of ICBC's bank-enterprise link (银企互联): `<CMS><eb>` in GBK, a head (`pub`), then `in` or `out` with repeated `rd`. Tag names are case-sensitive. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';

export type Fields = Readonly<Record<string, string>>;
export type CmsContent = { readonly fields: Fields; readonly rows?: readonly Fields[] };
export type CmsAnswer = { readonly head: Fields; readonly code: string; readonly message: string; readonly fields: Fields; readonly rows: readonly Fields[] };

const builder = new XMLBuilder({ format: false, suppressEmptyNode: false, ignoreAttributes: true });
const parser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false, trimValues: true });
const DECLARATION = '<?xml version="1.0" encoding="GBK"?>';
/** Characters XML cannot carry. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** The message in GBK, or undefined when a text of it cannot be said so: a payee's name would reach the bank as another one. */
export function writeCms(head: Fields, { fields, rows = [] }: CmsContent): Uint8Array | undefined {
  const text = `${DECLARATION}${builder.build({ CMS: { eb: { pub: head, in: { ...fields, ...(rows.length === 0 ? {} : { rd: rows }) } } } })}`;
  const bytes = iconv.encode(text, 'gbk');
  return NOT_IN_XML.test(text) || iconv.decode(bytes, 'gbk') !== text ? undefined : bytes;
}

/** Undefined for anything else than one `<CMS>` with a head and a return code: an error page, a cut document, a document type, a field that comes twice. */
export function readCms(body: Uint8Array): CmsAnswer | undefined {
  let document: unknown;
  try {
    const text = iconv.decode(Buffer.from(body), 'gbk');
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
    document = parser.parse(text, true);
  } catch {
    return undefined;
  }
  const eb = at(at(document, 'CMS'), 'eb');
  const pub = at(eb, 'pub');
  const out = at(eb, 'out');
  if (!isRecord(pub)) return undefined;
  const { rd, ...others } = isRecord(out) ? out : {};
  const [head, fields, rows] = [fieldsOf(pub), fieldsOf(others), rowsOf(rd)];
  const code = head?.['RetCode'] ?? '';
  if (head === undefined || fields === undefined || rows === undefined || !/^[0-9A-Za-z]{1,12}$/.test(code)) return undefined;
  return { head, code, message: (head['RetMsg'] ?? '').slice(0, 300), fields, rows };
}

/** How long a text is for the bank, which counts bytes. */
export function gbkLength(text: string): number {
  return iconv.encode(text, 'gbk').length;
}

/** As much of a text as fits the bank's field, never half a character. */
export function cutToBytes(text: string, bytes: number): string {
  let cut = '';
  for (const character of text) {
    if (gbkLength(cut + character) > bytes) break;
    cut += character;
  }
  return cut;
}

function rowsOf(rd: unknown): readonly Fields[] | undefined {
  if (rd === undefined || rd === '') return [];
  const rows: readonly unknown[] = Array.isArray(rd) ? rd : [rd];
  const read = rows.map((each) => (isRecord(each) ? fieldsOf(each) : undefined));
  return read.every((fields) => fields !== undefined) ? read : undefined;
}

function fieldsOf(value: Readonly<Record<string, unknown>>): Fields | undefined {
  const fields = Object.entries(value).filter(([name]) => name !== '#text');
  return fields.every((field): field is [string, string] => typeof field[1] === 'string') ? Object.fromEntries(fields) : undefined;
}

function at(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
