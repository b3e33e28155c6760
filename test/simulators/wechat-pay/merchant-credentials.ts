import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';

import { selfSignedCertificate } from '../machinery/certificate-writer.js';
import { privatePem, publicPem, randomSerial, rsaKeys, type KeyPair } from '../machinery/key-pairs.js';
import { keptKeys } from '../machinery/secret-files.js';
import { randomDigits, randomText } from './random-text.js';

/** Everything a merchant downloads from the merchant console or receives there: what the hospital's channel plugin is configured with. */
export type MerchantCredentials = {
  readonly merchantId: string;
  readonly appId: string;
  readonly miniProgramAppId: string;
  readonly mobileAppId: string;
  /** A sub-merchant, for whom the merchant above places orders as its service provider. */
  readonly subMerchant: { readonly merchantId: string; readonly appId: string; readonly miniProgramAppId: string; readonly appSecret: string };
  /** Of the official account `appId`. */
  readonly appSecret: string;
  /** Serial of the merchant API certificate, upper-case hex: `serial_no` of each request. */
  readonly merchantCertificateSerial: string;
  readonly merchantPrivateKeyPem: string;
  /** What the merchant shows in the TLS handshake where API v2 asks for it. */
  readonly merchantCertificatePem: string;
  /** 32 ASCII characters, of API v2. */
  readonly apiV2Key: string;
  /** 32 ASCII characters. */
  readonly apiV3Key: string;
  /** The older mode: answers carry this serial when the request named no public key. */
  readonly platformCertificate: { readonly serial: string; readonly certificatePem: string; readonly publicKeyPem: string };
  /** The newer mode: answers carry this id when the request's `Wechatpay-Serial` named it. */
  readonly platformPublicKey: { readonly id: string; readonly publicKeyPem: string };
};

/** The simulator's own side of the keys. */
export type PlatformKeys = {
  readonly merchantCredentials: MerchantCredentials;
  /** Serial → public key of every merchant API certificate that is not withdrawn: old and new stand side by side while a merchant changes over. */
  readonly merchantCertificates: Map<string, KeyObject>;
  /** Only used to forge: a well-formed signature by the wrong key. */
  readonly merchantPrivateKey: KeyObject;
  /** Oldest first; the last one signs. */
  readonly platformCertificates: PlatformCertificate[];
  readonly publicKeyModeKey: KeyObject;
};

export type PlatformCertificate = { readonly serial: string; readonly certificatePem: string; readonly key: KeyObject; readonly validFrom: Date; readonly validTo: Date };

type StoredKeys = {
  readonly merchantCredentials: MerchantCredentials;
  readonly certificatePrivateKeyPem: string;
  readonly publicKeyModePrivateKeyPem: string;
};

const CERTIFICATE_LIFE_MS = 5 * 365 * 86_400_000;

/** Numbers of the merchant that are no secrets and the same for every simulator. */
const FIXED_NUMBERS = {
  appId: 'wx0000000000000001',
  miniProgramAppId: 'wx0000000000000011',
  mobileAppId: 'wx0000000000000021',
  subMerchant: { merchantId: '1600000002', appId: 'wx0000000000000002', miniProgramAppId: 'wx0000000000000012' },
} as const;

const kept = keptKeys({
  make: makeKeys,
  credentialsOf: ({ merchantCredentials }: StoredKeys) => merchantCredentials,
  // A folder of before API v2 has no key for it: such a merchant is made anew, its ledger stays.
  isWhole: ({ merchantCredentials }) => typeof merchantCredentials.apiV2Key === 'string',
});

/** Of the data folder, made at the first start; without a folder, of this process. */
export async function loadOrMakePlatformKeys(dataFolder: string | undefined, now: Date): Promise<PlatformKeys> {
  return opened(await kept(dataFolder, now));
}

