/**
 * Whole days of a hospital over the real protocols: WeChat Pay, Alipay and the HIS (TDS) as simulators, their production plugins behind the production host, the real
 * money store and use cases. Only the clock is the test's.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { fileArchive } from '@hospay/server/edges/files/file-archive.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { createReconciliationDesk } from '@hospay/server/reconciliation/reconciliation-desk.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { ROOT } from '../architecture/source-files.js';
import { startAlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { defaultLogin, startHisSimulator } from '../simulators/his/his-simulator.js';
import { startWechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { alipaySettings } from './channel-alipay-subject.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { reconciliationOver } from './reconciliation-parts.js';

export type ChannelId = 'wechat' | 'alipay';
export type Taken = { readonly tradeNo: string; readonly paymentNo: string; readonly amountFen: number; readonly channel: ChannelId };
export type ReconciliationStand = Awaited<ReturnType<typeof startReconciliationStand>>;

const OWNER = { kind: 'terminal', id: 'kiosk-1' } as const;
const PATIENT = 'P0000002';

export async function startReconciliationStand(context: TestContext, { from = '2026-11-20T01:00:00Z', waitsForBills = false }: { readonly from?: string; readonly waitsForBills?: boolean } = {}) {
  // WeChat Pay's own library signs with the machine's time, so that is the one that is moved.
  const { timers } = context.mock;
  timers.enable({ apis: ['Date'], now: new Date(from) });
  const clock = { now: () => new Date(), set: (iso: string) => { timers.setTime(Date.parse(iso)); }, advance: (seconds: number) => { timers.setTime(Date.now() + seconds * 1_000); } };
  const folder = mkdtempSync(join(tmpdir(), 'hospay-reconciliation-'));
  const billsReadyAtOnceForTests = !waitsForBills;
  const [wechat, alipay, his] = await Promise.all([
    startWechatPaySimulator({ now: clock.now, billsReadyAtOnceForTests, notificationRetryGapsMs: [], openingBalanceFen: 1_000_000, feeRateBasisPoints: 60 }),
    startAlipaySimulator({ now: clock.now, billsReadyAtOnceForTests, notificationRetryGapsMs: [], openingBalanceFen: 1_000_000 }),
    startHisSimulator({ now: clock.now }),
  ]);
  const host = createPluginHost({ folders: [join(ROOT, 'plugins/channels'), join(ROOT, 'hospital-adapters')], clock, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => true, timers: SYSTEM_TIMERS });
  const store = memoryMoneyStore();
  context.after(async () => {
    await host.stop();
    await Promise.all([wechat.stop(), alipay.stop(), his.stop(), store.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  host.discover();
  await activate(host, { wechat, alipay, his });

  const find = (id: string) => host.channel(id);
  const hospital = () => {
    const guest = host.hospitalAdapter('his');
    assert.ok(guest !== undefined);
    return guest;
  };
  const ports: PaymentPorts = {
    store, presettlements: store.presettlements, channels: { find, choose: ({ wanted }) => find(wanted ?? 'wechat') }, hospitals: { find: (id) => (id === 'demo' ? hospital() : undefined) }, clock, random: SYSTEM_RANDOM,
    policy: DEFAULT_PAYMENT_POLICY, reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const audited: AuditAct[] = [];
  const desk = createReconciliationDesk({
    contracts: [],
    ...reconciliationOver(store.reconciliation), channels: ports.channels, hospitals: ports.hospitals, hospitalId: 'demo', sources: () => [{ source: 'wechat', channels: ['wechat'] }, { source: 'alipay', channels: ['alipay'] }],
    archive: fileArchive(join(folder, 'statements')), clock, log: SILENT_LOG, audit: { record: (act) => { audited.push(act); return Promise.resolve(); } },
  });

  /** Runs what is due, until nothing is. */
  const work = async (): Promise<void> => {
    for (let round = 0; round < 50; round += 1) {
      const jobs = await store.claimJobs({ kinds: ['advancePayment', 'confirmOrder', 'advanceRefund'], owner: 'stand', now: clock.now(), leaseMs: 60_000, limit: 20 });
      if (jobs.length === 0) return;
      for (const job of jobs) await (job.kind === 'advancePayment' ? advancePayment(ports, job) : job.kind === 'confirmOrder' ? confirmOrder(ports, job) : advanceRefund(ports, job));
    }
    throw new Error('jobs never end');
  };
  let bills = 0;
  const newQuote = async (amountFen: number) => {
    const billNo = await his.hospital.addBill({ patientId: PATIENT, lines: [{ itemName: '阿莫西林胶囊', priceFen: amountFen }] });
    const quote = await quoteBills({ hospitals: ports.hospitals, clock, random: SYSTEM_RANDOM, saveQuote: (stored) => store.saveQuote(stored) }, { hospitalId: 'demo', owner: OWNER, patientId: PATIENT, patientLabel: '测*', billNos: [billNo] });
    assert.ok(quote.kind === 'ok', JSON.stringify(quote));
    return { billNo, quoteId: quote.value.quoteId };
  };
  /** From a bill to a code on the screen. */
  const take = async (channel: ChannelId, amountFen: number): Promise<Taken> => {
    bills += 1;
    const { quoteId } = await newQuote(amountFen);
    const order = await createPayment(ports, { owner: OWNER, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: `bill-${String(bills)}`, requestHash: quoteId }, quoteId, amountFen, method: 'nativeQr', description: '门诊缴费', channel });
    assert.ok(order.kind === 'ok', JSON.stringify(order));
    return { tradeNo: order.value.tradeNo, paymentNo: order.value.payments[0]?.paymentNo ?? '', amountFen, channel };
  };
  const pay = (channel: ChannelId, paymentNo: string): void => { if (channel === 'wechat') wechat.pay(paymentNo); else alipay.pay(paymentNo); };
  /** And on to a booked order. */
  const takePaid = async (channel: ChannelId, amountFen: number): Promise<Taken> => {
    const taken = await take(channel, amountFen);
    pay(channel, taken.paymentNo);
    await findOrder(ports, { owner: OWNER, tradeNo: taken.tradeNo, freshness: 'fresh' });
    await work();
    return taken;
  };
  const refund = async (of: Taken, refundFen: number): Promise<string> => {
    const asked = await requestRefund(ports, { tradeNo: of.tradeNo, refundFen, reason: '退费', requestedBy: 'user/test', idempotency: { tenant: 'user/test', key: `refund-${of.tradeNo}-${String(refundFen)}`, requestHash: String(refundFen) } });
    assert.ok(asked.kind === 'ok', JSON.stringify(asked));
    await work();
    clock.advance(120);
    await work();
    return asked.value.refund.refundNo;
  };
  /** A payment at the channel that no order of ours stands behind, by its number. */
  const chargeBeside = async (channel: ChannelId, paymentNo: string, amountFen: number): Promise<void> => {
    const charged = await find(channel)?.charge({ tradeNo: paymentNo, amountFen, description: '门诊缴费', method: 'nativeQr', submittedAt: clock.now().toISOString(), expiresAt: new Date(Date.now() + 300_000).toISOString() });
    assert.equal(charged?.kind, 'pending', JSON.stringify(charged));
    pay(channel, paymentNo);
  };
  /** And back, as from the channel's own console. */
  const refundBeside = async (channel: ChannelId, { paymentNo, amountFen, paidAt, refundNo }: { readonly paymentNo: string; readonly amountFen: number; readonly paidAt: string; readonly refundNo: string }): Promise<void> => {
    const outcome = await find(channel)?.refund({ refundNo, submittedAt: clock.now().toISOString(), refundFen: amountFen, reason: '退费', payment: { tradeNo: paymentNo, submittedAt: paidAt, amountFen, method: 'nativeQr', paidAt } });
    assert.ok(outcome?.kind === 'processing' || outcome?.kind === 'succeeded', JSON.stringify(outcome));
  };
  const states = async (day: string) => Object.fromEntries((await desk.runDay({ day, by: 'user/test' })).map(({ comparison, source, state }) => [`${comparison}/${source}`, state]));
  /** Differences of a day by class, with what became of them. */
  const differences = (comparison: 'channel' | 'hospital' | 'settlement', source: string, day: string) => desk.listDifferences({ comparison, source, day }).map(({ class: found, kind, key, settledHow }) => [found, kind, key, ...(settledHow === undefined ? [] : [settledHow])]);
  const cases = () => store.database.prepare('SELECT kind, subject, severity FROM discrepancy_case WHERE resolved_at IS NULL ORDER BY id').all().map((row) => [row['kind'], row['subject'], row['severity']]);
  return {
    clock, wechat, alipay, his, hospital, store, ports, desk, audited, folder, work, newQuote, take, takePaid, pay, refund, chargeBeside, refundBeside, states, differences, cases,
    ledgerProblems: () => verifyLedger(store.database).problems, order: (tradeNo: string) => store.findOrder(tradeNo),
  };
}

