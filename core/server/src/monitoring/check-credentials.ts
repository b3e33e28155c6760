import { isDeepStrictEqual } from 'node:util';
import type { Credential } from '@hospay/plugin-sdk';
import { shortened, type Bilingual } from '../domain/bilingual.js';
import { heard } from '../domain/own-words.js';
import { judgeCredential, type Finding } from './judge-credential.js';
import type { CheckPorts, CredentialAlarm, CredentialAlarmKind, CredentialEvent, CredentialReading, NewCredentialAlarm, StoredCredential } from './ports.js';

export type CheckReport = { readonly credentials: number; readonly raised: number; readonly resolved: number; readonly open: number };

/**
 * Reads every key and certificate, remembers what changed, raises what is new to raise and ends what has ended. Running it again changes nothing: an occasion has one alarm.
 */
export async function checkCredentials(ports: CheckPorts): Promise<CheckReport> {
  const { sources, store } = ports;
  const readings = (await Promise.all(sources.map((source) => source.read()))).flat();
  const known = await store.list();
  const open = await store.openAlarms();
  const count = { raised: 0, resolved: 0 };
  for (const reading of readings) await checkOwner(ports, reading, known, open, count);
  const owners = new Set(readings.map(({ owner }) => owner));
  for (const credential of known) if (credential.isPresent && !owners.has(credential.owner)) await leave(ports, credential, open, count);
  for (const alarm of open) if (!owners.has(alarm.owner) && alarm.name === '') await end(ports, alarm, 'gone', count);
  return { credentials: readings.reduce((sum, { credentials }) => sum + credentials.length, 0), ...count, open: (await store.openAlarms()).length };
}

type Count = { raised: number; resolved: number };

async function checkOwner(ports: CheckPorts, reading: CredentialReading, known: readonly StoredCredential[], open: readonly CredentialAlarm[], count: Count): Promise<void> {
  const { owner, credentials, isComplete, problem } = reading;
  const rehearsed = await ports.rehearsedFingerprints(owner);
  for (const credential of credentials) {
    const before = known.find((stored) => stored.owner === owner && stored.name === credential.name);
    const { stored, isReplaced } = await remember(ports, owner, isComplete ? credential : inWordsOf(credential, before), before, rehearsed, count);
    const findings = judgeCredential(credential, credentials, { now: ports.clock.now(), since: stored.since, policy: ports.policy });
    const own = open.filter((alarm) => alarm.owner === owner && alarm.name === credential.name);
    // A plugin that does not run may not run because of this very certificate: what its settings show is told, and nothing is ended on half the knowledge.
    if (isComplete) await compareAlarms(ports, stored, findings, own, isReplaced, count);
    else await compareAlarms(ports, stored, findings.filter(({ kind }) => SEEN_IN_SETTINGS.includes(kind)), isReplaced ? own : own.filter(({ kind }) => isAboutItsEnd({ kind }) && findings.some(isAboutItsEnd)), isReplaced, count);
  }
  const names = new Set(credentials.map(({ name }) => name));
  // What a plugin holds beside its settings is not gone because the plugin does not run.
  if (isComplete) for (const stored of known) if (stored.owner === owner && stored.isPresent && !names.has(stored.name)) await leave(ports, stored, open, count);
  const silence = open.find((alarm) => alarm.owner === owner && alarm.kind === 'notListed');
  if (problem === undefined && silence !== undefined) await end(ports, silence, 'cleared', count);
  if (problem !== undefined && silence === undefined) await raise(ports, { owner, name: '' }, { kind: 'notListed', severity: 2, detail: unlisted(problem) }, atThisTime(ports), count);
}

/** Hundreds of terminals are not written again because one plugin was reloaded. */
const SEEN_EVERY_MS = 3_600_000;

/** Writes the row, and an event when something is new. A key of theirs that changed without a rehearsal is alarmed in the same transaction. */
async function remember(ports: CheckPorts, owner: string, credential: Credential, before: StoredCredential | undefined, rehearsed: ReadonlySet<string>, count: Count): Promise<{ readonly stored: StoredCredential; readonly isReplaced: boolean }> {
  const { store, clock, log } = ports;
  const now = clock.now();
  const isReplaced = before?.fingerprint !== undefined && credential.fingerprint !== undefined && before.fingerprint !== credential.fingerprint;
  const told = credential.since === undefined ? undefined : new Date(credential.since);
  const stored: StoredCredential = {
    owner, name: credential.name, titleZh: credential.title.zh, titleEn: credential.title.en, useZh: credential.use.zh, useEn: credential.use.en, holder: credential.holder, kind: credential.kind,
    serial: credential.serial, subject: credential.subject, issuer: credential.issuer, notBefore: dateOf(credential.notBefore), notAfter: dateOf(credential.notAfter),
    fingerprint: credential.fingerprint ?? before?.fingerprint, firstSeenAt: before?.firstSeenAt ?? now, lastSeenAt: now,
    since: before === undefined ? (told ?? now) : isReplaced ? now : before.since, isPresent: true,
  };
  const what = before === undefined ? 'appeared' : isReplaced ? 'replaced' : before.isPresent ? undefined : 'returned';
  const wasRehearsed = credential.fingerprint !== undefined && rehearsed.has(credential.fingerprint);
  const event: CredentialEvent | undefined = what === undefined ? undefined : { owner, name: credential.name, at: now, what, before: before?.fingerprint, after: credential.fingerprint, wasRehearsed };
  const isSurprise = isReplaced && credential.holder === 'theirs' && !wasRehearsed;
  const alarm = isSurprise ? newAlarm(ports, { owner, name: credential.name }, { kind: 'changed', severity: 2, detail: { zh: `指纹由 ${short(before.fingerprint)} 变为 ${short(credential.fingerprint)}，此前没有轮换演练`, en: `it was ${short(before.fingerprint)} and is ${short(credential.fingerprint)}, and no rehearsal had announced it` } }, `${credential.fingerprint}/${atThisTime(ports)}`) : undefined;
  if (event !== undefined || before === undefined || now.getTime() - before.lastSeenAt.getTime() >= SEEN_EVERY_MS || !isDeepStrictEqual({ ...stored, lastSeenAt: before.lastSeenAt }, before)) await store.save({ credential: stored, event, alarm });
  if (event !== undefined) log.info('key or certificate', { owner, item: credential.name, what: event.what, before: short(event.before), after: short(event.after) });
  if (alarm !== undefined) {
    count.raised += 1;
    log.warn('key or certificate alarm', { owner, item: credential.name, alarm: alarm.kind, severity: alarm.severity, detail: alarm.detail.en });
  }
  return { stored, isReplaced };
}

