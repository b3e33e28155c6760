import { beijingTime, type Credential } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import type { AlarmSeverity, CredentialAlarmKind, WatchPolicy } from './ports.js';

/** Something that is wrong with a credential now. */
export type Finding = { readonly kind: CredentialAlarmKind; readonly severity: AlarmSeverity; readonly thresholdDays?: number; readonly detail: Bilingual };

const DAY_MS = 86_400_000;

/** Judges one credential among those of its owner. `since`: how long it has had this fingerprint. */
export function judgeCredential(credential: Credential, siblings: readonly Credential[], { now, since, policy }: { readonly now: Date; readonly since: Date; readonly policy: WatchPolicy }): Finding[] {
  const others = siblings.filter(({ name }) => name !== credential.name);
  return [...judgePresence(credential, others), ...judgePairing(credential, others), ...judgeTime(credential, others, now, policy), ...judgeAge(credential, since, now, policy)];
}

function judgePresence({ problem, group, name }: Credential, others: readonly Credential[]): Finding[] {
  if (problem === undefined) return [];
  const standIn = others.find((other) => group !== undefined && other.group === group && other.problem === undefined);
  if (problem === 'missing' && standIn !== undefined) return [];
  return [{ kind: problem, severity: 1, detail: problem === 'missing' ? { zh: `缺少必需的 ${name}`, en: `${name} is needed and is not there` } : { zh: `${name} 无法读取`, en: `${name} cannot be read` } }];
}

/** A certificate, its private key and the serial the settings name must be of one piece, or nothing that is signed will be believed. */
function judgePairing({ name, serial, belongsTo, mustHaveSerial, publicKeyFingerprint, problem }: Credential, others: readonly Credential[]): Finding[] {
  if (problem !== undefined) return [];
  const findings: Finding[] = [];
  if (mustHaveSerial !== undefined && serial !== undefined && plainSerial(serial) !== plainSerial(mustHaveSerial)) {
    findings.push({ kind: 'serialMismatch', severity: 1, detail: { zh: `${name} 的序列号为 ${serial}，设置中为 ${mustHaveSerial}`, en: `${name} has the serial ${serial}, the settings say ${mustHaveSerial}` } });
  }
  if (belongsTo === undefined) return findings;
  const key = others.find((other) => other.name === belongsTo);
  if (key === undefined) findings.push({ kind: 'missing', severity: 1, detail: { zh: `缺少 ${name} 的私钥 ${belongsTo}`, en: `${belongsTo}, the private key of ${name}, is not there` } });
  else if (key.publicKeyFingerprint !== undefined && publicKeyFingerprint !== undefined && key.publicKeyFingerprint !== publicKeyFingerprint) {
    findings.push({ kind: 'keyMismatch', severity: 1, detail: { zh: `${name} 与私钥 ${belongsTo} 不匹配`, en: `${name} does not belong to ${belongsTo}` } });
  }
  return findings;
}

function judgeTime(credential: Credential, others: readonly Credential[], now: Date, { alarmDays }: WatchPolicy): Finding[] {
  const { kind, problem, notBefore, notAfter, name, group } = credential;
  if (problem !== undefined) return [];
  const peers = group === undefined ? [] : others.filter((other) => other.group === group && other.problem === undefined);
  if (notBefore !== undefined && Date.parse(notBefore) > now.getTime() && !peers.some((peer) => isValidAt(peer, now))) return [{ kind: 'notYetValid', severity: 1, detail: { zh: `${name} 自北京时间 ${inBeijing(notBefore)} 起生效`, en: `${name} holds from ${inBeijing(notBefore)} Beijing time on` } }];
  if (notAfter === undefined) return kind === 'certificate' ? [{ kind: 'expiryUnknown', severity: 3, detail: { zh: `${name} 的到期时间未知`, en: `nobody here knows when ${name} ends` } }] : [];
  const endsAt = Date.parse(notAfter);
  // While a rotation overlaps, the one that ends last decides.
  if (peers.some((peer) => peer.notAfter !== undefined && Date.parse(peer.notAfter) > endsAt && (peer.notBefore === undefined || Date.parse(peer.notBefore) <= Math.max(endsAt, now.getTime())))) return [];
  const leftMs = endsAt - now.getTime();
  if (leftMs <= 0) return [{ kind: 'expired', severity: 1, detail: { zh: `${name} 已于北京时间 ${inBeijing(notAfter)} 到期`, en: `${name} ended at ${inBeijing(notAfter)} Beijing time` } }];
  const threshold = alarmDays.toSorted((left, right) => left - right).find((days) => leftMs <= days * DAY_MS);
  return threshold === undefined ? [] : [{ kind: 'expiring', severity: severityOf(threshold), thresholdDays: threshold, detail: { zh: `${name} 将于北京时间 ${inBeijing(notAfter)} 到期`, en: `${name} ends at ${inBeijing(notAfter)} Beijing time` } }];
}

function judgeAge({ kind, name, problem }: Credential, since: Date, now: Date, { sharedSecretDays }: WatchPolicy): Finding[] {
  if (kind !== 'sharedSecret' || problem !== undefined || sharedSecretDays === undefined || now.getTime() - since.getTime() < sharedSecretDays * DAY_MS) return [];
  return [{ kind: 'old', severity: 3, detail: { zh: `${name} 自北京时间 ${inBeijing(since.toISOString())} 起未更换`, en: `${name} has not changed since ${inBeijing(since.toISOString())} Beijing time` } }];
}

/** A week is what a new merchant certificate takes where an office has to stamp something. */
function severityOf(days: number): AlarmSeverity {
  return days <= 7 ? 1 : days <= 30 ? 2 : 3;
}

function isValidAt({ notBefore, notAfter }: Credential, now: Date): boolean {
  return (notBefore === undefined || Date.parse(notBefore) <= now.getTime()) && (notAfter === undefined || now.getTime() < Date.parse(notAfter));
}

/** An end at 05:00 in the hospital is an end of the evening before in UTC. */
function inBeijing(time: string): string {
  return beijingTime(time).slice(0, 16);
}

function plainSerial(serial: string): string {
  return serial.toUpperCase().replace(/^0+/, '');
}
