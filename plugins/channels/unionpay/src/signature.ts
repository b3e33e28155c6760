import { createHash, timingSafeEqual, verify } from 'node:crypto';

import type { PluginContext } from '@hospay/plugin-sdk';

import { textToSign, type Fields } from './fields.js';
import type { UnionpaySettings } from './settings.js';
import { createSignerCheck } from './signer-certificate.js';

/** One of UnionPay's signature methods. Newer products sign with SM2 certificates, of which nothing public is certain: such a method would be one more of these. */
export type SignatureMethod = {
  /** What the request says about its signature. */
  readonly fields: Fields;
  sign(text: string): Promise<string>;
  /** The reason not to believe the message, `undefined` when it is authentic. */
  doubt(message: Fields): Promise<string | undefined>;
};

const METHODS: Readonly<Record<UnionpaySettings['signMethod'], (context: PluginContext<UnionpaySettings>) => SignatureMethod>> = {
  '01': byCertificate,
  '11': (context) => bySecureKey(context, '11', 'sha256'),
  '12': (context) => bySecureKey(context, '12', 'sm3'),
};

/** @throws Error when the settings lack what the method needs. */
export function createSignatureMethod(context: PluginContext<UnionpaySettings>): SignatureMethod {
  return METHODS[context.settings.signMethod](context);
}

/** The fields with signMethod, certId and signature; what is empty is left out, as it is left out of what is signed. */
export async function signed(method: SignatureMethod, fields: Fields): Promise<Fields> {
  const filled = Object.fromEntries(Object.entries({ ...fields, ...method.fields }).filter(([, value]) => value !== ''));
  return { ...filled, signature: await method.sign(textToSign(filled)) };
}

function byCertificate({ settings, keys, now }: PluginContext<UnionpaySettings>): SignatureMethod {
  const { certId, merchantPrivateKeyPem, rootCertificatePem } = settings;
  if (certId === undefined || merchantPrivateKeyPem === undefined || rootCertificatePem === undefined) throw new Error('settings.signMethod 01 needs certId, merchantPrivateKeyPem and rootCertificatePem');
  const checkSigner = createSignerCheck({ ...settings, rootCertificatePem });
  return {
    fields: { signMethod: '01', certId },
    sign: async (text) => Buffer.from(await keys.sign({ key: 'merchantPrivateKeyPem', algorithm: 'RSA-SHA256', data: hexDigest(text) })).toString('base64'),
    async doubt(message) {
      const { signature, signPubKeyCert } = message;
      if (signature === undefined || signPubKeyCert === undefined) return Promise.resolve('it is not signed');
      const signer = checkSigner(signPubKeyCert, now());
      if ('doubt' in signer) return signer.doubt;
      return verify('sha256', hexDigest(textToSign(message)), signer.publicKey, Buffer.from(signature, 'base64')) ? undefined : 'the signature is wrong';
    },
  };
}

function bySecureKey({ settings, keys }: PluginContext<UnionpaySettings>, signMethod: '11' | '12', algorithm: 'sha256' | 'sm3'): SignatureMethod {
  if (settings.secureKey === undefined) throw new Error(`settings.signMethod ${signMethod} needs secureKey`);
  const nothing = new Uint8Array();
  const sign = async (text: string): Promise<string> => {
    const inner = await keys.digestWithSecret({ key: 'secureKey', algorithm, before: nothing, after: nothing });
    return createHash(algorithm).update(`${text}&${inner}`, 'utf8').digest('hex');
  };
  return {
    fields: { signMethod },
    sign,
    async doubt(message) {
      if (message['signature'] === undefined) return 'it is not signed';
      if (message['signMethod'] !== signMethod) return 'it is signed by another method';
      const [said, right] = [Buffer.from(message['signature']), Buffer.from(await sign(textToSign(message)))];
      return said.length === right.length && timingSafeEqual(said, right) ? undefined : 'the signature is wrong';
    },
  };
}

/** Signed is not the text but the ASCII of the hexadecimal digest of it, so that SHA-256 runs twice (acp 5.1.0). */
function hexDigest(text: string): Buffer {
  return Buffer.from(createHash('sha256').update(text, 'utf8').digest('hex'), 'ascii');
}
