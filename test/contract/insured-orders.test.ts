/** The insurance leg through the core, with a centre, a channel and a HIS whose answers a test writes down: from the pre-settlement to an order that is confirmed, refunded or given up. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fen, type ChargeOutcome, type HisResult, type InsuranceDetails } from '@hospay/plugin-sdk';
import { checkOrder, checkWholeLedger, type ClearBalance } from '@hospay/server/domain/invariants.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import type { JobKind } from '@hospay/server/domain/order-change.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { advancePresettlement } from '@hospay/server/insurance/advance-presettlement.js';
import { findInsured } from '@hospay/server/insurance/find-insured.js';
import type { InsurancePorts } from '@hospay/server/insurance/ports.js';
import { presettle, type PresettleRequest } from '@hospay/server/insurance/presettle.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { advanceTender } from '@hospay/server/payments/advance-tender.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { CreatePaymentRequest, PaymentPorts } from '@hospay/server/payments/ports.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { sampleDetails, sampleQuote, ScriptedCentre, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

const owner = { kind: 'terminal', id: 'kiosk-1' } as const;
const TOTAL = 10_000;

/** Settles what is pre-settled, as the insurance does, unless a test says otherwise. */
class InsuranceChannel extends ScriptedChannel {
  readonly refundsWholeOnly = true;
  override charge(request: { readonly tradeNo: string; readonly amountFen?: number }): Promise<ChargeOutcome> {
    this.chargeAnswers.push(settled(request.tradeNo, request.amountFen ?? 0));
    return super.charge(request);
  }
}
const settled = (tradeNo: string, amountFen: number, split: { fundFen: number; accountFen: number } | undefined = { fundFen: 6_000, accountFen: amountFen - 6_000 }): Extract<ChargeOutcome, { kind: 'succeeded' }> => ({
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

let store: SqliteMoneyStore;
let insurance: InsuranceChannel;
let wallet: ScriptedChannel;
let centre: ScriptedCentre;
let hospital: InsuredHospital;
let now: Date;
let ports: PaymentPorts & InsurancePorts;

beforeEach(() => {
  store = new SqliteMoneyStore({ file: ':memory:' });
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

const voucher = { kind: 'electronicVoucher', number: 'EC-1' } as const;
async function ask(set: Partial<PresettleRequest> & { readonly key?: string } = {}) {
  const { key = 'k-pre', ...rest } = set;
  const quoteId = rest.quoteId ?? 'Q1';
  if ((await store.findQuote(quoteId)) === undefined) await store.saveQuote(sampleQuote(quoteId, now, { totalFen: fen(TOTAL), fundFen: fen(5_000), selfPayFen: fen(5_000) }));
  return presettle(ports, { owner, quoteId, voucher, personNo: '4400', insuranceType: '310', usesAccount: true, idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: quoteId }, ...rest });
}
async function presettled(set: Parameters<typeof ask>[0] = {}) {
  const asked = await ask(set);
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  assert.ok(asked.value.split, JSON.stringify(asked));
  return { ...asked.value, split: asked.value.split };
}
const pay = (presettlementNo: string, set: Partial<CreatePaymentRequest> & { readonly key?: string } = {}) => {
  const { key = 'k-pay', ...rest } = set;
  return createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: 'h' }, quoteId: 'Q1', amountFen: TOTAL, method: 'medicalInsurance', presettlementNo, description: '门诊缴费', ...rest });
};
const taken = async (...given: Parameters<typeof pay>) => {
  const paid = await pay(...given);
  assert.equal(paid.kind, 'ok', JSON.stringify(paid));
  return paid.value;
};
const add = (tradeNo: string, set: Partial<CreatePaymentRequest> = {}, key = 'k-add') => addPayment(ports, { owner, tradeNo, idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: key }, method: 'nativeQr', ...set });
const run = async (...kinds: JobKind[]): Promise<void> => {
  const handlers: Partial<Record<JobKind, (job: ClaimedJob) => Promise<void>>> = {
    advancePayment: (job) => advancePayment(ports, job), advanceTender: (job) => advanceTender(ports, job), confirmOrder: (job) => confirmOrder(ports, job),
    advanceRefund: (job) => advanceRefund(ports, job), advancePresettlement: (job) => advancePresettlement(ports, job),
  };
  for (const job of await store.claimJobs({ kinds, owner: 'test', now, leaseMs: 60_000, limit: 20 })) await handlers[job.kind]?.(job);
};
const later = (seconds: number) => { now = new Date(now.getTime() + seconds * 1000); };
const stateOf = async (presettlementNo: string) => (await store.presettlements.find(presettlementNo))?.state;
const cases = () => store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);
const accounts = () => Object.fromEntries(store.database.prepare('SELECT a.name, sum(c.net_fen) AS net FROM clear_balance c JOIN account a ON a.id = c.account_id GROUP BY a.name').all().map((row) => [row['name'], row['net']]));
async function paidWithCashRest(key = 'k-pre') {
  const { presettlementNo } = await presettled({ key });
  const order = await taken(presettlementNo);
  wallet.chargeAnswers = [{ kind: 'succeeded', tradeNo: `${order.tradeNo}P02`, merchantNo: wallet.merchantNo, amountFen: 2_500, channelTradeNo: '42', paidAt: now.toISOString() }];
  const whole = await add(order.tradeNo);
  assert.equal(whole.kind, 'ok', JSON.stringify(whole));
  return { presettlementNo, tradeNo: order.tradeNo };
}
const refund = (tradeNo: string, refundFen: number | undefined, set: { readonly paymentNo?: string; readonly key?: string } = {}) =>
  requestRefund(ports, { tradeNo, refundFen, reason: '退费', requestedBy: 'user/finance', idempotency: { tenant: 'user', key: set.key ?? 'k-refund', requestHash: 'r' }, ...(set.paymentNo === undefined ? {} : { paymentNo: set.paymentNo }) });

