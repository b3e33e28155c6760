import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Credential } from '@hospay/plugin-sdk';
import type { Log } from '@hospay/server/domain/log.js';
import { openPlatformDatabase, type PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { createCertificateWatch, type CertificateWatch } from '@hospay/server/monitoring/certificate-watch.js';
import { observeCertificates } from '@hospay/server/monitoring/observe-certificates.js';
import type { CredentialAlarm, CredentialReading } from '@hospay/server/monitoring/ports.js';
import { createHealth } from '@hospay/server/operations/health.js';
import { createMetrics } from '@hospay/server/operations/metrics.js';
import { DAY_MS, sampleCertificate } from './console-certificates.js';

const START = new Date('2026-03-02T22:00:00Z');

test('over a year of days each threshold is raised once, the graver takes the place of the other, and a restart raises none again', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('merchantCertificatePem', START, 65)]);
  const raised: [number, string, number | undefined][] = [];
  for (let day = 0; day <= 70; day += 1) {
    // A restart every third day: the same database under new code.
    if (day % 3 === 0) await house.restart();
    await house.watch.checkNow();
    await house.watch.checkNow();
    for (const alarm of await house.watch.openAlarms()) if (!raised.some(([, kind, threshold]) => kind === alarm.kind && threshold === alarm.thresholdDays)) raised.push([day, alarm.kind, alarm.thresholdDays]);
    assert.ok((await house.watch.openAlarms()).length <= 1, 'one alarm of one certificate is open');
    house.later(1);
  }
  assert.deepEqual(raised, [[5, 'expiring', 60], [35, 'expiring', 30], [58, 'expiring', 7], [64, 'expiring', 1], [65, 'expired', undefined]]);
  const all = (await house.watch.alarms()).toReversed();
  assert.deepEqual(all.map(({ kind, thresholdDays, severity, resolvedBy }) => [kind, thresholdDays, severity, resolvedBy]), [
    ['expiring', 60, 3, 'grown'], ['expiring', 30, 2, 'grown'], ['expiring', 7, 1, 'grown'], ['expiring', 1, 1, 'grown'], ['expired', undefined, 1, undefined],
  ]);
});

test('one that is first seen a week before its end raises the week, not the months before', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 6)]);
  assert.deepEqual(await house.check(), [['certificate', 'expiring', 7]]);
});

test('an alarm ends by itself when the certificate was replaced, and the change is remembered with both fingerprints', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 6)]);
  await house.check();
  house.later(1);
  house.list([sampleCertificate('certificate', house.now(), 365, { fingerprint: 'b2'.repeat(32) })]);
  assert.deepEqual(await house.check(), []);
  assert.deepEqual((await house.watch.alarms()).map(({ resolvedBy }) => resolvedBy), ['replaced']);
  const history = await house.watch.history({ owner: 'wechat', name: 'certificate' });
  assert.deepEqual(history.map(({ what, before, after }) => [what, before?.slice(0, 2), after?.slice(0, 2)]), [['replaced', 'a1', 'b2'], ['appeared', undefined, 'a1']]);
  const [stored] = await house.watch.list();
  assert.deepEqual([stored?.firstSeenAt, stored?.since], [START, house.now()]);
});

test('one replaced by another that ends soon too has its own alarms', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 6)]);
  await house.check();
  house.list([sampleCertificate('certificate', START, 5, { fingerprint: 'b2'.repeat(32) })]);
  assert.deepEqual(await house.check(), [['certificate', 'expiring', 7]]);
  assert.equal((await house.watch.alarms()).length, 2);
});

test('while theirs overlap nobody is alarmed; when the successor goes the old one counts again', async (context) => {
  const house = await open(context);
  const old = sampleCertificate('platformCertificate/4A', START, 6, { holder: 'theirs', group: 'platformCertificate' });
  const next = sampleCertificate('platformCertificate/5B', START, 900, { holder: 'theirs', group: 'platformCertificate', fingerprint: 'b2'.repeat(32) });
  house.list([old]);
  assert.deepEqual(await house.check(), [['platformCertificate/4A', 'expiring', 7]]);
  house.list([old, next]);
  assert.deepEqual(await house.check(), [], 'a new certificate of theirs beside the old one surprises nobody');
  house.list([old]);
  assert.deepEqual(await house.check(), [['platformCertificate/4A', 'expiring', 7]], 'the successor is gone, the end is near again');
  house.list([next]);
  assert.deepEqual(await house.check(), []);
  assert.deepEqual((await house.watch.list()).map(({ name, isPresent }) => [name, isPresent]), [['platformCertificate/4A', false], ['platformCertificate/5B', true]]);
});

