/** 医保混合收款: one confirmation in the wallet pays the cash part and settles the insurance. Stories over the real store, with scripted guests. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ChargeOutcome, ChargeRequest, InsuranceRefundNotice, InsuranceRefundNoticeOutcome } from '@hospay/plugin-sdk';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import type { CreatePaymentRequest } from '@hospay/server/payments/ports.js';
import { receiveNotification } from '@hospay/server/payments/receive-notification.js';
import { accounts, add, cases, centre, hospital, insurance, later, newStandForEachTest, now, owner, pay, ports, presettled, refund, run, setTime, settled, stateOf, store, TOTAL, wallet } from './insured-orders-stand.js';

newStandForEachTest();

const CASH = 2_500;
const PAYER = { payAuthNo: 'AUTH0000000000000001', name: '测试人甲', idNo: '44030019000101123X' } as const;
const PENDING: ChargeOutcome = { kind: 'pending', present: { kind: 'none' } };

let insuranceCharges: ChargeRequest[];
let walletCharges: ChargeRequest[];
let insuranceCharge: (request: ChargeRequest) => ChargeOutcome;
let walletCharge: (request: ChargeRequest) => ChargeOutcome;
let notices: InsuranceRefundNotice[];
let noticeAnswers: InsuranceRefundNoticeOutcome[];

beforeEach(() => {
  insuranceCharges = [];
  walletCharges = [];
  notices = [];
  noticeAnswers = [];
  insuranceCharge = () => PENDING;
  walletCharge = ({ tradeNo }) => ({ kind: 'pending', present: { kind: 'invoke', parameters: { mixTradeNo: `MIX-${tradeNo}` } } });
  insurance.charge = (request) => Promise.resolve(insuranceCharge((insuranceCharges.push(request as ChargeRequest), request as ChargeRequest)));
  wallet.charge = (request) => Promise.resolve(walletCharge((walletCharges.push(request as ChargeRequest), request as ChargeRequest)));
  Object.assign(wallet, {
    settlingInsurance: {
      tellInsuranceRefund: (notice: InsuranceRefundNotice) => {
        notices.push(notice);
        return Promise.resolve(noticeAnswers.shift() ?? { kind: 'told' });
      },
    },
  });
  const plain = centre.presettle.bind(centre);
  centre.presettle = async (request) => {
    const outcome = await plain(request);
    return outcome.kind === 'presettled' ? { ...outcome, mobileOrder: { payOrderId: 'ORD1', ownOrderNo: request.presettlementNo } } : outcome;
  };
});

const payMixed = (presettlementNo: string, set: Partial<CreatePaymentRequest> & { readonly key?: string } = {}) => pay(presettlementNo, { method: 'miniProgram', payerId: 'oPayer', insurancePayer: PAYER, ...set });
async function begun() {
  const { presettlementNo } = await presettled();
  const answered = await payMixed(presettlementNo);
  assert.equal(answered.kind, 'ok', JSON.stringify(answered));
  const { tradeNo } = answered.value;
  return { presettlementNo, tradeNo, insuredNo: `${tradeNo}P01`, cashNo: `${tradeNo}P02`, order: answered.value };
}
const cashPaid = (cashNo: string) => ({ kind: 'succeeded', tradeNo: cashNo, merchantNo: wallet.merchantNo, amountFen: CASH, channelTradeNo: '42', paidAt: now.toISOString() }) as const;
const states = async (tradeNo: string) => (await store.findOrder(tradeNo))?.payments.map(({ state }) => state);
const refunds = async (tradeNo: string) => (await store.findOrder(tradeNo))?.refunds.map(({ paymentNo, state, cause }) => `${paymentNo.slice(-3)} ${state} ${cause}`);
/** Both payments have news: the wallet's first, as most often. */
async function bothPaid() {
  const order = await begun();
  later(10);
  wallet.queryAnswers = [cashPaid(order.cashNo)];
  insurance.queryAnswers = [{ kind: 'pending' }, settled(order.insuredNo, 7_500)];
  await run('advancePayment');
  later(30);
  await run('advancePayment');
  assert.deepEqual(await states(order.tradeNo), ['succeeded', 'succeeded']);
  return order;
}

