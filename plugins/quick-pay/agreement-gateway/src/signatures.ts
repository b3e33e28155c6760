import { verify } from 'node:crypto';
import type { PluginContext } from '@hospay/plugin-sdk';
import type { AgreementGatewaySettings } from './settings.js';

/** One algorithm for both directions, by the settings: what says another is not believed. Signatures are base64. */
export type Signatures = {
  readonly algorithm: 'RSA-SHA256' | 'SM2-SM3';
  /** By the merchant's key, which stays with the core. */
  sign(data: Uint8Array): Promise<string>;
  isGateways(data: Uint8Array, signature: string): Promise<boolean>;
};

/** @throws Error when a key of the chosen algorithm is missing */
export function createSignatures({ settings, keys }: Pick<PluginContext<AgreementGatewaySettings>, 'settings' | 'keys'>): Signatures {
  const { signatureAlgorithm: algorithm = 'RSA-SHA256', merchantPrivateKeyPem, gatewayPublicKeyPem, merchantSm2PrivateKey, gatewaySm2PublicKey } = settings;
  const signBy = (key: string) => async (data: Uint8Array): Promise<string> => Buffer.from(await keys.sign({ key, algorithm, data })).toString('base64');
  if (algorithm === 'SM2-SM3') {
    if (merchantSm2PrivateKey === undefined || gatewaySm2PublicKey === undefined) throw new Error('settings.merchantSm2PrivateKey and settings.gatewaySm2PublicKey are needed for SM2-SM3');
    return { algorithm, sign: signBy('merchantSm2PrivateKey'), isGateways: (data, signature) => keys.verify({ publicKey: gatewaySm2PublicKey, algorithm, data, signature: new Uint8Array(Buffer.from(signature, 'base64')) }) };
  }
  if (merchantPrivateKeyPem === undefined || gatewayPublicKeyPem === undefined) throw new Error('settings.merchantPrivateKeyPem and settings.gatewayPublicKeyPem are needed for RSA-SHA256');
  return { algorithm, sign: signBy('merchantPrivateKeyPem'), isGateways: (data, signature) => Promise.resolve(isSignedBy(gatewayPublicKeyPem, data, signature)) };
}

function isSignedBy(publicKeyPem: string, data: Uint8Array, signature: string): boolean {
  try {
    return verify('RSA-SHA256', data, publicKeyPem, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
