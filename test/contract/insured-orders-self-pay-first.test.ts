/** The order of operations as configuration (医保结算顺序): what the patient pays himself is collected first, the insurance is settled last, then the hospital hears of the whole. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { viewOrder } from '@hospay/server/payments/order-view.js';
import { accounts, add, cases, hospital, insurance, later, newStandForEachTest, now, owner, pay, ports, presettled, refund, run, settled, stateOf, store, taken, TOTAL, wallet } from './insured-orders-stand.js';

newStandForEachTest();

beforeEach(() => { Object.assign(ports, { policy: { ...ports.policy, insuranceOrder: 'selfPayFirst' } }); });

const paidBy = (channelTradeNo: string) => (tradeNo: string, amountFen: number) => ({ kind: 'succeeded', tradeNo, merchantNo: wallet.merchantNo, amountFen, channelTradeNo, paidAt: now.toISOString() }) as const;
const walletPays = (): void => {
  wallet.charge = ({ tradeNo, amountFen = 0 }: { readonly tradeNo: string; readonly amountFen?: number }) => Promise.resolve(paidBy('42')(tradeNo, amountFen));
};
const orderOf = async (tradeNo: string) => {
  const found = await store.findOrder(tradeNo);
  assert.ok(found);
  return viewOrder(found);
};
/** 2,500 of the patient himself, 7,500 of the insurance. */
async function selfPaid(set: Parameters<typeof pay>[1] = {}) {
  walletPays();
  const { presettlementNo } = await presettled();
  const order = await taken(presettlementNo, { method: 'nativeQr', ...set });
  return { presettlementNo, tradeNo: order.tradeNo, order };
}

test('the patient pays his part, then the insurance settles, then the HIS hears once of the whole; the books are the same as in the other order', async () => {
  const { presettlementNo, tradeNo, order } = await selfPaid();
  assert.deepEqual(order.payments.map(({ method, amountFen, state }) => [method, amountFen, state]), [['nativeQr', 2_500, 'succeeded']]);
  assert.deepEqual([order.amountFen, order.tender?.paidFen, await stateOf(presettlementNo), insurance.calls], [TOTAL, 2_500, 'settling', []]);
  const whole = await add(tradeNo, { method: 'medicalInsurance', presettlementNo });
  assert.ok(whole.kind === 'ok' && whole.value.payments[1]?.state === 'succeeded', JSON.stringify(whole));
  await run('confirmOrder');
  assert.deepEqual(hospital.confirmed, [{ presettlementNo, visitNo: 'MD1', settlementNo: `SL-${tradeNo}P02`, fundFen: 6_000, accountFen: 1_500, cashFen: 2_500 }]);
  assert.equal(await stateOf(presettlementNo), 'settled');
  assert.deepEqual(accounts(), { '1121/scripted/1900000001': 2_500, '1131/insurance/1900000001/account': 1_500, '1131/insurance/1900000001/fund': 6_000, '2002/demo': TOTAL });
});

test('the insurance is not settled before all of the patient’s part is in, and no more than that is taken of him', async () => {
  const { presettlementNo, tradeNo } = await selfPaid({ tenderFen: 1_000 });
  assert.deepEqual(await add(tradeNo, { method: 'medicalInsurance', presettlementNo }, 'k-early'), { kind: 'refused', code: 'SELF_PAY_FIRST' });
  assert.deepEqual(await add(tradeNo, { tenderFen: 1_501 }, 'k-much'), { kind: 'refused', code: 'TENDER_EXCEEDS_REMAINING' });
  const rest = await add(tradeNo, {}, 'k-rest');
  assert.ok(rest.kind === 'ok' && rest.value.payments[1]?.amountFen === 1_500, JSON.stringify(rest));
  assert.deepEqual(await add(tradeNo, { tenderFen: 1 }, 'k-more'), { kind: 'refused', code: 'TENDER_EXCEEDS_REMAINING' });
  assert.equal((await add(tradeNo, { method: 'medicalInsurance', presettlementNo }, 'k-then')).kind, 'ok');
});

