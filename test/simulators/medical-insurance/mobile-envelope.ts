import { createCipheriv, createDecipheriv } from 'node:crypto';

import { sm2 } from 'sm-crypto-v2';

import type { GatewayCredentials, KeyPair } from './gateway-credentials.js';
import { beijing, isFields, text, type Fields } from './wire-values.js';

export type MobileEnvelopeOptions = { readonly credentials: GatewayCredentials; readonly sm2UserId: 'appSecret' | 'standard'; readonly bodyCipher: 'sm4' | 'plain'; readonly numbers: 'text' | 'number'; readonly now: () => Date };

/** The envelope of 医保移动支付, written and read by the centre. */
export class MobileEnvelope {
  readonly #options: MobileEnvelopeOptions;

  constructor(options: MobileEnvelopeOptions) {
    this.#options = options;
  }

  /** The data of a request; why it is refused otherwise. */
  open(envelope: Fields): Fields | string {
    const { credentials: { mobileAppId, mobileAppSecret, hospital }, bodyCipher, now } = this.#options;
    if (text(envelope, 'appId') !== mobileAppId || text(envelope, 'signType') !== 'SM2' || text(envelope, 'version') === '') return '报文头不正确';
    const stamp = text(envelope, 'timestamp');
    const sentAt = /^\d{13}$/.test(stamp) ? Number(stamp) : Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00'));
    if (!(Math.abs(sentAt - now().getTime()) < 5 * 60_000)) return '时间戳不正确';
    let data: unknown;
    try {
      data = bodyCipher === 'plain' ? envelope['data'] : JSON.parse(this.#cipher('open', text(envelope, 'encData')));
    } catch {
      return '解密失败';
    }
    if (!isFields(data)) return '解密失败';
    const signature = Buffer.from(text(envelope, 'signData'), 'base64').toString('hex');
    if (signature.length !== 128 || !sm2.doVerifySignature(new TextEncoder().encode(signed({ ...envelope, data }, mobileAppSecret)), signature, hospital.point, { hash: true, userId: this.#userId() })) return '验签失败';
    return data;
  }

  /** `key`: another than the centre's own, or `none`, forges it. */
  seal(head: Fields, data: Fields, key: KeyPair | 'none' = this.#options.credentials.centre): string {
    const { credentials: { mobileAppId, mobileAppSecret }, bodyCipher, now, numbers } = this.#options;
    const told = numbers === 'number' ? asNumbers(data) : data;
    const envelope = { appId: mobileAppId, encType: 'SM4', signType: 'SM2', version: '2.0.1', timestamp: beijing(now()).replaceAll(/[-: ]/g, ''), ...head };
    const signature = key === 'none' ? '' : sm2.doSignature(new TextEncoder().encode(signed({ ...envelope, data: told }, mobileAppSecret)), key.privateKey, { hash: true, publicKey: key.publicKey, userId: this.#userId() });
    const signData = Buffer.from(signature, 'hex').toString('base64');
    const plain = write(told);
    return bodyCipher === 'plain' ? JSON.stringify({ ...envelope, signData, data: '@' }).replace('"@"', () => plain) : JSON.stringify({ ...envelope, signData, encData: this.#cipher('seal', plain) });
  }

  #cipher(way: 'seal' | 'open', value: string): string {
    const { mobileAppId, mobileAppSecret } = this.#options.credentials;
    const first = createCipheriv('sm4-ecb', Buffer.from(mobileAppId.slice(0, 16)), null);
    const key = Buffer.from(Buffer.concat([first.update(mobileAppSecret), first.final()]).toString('hex').toUpperCase().slice(0, 16));
    const cipher = way === 'seal' ? createCipheriv('sm4-ecb', key, null) : createDecipheriv('sm4-ecb', key, null);
    const bytes = Buffer.concat([cipher.update(way === 'seal' ? Buffer.from(value) : Buffer.from(value, 'hex')), cipher.final()]);
    return way === 'seal' ? bytes.toString('hex').toUpperCase() : bytes.toString('utf8');
  }

  #userId(): string {
    return this.#options.sm2UserId === 'appSecret' ? this.#options.credentials.mobileAppSecret : '1234567812345678';
  }
}

/** An amount as a JSON number with its two decimals, as a Java centre writes it. */
class Decimal {
  readonly written: string;

  constructor(written: string) {
    this.written = written;
  }
}

function signed(envelope: Fields, secret: string): string {
  const names = Object.keys(envelope).filter((name) => !['signData', 'encData', 'extra'].includes(name) && !isEmpty(envelope[name]));
  return [...names.toSorted().map((name) => `${name}=${typeof envelope[name] === 'string' ? envelope[name] : write(envelope[name], 'sorted')}`), `key=${secret}`].join('&');
}

function write(value: unknown, order: 'sorted' | 'asIs' = 'asIs'): string {
  if (value instanceof Decimal) return value.written;
  if (Array.isArray(value)) return `[${value.map((inner) => write(inner, order)).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = order === 'sorted' ? Object.keys(value).filter((name) => !isEmpty(value[name])).toSorted() : Object.keys(value);
  return `{${names.map((name) => `${JSON.stringify(name)}:${write(value[name], order)}`).join(',')}}`;
}

function asNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNumbers);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asNumbers(inner)] as const));
  return typeof value === 'string' && /^-?\d+\.\d{2}$/.test(value) ? new Decimal(value) : value;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