test('fees come from the HIS, the number is ours and written down before the centre is called; the voucher is passed on and not kept', async () => {
  let rowsWhenCalled: unknown[] = [];
  const { presettle: answer } = centre;
  centre.presettle = (request) => {
    rowsWhenCalled = store.database.prepare('SELECT state FROM presettlement WHERE presettlement_no = ?').all(request.presettlementNo).map((row) => row['state']);
    return answer.call(centre, request);
  };
  const { presettlementNo, split, state } = await presettled();
  assert.deepEqual(rowsWhenCalled, ['requested']);
  assert.deepEqual([state, split], ['presettled', { fundFen: 6_000, accountFen: 1_500, cashFen: 2_500, insuredFen: 7_500 }]);
  assert.deepEqual(centre.presettled[0]?.fees, hospital.details.fees);
  assert.equal(centre.presettled[0].presettlementNo, presettlementNo);
  const everything = ['presettlement', 'fact', 'state_event'].flatMap((table) => store.database.prepare(`SELECT * FROM ${table}`).all()).map((row) => JSON.stringify(row)).join();
  assert.ok(!everything.includes(voucher.number));
});

test('the insured person comes masked; the centre that does not know him declines', async () => {
  const found = await findInsured(ports, { hospitalId: 'demo', owner, voucher });
  assert.ok(found.kind === 'ok' && found.value.name === '张*三' && found.value.personNo === '4400', JSON.stringify(found));
  centre.findAnswers = [{ kind: 'declined', code: '-1', message: '未查询到参保人' }, { kind: 'unknown', reason: 'timeout' }];
  assert.deepEqual(await findInsured(ports, { hospitalId: 'demo', owner, voucher }), { kind: 'refused', code: 'INSURANCE_DECLINED', detail: '-1 未查询到参保人' });
  assert.deepEqual(await findInsured(ports, { hospitalId: 'demo', owner, voucher }), { kind: 'refused', code: 'INSURANCE_UNAVAILABLE', detail: 'timeout' });
});