test('a key of theirs that changed under its name is alarmed until a person confirms it; a rehearsed one is expected', async (context) => {
  const house = await open(context);
  const publicKey = (fingerprint: string): Credential => ({ name: 'verification.publicKeyPem', title: { zh: '公钥', en: 'Key' }, use: { zh: '验签', en: 'verifies' }, holder: 'theirs', kind: 'publicKey', fingerprint });
  house.list([publicKey('a1'.repeat(32))]);
  await house.check();
  house.list([publicKey('b2'.repeat(32))]);
  assert.deepEqual(await house.check(), [['verification.publicKeyPem', 'changed', undefined]]);
  assert.deepEqual(await house.check(), [['verification.publicKeyPem', 'changed', undefined]], 'it stays, and it is one');
  const [alarm] = await house.watch.openAlarms();
  assert.ok(alarm);
  assert.equal((await house.watch.confirm(alarm.id, 'li.admin')).kind, 'ok');
  assert.deepEqual(await house.check(), []);
  assert.deepEqual((await house.watch.alarms()).map(({ resolvedBy }) => resolvedBy), ['user/li.admin']);
  assert.deepEqual(house.audited, ['credentialAlarm.confirm by li.admin']);
  house.rehearsed.add('c3'.repeat(32));
  house.list([publicKey('c3'.repeat(32))]);
  assert.deepEqual(await house.check(), []);
  assert.equal((await house.watch.history({ owner: 'wechat', name: 'verification.publicKeyPem' }))[0]?.wasRehearsed, true);
});

test('only what a person can know is ended by a person: an end is not confirmed away', async (context) => {
  const house = await open(context);
  const { notAfter: _unknown, ...endless } = sampleCertificate('merchantCertificateSerial', START, 1);
  house.list([sampleCertificate('certificate', START, 6), endless]);
  await house.check();
  const confirm = async (name: string) => house.watch.confirm((await house.watch.openAlarms()).find((alarm) => alarm.name === name)?.id ?? 0, 'li.admin');
  assert.equal((await confirm('certificate')).kind, 'refused');
  assert.equal((await confirm('merchantCertificateSerial')).kind, 'ok');
  await house.restart();
  assert.deepEqual(await house.check(), [['certificate', 'expiring', 7]], 'what was confirmed is not raised again for the same certificate');
});

test('a mismatch and what cannot be read are alarmed at once, end when they are well again, and are alarmed anew when they come back', async (context) => {
  const house = await open(context);
  const key = (publicKeyFingerprint: string): Credential => ({ name: 'key', title: { zh: '私钥', en: 'Key' }, use: { zh: '签名', en: 'signs' }, holder: 'ours', kind: 'privateKey', fingerprint: publicKeyFingerprint, publicKeyFingerprint });
  const paired = sampleCertificate('certificate', START, 400, { belongsTo: 'key', publicKeyFingerprint: 'd4'.repeat(32) });
  house.list([paired, key('e5'.repeat(32))]);
  assert.deepEqual(await house.check(), [['certificate', 'keyMismatch', undefined]]);
  house.list([paired, key('d4'.repeat(32))]);
  assert.deepEqual(await house.check(), []);
  house.later(1);
  house.list([paired, key('e5'.repeat(32))]);
  assert.deepEqual(await house.check(), [['certificate', 'keyMismatch', undefined]]);
  house.list([{ ...paired, problem: 'unreadable' }, key('d4'.repeat(32))]);
  assert.deepEqual(await house.check(), [['certificate', 'unreadable', undefined]]);
});

test('a plugin that does not run, or does not answer, loses nothing of what it had listed; what its settings show is told all the same', async (context) => {
  const house = await open(context);
  const [own, downloaded] = [sampleCertificate('certificate', START, 40), sampleCertificate('downloaded', START, 3, { holder: 'theirs' })];
  house.list([own, downloaded]);
  assert.deepEqual(await house.check(), [['certificate', 'expiring', 60], ['downloaded', 'expiring', 7]]);
  house.later(15);
  house.readings = [{ owner: 'wechat', credentials: [own], isComplete: false, problem: 'no answer before the deadline' }];
  assert.deepEqual(await house.check(), [['', 'notListed', undefined], ['certificate', 'expiring', 30], ['downloaded', 'expiring', 7]]);
  assert.ok((await house.watch.list()).every(({ isPresent }) => isPresent));
  house.list([own, sampleCertificate('downloaded', START, 900, { holder: 'theirs', fingerprint: 'b2'.repeat(32) })]);
  assert.deepEqual(await house.check(), [['certificate', 'expiring', 30], ['downloaded', 'changed', undefined]]);
});

