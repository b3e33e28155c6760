/** The envelope of CDC (ALG=SM): JSON with sorted keys, signed by SM3withSM2 with a placeholder where the signature goes, sealed by SM4-CBC. Key of the cipher and user id of the signature come from the contract. */
import { randomInt } from 'node:crypto';
import { beijingStamp, openSm4, sealSm4, type PluginContext } from '@hospay/plugin-sdk';

import type { CmbSettings } from './settings.js';
import { isObject, sortedJson } from './sorted-json.js';

const PLACEHOLDER = '__signature_sigdat__';
/** User id and initialisation vector have 16 characters. */
const UID_LENGTH = 16;

export type Sealed = { readonly requestId: string; readonly form: string };
export type Opened = { readonly kind: 'message'; readonly head: Readonly<Record<string, unknown>>; readonly body: Readonly<Record<string, unknown>>; readonly text: string } | { readonly kind: 'forged'; readonly reason: string };

export function createEnvelope({ settings, keys, now }: Pick<PluginContext<CmbSettings>, 'settings' | 'keys' | 'now'>) {
  const { userId, symmetricKey, bankPublicKey } = settings;
  const padded = userId.padEnd(UID_LENGTH, '0');
  const cipher = { key: new TextEncoder().encode(symmetricKey), iv: new TextEncoder().encode(padded) };

  return {
    /** @throws when the private key is none */
    async seal(funcode: string, body: object): Promise<Sealed> {
      const at = now();
      const requestId = `${beijingStamp(at)}${String(at.getUTCMilliseconds()).padStart(3, '0')}${String(randomInt(1_000_000_000)).padStart(9, '0')}`;
      const unsigned = sortedJson({ request: { head: { funcode, userid: userId, reqid: requestId }, body }, signature: { sigtim: beijingStamp(at), sigdat: PLACEHOLDER } });
      const signature = await keys.sign({ key: 'signingPrivateKey', algorithm: 'SM2-SM3', data: new TextEncoder().encode(unsigned), userId: padded });
      // The placeholder's own place, behind the whole request: a text of the payee may not stand in for it.
      const place = unsigned.lastIndexOf(PLACEHOLDER);
      const signed = `${unsigned.slice(0, place)}${Buffer.from(signature).toString('base64')}${unsigned.slice(place + PLACEHOLDER.length)}`;
      return { requestId, form: new URLSearchParams({ UID: userId, FUNCODE: funcode, ALG: 'SM', DATA: sealSm4(cipher, signed).toString('base64') }).toString() };
    },

    /** The bank's answer to the request of this number, when it is the bank's. */
    async open(answer: string, { funcode, requestId }: { readonly funcode: string; readonly requestId: string }): Promise<Opened> {
      const plain = /^[0-9A-Za-z+/\s]+={0,2}\s*$/.test(answer) ? openSm4(cipher, Buffer.from(answer, 'base64')) : undefined;
      if (plain === undefined) return { kind: 'forged', reason: 'the answer is no sealed message' };
      const message = readMessage(plain);
      if (message === undefined) return { kind: 'forged', reason: 'the answer is no message of the interface' };
      const { text, whole, head, body, signature } = message;
      const signed = [text.replace(signature, PLACEHOLDER), sortedJson({ ...whole, signature: { ...message.seal, sigdat: PLACEHOLDER } })];
      const isGenuine = await anyOf(signed, (data) => keys.verify({ publicKey: bankPublicKey, algorithm: 'SM2-SM3', data: new TextEncoder().encode(data), signature: new Uint8Array(Buffer.from(signature, 'base64')), userId: padded }));
      if (!isGenuine) return { kind: 'forged', reason: 'the answer is not signed by the bank' };
      if (head['funcode'] !== funcode || head['userid'] !== userId || head['reqid'] !== requestId) return { kind: 'forged', reason: 'the answer is to another request' };
      return { kind: 'message', head, body, text };
    },
  };
}

function readMessage(plain: Uint8Array) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
    const whole: unknown = JSON.parse(text);
    if (!isObject(whole) || !isObject(whole['response']) || !isObject(whole['signature'])) return undefined;
    const { head, body = {} } = whole['response'];
    const signature = whole['signature']['sigdat'];
    return isObject(head) && isObject(body) && typeof signature === 'string' && signature !== '' ? { text, whole, head, body, seal: whole['signature'], signature } : undefined;
  } catch {
    return undefined;
  }
}

/** As the bank wrote it, or in order: the documents name the order, and a text that is verified as it came needs none. */
async function anyOf(texts: readonly string[], check: (text: string) => Promise<boolean>): Promise<boolean> {
  for (const text of new Set(texts)) if (await check(text)) return true;
  return false;
}
