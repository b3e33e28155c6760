import assert from 'node:assert/strict';
import { beijingDay, startOfBeijingDay } from '@hospay/plugin-sdk';
import { createCaseDesk } from '@hospay/server/cases/case-desk.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { createArrivalDesk } from '@hospay/server/settlement/arrival-desk.js';
import { createPeriodDesk } from '@hospay/server/settlement/period-desk.js';
import { ledgerRows } from '@hospay/server/edges/database/reports/ledger-rows.js';
import { createReconciliationDesk } from '@hospay/server/reconciliation/reconciliation-desk.js';
import { createRunningDesk } from '@hospay/server/reconciliation/running-desk.js';
import { statementSources } from '@hospay/server/reconciliation/statement-sources.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { NO_CASE_FILES } from '../../contract/no-case-files.js';
import { SeededRandom } from '../random.js';
import { ACCOUNT, AFTER_WORKING_DAYS, LATE_WORKING_DAYS, MonthBank, payerOf } from './month-bank.js';
import { MonthChannel } from './month-channel.js';
import { MonthHospital } from './month-hospital.js';
import { arrivalsWith, calendarWith, policyCutOffsWith, runningWith, sourceCutOffsWith, withPlant, type ReconciliationPlant } from './planted-reconciliation-bugs.js';
import { reconciliationOver } from '../../contract/reconciliation-parts.js';

const OWNER = { kind: 'terminal', id: 'kiosk-1' } as const;
export type Taken = { readonly tradeNo: string; readonly paymentNo: string; readonly amountFen: number; readonly channel: MonthChannel };
export type MonthWorld = ReturnType<typeof openMonthWorld>;

