import { sign, verify } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { privatePem, publicPem } from '../machinery/key-pairs.js';
import type { GatewayKeys } from './gateway-keys.js';

/** `stranger`: somebody the merchant does not know. */
export type Signer = 'gateway' | 'stranger';
export type SignatureAlgorithm = 'RSA-SHA256' | 'SM2-SM3';
export type GatewaySignatures = {
  readonly algorithm: SignatureAlgorithm;
  sign(text: Buffer, by: Signer): string;
  isMerchants(text: Buffer, signature: string): boolean;
  /** What the merchant is given of it. */
  readonly settings: Readonly<Record<string, string>>;
};

export function rsaSignatures({ merchant, ...signers }: GatewayKeys) {
  return {
    algorithm: 'RSA-SHA256' as const,
    sign: (text: Buffer, by: Signer) => sign('RSA-SHA256', text, signers[by].privateKey).toString('base64'),
    isMerchants: (text: Buffer, signature: string) => verify('RSA-SHA256', text, merchant.publicKey, Buffer.from(signature, 'base64')),
    settings: { merchantPrivateKeyPem: privatePem(merchant.privateKey), gatewayPublicKeyPem: publicPem(signers.gateway.publicKey) },
  } satisfies GatewaySignatures;
}

/** GM/T 0009 with the usual user id, raw r‖s; written without the plugin's own code. */
export function sm2Signatures(): GatewaySignatures {
  const [merchant, gateway, stranger] = [sm2.generateKeyPairHex(), sm2.generateKeyPairHex(), sm2.generateKeyPairHex()];
  const signers = { gateway, stranger };
  return {
    algorithm: 'SM2-SM3',
    sign: (text, by) => Buffer.from(sm2.doSignature(text, signers[by].privateKey, { hash: true, publicKey: signers[by].publicKey }), 'hex').toString('base64'),
    isMerchants(text, signature) {
      const raw = Buffer.from(signature, 'base64').toString('hex');
      return raw.length === 128 && sm2.doVerifySignature(text, raw, merchant.publicKey, { hash: true });
    },
    settings: { signatureAlgorithm: 'SM2-SM3', merchantSm2PrivateKey: merchant.privateKey, gatewaySm2PublicKey: gateway.publicKey },
  };
}