test('both payments stand from the start: the insurance channel only takes the pre-settlement, the wallet gets what it settles and who pays, and nobody keeps who that is', async () => {
  const { tradeNo, presettlementNo, insuredNo, cashNo, order } = await begun();
  assert.deepEqual(order.payments.map(({ paymentNo, channel, method, amountFen, state }) => [paymentNo, channel, method, amountFen, state]), [[insuredNo, 'insurance', 'medicalInsurance', 7_500, 'paying'], [cashNo, 'scripted', 'miniProgram', CASH, 'paying']]);
  assert.equal(presettlementNo.length, 20);
  assert.deepEqual(insuranceCharges.map(({ isSettledByWallet, presettlementNo: named, insurancePayer, insuranceOrder }) => [isSettledByWallet, named, insurancePayer, insuranceOrder]), [[true, presettlementNo, undefined, undefined]]);
  const insuranceOrder = { payOrderId: 'ORD1', ownOrderNo: presettlementNo, fundFen: 6_000, accountFen: 1_500 };
  assert.deepEqual(walletCharges.map(({ payerId, insurancePayer, insuranceOrder: named, presettlementNo: none }) => [payerId, insurancePayer, named, none]), [['oPayer', PAYER, insuranceOrder, undefined]]);
  assert.deepEqual(order.payments[1]?.presentation, { kind: 'invoke', parameters: { mixTradeNo: `MIX-${cashNo}` } });
  assert.deepEqual((await store.findOrder(tradeNo))?.payments.map(({ settledBy, insuranceOrder: kept }) => [settledBy, kept]), [[cashNo, undefined], [undefined, insuranceOrder]]);
  const tables = store.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) => String(row['name']));
  const everything = JSON.stringify(tables.map((table) => store.database.prepare(`SELECT * FROM ${table}`).all()), (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  for (const personal of Object.values(PAYER)) assert.ok(!everything.includes(personal), personal);
  assert.deepEqual(await add(tradeNo), { kind: 'refused', code: 'PAYMENT_IN_PROGRESS' });
  const again = await payMixed(presettlementNo);
  assert.ok(again.kind === 'ok' && again.value.tradeNo === tradeNo && walletCharges.length === 1, 'the same request again is the same order');
});

test('the wallet says paid, and the centre is asked at once; the hospital hears once, when both are known', async () => {
  const { tradeNo, presettlementNo, insuredNo, cashNo } = await begun();
  later(10);
  wallet.queryAnswers = [cashPaid(cashNo)];
  insurance.queryAnswers = [{ kind: 'pending' }, settled(insuredNo, 7_500)];
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), hospital.calls], [['paying', 'succeeded'], []]);
  await run('advancePayment');
  assert.deepEqual(await states(tradeNo), ['succeeded', 'succeeded']);
  await run('confirmOrder');
  assert.deepEqual(hospital.confirmed, [{ presettlementNo, visitNo: 'MD1', settlementNo: `SL-${insuredNo}`, fundFen: 6_000, accountFen: 1_500, cashFen: CASH }]);
  assert.deepEqual(hospital.calls, [`confirm ${tradeNo} ${String(TOTAL)}`]);
  assert.equal(await stateOf(presettlementNo), 'settled');
  assert.deepEqual(accounts(), { '1121/scripted/1900000001': CASH, '1131/insurance/1900000001/account': 1_500, '1131/insurance/1900000001/fund': 6_000, '2002/demo': TOTAL });
});

test('the centre says settled first, and the wallet never sent a word: it is asked, and the order is whole', async () => {
  const { tradeNo, insuredNo, cashNo } = await begun();
  later(6);
  insurance.queryAnswers = [settled(insuredNo, 7_500)];
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), hospital.calls], [['succeeded', 'paying'], []]);
  later(60);
  wallet.queryAnswers = [cashPaid(cashNo)];
  await run('advancePayment');
  await run('confirmOrder');
  assert.equal((await store.findOrder(tradeNo))?.order.confirmation, 'confirmed');
});

