/** Messages of CITIC's front-end machine as the manual (V5.0) prints them, written and read here without the plugin's own code. */
import iconv from 'iconv-lite';

export type Fields = Readonly<Record<string, string>>;
export type CiticRequest = { readonly fields: Fields; readonly rows: readonly Fields[] };

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

/** Undefined when it is no `<stream>` in GBK, or a field comes twice. */
export function readCiticRequest(body: Buffer): CiticRequest | undefined {
  const text = iconv.decode(body, 'gbk');
  const inside = /^<\?xml version="1\.0" encoding="GBK"\?>\s*<stream>(.*)<\/stream>\s*$/s.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const list = /<list name="userDataList">(.*)<\/list>/s.exec(inside);
  const rows = [...(list?.[1] ?? '').matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) => fieldsOf(row));
  const fields = fieldsOf(list === null ? inside : inside.replace(list[0], ''));
  return fields === undefined || !rows.every((row) => row !== undefined) ? undefined : { fields, rows };
}

export function writeCiticAnswer(fields: Fields, rows?: readonly Fields[]): Buffer {
  const list = rows === undefined ? '' : `<list name="userDataList">${rows.map((row) => `<row>${tags(row)}</row>`).join('')}</list>`;
  return iconv.encode(`<?xml version="1.0" encoding="GBK"?>\n<stream>${tags(fields)}${list}</stream>`, 'gbk');
}

export function gbkBytes(text: string): number {
  return iconv.encode(text, 'gbk').length;
}

function tags(fields: Fields): string {
  return Object.entries(fields).map(([name, value]) => `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</${name}>`).join('');
}

function fieldsOf(text: string): Fields | undefined {
  const fields = new Map<string, string>();
  const rest = text.replaceAll(/<([A-Za-z0-9]+)>([^<]*)<\/\1>/g, (_whole, name: string, value: string) => {
    if (fields.has(name)) fields.set('', '');
    fields.set(name, value.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity));
    return '';
  });
  return rest.trim() === '' && !fields.has('') ? Object.fromEntries(fields) : undefined;
}
