/** The insurance leg over the real use cases and store, with a centre, a channel and a HIS whose answers a test writes down. New for each test; after each the books must be whole. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import { fen, type ChargeOutcome, type HisResult, type InsuranceDetails } from '@hospay/plugin-sdk';
import { checkOrder, checkWholeLedger, type ClearBalance } from '@hospay/server/domain/invariants.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import type { JobKind } from '@hospay/server/domain/order-change.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { advancePresettlement } from '@hospay/server/insurance/advance-presettlement.js';
import type { InsurancePorts } from '@hospay/server/insurance/ports.js';
import type { PresettleRequest } from '@hospay/server/insurance/ports.js';
import { presettle } from '@hospay/server/insurance/presettle.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { advanceTender } from '@hospay/server/payments/advance-tender.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { CreatePaymentRequest, PaymentPorts } from '@hospay/server/payments/ports.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { tellInsuranceRefund } from '@hospay/server/refunds/tell-insurance-refund.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { sampleDetails, sampleQuote, ScriptedCentre, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

export const owner = { kind: 'terminal', id: 'kiosk-1' } as const;
export const TOTAL = 10_000;

/** Settles what is pre-settled, as the insurance does, unless a test says otherwise. */
class InsuranceChannel extends ScriptedChannel {
  readonly refundsWholeOnly = true;
  override charge(request: { readonly tradeNo: string; readonly amountFen?: number }): Promise<ChargeOutcome> {
    this.chargeAnswers.push(settled(request.tradeNo, request.amountFen ?? 0));
    return super.charge(request);
  }
}
export const settled = (tradeNo: string, amountFen: number, split: { fundFen: number; accountFen: number } | undefined = { fundFen: 6_000, accountFen: amountFen - 6_000 }): Extract<ChargeOutcome, { kind: 'succeeded' }> => ({
  kind: 'succeeded', tradeNo, merchantNo: '1900000001', amountFen, channelTradeNo: `SL-${tradeNo}`, paidAt: now.toISOString(), ...(split === undefined ? {} : { insuranceSplit: split }),
});

class InsuredHospital extends ScriptedHospital {
  details = sampleDetails(TOTAL);
  readonly confirmed: unknown[] = [];
  insuranceDetails(): Promise<HisResult<InsuranceDetails>> {
    return Promise.resolve({ kind: 'ok', value: this.details });
  }
  override confirm(request: Parameters<ScriptedHospital['confirm']>[0]): ReturnType<ScriptedHospital['confirm']> {
    this.confirmed.push(request.insurance);
    return super.confirm(request);
  }
}

export let store: SqliteMoneyStore;
export let insurance: InsuranceChannel;
export let wallet: ScriptedChannel;
export let centre: ScriptedCentre;
export let hospital: InsuredHospital;
export let now: Date;
export let ports: PaymentPorts & InsurancePorts;

/** To be called at the top of a test file: the hooks are that file's. */
export function newStandForEachTest(): void {
  beforeEach(() => {
    store = memoryMoneyStore();
    insurance = new InsuranceChannel();
    Object.assign(insurance, { id: 'insurance', methods: ['medicalInsurance'] });
    wallet = new ScriptedChannel();
    centre = new ScriptedCentre();
    hospital = new InsuredHospital();
    now = new Date('2026-11-20T01:00:00Z');
    let seed = 0;
    ports = {
      store,
      presettlements: store.presettlements,
      channels: { find: (id) => (id === 'insurance' ? insurance : wallet), choose: ({ method }) => (method === 'medicalInsurance' ? insurance : wallet) },
      centres: { find: (id) => (id === 'insurance' ? centre : undefined) },
      hospitals: { find: () => hospital },
      clock: { now: () => now },
      random: { bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 31 + 7) % 251)), nextInt: () => 0 },
      policy: DEFAULT_PAYMENT_POLICY,
      reasonToRefuse: () => undefined,
      notifyUrl: () => undefined,
      ownerNotifier: { tell: () => Promise.resolve(true) },
    };
  });
  afterEach(async () => {
    // Whatever happened in between: the books are whole and agree with the orders.
    assert.deepEqual(verifyLedger(store.database).problems, []);
    const orders = await Promise.all(store.database.prepare('SELECT trade_no FROM orders').all().map((row) => store.findOrder(String(row['trade_no']))));
    const aggregates = orders.filter((order) => order !== undefined);
    const balances = store.database.prepare('SELECT a.name AS account, c.clear_key AS clearKey, c.net_fen AS netFen, c.pending_fen AS pendingFen FROM clear_balance c JOIN account a ON a.id = c.account_id').all();
    assert.deepEqual([...aggregates.flatMap(checkOrder), ...checkWholeLedger(aggregates, balances as unknown as ClearBalance[])], []);
    await store.close();
  });
}