test('a notice that says no more than that something happened is a reason to ask at once', async () => {
  const { tradeNo, cashNo } = await begun();
  wallet.readNotification = () => Promise.resolve({ kind: 'payment', eventId: 'EV1', tradeNo: cashNo, news: { kind: 'pending' } });
  wallet.queryAnswers = [cashPaid(cashNo)];
  await receiveNotification(ports, 'scripted', { headers: {}, query: '', body: new Uint8Array(), receivedAt: now.toISOString() });
  assert.deepEqual(await states(tradeNo), ['paying', 'paying']);
  await run('advancePayment');
  assert.deepEqual(await states(tradeNo), ['paying', 'succeeded']);
});

test('the pre-settlement cannot be taken: the wallet is never called, and another order may be made', async () => {
  for (const outcome of [{ kind: 'notSent', reason: 'another payment settles this pre-settlement' }, { kind: 'declined', code: 'CLOSED', message: '医保订单已撤销' }] as const) {
    insuranceCharge = () => outcome;
    const { presettlementNo } = await presettled();
    const answered = await payMixed(presettlementNo, { key: `k-${outcome.kind}` });
    assert.ok(answered.kind === 'ok', JSON.stringify(answered));
    assert.deepEqual([answered.value.payments.map(({ state }) => state), walletCharges], [['failed', 'failed'], []]);
    assert.equal(await stateOf(presettlementNo), 'presettled');
  }
});

test('whether it was taken is unknown: the wallet is not called, and the order at the centre is revoked', async () => {
  insuranceCharge = () => ({ kind: 'unknown', reason: 'the plugin died' });
  const { tradeNo } = await begun();
  assert.deepEqual([await states(tradeNo), walletCharges], [['closing', 'failed'], []]);
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), insurance.calls], [['closed', 'failed'], [`query ${tradeNo}P01`, `close ${tradeNo}P01`]]);
});

test('the wallet declines: the order at the centre is revoked at once, and the pre-settlement is given up with it', async () => {
  walletCharge = () => ({ kind: 'declined', code: 'INVALID_REQUEST', message: '医保支付授权码已被使用' });
  const { tradeNo, presettlementNo } = await begun();
  assert.deepEqual(await states(tradeNo), ['closing', 'failed']);
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), await stateOf(presettlementNo), accounts()], [['closed', 'failed'], 'abandoning', {}]);
  assert.deepEqual(await add(tradeNo), { kind: 'refused', code: 'TENDER_CLOSED' });
});

test('cancelled: the wallet is closed first, then the centre revokes', async () => {
  const { tradeNo } = await begun();
  const calls: string[] = [];
  for (const guest of [insurance, wallet]) {
    const close = guest.close.bind(guest);
    guest.close = (request) => (calls.push(request.tradeNo.slice(-3)), close(request));
  }
  const cancelled = await cancelPayment(ports, { owner, tradeNo, by: 'app' });
  assert.ok(cancelled.kind === 'ok');
  assert.deepEqual([calls, cancelled.value.payments.map(({ state }) => state)], [['P02', 'P01'], ['closed', 'closed']]);
});

test('cancelled in the moment it is paid: nothing is revoked while the centre has yet to say so', async () => {
  const { tradeNo, insuredNo, cashNo } = await begun();
  wallet.queryAnswers = [cashPaid(cashNo)];
  await cancelPayment(ports, { owner, tradeNo, by: 'app' });
  assert.deepEqual(await states(tradeNo), ['closing', 'succeeded']);
  assert.ok(!insurance.calls.includes(`close ${insuredNo}`));
  insurance.queryAnswers = [settled(insuredNo, 7_500)];
  await run('advancePayment');
  await run('confirmOrder');
  assert.equal((await store.findOrder(tradeNo))?.order.confirmation, 'confirmed');
});

