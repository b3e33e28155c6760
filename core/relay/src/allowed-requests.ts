/** What the world may ask of a hospital, and which headers go in and out. What is not named here does not exist (deny by default). */

/** `notification`: of a channel. `page`: what a browser shows. `call`: what the page asks. */
export type RequestKind = 'notification' | 'page' | 'call';
export type AllowedRequest = { readonly kind: RequestKind; /** Of the body, in bytes. */ readonly largestBytes: number };

const NOTIFICATION_BYTES = 256 * 1024;
const CALL_BYTES = 16 * 1024;
const TOKEN = '[0-9A-Za-z_-]{1,64}';
/** Also what may stand in a query: no fragment, no control character, nothing that is not ASCII. */
const QUERY = '(?:\\?[!-~]{0,4000})?';

const ALLOWED: readonly { readonly method: string; readonly target: RegExp; readonly allows: AllowedRequest }[] = [
  { method: 'POST', target: whole('/notify/[a-z0-9]+(?:-[a-z0-9]+)*'), allows: { kind: 'notification', largestBytes: NOTIFICATION_BYTES } },
  { method: 'GET', target: whole(`/c/${TOKEN}(?:/payer)?`), allows: { kind: 'page', largestBytes: 0 } },
  // UnionPay sends the browser back by a form.
  { method: 'POST', target: whole(`/c/${TOKEN}`), allows: { kind: 'page', largestBytes: CALL_BYTES } },
  { method: 'GET', target: whole(`/c/${TOKEN}/state`), allows: { kind: 'call', largestBytes: 0 } },
  { method: 'POST', target: whole(`/c/${TOKEN}/(?:open|pay|cancel)`), allows: { kind: 'call', largestBytes: CALL_BYTES } },
  { method: 'GET', target: whole('/checkout/page\\.(?:js|css)'), allows: { kind: 'call', largestBytes: 0 } },
];

/** @param target path and query as they were sent. */
export function allowedRequest(method: string, target: string): AllowedRequest | undefined {
  return ALLOWED.find((one) => one.method === method && one.target.test(target))?.allows;
}

function whole(path: string): RegExp {
  return new RegExp(`^${path}${QUERY}$`);
}

const FROM_BROWSERS = ['accept', 'accept-language', 'content-type', 'cookie', 'if-none-match', 'user-agent'];
const FROM_CHANNELS = ['accept', 'content-type', 'user-agent'];
/** What signatures of channels stand in: WeChat Pay's, Alipay's, and what the hospital's own channels name in `notificationHeaders`. */
const SIGNED_BY_CHANNELS = /^(?:wechatpay|alipay)-[a-z0-9-]{1,40}$/;
const TO_THE_WORLD = [
  'allow', 'cache-control', 'content-security-policy', 'content-type', 'cross-origin-resource-policy', 'etag', 'location', 'referrer-policy', 'retry-after', 'set-cookie', 'x-content-type-options', 'x-frame-options', 'x-request-id',
];

/** @param more names in lower case that channels of this hospital sign with. */
export function headersInward(kind: RequestKind, headers: Readonly<Record<string, string | string[] | undefined>>, more: readonly string[]): Record<string, string> {
  const names = kind === 'notification' ? [...FROM_CHANNELS, ...more] : FROM_BROWSERS;
  return taken(headers, (name) => names.includes(name) || (kind === 'notification' && SIGNED_BY_CHANNELS.test(name)));
}

export function headersOutward(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | string[]> {
  const cookies = headers['set-cookie'];
  return { ...taken(headers, (name) => TO_THE_WORLD.includes(name) && name !== 'set-cookie'), ...(cookies === undefined ? {} : { 'set-cookie': cookies }) };
}

function taken(headers: Readonly<Record<string, string | string[] | undefined>>, takes: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || !takes(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]])));
}