test('what has not changed is written once an hour at most', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 400)]);
  await house.check();
  const seenAt = async (): Promise<number> => ((await house.watch.list())[0]?.lastSeenAt.getTime() ?? 0) - START.getTime();
  house.later(1 / 1_440);
  await house.check();
  assert.equal(await seenAt(), 0);
  house.later(1 / 24);
  await house.check();
  assert.ok((await seenAt()) > 0);
});

test('an instance that is removed takes its alarms with it', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 6)]);
  await house.check();
  house.readings = [];
  assert.deepEqual(await house.check(), []);
  assert.deepEqual((await house.watch.alarms()).map(({ resolvedBy }) => resolvedBy), ['gone']);
});

test('monitoring systems see seconds to the end and open alarms; readiness is degraded, never failed', async (context) => {
  const house = await open(context);
  const [metrics, health] = [createMetrics(), createHealth({ timers: { after: () => ({ cancel() {} }) } })];
  observeCertificates({ metrics, health, latest: () => house.watch.latest(), clock: { now: house.now } });
  house.list([sampleCertificate('certificate', START, 6)]);
  await house.check();
  house.later(1);
  assert.match((await metrics.page()).text, /hospay_credential_expires_seconds\{owner="wechat",name="certificate",holder="ours",kind="certificate"\} 432000\n/);
  assert.match((await metrics.page()).text, /hospay_credential_alarms_open\{severity="1"\} 1\n/);
  assert.deepEqual(await health.ready(), { ok: true, degraded: true, checks: [{ name: 'keys and certificates', ok: false, reason: 'wechat certificate: expiring' }] });
  house.readings = [];
  await house.check();
  assert.doesNotMatch((await metrics.page()).text, /hospay_credential_expires_seconds\{/, 'what is gone is not measured any more');
  assert.equal((await health.ready()).degraded, false);
});

test('many changes at once are one check, soon after; none after the stop', async (context) => {
  const house = await open(context);
  house.list([sampleCertificate('certificate', START, 6)]);
  house.watch.start();
  house.watch.nudge();
  house.watch.nudge();
  assert.equal(house.armed.length, 1);
  house.armed[0]?.();
  await house.settled();
  assert.equal((await house.watch.openAlarms()).length, 1);
  await house.watch.stop();
  house.watch.nudge();
  assert.equal(house.armed.length, 1);
});


/** The watch over a real database in a folder of its own; the clock is the test's. */
async function open(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-watch-'));
  let now = START;
  const clock = { now: () => now };
  let database: PlatformDatabase | undefined;
  const audited: string[] = [];
  const armed: (() => void)[] = [];
  const logged: string[] = [];
  const log = collecting(logged);
  context.after(async () => {
    await database?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = async (): Promise<CertificateWatch> => {
    await database?.close();
    database = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log });
    return createCertificateWatch({
      sources: [{ read: () => Promise.resolve(house.readings) }], store: database.credentials, rehearsedFingerprints: () => Promise.resolve(house.rehearsed), policy: { alarmDays: [60, 30, 7, 1], sharedSecretDays: undefined },
      clock, log, audit: { record: ({ who, what }) => { audited.push(`${what} by ${who}`); return Promise.resolve(); } }, timers: { after: (_ms, task) => { armed.push(task); return { cancel() {} }; } },
    });
  };
  const house: {
    watch: CertificateWatch; readings: readonly CredentialReading[]; readonly rehearsed: Set<string>; readonly audited: readonly string[]; readonly armed: readonly (() => void)[]; readonly now: () => Date;
    later(days: number): void; list(credentials: readonly Credential[]): void; restart(): Promise<void>; settled(): Promise<void>; check(): Promise<[string, CredentialAlarm['kind'], number | undefined][]>;
  } = {
    watch: await Promise.resolve().then(() => start()),
    readings: [],
    rehearsed: new Set(),
    audited,
    armed,
    now: () => now,
    later(days) { now = new Date(now.getTime() + days * DAY_MS); },
    list(credentials) { house.readings = [{ owner: 'wechat', credentials, isComplete: true, problem: undefined }]; },
    async restart() { house.watch = await start(); },
    async settled() { await house.watch.stop(); house.watch = await start(); },
    async check() {
      await house.watch.checkNow();
      return (await house.watch.openAlarms()).map(({ name, kind, thresholdDays }): [string, CredentialAlarm['kind'], number | undefined] => [name, kind, thresholdDays]).toSorted(([left], [right]) => (left < right ? -1 : 1));
    },
  };
  return house;
}

function collecting(lines: string[]): Log {
  const keep = (message: string, facts?: object): void => { lines.push(`${message} ${JSON.stringify(facts ?? {})}`); };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  return log;
}

