/** Messages of ICBC's NetSafe Client as integrations with it read and write them, written and read here without the plugin's own code. */
import iconv from 'iconv-lite';

export type Fields = Readonly<Record<string, string>>;
export type IcbcRequest = { /** The form beside the message. */ readonly form: Fields; readonly head: Fields; readonly fields: Fields; readonly rows: readonly Fields[]; /** The message in clear, as it was signed. */ readonly text: string; /** What stood behind it. */ readonly signature: string };
export type IcbcAnswer = { readonly code: string; readonly message?: string; readonly fields?: Fields; readonly rows?: readonly Fields[] };

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
/** Between a message and its signature, at the signing port of this simulator: a client passes on what it is given, whatever it looks like. */
export const SIGNATURE_MARK = 'ICBCCMP';

/** Undefined when it is no form in GBK with one `<CMS>`, or a field comes twice. */
export function readIcbcRequest(body: Buffer): IcbcRequest | undefined {
  const parts = body.toString('latin1').split('&').map((part) => part.split('='));
  const form = Object.fromEntries(parts.map(([name = '', value = '']) => [name, gbkOf(value)]));
  const [, text, signature = ''] = new RegExp(`^(.*</CMS>)(?:${SIGNATURE_MARK}(.*))?$`, 's').exec(form['reqData'] ?? '') ?? [];
  const [, pub = '', inside = ''] = /^<\?xml version="1\.0" encoding="GBK"\?><CMS><eb><pub>(.*)<\/pub><in>(.*)<\/in><\/eb><\/CMS>$/s.exec(text ?? '') ?? [];
  if (text === undefined || pub === '') return undefined;
  const rows = [...inside.matchAll(/<rd>(.*?)<\/rd>/gs)].map(([, row = '']) => fieldsOf(row));
  const [head, fields] = [fieldsOf(pub), fieldsOf(inside.replaceAll(/<rd>.*?<\/rd>/gs, ''))];
  return head === undefined || fields === undefined || !rows.every((row) => row !== undefined) ? undefined : { form, head, fields, rows, text, signature };
}

/** `reqData=` and base64 broken into lines, as the client program answers. */
export function writeIcbcAnswer(head: Fields, { code, message = '', fields, rows = [] }: IcbcAnswer): string {
  const out = fields === undefined ? '' : `<out>${tags(fields)}${rows.map((row) => `<rd>${tags(row)}</rd>`).join('')}</out>`;
  return sealed(`<?xml  version="1.0" encoding="GBK" ?><CMS><eb><pub>${tags({ ...head, RetCode: code, RetMsg: message })}</pub>${out}</eb></CMS>`);
}

export function sealed(text: string): string {
  const lines = iconv.encode(text, 'gbk').toString('base64').match(/.{1,76}/g) ?? [];
  return `reqData=${lines.join('\r\n')}\r\n`;
}

export function gbkBytes(text: string): number {
  return iconv.encode(text, 'gbk').length;
}

function gbkOf(value: string): string {
  const bytes = Buffer.from(value.replaceAll('+', ' ').replaceAll(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');
  return iconv.decode(bytes, 'gbk');
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
