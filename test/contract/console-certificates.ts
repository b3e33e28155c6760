/** The certificate watch and rotations as the console's house has them: the real watch over the real database, fed by what a test writes down. */
import type { Credential } from '@hospay/plugin-sdk';
import { ok } from '@hospay/server/domain/errors.js';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Clock } from '@hospay/server/domain/time.js';
import type { PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { createCertificateWatch } from '@hospay/server/monitoring/certificate-watch.js';
import type { CredentialReading, RehearsalStage, RotationSubject, TrialReport } from '@hospay/server/monitoring/ports.js';
import { rotationChanges } from '@hospay/server/monitoring/rotation-changes.js';
import { createRotationDesk } from '@hospay/server/monitoring/rotation-desk.js';

export const DAY_MS = 86_400_000;
const POLICY = { alarmDays: [60, 30, 7, 1], sharedSecretDays: undefined } as const;

export type ConsoleCertificates = ReturnType<typeof consoleCertificates>;

export function consoleCertificates({ platform, clock, audit }: { readonly platform: PlatformDatabase; readonly clock: Clock; readonly audit: AuditTrail }) {
  const scene: { readings: readonly CredentialReading[]; subjects: RotationSubject[]; report: TrialReport } = { readings: [], subjects: [], report: { kind: 'refused', reason: 'nothing was prepared' } };
  const watch = createCertificateWatch({
    sources: [{ read: () => Promise.resolve(scene.readings) }],
    store: platform.credentials,
    rehearsedFingerprints: (owner) => platform.rotations.rehearsedFingerprints(owner),
    policy: POLICY, clock, log: SILENT_LOG, audit,
    timers: { after: () => ({ cancel() {} }) },
  });
  const stage: RehearsalStage = {
    list: () => Promise.resolve(scene.subjects),
    find: (id) => Promise.resolve(scene.subjects.find(({ instance }) => instance === id)),
    secretsIn: (_id, settings) => Object.values(settings).filter((value) => typeof value === 'string'),
    tidy: (_id, settings) => settings,
    tryOut: () => Promise.resolve(scene.report),
    replaceSettings(id, settings) {
      scene.subjects = scene.subjects.map((subject) => (subject.instance === id ? { ...subject, settings } : subject));
      return Promise.resolve(ok({ found: 'active' }));
    },
    settingsOf: (id) => scene.subjects.find(({ instance }) => instance === id),
    masked: (id, settings) => new Map(Object.entries(settings).map(([path, value]) => [path, `#${platform.keyedFingerprint(String(value), `${id} ${path}`)}`])),
  };
  const rotations = createRotationDesk({
    stage,
    rotations: platform.rotations, policy: POLICY, clock, audit,
  });
  return { scene, watch, rotations, changes: rotationChanges({ desk: rotations, stage, rotations: platform.rotations }) };
}

/** A certificate that ends so many days after `now`. */
export function sampleCertificate(name: string, now: Date, days: number, set: Partial<Credential> = {}): Credential {
  return {
    name, title: { zh: '商户 API 证书', en: 'Merchant API certificate' }, use: { zh: '商户请求签名：下单、查询、退款', en: 'signs our requests' }, holder: 'ours', kind: 'certificate', serial: '3C'.repeat(20),
    subject: 'Hospital', issuer: 'Tenpay.com Root CA', notBefore: new Date(now.getTime() - 365 * DAY_MS).toISOString(), notAfter: new Date(now.getTime() + days * DAY_MS).toISOString(), fingerprint: 'a1'.repeat(32), ...set,
  };
}