test('a pre-settlement without an answer is asked again under the same number, with the voucher shown last; once answered it answers the same for ever', async () => {
  centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const first = await ask();
  assert.ok(first.kind === 'ok' && first.value.state === 'unknown' && first.value.split === undefined, JSON.stringify(first));
  const again = await presettled({ voucher: { ...voucher, number: 'EC-2' } });
  assert.equal(again.presettlementNo, first.value.presettlementNo);
  assert.equal(centre.presettled[1]?.voucher.number, 'EC-2');
  assert.equal((await presettled()).presettlementNo, again.presettlementNo);
  assert.equal(centre.calls.filter((call) => call.startsWith('presettle')).length, 2);
  assert.deepEqual(await ask({ idempotency: { tenant: 'terminal/kiosk-1', key: 'k-pre', requestHash: 'other' } }), { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('while a call is under way the same key asks nobody, and a core that died under it asks when the call must have ended', async () => {
  const waiting = Promise.withResolvers<Awaited<ReturnType<ScriptedCentre['presettle']>>>();
  const { presettle: answer } = centre;
  centre.presettle = () => waiting.promise;
  const first = ask();
  await new Promise((wake) => { setTimeout(wake, 20); });
  const second = await ask();
  assert.ok(second.kind === 'ok' && second.value.state === 'requested', JSON.stringify(second));
  later(126);
  centre.presettle = (request) => answer.call(centre, request);
  assert.equal((await presettled()).presettlementNo, second.value.presettlementNo);
  waiting.resolve({ kind: 'unknown', reason: 'late' });
  assert.equal((await first).kind, 'refused', 'the late answer of the first call changes nothing');
  assert.equal(await stateOf(second.value.presettlementNo), 'presettled');
});

test('parts that do not make the quoted total are refused and taken back; so is a visit of which the insurance pays nothing, and one it declines', async () => {
  const answers = [
    ['INSURANCE_TOTAL_DIFFERS', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 1_500, cashFen: 2_499 })],
    ['INSURANCE_TOTAL_DIFFERS', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL - 1, fundFen: 6_000, accountFen: 1_500, cashFen: 2_499 })],
    ['NOTHING_INSURED', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 0, accountFen: 0, cashFen: TOTAL })],
    ['INSURANCE_DECLINED', () => ({ kind: 'declined' as const, code: '-1', message: '险种类型不符' })],
  ] as const;
  for (const [index, [code, answer]] of answers.entries()) {
    centre.presettle = (request) => Promise.resolve(answer(request.presettlementNo));
    const asked = await ask({ key: `k-${String(index)}` });
    assert.ok(asked.kind === 'refused' && asked.code === code, JSON.stringify(asked));
    await run('advancePresettlement');
  }
  assert.equal(centre.calls.filter((call) => call.startsWith('abandon')).length, 4);
  assert.equal(Number(store.database.prepare('SELECT count(*) AS n FROM presettlement_bill').get()?.['n']), 0, 'nothing holds the bills any more');
});

test('fees that are not the quoted total are not sent to the insurance at all', async () => {
  hospital.details = sampleDetails(TOTAL - 1);
  const asked = await ask();
  assert.ok(asked.kind === 'refused' && asked.code === 'INSURANCE_TOTAL_DIFFERS', JSON.stringify(asked));
  assert.deepEqual(centre.calls, []);
});

test('fees that changed between two asks under one key give the pre-settlement up', async () => {
  centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const first = await ask();
  assert.equal(first.kind, 'ok');
  hospital.details = { ...hospital.details, visit: { ...hospital.details.visit, complaint: '咳嗽' } };
  assert.deepEqual(await ask(), { kind: 'refused', code: 'BILL_NOT_FOUND', detail: 'the bills have changed' });
  assert.equal(await stateOf(first.value.presettlementNo), 'abandoning');
});

test('a bill is pre-settled once at a time: a second key waits until the first is taken back', async () => {
  const { presettlementNo } = await presettled();
  assert.deepEqual(await ask({ key: 'k-other' }), { kind: 'refused', code: 'BILL_PRESETTLED', detail: presettlementNo });
  assert.equal(await store.countOpenMoney('insurance'), 1, 'its channel is not removed meanwhile');
  const given = await abandonPresettlement(ports, { owner, presettlementNo, by: 'kiosk-1' });
  assert.ok(given.kind === 'ok' && given.value.state === 'abandoned', JSON.stringify(given));
  assert.equal(await store.countOpenMoney('insurance'), 0);
  assert.notEqual((await presettled({ key: 'k-other' })).presettlementNo, presettlementNo);
});

