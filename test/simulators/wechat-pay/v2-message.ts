import { createHash, createHmac } from 'node:crypto';

export type V2Fields = Readonly<Record<string, string>>;
export type V2SignType = 'MD5' | 'HMAC-SHA256';

/** Reads a flat XML message of API v2; `undefined` for anything else. */
export function readV2(text: string): V2Fields | undefined {
  const [, content] = /^\s*(?:<\?xml[^>]*\?>\s*)?<xml>([\s\S]*)<\/xml>\s*$/.exec(text) ?? [];
  if (content === undefined) return undefined;
  const fields = new Map<string, string>();
  const rest = content.replace(/<([A-Za-z_]\w*)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g, (_whole, name: string, raw: string | undefined, escaped: string | undefined) => {
    fields.set(name, raw ?? unescaped(escaped ?? ''));
    return '';
  });
  return rest.trim() === '' ? Object.fromEntries(fields) : undefined;
}

/** Writes as WeChat Pay does: texts in CDATA, numbers bare. */
export function writeV2(fields: V2Fields): string {
  const lines = Object.entries(fields).map(([name, value]) => `<${name}>${/^\d{1,15}$/.test(value) ? value : `<![CDATA[${value}]]>`}</${name}>`);
  return `<xml>${lines.join('\n')}</xml>`;
}

/** Upper-case hex over every field that is not empty, sorted, and the key. */
export function signV2(fields: V2Fields, signType: V2SignType, key: string): string {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .toSorted()
    .map((name) => `${name}=${fields[name] ?? ''}`)
    .concat(`key=${key}`)
    .join('&');
  return (signType === 'MD5' ? createHash('md5') : createHmac('sha256', key)).update(text).digest('hex').toUpperCase();
}

function unescaped(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_whole, name: string) => characters[name] ?? '');
}
