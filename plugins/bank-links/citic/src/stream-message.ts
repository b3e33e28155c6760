/** Messages of the front-end machine: `<stream>` in GBK, flat but for one list of rows. Tag names are case-sensitive. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';

export type Fields = Readonly<Record<string, string>>;
export type StreamAnswer = { readonly status: string; readonly statusText: string; readonly fields: Fields; readonly rows: readonly Fields[] };

const builder = new XMLBuilder({ format: false, suppressEmptyNode: false, ignoreAttributes: false, attributeNamePrefix: '@' });
const parser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false, trimValues: true });
const DECLARATION = '<?xml version="1.0" encoding="GBK"?>';
/** Characters XML cannot carry. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** The message in GBK, or undefined when a text of it cannot be said so: a payee's name would reach the bank as another one. */
export function writeStream(fields: Fields, rows: readonly Fields[] = []): Uint8Array | undefined {
  const list = rows.length === 0 ? {} : { list: { '@name': 'userDataList', row: rows } };
  const text = `${DECLARATION}${builder.build({ stream: { ...fields, ...list } })}`;
  const bytes = iconv.encode(text, 'gbk');
  return NOT_IN_XML.test(text) || iconv.decode(bytes, 'gbk') !== text ? undefined : bytes;
}

/** Undefined for anything else than one `<stream>` with a status: an error page, a cut document, a document type, a field that comes twice. */
export function readStream(body: Uint8Array): StreamAnswer | undefined {
  let document: unknown;
  try {
    const text = iconv.decode(Buffer.from(body), 'gbk');
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
    document = parser.parse(text, true);
  } catch {
    return undefined;
  }
  if (!isRecord(document) || !isRecord(document['stream'])) return undefined;
  const { list, ...others } = document['stream'];
  const fields = fieldsOf(others);
  const rows = rowsOf(list);
  const status = fields?.['status'] ?? '';
  if (fields === undefined || rows === undefined || !/^[0-9A-Z]{4,12}$/.test(status)) return undefined;
  return { status, statusText: (fields['statusText'] ?? '').slice(0, 300), fields, rows };
}

/** How long a text is for the bank, which counts bytes. */
export function gbkLength(text: string): number {
  return iconv.encode(text, 'gbk').length;
}

function rowsOf(list: unknown): readonly Fields[] | undefined {
  if (list === undefined || list === '') return [];
  if (!isRecord(list) || Object.keys(list).some((name) => name !== 'row')) return undefined;
  const { row } = list;
  const rows: readonly unknown[] = Array.isArray(row) ? row : [row];
  const read = rows.map((each) => (isRecord(each) ? fieldsOf(each) : undefined));
  return read.every((fields) => fields !== undefined) ? read : undefined;
}

function fieldsOf(value: Readonly<Record<string, unknown>>): Fields | undefined {
  const fields = Object.entries(value).filter(([name]) => name !== '#text');
  return fields.every((field): field is [string, string] => typeof field[1] === 'string') ? Object.fromEntries(fields) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