test('an order cannot begin with the insurance where something is the patient’s own; where nothing is, it does', async () => {
  const { presettlementNo } = await presettled();
  assert.deepEqual(await pay(presettlementNo), { kind: 'refused', code: 'SELF_PAY_FIRST', detail: '2500 fen' });
  assert.deepEqual(await pay(presettlementNo, { method: 'nativeQr', tenderFen: 2_501 }), { kind: 'refused', code: 'TENDER_EXCEEDS_REMAINING' });
});

test('the settlement is refused: it may be tried again; nobody does, and what the patient paid goes back by itself', async () => {
  const { presettlementNo, tradeNo } = await selfPaid();
  insurance.charge = () => Promise.resolve({ kind: 'declined', code: '-1', message: '凭证已失效' });
  const declined = await add(tradeNo, { method: 'medicalInsurance', presettlementNo });
  assert.ok(declined.kind === 'ok' && declined.value.payments[1]?.state === 'failed');
  assert.deepEqual((await orderOf(tradeNo)).refunds, []);
  later(30 * 60);
  await run('advanceTender');
  await run('advanceRefund');
  later(120);
  await run('advanceRefund');
  const order = await orderOf(tradeNo);
  assert.deepEqual(order.refunds.map(({ paymentNo, refundFen, cause }) => [paymentNo, refundFen, cause]), [[`${tradeNo}P01`, 2_500, 'tenderAbandoned']]);
  assert.deepEqual([hospital.calls, await stateOf(presettlementNo), cases()], [[], 'presettled', []]);
});

test('the settlement has no answer: it is asked about, and only then is the patient’s money decided about', async () => {
  const { presettlementNo, tradeNo } = await selfPaid();
  insurance.charge = () => Promise.resolve({ kind: 'unknown', reason: 'timeout' });
  await add(tradeNo, { method: 'medicalInsurance', presettlementNo });
  insurance.closeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  insurance.queryAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await cancelPayment(ports, { owner, tradeNo, by: 'kiosk-1' });
  assert.deepEqual((await orderOf(tradeNo)).refunds, [], 'while the centre may have settled it nothing goes back');
  insurance.queryAnswers = [settled(`${tradeNo}P02`, 7_500)];
  insurance.closeAnswers = [{ kind: 'alreadyPaid' }];
  later(10);
  await run('advancePayment');
  const order = await orderOf(tradeNo);
  // Both are in: it is told to the hospital, or both go back; never one of them.
  const refunded = order.refunds.length;
  assert.ok(refunded === 2 || (refunded === 0 && order.confirmation.state !== 'none'), JSON.stringify([order.refunds, order.confirmation, order.payments.map(({ state }) => state)]));
});

test('a whole refund goes back in reverse order: the insurance first, then what the patient had paid', async () => {
  const { presettlementNo, tradeNo } = await selfPaid();
  await add(tradeNo, { method: 'medicalInsurance', presettlementNo });
  await run('confirmOrder');
  assert.equal((await refund(tradeNo, undefined)).kind, 'ok');
  const submitted = () => store.database.prepare("SELECT r.payment_no AS paymentNo FROM state_event s JOIN refund r ON r.refund_no = s.subject WHERE s.axis = 'refund' AND s.to_state = 'submitted' ORDER BY s.id").all().map((row) => String(row['paymentNo']).slice(-3));
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: `${tradeNo}P02`, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }, { kind: 'succeeded', refundNo: `${tradeNo}R02`, tradeNo: `${tradeNo}P02`, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  for (let round = 0; round < 8; round += 1) {
    await run('advanceRefund');
    later(5);
  }
  assert.deepEqual(submitted(), ['P02', 'P01']);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
});

test('another configuration changes no order that has begun', async () => {
  const { presettlementNo, tradeNo } = await selfPaid();
  Object.assign(ports, { policy: { ...ports.policy, insuranceOrder: 'insuranceFirst' } });
  assert.equal((await add(tradeNo, { method: 'medicalInsurance', presettlementNo })).kind, 'ok');
  await run('confirmOrder');
  assert.equal(hospital.confirmed.length, 1);
});
