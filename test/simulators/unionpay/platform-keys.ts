import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';

import { writeCertificate, type Name } from '../machinery/certificate-writer.js';
import { privatePem, randomSerial, rsaKeys, type KeyPair } from '../machinery/key-pairs.js';
import { keptKeys } from '../machinery/secret-files.js';

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

const DAY_MS = 86_400_000;
const UNIONPAY = '中国银联股份有限公司';
const AUTHORITY = { country: 'CN', organisation: 'Simulated Financial Certification Authority', unit: 'Authority' } as const;

const kept = keptKeys({ make: makeKeys, credentialsOf: ({ credentials }: StoredKeys) => credentials });

/** Of the data folder, made at the first start; without a folder, of this process. */
export async function loadOrMakeKeys(dataFolder: string | undefined, now: Date): Promise<PlatformKeys> {
  return opened(await kept(dataFolder, now));
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
  const leaf = (owner: string, keys: KeyPair, validity: typeof lasting, from: { readonly issuer: Name; readonly issuerKey: KeyObject } = { issuer: middleName, issuerKey: middle.privateKey }): StoredSigner => ({
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
