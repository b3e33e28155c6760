/** The envelope of China Merchants Bank's CDC (ALG=SM), read and written by the bank without the plugin's own code. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { chinaText } from '../machinery/china-time.js';

export type KeyPair = { readonly privateKey: string; readonly publicKey: string };
export type CmbKeys = { readonly hospital: KeyPair; readonly bank: KeyPair; readonly symmetricKey: string };
export type Fields = Readonly<Record<string, unknown>>;
export type CmbRequest = { readonly funcode: string; readonly requestId: string; readonly body: Fields };

const MARK = '__signature_sigdat__';

export function makeCmbKeys(): CmbKeys {
  const pair = (): KeyPair => {
    const { privateKey, publicKey } = sm2.generateKeyPairHex();
    return { privateKey, publicKey };
  };
  return { hospital: pair(), bank: pair(), symmetricKey: randomBytes(8).toString('hex') };
}

/** Both sides of one user's messages. */
export class CmbEnvelope {
  readonly #userId: string;
  readonly #keys: CmbKeys;
  readonly #now: () => Date;

  constructor({ userId, keys, now }: { readonly userId: string; readonly keys: CmbKeys; readonly now: () => Date }) {
    [this.#userId, this.#keys, this.#now] = [userId, keys, now];
  }

  /** Why it is refused, as the gateway says it, or what was asked. */
  open(form: URLSearchParams): CmbRequest | string {
    if (form.get('UID') !== this.#userId || form.get('ALG') !== 'SM') return 'CDCServer: unknown user or algorithm';
    const text = this.#opened(form.get('DATA') ?? '');
    const message = text === undefined ? undefined : asFields(parsed(text));
    const [request, signature] = [asFields(message?.['request']), asFields(message?.['signature'])];
    const [head, body] = [asFields(request?.['head']), asFields(request?.['body'])];
    if (text === undefined || head === undefined || body === undefined || signature === undefined) return 'ErrMsg: the message cannot be read';
    const [sigdat, sigtim, requestId] = [signature['sigdat'], signature['sigtim'], head['reqid']];
    if (typeof sigdat !== 'string' || text !== ordered(message)) return 'ErrMsg: keys are not in order';
    if (typeof sigtim !== 'string' || !/^\d{14}$/.test(sigtim) || typeof requestId !== 'string' || !/^\d{17}\w{1,18}$/.test(requestId)) return 'ErrMsg: sigtim or reqid';
    const signed = ordered({ ...message, signature: { ...signature, sigdat: MARK } });
    const raw = Buffer.from(sigdat, 'base64').toString('hex');
    if (raw.length !== 128 || !sm2.doVerifySignature(new TextEncoder().encode(signed), raw, this.#keys.hospital.publicKey, { hash: true, userId: this.#padded() })) return 'ErrMsg: the signature is not of this user';
    if (head['funcode'] !== form.get('FUNCODE') || head['userid'] !== this.#userId) return 'ErrMsg: another function or user';
    return { funcode: String(head['funcode']), requestId, body };
  }

  /** @param key another than the bank's own forges it */
  seal({ funcode, requestId }: Pick<CmbRequest, 'funcode' | 'requestId'>, { code, message = '', body }: { readonly code: string; readonly message?: string; readonly body: Fields }, key: KeyPair = this.#keys.bank): string {
    const head = { funcode, userid: this.#userId, reqid: requestId, rspid: `${requestId}R`, bizcode: '', resultcode: code, resultmsg: message };
    const unsigned = ordered({ response: { head, body }, signature: { sigtim: chinaText(this.#now()).replaceAll(/\D/g, ''), sigdat: MARK } });
    const signature = sm2.doSignature(new TextEncoder().encode(unsigned), key.privateKey, { hash: true, publicKey: key.publicKey, userId: this.#padded() });
    const cipher = createCipheriv('sm4-cbc', Buffer.from(this.#keys.symmetricKey), Buffer.from(this.#padded()));
    return Buffer.concat([cipher.update(unsigned.replace(MARK, Buffer.from(signature, 'hex').toString('base64'))), cipher.final()]).toString('base64');
  }

  #opened(data: string): string | undefined {
    try {
      const cipher = createDecipheriv('sm4-cbc', Buffer.from(this.#keys.symmetricKey), Buffer.from(this.#padded()));
      return Buffer.concat([cipher.update(Buffer.from(data, 'base64')), cipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  #padded(): string {
    return this.#userId.padEnd(16, '0');
  }
}

export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keys of every object in order, nothing between them. */
function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(',')}]`;
  const fields = asFields(value);
  if (fields === undefined) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(fields).toSorted().map((key) => `${JSON.stringify(key)}:${ordered(fields[key])}`).join(',')}}`;
}
