import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

export type SigningKey = {
  readonly keyId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
};

/** A new Ed25519 key. The private half stays with its owner, offline if it can be. */
export function makeSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { keyId: keyIdOf(publicKeyPem), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKeyPem };
}

/** @throws Error when it is no Ed25519 private key; the message never quotes it. */
export function readSigningKey(privateKeyPem: string): SigningKey {
  try {
    const privateKey = createPrivateKey(privateKeyPem);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('another type');
    const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    return { keyId: keyIdOf(publicKeyPem), privateKeyPem, publicKeyPem };
  } catch {
    throw new Error('this is not an Ed25519 private key in PEM format');
  }
}

/** The name of a key everywhere: the first 16 hex digits of the hash of its public half. */
export function keyIdOf(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/** Each kind of document is signed under a name of its own, so that a signature on one can never pass for another. */
export type SignedKind = 'hospay-plugin-package/1' | 'hospay-trust-list/1' | 'hospay-update/1';

export function signBytes(kind: SignedKind, bytes: Uint8Array, { privateKeyPem }: SigningKey): string {
  return sign(null, framed(kind, bytes), createPrivateKey(privateKeyPem)).toString('base64');
}

export function verifyBytes(kind: SignedKind, bytes: Uint8Array, signature: string, publicKeyPem: string): boolean {
  try {
    const key = createPublicKey(publicKeyPem);
    return key.asymmetricKeyType === 'ed25519' && verify(null, framed(kind, bytes), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

function framed(kind: SignedKind, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${kind}\n`, 'utf8'), bytes]);
}
