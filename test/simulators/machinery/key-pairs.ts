import { generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

export function rsaKeys(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

/** Lower-case hex. Its first byte is between 0x40 and 0x7f: positive in DER, and always of this length. */
export function randomSerial(lengthBytes = 16): string {
  const bytes = randomBytes(lengthBytes);
  bytes.writeUInt8(0x40 | (bytes.readUInt8(0) & 0x3f), 0);
  return bytes.toString('hex');
}

export function privatePem(key: KeyObject): string {
  return String(key.export({ format: 'pem', type: 'pkcs8' }));
}

export function publicPem(key: KeyObject): string {
  return String(key.export({ format: 'pem', type: 'spki' }));
}
