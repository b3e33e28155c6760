import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { writeCertificate, type Name } from '../alipay/certificate-writer.js';

/** What a merchant gets from UnionPay: what the hospital's channel plugin is configured with. */
export type MerchantCredentials = {
  readonly merId: string;
  /** Decimal serial number of the merchant's certificate. */
  readonly certId: string;
  readonly merchantPrivateKeyPem: string;
  readonly secureKey: string;
  readonly rootCertificatePem: string;
  readonly middleCertificatePem: string;
  readonly termId: string;
};

/** Who may sign a message: UnionPay, its next certificate, or one of those nobody should believe. */
export type SignerName = 'unionpay' | 'next' | 'expired' | 'otherOwner' | 'foreign' | 'ownMiddle';
type StoredSigner = { readonly certificatePem: string; readonly keyPem: string };
type StoredKeys = { readonly credentials: MerchantCredentials; readonly signers: Readonly<Record<SignerName, StoredSigner>> };

export type PlatformKeys = {
  readonly credentials: MerchantCredentials;
  readonly merchantKey: KeyObject;
  readonly signers: Readonly<Record<SignerName, { readonly certificatePem: string; readonly key: KeyObject }>>;
};

export const CREDENTIALS_FILE_NAME = 'merchant-credentials.json';
const KEYS_FILE_NAME = 'platform-keys.json';
const DAY_MS = 86_400_000;
const UNIONPAY = '中国银联股份有限公司';
const AUTHORITY = { country: 'CN', organisation: 'Simulated Financial Certification Authority', unit: 'Authority' } as const;

let keysOfThisProcess: Promise<StoredKeys> | undefined;

/** Reads the keys from the data folder, or makes them at the first start. Simulators without a folder share one set: tests start many of them. */
export async function loadOrMakeKeys(dataFolder: string | undefined, now: Date): Promise<PlatformKeys> {
  if (dataFolder === undefined) {
    keysOfThisProcess ??= makeKeys(now);
    return opened(await keysOfThisProcess);
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = join(dataFolder, KEYS_FILE_NAME);
  if (existsSync(file)) return opened(JSON.parse(readFileSync(file, 'utf8')) as StoredKeys);
  const keys = await makeKeys(now);
  writeSecretFile(join(dataFolder, CREDENTIALS_FILE_NAME), keys.credentials);
  writeSecretFile(file, keys);
  return opened(keys);
}

function opened({ credentials, signers }: StoredKeys): PlatformKeys {
  const open = ({ certificatePem, keyPem }: StoredSigner): { certificatePem: string; key: KeyObject } => ({ certificatePem, key: createPrivateKey(keyPem) });
  return {
    credentials,
    merchantKey: createPublicKey(createPrivateKey(credentials.merchantPrivateKeyPem)),
    signers: { unionpay: open(signers.unionpay), next: open(signers.next), expired: open(signers.expired), otherOwner: open(signers.otherOwner), foreign: open(signers.foreign), ownMiddle: open(signers.ownMiddle) },
  };
}

async function makeKeys(now: Date): Promise<StoredKeys> {
  const [root, middle, first, second, merchant, foreign] = await Promise.all([rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys()]);
  // Long valid: a test may set its clock back.
  const lasting = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date(now.getTime() + 5 * 365 * DAY_MS) };
  // A leaf outlives its issuer, so that somebody must look at both.
  const ofAuthorities = { ...lasting, notAfter: new Date(now.getTime() + 4 * 365 * DAY_MS) };
  const past = { ...lasting, notAfter: new Date(now.getTime() - 2 * DAY_MS) };
  const rootName: Name = { ...AUTHORITY, commonName: 'Simulated Root CA' };
  const middleName: Name = { ...AUTHORITY, commonName: 'Simulated OCA1' };
  const foreignName: Name = { ...AUTHORITY, commonName: 'Foreign CA' };
  const leafName = (owner: string): Name => ({ country: 'CN', organisation: 'Simulated OCA1', unit: 'Enterprises', commonName: `041@Z2026-1@${owner}@SIM00001` });
  const authority = (subject: Name, issuer: Name, publicKey: KeyObject, issuerKey: KeyObject): string => writeCertificate({ serialNumber: randomSerial(), subject, issuer, publicKey, issuerKey, isAuthority: true, ...ofAuthorities });
  const leaf = (owner: string, keys: Keys, validity: typeof lasting, from: { readonly issuer: Name; readonly issuerKey: KeyObject } = { issuer: middleName, issuerKey: middle.privateKey }): StoredSigner => ({
    certificatePem: writeCertificate({ serialNumber: randomSerial(), subject: leafName(owner), publicKey: keys.publicKey, isAuthority: false, ...from, ...validity }),
    keyPem: privatePem(keys.privateKey),
  });
  const fromForeign = { issuer: foreignName, issuerKey: foreign.privateKey };
  // UnionPay's genuine middle certificate under another key: what a forger brings along to be taken for an issuer.
  const ownMiddle = leaf(UNIONPAY, foreign, lasting, { issuer: middleName, issuerKey: foreign.privateKey });
  const broughtAlong = authority(middleName, rootName, foreign.publicKey, foreign.privateKey);
  return {
    credentials: {
      merId: '777290058110048',
      certId: BigInt(`0x${randomSerial()}`).toString(10),
      merchantPrivateKeyPem: privatePem(merchant.privateKey),
      secureKey: randomBytes(16).toString('hex'),
      rootCertificatePem: authority(rootName, rootName, root.publicKey, root.privateKey),
      middleCertificatePem: authority(middleName, rootName, middle.publicKey, root.privateKey),
      termId: '49000002',
    },
    signers: {
      unionpay: leaf(UNIONPAY, first, lasting),
      next: leaf(UNIONPAY, second, lasting),
      expired: leaf(UNIONPAY, first, past),
      otherOwner: leaf('某某科技有限公司', foreign, lasting),
      foreign: leaf(UNIONPAY, foreign, lasting, fromForeign),
      ownMiddle: { ...ownMiddle, certificatePem: `${ownMiddle.certificatePem}${broughtAlong}` },
    },
  };
}

type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

function rsaKeys(): Promise<Keys> {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

/** 16 bytes, the first between 0x40 and 0x7f: positive in DER. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(0x40 | (bytes.readUInt8(0) & 0x3f), 0);
  return bytes.toString('hex');
}

function privatePem(key: KeyObject): string {
  return String(key.export({ format: 'pem', type: 'pkcs8' }));
}

function writeSecretFile(path: string, value: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
