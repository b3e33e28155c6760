import { beijingStamp, openSm4, sealSm4, type PluginContext } from '@hospay/plugin-sdk';

import { isFields, readJson, textAt, type Fields } from './answer-fields.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

/** Makes the envelope of mobile payment around `data`, and reads the centre's: its answers and its notices. */
export type MobileEnvelope = {
  seal(data: unknown): Promise<Fields>;
  /** Undefined: not authentic, not ours or not readable. */
  open(body: Uint8Array): Promise<{ readonly head: Fields; readonly data: Fields } | undefined>;
};

const STANDARD_USER_ID = '1234567812345678';
const UNSIGNED = ['signData', 'encData', 'extra'];

/** The envelope the settings choose. @throws Error naming what it lacks. */
export function createMobileEnvelope({ context: { keys, now }, settings }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings }): MobileEnvelope {
  const { mobileAppId, mobileAppSecret, mobilePrivateKey, centrePublicKey } = settings;
  if (mobileAppId === undefined || mobileAppSecret === undefined || mobilePrivateKey === undefined || centrePublicKey === undefined) {
    throw new Error('profile mobile needs mobileAppId, mobileAppSecret, mobilePrivateKey and centrePublicKey');
  }
  const key = mobileKey(mobileAppId, mobileAppSecret);
  const userId = settings.mobileSm2UserId === 'appSecret' ? mobileAppSecret : STANDARD_USER_ID;
  const isSealed = settings.mobileBodyCipher === 'sm4';
  return {
    async seal(data) {
      const at = now();
      const timestamp = settings.mobileTimestamp === 'digits' ? beijingStamp(at) : String(at.getTime());
      const head = { appId: mobileAppId, ...(isSealed ? { encType: 'SM4' } : {}), signType: 'SM2', version: settings.mobileVersion, timestamp };
      const text = signedText(JSON.stringify({ ...head, data }), mobileAppSecret);
      const signature = await keys.sign({ key: 'mobilePrivateKey', algorithm: 'SM2-SM3', data: Buffer.from(text), userId });
      const signData = Buffer.from(signature).toString('base64');
      return isSealed ? { ...head, encData: sealSm4({ key }, JSON.stringify(data)).toString('hex').toUpperCase(), signData } : { ...head, data, signData };
    },
    async open(body) {
      const envelope = readJson(body);
      if (!isFields(envelope) || textAt(envelope, 'appId') !== mobileAppId) return undefined;
      const plain = isSealed ? openData(key, textAt(envelope, 'encData')) : undefined;
      const data = isSealed ? (plain === undefined ? undefined : readJson(plain)) : (envelope['data'] ?? {});
      if (!isFields(data)) return undefined;
      const { data: _plain, ...head } = envelope;
      // The data goes into the text as it was written: a number keeps its zeros.
      const json = plain === undefined ? Buffer.from(body).toString('utf8') : `${JSON.stringify(head).slice(0, -1)},"data":${plain.toString('utf8')}}`;
      const signature = Buffer.from(textAt(envelope, 'signData'), 'base64');
      const isGenuine = await keys.verify({ publicKey: centrePublicKey, algorithm: 'SM2-SM3', data: Buffer.from(signedText(json, mobileAppSecret)), signature, userId });
      return isGenuine ? { head, data } : undefined;
    },
  };
}

/** The first sixteen characters of the secret sealed under the first sixteen bytes of the app id. */
export function mobileKey(appId: string, appSecret: string): Buffer {
  return Buffer.from(sealSm4({ key: Buffer.from(appId, 'utf8').subarray(0, 16) }, appSecret).toString('hex').toUpperCase().slice(0, 16), 'ascii');
}

function openData(key: Buffer, sealed: string): Buffer | undefined {
  if (sealed === '') return Buffer.from('{}');
  return /^([0-9A-Fa-f]{2})+$/.test(sealed) ? openSm4({ key }, Buffer.from(sealed, 'hex')) : undefined;
}

/** What is signed: the members of the envelope by name, objects as compact JSON by name, what is empty left out, then the secret. */
export function signedText(json: string, appSecret: string): string {
  const envelope = parseKeepingNumbers(json);
  const members = Object.entries(isFields(envelope) ? envelope : {})
    .filter(([name, value]) => !UNSIGNED.includes(name) && !isEmpty(value))
    .toSorted(byName)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : canonical(value)}&`);
  return `${members.join('')}key=${appSecret}`;
}

/** A number as it was written. */
class NumberText {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

function parseKeepingNumbers(json: string): unknown {
  const keep = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => (typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value);
  return JSON.parse(json, keep);
}

function canonical(value: unknown): string {
  if (value instanceof NumberText) return value.source;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inner]) => !isEmpty(inner)).toSorted(byName);
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