function opened(stored: StoredKeys): PlatformKeys {
  const merchantPrivateKey = createPrivateKey(stored.merchantCredentials.merchantPrivateKeyPem);
  const { serial, certificatePem } = stored.merchantCredentials.platformCertificate;
  return {
    merchantCredentials: stored.merchantCredentials,
    merchantPrivateKey,
    merchantCertificates: new Map([[stored.merchantCredentials.merchantCertificateSerial, createPublicKey(merchantPrivateKey)]]),
    platformCertificates: [platformCertificate(serial, certificatePem, createPrivateKey(stored.certificatePrivateKeyPem))],
    publicKeyModeKey: createPrivateKey(stored.publicKeyModePrivateKeyPem),
  };
}

function platformCertificate(serial: string, certificatePem: string, key: KeyObject): PlatformCertificate {
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  return { serial, certificatePem, key, validFrom: new Date(validFrom), validTo: new Date(validTo) };
}

/** WeChat Pay moves on to another certificate: it is offered beside the old one and signs from now on. */
export function changePlatformCertificate({ platformCertificates }: PlatformKeys, now: Date): PlatformCertificate {
  const { serial, pem, privateKey } = makeCertificate('Simulated WeChat Pay platform', now);
  const next = platformCertificate(serial, pem, privateKey);
  platformCertificates.push(next);
  return next;
}

/** The merchant applies for a further API certificate in the merchant console; both are accepted until one is withdrawn. */
export function addMerchantCertificate({ merchantCertificates }: PlatformKeys, now: Date): { readonly serial: string; readonly certificatePem: string; readonly privateKeyPem: string } {
  const { serial, pem, privateKey } = makeCertificate('Simulated hospital', now);
  merchantCertificates.set(serial, createPublicKey(privateKey));
  return { serial, certificatePem: pem, privateKeyPem: privatePem(privateKey) };
}

function makeCertificate(commonName: string, now: Date): { readonly serial: string; readonly pem: string; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serial = certificateSerial();
  const pem = selfSignedCertificate({ serialNumber: serial, commonName, organisation: 'Hospay simulator', notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + CERTIFICATE_LIFE_MS), publicKey, privateKey });
  return { serial, pem, privateKey };
}

async function makeKeys(now: Date): Promise<StoredKeys> {
  const [merchant, certificate, publicKeyMode] = await Promise.all([rsaKeys(), rsaKeys(), rsaKeys()]);
  const serial = certificateSerial();
  const merchantSerial = certificateSerial();
  const certificatePem = selfSignedCertificate({
    serialNumber: serial,
    commonName: 'Simulated WeChat Pay platform',
    organisation: 'Hospay simulator',
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(now.getTime() + CERTIFICATE_LIFE_MS),
    publicKey: certificate.publicKey,
    privateKey: certificate.privateKey,
  });
  return {
    merchantCredentials: {
      merchantId: '1600000001',
      ...FIXED_NUMBERS,
      subMerchant: { ...FIXED_NUMBERS.subMerchant, appSecret: randomText(32) },
      appSecret: randomText(32),
      merchantCertificateSerial: merchantSerial,
      merchantCertificatePem: merchantCertificate(merchantSerial, merchant, now),
      apiV2Key: randomText(32),
      merchantPrivateKeyPem: privatePem(merchant.privateKey),
      apiV3Key: randomText(32),
      platformCertificate: { serial, certificatePem, publicKeyPem: publicPem(certificate.publicKey) },
      platformPublicKey: { id: `PUB_KEY_ID_011600000001${randomDigits(18)}`, publicKeyPem: publicPem(publicKeyMode.publicKey) },
    },
    certificatePrivateKeyPem: privatePem(certificate.privateKey),
    publicKeyModePrivateKeyPem: privatePem(publicKeyMode.privateKey),
  };
}

function merchantCertificate(serialNumber: string, { publicKey, privateKey }: KeyPair, now: Date): string {
  return selfSignedCertificate({
    serialNumber,
    commonName: '1600000001',
    organisation: 'Simulated hospital',
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(now.getTime() + CERTIFICATE_LIFE_MS),
    publicKey,
    privateKey,
  });
}

/** Always 40 upper-case digits, as WeChat Pay's serials are. */
function certificateSerial(): string {
  return randomSerial(20).toUpperCase();
}