type Simulators = { readonly wechat: Awaited<ReturnType<typeof startWechatPaySimulator>>; readonly alipay: Awaited<ReturnType<typeof startAlipaySimulator>>; readonly his: Awaited<ReturnType<typeof startHisSimulator>> };

async function activate(host: ReturnType<typeof createPluginHost>, { wechat, alipay, his }: Simulators): Promise<void> {
  const credentials = wechat.merchantCredentials;
  const mapping: Record<string, unknown> = JSON.parse(readFileSync(join(ROOT, 'config/hospitals/demo/sqlserver-mapping.json'), 'utf8'));
  const instances = [
    { id: 'his', plugin: 'hospital-adapter-sqlserver', enabled: true, settings: { server: '127.0.0.1', port: his.port, database: his.databaseName, user: defaultLogin.user, password: defaultLogin.password, mapping } },
    {
      id: 'wechat', plugin: 'wechat-pay', enabled: true, merchantNo: credentials.merchantId,
      settings: {
        mchid: credentials.merchantId, appid: credentials.appId, merchantCertificateSerial: credentials.merchantCertificateSerial, merchantPrivateKeyPem: credentials.merchantPrivateKeyPem, apiV3Key: credentials.apiV3Key,
        verification: { mode: 'publicKey', publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem }, baseUrl: wechat.baseUrl, methods: ['nativeQr'],
      },
    },
    { id: 'alipay', plugin: 'alipay', enabled: true, merchantNo: alipay.merchantCredentials.sellerId, settings: alipaySettings(alipay.merchantCredentials, 'publicKey', alipay) },
  ];
  for (const instance of instances) {
    const active = await host.activate(instance);
    assert.equal(active.state, 'active', active.reason);
  }
}
