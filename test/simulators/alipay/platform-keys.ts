import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { writeCertificate, type Name } from '../machinery/certificate-writer.js';
import { privatePem, publicPem, randomSerial, rsaKeys } from '../machinery/key-pairs.js';
import { keptKeys } from '../machinery/secret-files.js';

/** What a merchant downloads from the open platform's console: what the hospital's channel plugin is configured with. */
export type MerchantCredentials = {
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKeyPem: string;
  /** Key mode. */
  readonly alipayPublicKeyPem: string;
  /** Certificate mode. */
  readonly appCertificatePem: string;
  readonly alipayCertificatePem: string;
  readonly alipayRootCertificatePem: string;
};

type IssuedCertificate = { readonly pem: string; readonly sn: string };
type StoredKeys = {
  readonly credentials: MerchantCredentials;
  readonly appCertificateSn: string;
  readonly rootCertificateSn: string;
  readonly publicKeyModeKeyPem: string;
  /** The certificate Alipay signs with now, the one it changes to, and one whose time is over; each with its chain. */
  readonly certificates: readonly (IssuedCertificate & { readonly keyPem: string })[];
};

/** The simulator's own side of the keys. */
export type PlatformKeys = {
  readonly credentials: MerchantCredentials;
  readonly appPublicKey: KeyObject;
  /** Only used to forge: a well-formed signature by the wrong key. */
  readonly forgersKey: KeyObject;
  readonly publicKeyModeKey: KeyObject;
  readonly appCertificateSn: string;
  readonly rootCertificateSn: string;
  readonly certificates: readonly { readonly pem: string; readonly sn: string; readonly key: KeyObject }[];
};

const YEAR_MS = 365 * 86_400_000;
const ROOT = { country: 'CN', organisation: 'Simulated Ant Financial', unit: 'Certification Authority', commonName: 'Simulated Root Authority R1' };
const SM2_ROOT = { ...ROOT, commonName: 'Simulated Root Authority SM2' };
const MIDDLE = { ...ROOT, commonName: 'Simulated Authority Class 2, R1' };

const kept = keptKeys({ make: makeKeys, credentialsOf: ({ credentials }: StoredKeys) => credentials });

/** Of the data folder, made at the first start; without a folder, of this process. */
export async function loadOrMakeKeys(dataFolder: string | undefined, now: Date): Promise<PlatformKeys> {
  return opened(await kept(dataFolder, now));
}

function opened(stored: StoredKeys): PlatformKeys {
  const appKey = createPrivateKey(stored.credentials.appPrivateKeyPem);
  return {
    credentials: stored.credentials,
    appPublicKey: createPublicKey(appKey),
    forgersKey: appKey,
    publicKeyModeKey: createPrivateKey(stored.publicKeyModeKeyPem),
    appCertificateSn: stored.appCertificateSn,
    rootCertificateSn: stored.rootCertificateSn,
    certificates: stored.certificates.map(({ pem, sn, keyPem }) => ({ pem, sn, key: createPrivateKey(keyPem) })),
  };
}

async function makeKeys(now: Date): Promise<StoredKeys> {
  const [app, plain, first, second, third, root, middle] = await Promise.all([rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys()]);
  const validity = { notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + 5 * YEAR_MS) };
  const issue = (subject: Name, issuer: typeof ROOT, publicKey: KeyObject, issuerKey: KeyObject, isAuthority: boolean, other: { readonly label?: 'sm2'; readonly notAfter?: Date } = {}): IssuedCertificate => {
    const serialNumber = randomSerial();
    const pem = writeCertificate({ serialNumber, subject, issuer, publicKey, issuerKey, isAuthority, ...validity, ...other });
    return { pem, sn: numberOf(issuer, serialNumber) };
  };
  const rootCertificate = issue(ROOT, ROOT, root.publicKey, root.privateKey, true);
  const sm2Certificate = issue(SM2_ROOT, SM2_ROOT, root.publicKey, root.privateKey, true, { label: 'sm2' });
  const middleCertificate = issue(MIDDLE, ROOT, middle.publicKey, root.privateKey, true);
  const leaf = (commonName: string, publicKey: KeyObject, other = {}): IssuedCertificate => issue({ ...ROOT, unit: 'Alipay', commonName }, MIDDLE, publicKey, middle.privateKey, false, other);
  const appCertificate = leaf('2021000000000001', app.publicKey);
  const chained = ({ pem, sn }: IssuedCertificate): IssuedCertificate => ({ pem: `${pem}${middleCertificate.pem}`, sn });
  const alipay = [
    { ...chained(leaf('Alipay', first.publicKey)), keyPem: privatePem(first.privateKey) },
    { ...chained(leaf('Alipay', second.publicKey)), keyPem: privatePem(second.privateKey) },
    { ...chained(leaf('Alipay', third.publicKey, { notAfter: new Date(now.getTime() - 3_600_000) })), keyPem: privatePem(third.privateKey) },
  ];
  return {
    credentials: {
      appId: '2021000000000001',
      sellerId: '2088000000000011',
      appPrivateKeyPem: privatePem(app.privateKey),
      alipayPublicKeyPem: publicPem(plain.publicKey),
      appCertificatePem: appCertificate.pem,
      alipayCertificatePem: alipay[0]?.pem ?? '',
      alipayRootCertificatePem: `${sm2Certificate.pem}${rootCertificate.pem}`,
    },
    appCertificateSn: appCertificate.sn,
    rootCertificateSn: rootCertificate.sn,
    publicKeyModeKeyPem: privatePem(plain.privateKey),
    certificates: alipay,
  };
}

function numberOf(issuer: typeof ROOT, serialNumber: string): string {
  const name = `CN=${issuer.commonName},OU=${issuer.unit},O=${issuer.organisation},C=${issuer.country}`;
  return createHash('md5').update(name + BigInt(`0x${serialNumber}`).toString(10), 'utf8').digest('hex');
}