export const voucher = { kind: 'electronicVoucher', number: 'EC-1' } as const;
export async function ask(set: Partial<PresettleRequest> & { readonly key?: string } = {}) {
  const { key = 'k-pre', ...rest } = set;
  const quoteId = rest.quoteId ?? 'Q1';
  if ((await store.findQuote(quoteId)) === undefined) await store.saveQuote(sampleQuote(quoteId, now, { totalFen: fen(TOTAL), fundFen: fen(5_000), selfPayFen: fen(5_000) }));
  return presettle(ports, { owner, quoteId, voucher, personNo: '4400', insuranceType: '310', usesAccount: true, idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: quoteId }, ...rest });
}
export async function presettled(set: Parameters<typeof ask>[0] = {}) {
  const asked = await ask(set);
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  assert.ok(asked.value.split, JSON.stringify(asked));
  return { ...asked.value, split: asked.value.split };
}
export const pay = (presettlementNo: string, set: Partial<CreatePaymentRequest> & { readonly key?: string } = {}) => {
  const { key = 'k-pay', ...rest } = set;
  return createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: 'h' }, quoteId: 'Q1', amountFen: TOTAL, method: 'medicalInsurance', presettlementNo, description: '门诊缴费', ...rest });
};
export const taken = async (...given: Parameters<typeof pay>) => {
  const paid = await pay(...given);
  assert.equal(paid.kind, 'ok', JSON.stringify(paid));
  return paid.value;
};
export const add = (tradeNo: string, set: Partial<CreatePaymentRequest> = {}, key = 'k-add') => addPayment(ports, { owner, tradeNo, idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: key }, method: 'nativeQr', ...set });
export const run = async (...kinds: JobKind[]): Promise<void> => {
  const handlers: Partial<Record<JobKind, (job: ClaimedJob) => Promise<void>>> = {
    advancePayment: (job) => advancePayment(ports, job), advanceTender: (job) => advanceTender(ports, job), confirmOrder: (job) => confirmOrder(ports, job),
    advanceRefund: (job) => advanceRefund(ports, job), advancePresettlement: (job) => advancePresettlement(ports, job),
    tellInsuranceRefund: (job) => tellInsuranceRefund(ports, job),
  };
  for (const job of await store.claimJobs({ kinds, owner: 'test', now, leaseMs: 60_000, limit: 20 })) await handlers[job.kind]?.(job);
};
export const later = (seconds: number) => { now = new Date(now.getTime() + seconds * 1000); };
export const setTime = (iso: string) => { now = new Date(iso); };
export const stateOf = async (presettlementNo: string) => (await store.presettlements.find(presettlementNo))?.state;
export const cases = () => store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);
export const accounts = () => Object.fromEntries(store.database.prepare('SELECT a.name, sum(c.net_fen) AS net FROM clear_balance c JOIN account a ON a.id = c.account_id GROUP BY a.name').all().map((row) => [row['name'], row['net']]));
export async function paidWithCashRest(key = 'k-pre') {
  const { presettlementNo } = await presettled({ key });
  const order = await taken(presettlementNo);
  wallet.chargeAnswers = [{ kind: 'succeeded', tradeNo: `${order.tradeNo}P02`, merchantNo: wallet.merchantNo, amountFen: 2_500, channelTradeNo: '42', paidAt: now.toISOString() }];
  const whole = await add(order.tradeNo);
  assert.equal(whole.kind, 'ok', JSON.stringify(whole));
  return { presettlementNo, tradeNo: order.tradeNo };
}
export const refund = (tradeNo: string, refundFen: number | undefined, set: { readonly paymentNo?: string; readonly key?: string } = {}) =>
  requestRefund(ports, { tradeNo, refundFen, reason: '退费', requestedBy: 'user/finance', idempotency: { tenant: 'user', key: set.key ?? 'k-refund', requestHash: 'r' }, ...(set.paymentNo === undefined ? {} : { paymentNo: set.paymentNo }) });