test('cancelled while the pre-settlement is being taken: the wallet is not called any more, and both end', async () => {
  for (const outcome of [PENDING, { kind: 'notSent', reason: 'no line' }] as const) {
    insurance.charge = async ({ tradeNo }) => {
      await cancelPayment(ports, { owner, tradeNo: tradeNo.slice(0, -3), by: 'app' });
      return outcome;
    };
    // The wallet was never called, so it knows nothing of the number.
    wallet.queryAnswers = [{ kind: 'notFound' }];
    wallet.closeAnswers = [{ kind: 'notFound' }];
    const { presettlementNo } = await presettled({ key: `k-pre-${outcome.kind}`, quoteId: `Q-${outcome.kind}` });
    const answered = await payMixed(presettlementNo, { key: `k-${outcome.kind}`, quoteId: `Q-${outcome.kind}` });
    assert.ok(answered.kind === 'ok', JSON.stringify(answered));
    assert.deepEqual([answered.value.tender?.isEnding, walletCharges], [true, []]);
    wallet.query = () => Promise.resolve({ kind: 'notFound' });
    wallet.close = () => Promise.resolve({ kind: 'notFound' });
    for (let minutes = 0; minutes < 20; minutes += 5) {
      later(300);
      await run('advancePayment', 'advanceTender');
    }
    assert.ok((await states(answered.value.tradeNo))?.every((state) => state === 'closed' || state === 'failed'), JSON.stringify(await states(answered.value.tradeNo)));
    setTime('2026-11-20T01:00:00Z');
  }
});

test('past its time with the wallet unknown: the centre is asked and not revoked, however long it takes', async () => {
  const { tradeNo, insuredNo, cashNo } = await begun();
  wallet.query = () => Promise.resolve({ kind: 'unknown', reason: 'the mixed payment failed, and the cash is not returned yet' });
  for (let minutes = 0; minutes < 40; minutes += 5) {
    later(300);
    await run('advancePayment', 'advanceTender');
  }
  assert.deepEqual(await states(tradeNo), ['closing', 'closing']);
  assert.ok(!insurance.calls.includes(`close ${insuredNo}`));
  assert.deepEqual(cases().sort(), ['paymentUnknown', 'paymentUnknown']);
  wallet.query = () => Promise.resolve({ kind: 'closed' });
  later(300);
  await run('advancePayment');
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), cases(), insurance.calls.at(-1)], [['closed', 'closed'], [], `close ${insuredNo}`]);
  assert.ok((await store.findOrder(tradeNo))?.payments.some(({ paymentNo }) => paymentNo === cashNo));
});

test('the wallet gave up and returned the cash, and the centre had settled all the same: the insurance goes back, and the wallet is told nothing', async () => {
  const { tradeNo, presettlementNo, insuredNo } = await begun();
  later(10);
  wallet.queryAnswers = [{ kind: 'closed' }];
  insurance.queryAnswers = [{ kind: 'pending' }, settled(insuredNo, 7_500)];
  await run('advancePayment');
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), await refunds(tradeNo)], [['succeeded', 'closed'], ['P01 reserved tenderAbandoned']]);
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: insuredNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  await run('tellInsuranceRefund', 'advancePresettlement');
  assert.deepEqual([accounts(), hospital.calls, notices, await stateOf(presettlementNo)], [{}, [], [], 'abandoned']);
});

test('the wallet says both are paid, and the centre never does: long after the time it is revoked there, and the cash goes back', async () => {
  const { tradeNo, insuredNo, cashNo } = await begun();
  later(10);
  wallet.queryAnswers = [cashPaid(cashNo)];
  await run('advancePayment');
  later(291);
  await run('advancePayment');
  assert.deepEqual(await states(tradeNo), ['closing', 'succeeded'], 'a delayed answer may still come');
  assert.ok(!insurance.calls.includes(`close ${insuredNo}`));
  for (let minutes = 0; minutes < 10; minutes += 5) {
    later(300);
    await run('advancePayment', 'advanceTender');
  }
  assert.deepEqual([await states(tradeNo), await refunds(tradeNo)], [['closed', 'succeeded'], ['P02 reserved tenderAbandoned']]);
  wallet.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: cashNo, refundFen: CASH, channelRefundNo: '503', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  assert.deepEqual([accounts(), hospital.calls, notices], [{}, [], []]);
});