/** One hospital in virtual time: the real money store, use cases and reconciliation; channels and HIS keep books of their own. */
export function openMonthWorld(seed: number, firstDay: string, plant?: ReconciliationPlant) {
  let now = startOfBeijingDay(firstDay);
  const clock = { now: () => now };
  const random = new SeededRandom(seed, 'month');
  const store = new SqliteMoneyStore({ file: ':memory:', soon: (flush) => { queueMicrotask(flush); } });
  if (plant === 'provisionalStays') store.database.exec('DROP TRIGGER running_check_superseded');
  const channels = [
    new MonthChannel('wechat', { merchantNo: '1900000001', feeMilliFenPerYuan: 6, now: clock.now }),
    // Its day ends while orders are taken.
    new MonthChannel('alipay', { merchantNo: '2088000001', feeMilliFenPerYuan: 3, closesAt: 18, now: clock.now }),
  ] as const;
  const hospital = new MonthHospital(clock.now);
  const find = (id: string) => channels.find((channel) => channel.id === id);
  const cutOffs = Object.fromEntries(channels.flatMap(({ id, cutOff }) => (cutOff === undefined ? [] : [[id, cutOff]])));
  const sources = () => statementSources(channels.map(({ id }) => ({ id, plugin: id })), (id) => find(id)?.merchantNo, sourceCutOffsWith(plant, cutOffs));
  const ports: PaymentPorts = {
    store, presettlements: store.presettlements, channels: { find, choose: ({ wanted }) => find(wanted ?? 'wechat') }, hospitals: { find: () => hospital }, clock, random,
    policy: { ...DEFAULT_PAYMENT_POLICY, cutOffs: policyCutOffsWith(plant, cutOffs) }, reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const audit = { record: () => Promise.resolve() };
  const bank = new MonthBank(channels, store);
  const rules = channels.map((channel) => ({ source: channel.id, channels: [channel.id], account: ACCOUNT, payers: [payerOf(channel)], afterWorkingDays: AFTER_WORKING_DAYS, lateWorkingDays: LATE_WORKING_DAYS }));
  const arrivals = createArrivalDesk({ arrivals: arrivalsWith(store.arrivalsOf('demo'), plant), rules: () => rules, calendar: calendarWith(plant), clock, audit });
  const desk = createReconciliationDesk({
    contracts: channels.map(({ id, feeMilliFenPerYuan }) => ({ source: id, from: firstDay, rateMillionths: feeMilliFenPerYuan * 10, refundsFee: true })),
    ...reconciliationOver(plant === undefined ? store.reconciliation : withPlant(store.reconciliation, plant)), channels: ports.channels, hospitals: ports.hospitals, hospitalId: 'demo', sources,
    clock, log: SILENT_LOG, audit,
  });

  const running = createRunningDesk({
    ended: store.running, running: runningWith(store.running, store.reconciliation, plant), money: store, engine: reconciliationOver(store.reconciliation).engine, channels: ports.channels, hospitals: ports.hospitals, hospitalId: 'demo', sources,
    isHealthy: () => true, policy: ports.policy, clock, random, marginMs: 600_000, breathe: () => Promise.resolve(), reasonToSpareHis: () => undefined, listChecks: () => store.running.listChecks(),
  });

  /** Runs what is due, until nothing is. */
  const work = async (): Promise<void> => {
    for (;;) {
      const jobs = await store.claimJobs({ kinds: ['advancePayment', 'confirmOrder', 'advanceRefund'], owner: 'month', now, leaseMs: 60_000, limit: 200 });
      if (jobs.length === 0) return;
      await Promise.all(jobs.map((job) => (job.kind === 'advancePayment' ? advancePayment(ports, job) : job.kind === 'confirmOrder' ? confirmOrder(ports, job) : advanceRefund(ports, job))));
    }
  };
  const advance = (seconds: number): void => { now = new Date(now.getTime() + seconds * 1_000); };
  let bills = 0;
  /** A bill, its price, and a code on the screen. `before` is told the number while nothing is paid. */
  const take = async (channel: MonthChannel, amountFen: number): Promise<Taken> => {
    bills += 1;
    const billNo = `B${String(bills)}`;
    hospital.bills.set(billNo, amountFen);
    const quote = await quoteBills({ hospitals: ports.hospitals, clock, random, saveQuote: (stored) => store.saveQuote(stored) }, { hospitalId: 'demo', owner: OWNER, patientId: `P${String(bills)}`, patientLabel: '测*', billNos: [billNo] });
    assert.ok(quote.kind === 'ok', JSON.stringify(quote));
    hospital.bills.delete(billNo);
    const order = await createPayment(ports, { owner: OWNER, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: billNo, requestHash: quote.value.quoteId }, quoteId: quote.value.quoteId, amountFen, method: 'nativeQr', description: '门诊缴费', channel: channel.id });
    assert.ok(order.kind === 'ok', JSON.stringify(order));
    return { tradeNo: order.value.tradeNo, paymentNo: order.value.payments[0]?.paymentNo ?? '', amountFen, channel };
  };
  /** The patient scans, and somebody asks. */
  const pay = async ({ channel, paymentNo, tradeNo }: Taken): Promise<void> => {
    channel.pay(paymentNo);
    await findOrder(ports, { owner: OWNER, tradeNo, freshness: 'fresh' });
  };
  const refund = async ({ tradeNo }: Taken, refundFen: number): Promise<string> => {
    const asked = await requestRefund(ports, { tradeNo, refundFen, reason: '退费', requestedBy: 'user/month', idempotency: { tenant: 'user/month', key: `refund-${tradeNo}`, requestHash: String(refundFen) } });
    assert.ok(asked.kind === 'ok', JSON.stringify(asked));
    await work();
    advance(90);
    await work();
    return asked.value.refund.refundNo;
  };
  const periods = createPeriodDesk({
    periods: store.periods, ledger: (range) => Promise.resolve(ledgerRows(store.database, range)), days: (range) => desk.listDays(range), sources, tellsDays: () => true, hospitalId: 'demo', clock, audit,
  });
  return {
    store, channels, hospital, bank, desk, running, arrivals, periods, cases: createCaseDesk({ cases: store.cases, files: NO_CASE_FILES, audit, clock }), random, clock, work, take, pay, refund, advance,
    setTime: (day: string, hours: number) => { now = new Date(startOfBeijingDay(day).getTime() + hours * 3_600_000); },
    today: () => beijingDay(now),
  };
}
