import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

import type { PluginContext } from '@hospay/plugin-sdk';

import { authenticNode } from './authentic-node.js';
import { certificateNumber, isTrusted, isValidAt, readCertificates, rootCertificateNumber } from './certificate-number.js';
import { CertificateAnswer, readJson } from './messages.js';
import type { AlipaySettings } from './settings.js';
import type { CertificateNumbers } from './signed-parameters.js';
import type { SendRequest } from './wire.js';

/** Where a certificate number was read. Anybody can send a notification; an answer comes over a connection to Alipay. */
type Sighting = { readonly signal: AbortSignal; readonly seenIn: 'answer' | 'notification' };

/** Keys that Alipay may have signed with. None when the certificate it names is unknown, not trusted or no longer valid. */
export type AlipayKeys = { find(certificateSn: string | undefined, sighting: Sighting): Promise<readonly KeyObject[]> };

/** What the settings say about keys, read once. */
export type Credentials =
  | { readonly mode: 'publicKey'; readonly key: KeyObject }
  | { readonly mode: 'certificate'; readonly app: X509Certificate; readonly alipay: X509Certificate; readonly roots: readonly X509Certificate[]; readonly numbers: CertificateNumbers };

/** A stranger who invents certificate numbers must not make us ask Alipay more often than this, nor keep us from asking for one that an answer names. */
const SHORTEST_GAP_MS = 10_000;
const DOWNLOAD_METHOD = 'alipay.open.app.alipaycert.download';

/** @throws Error naming the setting that cannot be read. */
export function readCredentials({ verification }: AlipaySettings): Credentials {
  if (verification.mode === 'publicKey') return { mode: 'publicKey', key: readPublicKey(verification.alipayPublicKey) };
  const [app] = certificatesOf('appCertificatePem', verification.appCertificatePem);
  const [alipay] = certificatesOf('alipayCertificatePem', verification.alipayCertificatePem);
  const roots = certificatesOf('alipayRootCertificatePem', verification.alipayRootCertificatePem);
  if (app === undefined || alipay === undefined) throw new Error('settings.verification lacks a certificate');
  return { mode: 'certificate', app, alipay, roots, numbers: { appCertSn: certificateNumber(app), alipayRootCertSn: rootCertificateNumber(roots) } };
}

/**
 * Key mode: the one configured key. Certificate mode: the configured certificate, and newer ones which Alipay names in its answers; those are fetched, must
 * lead to the configured roots, and are kept in the store so that a restart does not ask again.
 */
export function createAlipayKeys(context: PluginContext<AlipaySettings>, credentials: Credentials, send: SendRequest): AlipayKeys {
  if (credentials.mode === 'publicKey') return { find: () => Promise.resolve([credentials.key]) };
  const { roots, alipay } = credentials;
  const { store, now, log } = context;
  const known = new Map([[certificateNumber(alipay), alipay]]);
  const downloads = new Map<string, Promise<X509Certificate | undefined>>();
  const triedAt = { answer: Number.NEGATIVE_INFINITY, notification: Number.NEGATIVE_INFINITY };

  const trustedLeaf = (pem: string, sn: string): X509Certificate | undefined => {
    try {
      const chain = readCertificates(pem);
      const [leaf] = chain;
      return leaf !== undefined && certificateNumber(leaf) === sn && isTrusted(chain, roots, now()) ? leaf : undefined;
    } catch {
      return undefined;
    }
  };

  const download = async (sn: string, { signal, seenIn }: Sighting): Promise<X509Certificate | undefined> => {
    if (now().getTime() - triedAt[seenIn] < SHORTEST_GAP_MS) return undefined;
    triedAt[seenIn] = now().getTime();
    const answer = await send({ method: DOWNLOAD_METHOD, bizContent: { alipay_cert_sn: sn } }, signal);
    if (answer.kind !== 'answer' || answer.status !== 200 || answer.text === undefined) return undefined;
    let leaf: X509Certificate | undefined;
    let pem = '';
    // The answer may be signed by the very certificate it carries: the chain to the roots is what proves it.
    const verdict = await authenticNode(answer.text, DOWNLOAD_METHOD, (signedBy, node) => {
      pem = Buffer.from(readJson(CertificateAnswer, node)?.alipay_cert_content ?? '', 'base64').toString('utf8');
      leaf = trustedLeaf(pem, sn);
      const signer = signedBy === sn ? leaf : signedBy === undefined ? alipay : known.get(signedBy);
      return Promise.resolve(signer === undefined ? [] : [signer.publicKey]);
    });
    if (!verdict.authentic || leaf === undefined) {
      log.warn('a new Alipay certificate was not accepted', { certificate: sn, reason: verdict.authentic ? 'it does not lead to the configured roots' : verdict.reason });
      return undefined;
    }
    await store.put(`certificate/${sn}`, pem);
    log.info('a new Alipay certificate is in use', { certificate: sn });
    return leaf;
  };

  /** Calls that meet a new certificate at the same time share one download. */
  const downloadOnce = (sn: string, sighting: Sighting): Promise<X509Certificate | undefined> => {
    const running = downloads.get(sn) ?? download(sn, sighting).finally(() => { downloads.delete(sn); });
    downloads.set(sn, running);
    return running;
  };

  return {
    async find(sn, sighting) {
      if (sn === undefined) return [...known.values()].filter((certificate) => isValidAt(certificate, now())).map(({ publicKey }) => publicKey);
      if (!/^[0-9a-f]{32}$/.test(sn)) return [];
      if (!known.has(sn)) {
        const kept = await store.get(`certificate/${sn}`);
        const certificate = (typeof kept === 'string' ? trustedLeaf(kept, sn) : undefined) ?? (await downloadOnce(sn, sighting));
        if (certificate !== undefined) known.set(sn, certificate);
      }
      const certificate = known.get(sn);
      return certificate !== undefined && isValidAt(certificate, now()) ? [certificate.publicKey] : [];
    },
  };
}

function certificatesOf(name: string, pem: string): X509Certificate[] {
  try {
    return readCertificates(pem);
  } catch {
    throw new Error(`settings.verification.${name} is not a certificate in PEM format`);
  }
}

/** The console shows the key as bare base64; files hold it as PEM. */
function readPublicKey(text: string): KeyObject {
  try {
    return text.includes('-----') ? createPublicKey(text) : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw new Error('settings.verification.alipayPublicKey is not a public key');
  }
}