test('the settlement fails at the centre: the wallet is closed before the patient pays it; paid all the same, it goes back', async () => {
  const { tradeNo, cashNo } = await begun();
  later(6);
  insurance.queryAnswers = [{ kind: 'declined', code: '15', message: '医保结算失败' }];
  wallet.closeAnswers = [{ kind: 'alreadyPaid' }];
  wallet.queryAnswers = [{ kind: 'pending' }, cashPaid(cashNo)];
  await run('advancePayment');
  await run('advancePayment');
  assert.deepEqual([await states(tradeNo), await refunds(tradeNo)], [['failed', 'succeeded'], ['P02 reserved tenderAbandoned']]);
});

test('a lost charge is sent again with what it settles and without who pays: the channel has that sealed', async () => {
  walletCharge = () => ({ kind: 'unknown', reason: 'the plugin died' });
  const { tradeNo, cashNo } = await begun();
  assert.deepEqual(await states(tradeNo), ['paying', 'unknown']);
  walletCharge = ({ tradeNo: number }) => ({ kind: 'pending', present: { kind: 'invoke', parameters: { mixTradeNo: number } } });
  wallet.queryAnswers = [{ kind: 'notFound' }];
  later(10);
  await run('advancePayment');
  assert.deepEqual(walletCharges.map(({ insuranceOrder, insurancePayer, payerId }) => [insuranceOrder?.payOrderId, insurancePayer === undefined, payerId]), [['ORD1', false, 'oPayer'], ['ORD1', true, undefined]]);
  assert.deepEqual((await store.findOrder(tradeNo))?.payments[1]?.presentation, { kind: 'invoke', parameters: { mixTradeNo: cashNo } });
});

test('every later call about the cash part names what it settles', async () => {
  const { cashNo } = await begun();
  const asked: unknown[] = [];
  wallet.query = (request) => (asked.push((request as ChargeRequest).insuranceOrder?.payOrderId), Promise.resolve({ kind: 'pending' }));
  later(10);
  await run('advancePayment');
  assert.deepEqual([asked, cashNo.slice(-3)], [['ORD1'], 'P02']);
});

test('refunded whole: the cash first, then the insurance, then the wallet is told under the number of the cash refund until it has taken it', async () => {
  const { tradeNo, insuredNo, cashNo } = await bothPaid();
  await run('confirmOrder');
  const asked = await refund(tradeNo, undefined);
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  const part = await refund(tradeNo, 7_500, { paymentNo: insuredNo, key: 'k-part' });
  assert.ok(part.kind === 'refused');
  wallet.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: cashNo, refundFen: CASH, channelRefundNo: '503', refundedAt: now.toISOString() }];
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R02`, tradeNo: insuredNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: '2026-11-20T01:05:00.000Z' }];
  for (let step = 0; step < 3; step += 1) {
    await run('advanceRefund');
    later(3);
  }
  assert.deepEqual(await refunds(tradeNo), ['P02 succeeded requested', 'P01 succeeded requested']);
  noticeAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'notSent', reason: 'no line' }];
  await run('tellInsuranceRefund');
  later(60);
  await run('tellInsuranceRefund');
  later(60);
  await run('tellInsuranceRefund');
  later(600);
  await run('tellInsuranceRefund');
  assert.deepEqual(notices.map(({ refundNo, refundedAt, payment }) => [refundNo, refundedAt, payment.tradeNo, payment.insuranceOrder?.payOrderId]), Array.from({ length: 3 }, () => [`${tradeNo}R01`, '2026-11-20T01:05:00.000Z', cashNo, 'ORD1']));
  assert.deepEqual([accounts(), cases()], [{}, []]);
});

test('the insurance went back while the wallet said nothing, and then the wallet was paid after all: its cash goes back, and it is told what was undone', async () => {
  const { tradeNo, insuredNo, cashNo } = await begun();
  wallet.queryAnswers = [{ kind: 'closed' }];
  insurance.queryAnswers = [{ kind: 'pending' }, settled(insuredNo, 7_500)];
  for (let step = 0; step < 2; step += 1) {
    later(10);
    await run('advancePayment');
  }
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: insuredNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: '2026-11-20T01:05:00.000Z' }];
  await run('advanceRefund');
  await run('tellInsuranceRefund');
  assert.deepEqual([await states(tradeNo), notices], [['succeeded', 'closed'], []]);
  wallet.queryAnswers = [cashPaid(cashNo)];
  later(3_600);
  await run('advancePayment');
  wallet.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R02`, tradeNo: cashNo, refundFen: CASH, channelRefundNo: '503', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  await run('tellInsuranceRefund');
  assert.deepEqual([await refunds(tradeNo), notices.map(({ refundNo, refundedAt }) => [refundNo, refundedAt])], [['P01 succeeded tenderAbandoned', 'P02 succeeded tenderAbandoned'], [[`${tradeNo}R02`, '2026-11-20T01:05:00.000Z']]]);
});

