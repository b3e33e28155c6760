import { sm2 } from 'sm-crypto-v2';

/** What the hospital and the centre know of each other. Invented; fixed, so that a demo survives a restart. */
export type GatewayCredentials = {
  readonly gatewayId: string;
  readonly gatewaySecret: string;
  readonly gatewayUser: string;
  readonly gatewayPassword: string;
  readonly clientId: string;
  readonly mobileAppId: string;
  readonly mobileAppSecret: string;
  readonly hospital: KeyPair;
  readonly centre: KeyPair;
};
/** `point`: the public key, made ready for quick verification. */
export type KeyPair = { readonly privateKey: string; readonly publicKey: string; readonly point: ReturnType<typeof sm2.precomputePublicKey> };

let made: GatewayCredentials | undefined;

export function gatewayCredentials(): GatewayCredentials {
  made ??= {
    gatewayId: 'sim_paas_id',
    gatewaySecret: 'sim-gateway-secret-0001',
    gatewayUser: 'sim-user',
    gatewayPassword: 'sim-gateway-password',
    clientId: 'SIMCLIENT0123456789ABCDEF',
    mobileAppId: 'SIMAPPID0123456789ABCDEF01234567',
    mobileAppSecret: 'SIMSECRET0123456789ABCDEF0123456',
    hospital: pairOf('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'),
    centre: pairOf('128b2fa8bd433c6c068c8d803dff79792a519a55171b1b650c23661d15897263'),
  };
  return made;
}

function pairOf(privateKey: string): KeyPair {
  const publicKey = sm2.getPublicKeyFromPrivateKey(privateKey);
  return { privateKey, publicKey, point: sm2.precomputePublicKey(publicKey) };
}