test('one that nobody settles is taken back after its time, again and again until the centre answers, and calls a person when it takes too long', async () => {
  const { presettlementNo, expiresAt } = await presettled();
  centre.abandonAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'notSent', reason: 'down' }];
  // A restart wakes all work early.
  await store.wakeJobs(now, 1);
  later(1);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'presettled', 'not before its time');
  now = new Date(expiresAt);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoning');
  assert.deepEqual(await pay(presettlementNo), { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN', detail: 'abandoning' });
  await run('advancePresettlement');
  later(25 * 3_600);
  await run('advancePresettlement');
  assert.deepEqual(cases(), ['presettlementOpen']);
  later(3_600);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(cases(), []);
  assert.equal(await store.nextJobAt(['advancePresettlement']), undefined);
});

test('given up while the centre is being asked: it is taken back only when that call has ended, and its answer opens nothing', async () => {
  const waiting = Promise.withResolvers<Awaited<ReturnType<ScriptedCentre['presettle']>>>();
  let number = '';
  centre.presettle = ({ presettlementNo }) => {
    number = presettlementNo;
    return waiting.promise;
  };
  const asked = ask();
  await new Promise((wake) => { setTimeout(wake, 20); });
  await abandonPresettlement(ports, { owner, presettlementNo: number, by: 'kiosk-1' });
  assert.deepEqual(centre.calls, [], 'the centre may still be at work on the pre-settlement');
  waiting.resolve({ kind: 'presettled', presettlementNo: number, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 1_500, cashFen: 2_500 });
  assert.equal((await asked).kind, 'refused');
  await run('advancePresettlement');
  assert.equal(await stateOf(number), 'abandoned');
});

test('insurance, then the rest by a wallet: the order is the whole, the HIS hears of it once with the centre\'s numbers, fund and account stand apart in the books', async () => {
  const { presettlementNo, tradeNo } = await paidWithCashRest();
  await run('confirmOrder');
  assert.deepEqual(hospital.confirmed, [{ presettlementNo, visitNo: 'MD1', settlementNo: `SL-${tradeNo}P01`, fundFen: 6_000, accountFen: 1_500, cashFen: 2_500 }]);
  assert.deepEqual(hospital.calls, [`confirm ${tradeNo} ${String(TOTAL)}`]);
  assert.equal(await stateOf(presettlementNo), 'settled');
  assert.deepEqual(accounts(), { '1121/scripted/1900000001': 2_500, '1131/insurance/1900000001/account': 1_500, '1131/insurance/1900000001/fund': 6_000, '2002/demo': TOTAL });
  assert.deepEqual(await abandonPresettlement(ports, { owner, presettlementNo, by: 'kiosk-1' }), { kind: 'refused', code: 'PRESETTLEMENT_SETTLED', detail: tradeNo });
});

test('the fund and the account pay everything: one payment, still confirmed and in the books', async () => {
  centre.presettle = ({ presettlementNo }) => Promise.resolve({ kind: 'presettled', presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 4_000, cashFen: 0 });
  const { presettlementNo } = await presettled();
  const order = await taken(presettlementNo);
  assert.equal(order.tender, undefined);
  await run('confirmOrder');
  assert.deepEqual(hospital.confirmed, [{ presettlementNo, visitNo: 'MD1', settlementNo: `SL-${order.tradeNo}P01`, fundFen: 6_000, accountFen: 4_000, cashFen: 0 }]);
  assert.deepEqual(accounts(), { '1131/insurance/1900000001/account': 4_000, '1131/insurance/1900000001/fund': 6_000, '2002/demo': TOTAL });
});

