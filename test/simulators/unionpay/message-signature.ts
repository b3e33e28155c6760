import { createHash, sign, verify } from 'node:crypto';

import type { PlatformKeys, SignerName } from './platform-keys.js';
import type { SignMethod } from './simulated-records.js';

export type Fields = Readonly<Record<string, string>>;

/** Everything but the signature and what is empty, in the order of the names. */
function signedText(fields: Fields): string {
  return Object.entries(fields)
    .filter(([name, value]) => name !== 'signature' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** `signMethod` 01: the hexadecimal SHA-256 of the text is what RSA with SHA-256 signs. */
function digestText(fields: Fields): Buffer {
  return Buffer.from(hash('sha256', signedText(fields)), 'ascii');
}

function secureSignature(fields: Fields, secureKey: string, signMethod: SignMethod): string {
  const algorithm = signMethod === '12' ? 'sm3' : 'sha256';
  return hash(algorithm, `${signedText(fields)}&${hash(algorithm, secureKey)}`);
}

/** True when the merchant signed these fields by the method they name. */
export function isSignedByMerchant(fields: Fields, keys: PlatformKeys): boolean {
  const { signature = '', signMethod = '', certId = '' } = fields;
  if (signMethod === '01') return certId === keys.credentials.certId && verify('sha256', digestText(fields), keys.merchantKey, Buffer.from(signature, 'base64'));
  return (signMethod === '11' || signMethod === '12') && signature === secureSignature(fields, keys.credentials.secureKey, signMethod);
}

/** Who signs, and with which flaw. `forger` holds UnionPay's certificate and not its key. */
export type Signing = { readonly signer: SignerName | 'forger' };

/** The fields as UnionPay sends them: signed by the method of the request, with its certificate. */
export function signedByUnionPay(fields: Fields, signMethod: SignMethod, keys: PlatformKeys, { signer }: Signing = { signer: 'unionpay' }): Fields {
  if (signMethod !== '01') {
    const whole = { ...fields, signMethod };
    return { ...whole, signature: secureSignature(whole, signer === 'forger' ? 'another key' : keys.credentials.secureKey, signMethod) };
  }
  const { certificatePem } = keys.signers[signer === 'forger' ? 'unionpay' : signer];
  const { key } = keys.signers[signer === 'forger' ? 'foreign' : signer];
  const whole = { ...fields, signMethod, signPubKeyCert: certificatePem.trim().replaceAll('\n', '\r\n') };
  return { ...whole, signature: sign('sha256', digestText(whole), key).toString('base64') };
}

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}