/** Makes the open alarms of one credential those of its findings. */
async function compareAlarms(ports: CheckPorts, { owner, name, fingerprint, serial, since }: StoredCredential, findings: readonly Finding[], open: readonly CredentialAlarm[], isReplaced: boolean, count: Count): Promise<void> {
  // A replaced certificate that is already old has its own occasions.
  for (const alarm of open) {
    if (alarm.kind === 'changed' || (!isReplaced && findings.some((finding) => isSame(alarm, finding)))) continue;
    const hasGrown = !isReplaced && alarm.kind === 'expiring' && findings.some(isAboutItsEnd);
    await end(ports, alarm, isReplaced ? 'replaced' : hasGrown ? 'grown' : 'cleared', count);
  }
  for (const finding of findings) {
    if (!isReplaced && open.some((alarm) => isSame(alarm, finding))) continue;
    const occasion = ONCE_FOR_EACH_FINGERPRINT.includes(finding.kind) ? `${fingerprint ?? serial ?? since.toISOString()}/${String(finding.thresholdDays ?? 0)}` : atThisTime(ports);
    await raise(ports, { owner, name }, finding, occasion, count);
  }
}

function isSame(alarm: CredentialAlarm, finding: Finding): boolean {
  return alarm.kind === finding.kind && alarm.thresholdDays === finding.thresholdDays;
}

function isAboutItsEnd({ kind }: { readonly kind: CredentialAlarmKind }): boolean {
  return kind === 'expiring' || kind === 'expired';
}

const SEEN_IN_SETTINGS: readonly CredentialAlarmKind[] = ['expiring', 'expired', 'unreadable'];

/** The host alone knows less of a credential than its plugin has said before. */
function inWordsOf(credential: Credential, before: StoredCredential | undefined): Credential {
  if (before === undefined) return credential;
  return { ...credential, title: { zh: before.titleZh, en: before.titleEn }, use: { zh: before.useZh, en: before.useEn }, holder: before.holder };
}

/** Their occasion is the credential itself: a restart, or a person who knows, does not bring them back. */
const ONCE_FOR_EACH_FINGERPRINT: readonly CredentialAlarmKind[] = ['expiring', 'expired', 'expiryUnknown', 'old'];

async function leave(ports: CheckPorts, credential: StoredCredential, open: readonly CredentialAlarm[], count: Count): Promise<void> {
  const now = ports.clock.now();
  const { owner, name, fingerprint } = credential;
  await ports.store.save({ credential: { ...credential, isPresent: false }, event: { owner, name, at: now, what: 'gone', before: fingerprint, after: undefined, wasRehearsed: false } });
  ports.log.info('key or certificate', { owner, item: name, what: 'gone', before: short(fingerprint) });
  for (const alarm of open) if (alarm.owner === owner && alarm.name === name) await end(ports, alarm, 'gone', count);
}

async function raise(ports: CheckPorts, of: { readonly owner: string; readonly name: string }, finding: Finding, occasion: string, count: Count): Promise<void> {
  const alarm = newAlarm(ports, of, finding, occasion);
  if (!(await ports.store.raise(alarm))) return;
  count.raised += 1;
  ports.log.warn('key or certificate alarm', { owner: of.owner, item: of.name, alarm: alarm.kind, thresholdDays: alarm.thresholdDays, severity: alarm.severity, detail: alarm.detail.en });
}

async function end({ store, clock, log }: CheckPorts, alarm: CredentialAlarm, by: string, count: Count): Promise<void> {
  await store.resolve(alarm.id, { at: clock.now(), by });
  count.resolved += 1;
  log.info('key or certificate alarm ended', { owner: alarm.owner, item: alarm.name, alarm: alarm.kind, by });
}

function unlisted(problem: string): Bilingual {
  const said = heard(problem);
  return { zh: `插件未能列出其密钥与证书：${said.zh}`, en: `the plugin did not list its keys and certificates: ${said.en}` };
}

/** Both languages stand in one column of 500 characters. */
const LONGEST_DETAIL = 230;

function newAlarm({ clock }: CheckPorts, { owner, name }: { readonly owner: string; readonly name: string }, { kind, severity, thresholdDays, detail }: Finding, occasion: string): NewCredentialAlarm {
  return { owner, name, kind, severity, thresholdDays, detail: shortened(detail, LONGEST_DETAIL), raisedAt: clock.now(), occasion };
}

function atThisTime({ clock }: CheckPorts): string {
  return clock.now().toISOString();
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function short(fingerprint: string | undefined): string | undefined {
  return fingerprint?.slice(0, 16);
}