test('the first payment is exactly what was pre-settled, of the quote it was made for, once; the rest waits for it', async () => {
  const { presettlementNo } = await presettled();
  assert.ok(await pay('M00000000000000000000000').then((paid) => paid.kind === 'refused' && paid.code === 'PRESETTLEMENT_NOT_FOUND'));
  assert.ok(await pay(presettlementNo, { amountFen: 5_000 }).then((paid) => paid.kind === 'refused' && paid.code === 'AMOUNT_MISMATCH'), 'the quote\'s self-pay is not the whole');
  assert.ok(await pay(presettlementNo, { tenderFen: 7_499 }).then((paid) => paid.kind === 'refused' && paid.code === 'AMOUNT_MISMATCH'));
  assert.ok(await pay(presettlementNo, { owner: { kind: 'terminal', id: 'kiosk-2' } }).then((paid) => paid.kind === 'refused'), 'somebody else\'s');
  insurance.charge = () => Promise.resolve({ kind: 'declined', code: '-1', message: '凭证已失效' });
  const order = await taken(presettlementNo);
  assert.equal(order.payments[0]?.state, 'failed');
  assert.deepEqual(await add(order.tradeNo), { kind: 'refused', code: 'INSURANCE_FIRST' });
  assert.deepEqual(await add(order.tradeNo, { method: 'medicalInsurance', presettlementNo, tenderFen: 7_499 }), { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN' });
  assert.deepEqual(await add(order.tradeNo, { method: 'medicalInsurance', presettlementNo: 'M00000000000000000000000' }), { kind: 'refused', code: 'PRESETTLEMENT_NOT_FOUND' });
  insurance.charge = ({ tradeNo, amountFen = 0 }: { readonly tradeNo: string; readonly amountFen?: number }) => Promise.resolve(settled(tradeNo, amountFen));
  const again = await add(order.tradeNo, { method: 'medicalInsurance', presettlementNo });
  assert.ok(again.kind === 'ok' && again.value.payments[1]?.state === 'succeeded', JSON.stringify(again));
  assert.deepEqual(await add(order.tradeNo, { method: 'medicalInsurance', presettlementNo, tenderFen: 2_500 }, 'k-third'), { kind: 'refused', code: 'TENDER_EXCEEDS_REMAINING' });
});

test('given up in the very moment it is paid with: one of the two is refused, and nothing is charged for what was given up', async () => {
  const { presettlementNo } = await presettled();
  const [paid, given] = await Promise.all([pay(presettlementNo), abandonPresettlement(ports, { owner, presettlementNo, by: 'kiosk-1' })]);
  assert.deepEqual([paid, given.kind], [{ kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN' }, 'ok']);
  assert.deepEqual(insurance.calls, []);
});

test('a repeat that arrives while the first is being accepted is answered with its order, although the pre-settlement is taken by then', async () => {
  const { presettlementNo } = await presettled();
  const accepted = Promise.withResolvers<undefined>();
  const slow = { ...ports, presettlements: { ...store.presettlements, find: async (no: string) => { await accepted.promise; return store.presettlements.find(no); } } };
  const repeat = createPayment(slow, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: 'k-pay', requestHash: 'h' }, quoteId: 'Q1', amountFen: TOTAL, method: 'medicalInsurance', presettlementNo, description: '门诊缴费' });
  const first = await taken(presettlementNo);
  accepted.resolve(undefined);
  const answered = await repeat;
  assert.ok(answered.kind === 'ok' && answered.value.tradeNo === first.tradeNo, JSON.stringify(answered));
});

test('two orders at once cannot both take one pre-settlement; the same request twice at once is one order', async () => {
  const { presettlementNo } = await presettled();
  const [first, same] = await Promise.all([pay(presettlementNo), pay(presettlementNo)]);
  assert.ok(first.kind === 'ok' && same.kind === 'ok' && first.value.tradeNo === same.value.tradeNo, JSON.stringify([first, same]));
  const other = await pay(presettlementNo, { key: 'k-other' });
  assert.equal(other.kind, 'refused');
  assert.equal(insurance.calls.filter((call) => call.startsWith('charge')).length, 1);
});

test('a settlement that does not say who pays, or says it wrongly, is a case and not money; when it is said the case is over', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = ({ tradeNo, amountFen = 0 }: { readonly tradeNo: string; readonly amountFen?: number }) => {
    const { insuranceSplit: _split, ...unsaid } = settled(tradeNo, amountFen);
    return Promise.resolve(unsaid);
  };
  const order = await taken(presettlementNo);
  const paymentNo = `${order.tradeNo}P01`;
  assert.deepEqual([order.payments[0]?.state, cases(), accounts()], ['submitted', ['insuranceSplit'], {}]);
  later(10);
  insurance.queryAnswers = [settled(paymentNo, 7_500, { fundFen: 6_000, accountFen: 1_499 })];
  await run('advancePayment');
  assert.deepEqual([cases(), accounts()], [['insuranceSplit'], {}]);
  later(10);
  insurance.queryAnswers = [settled(paymentNo, 7_500)];
  await run('advancePayment');
  assert.deepEqual(cases(), []);
  assert.deepEqual(accounts(), { '1131/insurance/1900000001/account': 1_500, '1131/insurance/1900000001/fund': 6_000, '2001/demo': 7_500 });
});

test('the patient leaves before he has paid the rest: the insurance is undone, its postings exactly reversed, fees and registration taken back', async () => {
  const { presettlementNo } = await presettled();
  const order = await taken(presettlementNo);
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${order.tradeNo}R01`, tradeNo: `${order.tradeNo}P01`, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  await run('advanceRefund');
  assert.equal(await stateOf(presettlementNo), 'abandoning');
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(accounts(), {});
  assert.deepEqual(hospital.calls, []);
});

test('an order that ends without the insurance lets its pre-settlement go: another order may take it', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'notSent', reason: 'no line' });
  const order = await taken(presettlementNo);
  assert.equal(await stateOf(presettlementNo), 'settling', 'the order may still try again');
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  assert.equal(await stateOf(presettlementNo), 'presettled');
  insurance.charge = ({ tradeNo, amountFen = 0 }: { readonly tradeNo: string; readonly amountFen?: number }) => Promise.resolve(settled(tradeNo, amountFen));
  const second = await taken(presettlementNo, { key: 'k-second' });
  assert.equal(second.payments[0]?.state, 'succeeded');
});

test('late news of an order that let its pre-settlement go changes nothing for the order that took it', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'unknown', reason: 'timeout' });
  const first = await taken(presettlementNo);
  insurance.queryAnswers = [{ kind: 'notFound' }];
  await cancelPayment(ports, { owner, tradeNo: first.tradeNo, by: 'kiosk-1' });
  insurance.charge = ({ tradeNo, amountFen = 0 }: { readonly tradeNo: string; readonly amountFen?: number }) => Promise.resolve(settled(tradeNo, amountFen));
  await taken(presettlementNo, { key: 'k-second' });
  assert.equal(await stateOf(presettlementNo), 'settled');
  later(11 * 60);
  insurance.queryAnswers = [settled(`${first.tradeNo}P01`, 7_500)];
  await run('advancePayment');
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${first.tradeNo}R01`, tradeNo: `${first.tradeNo}P01`, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  assert.deepEqual((await store.findOrder(first.tradeNo))?.refunds.map(({ state, cause }) => [state, cause]), [['succeeded', 'latePayment']]);
  assert.equal(await stateOf(presettlementNo), 'settled');
});

test('a refund that would need a part of the insured payment is refused; the other payments give any part of theirs', async () => {
  const { tradeNo } = await paidWithCashRest();
  await run('confirmOrder');
  assert.deepEqual(await refund(tradeNo, 2_501), { kind: 'refused', code: 'REFUND_WHOLE_ONLY' });
  assert.deepEqual(await refund(tradeNo, 7_500, { paymentNo: `${tradeNo}P01` }), { kind: 'refused', code: 'REFUND_WHOLE_ONLY' }, 'the insurance is not undone under what the patient paid beside it');
  const part = await refund(tradeNo, 1_000);
  assert.ok(part.kind === 'ok' && part.value.refunds.length === 1 && part.value.refund.paymentNo === `${tradeNo}P02`, JSON.stringify(part));
  assert.deepEqual(await refund(tradeNo, 1_501, { key: 'k-more' }), { kind: 'refused', code: 'REFUND_WHOLE_ONLY' });
  const rest = await refund(tradeNo, undefined, { key: 'k-rest' });
  assert.ok(rest.kind === 'ok' && rest.value.refunds.map(({ refundFen }) => refundFen).join() === '1500,7500', JSON.stringify(rest));
});

test('a whole refund goes back in reverse order: the wallet first, the insurance when the wallet has answered, then fees and registration', async () => {
  const { presettlementNo, tradeNo } = await paidWithCashRest();
  await run('confirmOrder');
  const asked = await refund(tradeNo, undefined);
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  const done = (channel: ScriptedChannel, index: number, leg: number, refundFen: number) => {
    channel.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R0${String(index)}`, tradeNo: `${tradeNo}P0${String(leg)}`, refundFen, channelRefundNo: `C${String(index)}`, refundedAt: now.toISOString() }];
  };
  done(wallet, 1, 2, 2_500);
  done(insurance, 2, 1, 7_500);
  const jobs = await store.claimJobs({ kinds: ['advanceRefund'], owner: 'test', now, leaseMs: 60_000, limit: 20 });
  const jobOf = (index: number) => jobs.find(({ subject }) => subject === `${tradeNo}R0${String(index)}`) ?? assert.fail();
  await advanceRefund(ports, jobOf(2));
  hospital.approveAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await advanceRefund(ports, jobOf(1));
  assert.deepEqual(hospital.calls.filter((call) => call.startsWith('approveRefund')), [`approveRefund ${tradeNo}R01`]);
  assert.deepEqual(insurance.calls.filter((call) => call.startsWith('refund')), [], 'it waits for the wallet, which waits for the HIS');
  later(61);
  await run('advanceRefund');
  await run('advanceRefund');
  const order = await store.findOrder(tradeNo);
  assert.deepEqual(order?.refunds.map(({ state }) => state), ['succeeded', 'succeeded']);
  assert.equal(order.order.confirmation, 'reversed');
  assert.deepEqual(accounts(), {});
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
});

test('the HIS refuses to book: everything goes back, the insurance included', async () => {
  const { presettlementNo, tradeNo } = await paidWithCashRest();
  hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '单据已关闭' }];
  await run('confirmOrder');
  wallet.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: `${tradeNo}P02`, refundFen: 2_500, channelRefundNo: 'C1', refundedAt: now.toISOString() }];
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R02`, tradeNo: `${tradeNo}P01`, refundFen: 7_500, channelRefundNo: 'C2', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  later(3);
  await run('advanceRefund');
  assert.deepEqual(accounts(), {});
  assert.equal(await stateOf(presettlementNo), 'abandoning');
});

test('a settlement found late, after its order was given up, is undone again and its fees taken back', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'unknown', reason: 'timeout' });
  const order = await taken(presettlementNo);
  const paymentNo = `${order.tradeNo}P01`;
  insurance.queryAnswers = [{ kind: 'notFound' }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  later(20 * 60);
  insurance.queryAnswers = [{ kind: 'notFound' }];
  await run('advancePayment');
  assert.equal((await store.findOrder(order.tradeNo))?.payments[0]?.state, 'closed');
  assert.equal(await stateOf(presettlementNo), 'presettled');
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoning', 'its time is over');
  centre.abandonAnswers = [{ kind: 'settled' }];
  await run('advancePresettlement');
  later(31 * 60);
  insurance.queryAnswers = [settled(paymentNo, 7_500)];
  await run('advancePayment');
  assert.equal(await stateOf(presettlementNo), 'settled');
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${order.tradeNo}R01`, tradeNo: paymentNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(accounts(), {});
});

test('when the HIS settles the insurance itself, nothing of this is asked: the quote\'s self-pay is the order', async () => {
  await store.saveQuote(sampleQuote('Q1', now, { fundFen: fen(6_000), selfPayFen: fen(4_000) }));
  const paid = await createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 't', key: 'k', requestHash: 'h' }, quoteId: 'Q1', amountFen: 4_000, method: 'nativeQr', description: '门诊缴费' });
  assert.ok(paid.kind === 'ok' && paid.value.amountFen === 4_000 && paid.value.presettlementNo === undefined, JSON.stringify(paid));
});
