/** A data folder as a running platform has it: real databases with real payments in them, files, keys, and a worker that takes sets of it into folders. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackupDesk } from '@hospay/server/backups/backup-desk.js';
import type { BackupTarget, ContinuousBackup, Fence, RecipientView } from '@hospay/server/backups/ports.js';
import { makeSetName, shortIdOf } from '@hospay/server/backups/set-name.js';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { makeIdentityFile, openOwnIdentity, readIdentities } from '@hospay/server/edges/backups/age-keys.js';
import { TARGET_MARK } from '@hospay/server/backups/ports.js';
import { folderTarget } from '@hospay/server/edges/backups/folder-target.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { openPluginStoreFile } from '@hospay/server/edges/database/plugin-store.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createAuditLog } from '@hospay/server/operations/audit-log.js';
import { witnessFile } from '@hospay/server/operations/witness-file.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { createBackupWorker, type BackupWorkerParts } from '@hospay/server/platform-backup-worker.js';
import { createIncrementWorker, type IncrementWorkerParts } from '@hospay/server/platform-increments-worker.js';
import { sampleQuote, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

export type BackupBench = Awaited<ReturnType<typeof buildBackupBench>>;

export async function buildBackupBench() {
  const root = mkdtempSync(join(tmpdir(), 'hospay-backup-'));
  const [dataFolder, configFolder, usb, nas] = [join(root, 'data'), join(root, 'config'), join(root, 'usb'), join(root, 'nas')];
  for (const folder of [dataFolder, join(dataFolder, 'statements/2026-11-19'), join(dataFolder, 'logs'), join(dataFolder, 'exports'), join(configFolder, 'profiles'), usb, nas]) mkdirSync(folder, { recursive: true });
  for (const folder of [usb, nas]) writeFileSync(join(folder, TARGET_MARK), '');
  writeFileSync(join(configFolder, 'profiles/house.yaml'), 'hospital: { id: demo }\n');
  writeFileSync(join(dataFolder, 'statements/2026-11-19/wechat.gz'), randomBytes(200_000));
  writeFileSync(join(dataFolder, 'logs/hospay.log'), 'a line\n');
  writeFileSync(join(dataFolder, 'exports/ABCDEFGHIJ.csv'), 'rows\n');
  let now = new Date('2026-11-20T01:00:00.000Z');
  const clock = { now: () => now };
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), nextInt: (limit: number) => randomBytes(4).readUInt32LE() % limit };
  const store = new SqliteMoneyStore({ file: join(dataFolder, 'money.sqlite') });
  const plugins = openPluginStoreFile(join(dataFolder, 'plugins.sqlite'));
  await plugins.open('wechat').put('cursor', { at: 1 });
  const platform = await openPlatformDatabase({ dataFolder, hospital: 'demo', clock, log: SILENT_LOG });
  await platform.applications.add({ id: 'app', title: '医院 APP', secret: 'a-secret-of-the-hospital-app-0123456789', permissions: ['read'] }, now);
  const audit = createAuditLog({ store: platform.auditEvents, witness: witnessFile(join(dataFolder, 'audit-witness')), clock });
  const acts: AuditAct[] = [];
  const told = { record: async (act: AuditAct) => { acts.push(act); await audit.record(act); } };
  await told.record({ who: 'test', what: 'test.begin', object: 'bench' });
  const own = await openOwnIdentity(join(dataFolder, 'keys/backup-identity.txt'));
  const safeFile = join(root, 'safe.txt');
  const safe = await makeIdentityFile(safeFile, 'in the safe');

  const channel = new ScriptedChannel();
  const hospital = new ScriptedHospital();
  const ports: PaymentPorts = {
    store, presettlements: store.presettlements, channels: { find: () => channel, choose: () => channel }, hospitals: { find: () => hospital }, clock, random, policy: DEFAULT_PAYMENT_POLICY, reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const owner = { kind: 'terminal', id: 'kiosk-1' } as const;
  const pay = async (quoteId: string) => {
    await store.saveQuote(sampleQuote(quoteId, now));
    const created = await createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: `key-${quoteId}`, requestHash: quoteId }, quoteId, amountFen: 10_000, method: 'nativeQr', description: '门诊缴费' });
    if (created.kind === 'refused') throw new Error(`payment refused: ${created.code}`);
    return created.value;
  };
  const recipients: readonly RecipientView[] = [{ recipient: own.recipient, shortId: shortIdOf(own.recipient), title: '', isOwn: true }, { recipient: safe, shortId: shortIdOf(safe), title: '信息科保险柜', isOwn: false }];
  const parts = { dataFolder, configFolder, hospital: 'demo', profile: 'house', version: '0.1.0', except: [], recipients: recipients.map(({ recipient }) => recipient), identity: own.identity, reserveBytes: 1_048_576 };
  const targetAt = (id: string, folder: string): BackupTarget => folderTarget({ id, folder, hospital: 'demo' });
  const targets = [targetAt('usb', usb), targetAt('nas', nas)];
  const workerWith = (set: Partial<BackupWorkerParts> = {}) => createBackupWorker({ ...parts, targets, ...set });
  return {
    root, dataFolder, configFolder, usb, nas, store, platform, clock, channel, hospital, ports, owner, own, safe, safeFile, acts, audit, targets, targetAt, workerWith, pay, recipients,
    identities: async () => (await readIdentities(safeFile)).map(({ identity }) => identity),
    incrementsWith: (set: Partial<IncrementWorkerParts> = {}) => createIncrementWorker({ ...parts, targets, mostWaitingBytes: 50_000_000, ...set }),
    deskWith: ({ fence, continuous, streams = new Set(), ...set }: Partial<BackupWorkerParts> & { readonly fence?: Fence; readonly continuous?: ContinuousBackup; readonly streams?: ReadonlySet<string> } = {}, keep = { daily: 3, weekly: 2, monthly: 2 }) =>
      createBackupDesk({ hospitalId: 'demo', worker: workerWith(set), rows: platform.backups, targets: set.targets ?? targets, recipients, keep, fence, continuous: () => continuous, streams: () => streams, clock, timers: SYSTEM_TIMERS, audit: told, log: SILENT_LOG }),
    setName: () => makeSetName({ hospital: 'demo', takenAt: now, recipients: parts.recipients }),
    later(seconds: number) { now = new Date(now.getTime() + seconds * 1_000); },
    async payAndConfirm(quoteId: string) {
      const order = await pay(quoteId);
      now = new Date(now.getTime() + 10_000);
      channel.queryAnswers = [{ kind: 'succeeded', tradeNo: order.payments[0]?.paymentNo ?? '', merchantNo: channel.merchantNo, amountFen: order.amountFen, channelTradeNo: `4200${order.tradeNo.slice(-9)}`, paidAt: now.toISOString() }];
      for (const [kind, run] of [['advancePayment', advancePayment], ['confirmOrder', confirmOrder]] as const) {
        for (const job of await store.claimJobs({ kinds: [kind], owner: 'test', now, leaseMs: 1, limit: 20 })) await run(ports, job);
      }
      return order;
    },
    async stop() {
      await store.close();
      plugins.close();
      await platform.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