test('a wallet that does not take it for a day calls a person, and taking it ends the case', async () => {
  const { tradeNo, insuredNo, cashNo } = await bothPaid();
  await run('confirmOrder');
  await refund(tradeNo, undefined);
  wallet.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: cashNo, refundFen: CASH, channelRefundNo: '503', refundedAt: now.toISOString() }];
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R02`, tradeNo: insuredNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  for (let step = 0; step < 3; step += 1) {
    await run('advanceRefund');
    later(3);
  }
  noticeAnswers = Array.from({ length: 3 }, () => ({ kind: 'unknown', reason: 'INVALID_REQUEST' }));
  for (const seconds of [0, 60, 86_400]) {
    later(seconds);
    await run('tellInsuranceRefund');
  }
  assert.deepEqual(cases(), ['insuranceRefundNotTold']);
  later(3_600);
  await run('tellInsuranceRefund');
  assert.deepEqual([cases(), notices.length], [[], 4]);
});

test('what cannot be paid this way is refused before anything is sent, with the way that can', async () => {
  const { presettlementNo } = await presettled();
  const codeOf = async (set: Parameters<typeof payMixed>[1]) => {
    const answered = await payMixed(presettlementNo, set);
    return answered.kind === 'refused' ? answered.code : answered.kind;
  };
  assert.equal(await codeOf({ insurancePayer: undefined } as unknown as Parameters<typeof payMixed>[1]), 'MALFORMED_REQUEST');
  assert.equal(await codeOf({ tenderFen: 7_500 }), 'MALFORMED_REQUEST');
  assert.equal(await codeOf({ amountFen: CASH }), 'AMOUNT_MISMATCH');
  Object.assign(wallet, { settlingInsurance: undefined });
  assert.equal(await codeOf({}), 'MIXED_PAYMENT_UNAVAILABLE');
  assert.deepEqual([insuranceCharges, walletCharges, await stateOf(presettlementNo)], [[], [], 'presettled']);
});

test('the insurance pays everything, or pre-settled at the window: the wallet has nothing to settle', async () => {
  centre.presettle = ({ presettlementNo }) => Promise.resolve({ kind: 'presettled', presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 4_000, cashFen: 0, mobileOrder: { payOrderId: 'ORD1', ownOrderNo: presettlementNo } });
  const whole = await presettled();
  assert.deepEqual(await payMixed(whole.presettlementNo), { kind: 'refused', code: 'WALLET_PAYS_NOTHING' });
});

test('a pre-settlement of the window is no order a wallet could settle', async () => {
  centre.presettle = ({ presettlementNo }) => Promise.resolve({ kind: 'presettled', presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 1_500, cashFen: CASH });
  const { presettlementNo } = await presettled();
  const answered = await payMixed(presettlementNo);
  assert.ok(answered.kind === 'refused' && answered.code === 'MIXED_PAYMENT_UNAVAILABLE', JSON.stringify(answered));
});
