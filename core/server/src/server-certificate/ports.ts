/** 服务器证书: what console and payment API are served with, where it comes from, and what looks after it. */
import type { Bilingual } from '../domain/bilingual.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Clock } from '../domain/time.js';

export const CERTIFICATE_SOURCES = ['applianceAuthority', 'hospitalPki', 'uploaded'] as const;
export type CertificateSource = (typeof CERTIFICATE_SOURCES)[number];

/** PEM; the chain begins with the certificate of the key. */
export type KeyedCertificate = { readonly privateKeyPem: string; readonly chainPem: string };
export type CertificateFacts = {
  readonly subject: string; readonly issuer: string; readonly names: readonly string[];
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly notBefore: Date; readonly notAfter: Date;
};
/** `given`: names and addresses it must be good for. */
export type ChainToCheck = KeyedCertificate & { readonly names: readonly string[]; readonly now: Date };

/** X.509, which only an edge knows. */
export type ServerX509 = {
  /** A root that can vouch for these names and addresses alone. */
  makeRoot(of: { readonly names: readonly string[]; readonly now: Date }): Promise<KeyedCertificate>;
  /** True when the root is for exactly these names. */
  isRootFor(rootPem: string, names: readonly string[]): boolean;
  issue(of: { readonly root: KeyedCertificate; readonly names: readonly string[]; readonly now: Date }): Promise<KeyedCertificate>;
  makeRequest(of: { readonly names: readonly string[] }): Promise<{ readonly privateKeyPem: string; readonly requestPem: string }>;
  /** The chain in its order up to its root, or `CERTIFICATE_REFUSED` with why. */
  check(of: ChainToCheck): Outcome<KeyedCertificate>;
  /** Without the root, which whoever trusts it has. */
  withoutRoot(chainPem: string): string;
  describe(pem: string): CertificateFacts;
  der(pem: string): Buffer;
};

export const KEPT_CERTIFICATES = ['server-root', 'server-own', 'server-hospital-pki', 'server-uploaded', 'server-request'] as const;
export type KeptCertificate = (typeof KEPT_CERTIFICATES)[number];
/** Keys are sealed. `server-request` has the request in place of a chain. */
export type ServerCertificateStore = {
  /** `privateKeyPem` is empty when it cannot be opened: then there is no use in it. */
  find(name: KeptCertificate): Promise<KeyedCertificate | undefined>;
  /** In one transaction with what it takes the place of. */
  put(name: KeptCertificate, made: KeyedCertificate, now: Date, forget: readonly KeptCertificate[]): Promise<void>;
  forget(names: readonly KeptCertificate[]): Promise<void>;
};

export type ServerCertificateView = {
  readonly isOn: boolean;
  readonly names: readonly string[];
  readonly source: CertificateSource;
  readonly served: CertificateFacts | undefined;
  readonly root: CertificateFacts | undefined;
  /** Why the certificate that was given does not serve. */
  readonly problem: Bilingual | undefined;
  /** PEM; its key stays here. */
  readonly pendingRequest: string | undefined;
};
export type ServerCertificateDesk = {
  read(): Promise<ServerCertificateView>;
  request(by: string): Promise<Outcome<ServerCertificateView>>;
  /** The hospital PKI's answer to the request. */
  takeAnswer(given: { readonly chainPem: string; readonly by: string }): Promise<Outcome<ServerCertificateView>>;
  upload(given: KeyedCertificate & { readonly by: string }): Promise<Outcome<ServerCertificateView>>;
  goBack(by: string): Promise<Outcome<ServerCertificateView>>;
  /** DER of the appliance's root. */
  root(): Promise<Outcome<Buffer>>;
};

export type ServerCertificatePorts = {
  readonly x509: ServerX509;
  readonly store: ServerCertificateStore;
  readonly names: readonly string[];
  /** What is served or watched has changed. */
  readonly changed: () => void;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly log: Log;
};
