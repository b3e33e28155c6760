import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

import type { PluginContext } from '@hospay/plugin-sdk';
import { Aes } from 'wechatpay-axios-plugin';

import { readJson, CertificatesAnswer } from './messages.js';
import type { WechatPaySettings } from './settings.js';
import { verifySignedMessage } from './signed-message.js';
import type { Wire } from './wire.js';

export type PlatformKeys = {
  /** Finds the key that WeChat Pay signed with. `undefined` when it is unknown or no longer valid. */
  find(serial: string, signal: AbortSignal): Promise<KeyObject | undefined>;
  /** What personal data for WeChat Pay is sealed with, and the name to send beside it: its public key, else the certificate that begins last. `undefined` while there is none. */
  encryption(signal: AbortSignal): Promise<{ readonly serial: string; readonly key: KeyObject } | undefined>;
  /** Platform certificates (PEM) in use, refreshed when that is due. None in public-key mode. */
  certificates(signal: AbortSignal): Promise<readonly string[]>;
};

/** WeChat Pay asks for a refresh at least every 12 hours. */
const REFRESH_AFTER_MS = 12 * 3_600_000;
/** A download serves every call that waits for it, so it has a deadline of its own. */
const DOWNLOAD_MS = 8_000;
/** A stranger who invents serials must not make us ask WeChat Pay more often than this. */
const SHORTEST_GAP_MS = 10_000;

type PlatformCertificate = { readonly pem: string; readonly key: KeyObject; readonly validFrom: Date; readonly validTo: Date };

/**
 * Keys of WeChat Pay: the configured public key, the downloaded platform certificates, or both.
 * Certificates are refreshed when a key is asked for, never by a timer: an idle process cannot be caught with an expired one,
 * because using it is what renews it. New ones join the old until those expire.
 * @throws Error when the configured public key cannot be read.
 */
export function createPlatformKeys(context: PluginContext<WechatPaySettings>, wire: Wire): PlatformKeys {
  const { settings, now, log } = context;
  const { verification } = settings;
  const publicKeys = new Map<string, KeyObject>();
  if (verification.mode !== 'platformCertificate') publicKeys.set(verification.publicKeyId, readPublicKey(verification.publicKeyPem));

  let certificates: ReadonlyMap<string, PlatformCertificate> = new Map();
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  const held = (serial: string): KeyObject | undefined => {
    const certificate = certificates.get(serial.toUpperCase());
    const time = now().getTime();
    return certificate !== undefined && certificate.validFrom.getTime() <= time && time < certificate.validTo.getTime() ? certificate.key : undefined;
  };

  const refresh = async (): Promise<void> => {
    triedAt = now().getTime();
    const answer = await wire.send({ method: 'GET', path: '/v3/certificates?algorithm_type=RSA' }, { signal: AbortSignal.timeout(DOWNLOAD_MS), attempt: 1 });
    if (answer.kind !== 'answer' || answer.status !== 200) {
      log.warn('platform certificates were not refreshed', { reason: answer.kind === 'answer' ? `status ${String(answer.status)}` : answer.reason });
      return;
    }
    const downloaded = openCertificates(answer.body, settings.apiV3Key);
    if (downloaded === undefined) {
      log.warn('platform certificates were not refreshed', { reason: 'the answer could not be decrypted or read' });
      return;
    }
    // The first download can only be verified with what it carries: the APIv3 key has already proven who encrypted it.
    const verdict = await verifySignedMessage(answer, now(), (serial) =>
      Promise.resolve(publicKeys.get(serial) ?? downloaded.get(serial.toUpperCase())?.key ?? held(serial)),
    );
    if (!verdict.authentic) {
      log.warn('platform certificates were not refreshed', { reason: verdict.reason });
      return;
    }
    const time = now().getTime();
    const stillValid = [...certificates].filter(([, certificate]) => time < certificate.validTo.getTime());
    certificates = new Map([...stillValid, ...downloaded]);
    refreshedAt = time;
    log.info('platform certificates refreshed', { count: certificates.size });
  };

  const isOld = (): boolean => now().getTime() - refreshedAt >= REFRESH_AFTER_MS;
  const renew = async (signal: AbortSignal): Promise<void> => {
    if (refreshing === undefined && now().getTime() - triedAt < SHORTEST_GAP_MS) return;
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    await Promise.race([refreshing, abortOf(signal)]);
  };

  return {
    async find(serial, signal) {
      if (serial.startsWith('PUB_KEY_ID_')) return publicKeys.get(serial);
      if (verification.mode === 'publicKey') return undefined;
      if (isOld() || held(serial) === undefined) await renew(signal);
      return held(serial);
    },
    async encryption(signal) {
      if (verification.mode !== 'platformCertificate') {
        const key = publicKeys.get(verification.publicKeyId);
        return key === undefined ? undefined : { serial: verification.publicKeyId, key };
      }
      if (isOld()) await renew(signal);
      const [newest] = [...certificates].filter(([serial]) => held(serial) !== undefined).toSorted(([, one], [, other]) => other.validFrom.getTime() - one.validFrom.getTime());
      return newest === undefined ? undefined : { serial: newest[0], key: newest[1].key };
    },
    async certificates(signal) {
      if (verification.mode === 'publicKey') return [];
      if (isOld()) await renew(signal);
      return [...certificates.values()].map(({ pem }) => pem);
    },
  };
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => { resolve(); }, { once: true });
  });
}

function openCertificates(body: Buffer, apiV3Key: string): Map<string, PlatformCertificate> | undefined {
  const answer = readJson(CertificatesAnswer, body);
  if (answer === undefined) return undefined;
  try {
    return new Map(
      answer.data.map(({ serial_no: serial, encrypt_certificate: sealed }) => {
        const certificate = new X509Certificate(
          Aes.AesGcm.decrypt(sealed.ciphertext, apiV3Key, sealed.nonce, sealed.associated_data ?? ''),
        );
        if (certificate.serialNumber.toUpperCase() !== serial.toUpperCase()) throw new Error('serial and certificate differ');
        const entry = { pem: certificate.toString(), key: certificate.publicKey, validFrom: certificate.validFromDate, validTo: certificate.validToDate };
        return [serial.toUpperCase(), entry] as const;
      }),
    );
  } catch {
    // A wrong APIv3 key, a forged or a damaged answer: all mean that nothing of it may be used.
    return undefined;
  }
}

function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('settings.verification.publicKeyPem is not a public key in PEM format');
  }
}
