/** The medical insurance over the payment API, with the SDK an application uses. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import { startStand } from './payment-api-stand.js';

const voucher = { kind: 'electronicVoucher', number: 'EC-0001' } as const;
const asked = { voucher, personNo: '4400', insuranceType: '310', usesAccount: true };
function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

test('an application finds the insured person, pre-settles, pays by insurance and then by code; the order is the whole and the hospital hears of it', async (context) => {
  const { client, hospital, channel, work } = await startStand(context);
  const app = client();
  hospital.bills.set('B1', 10_000);
  assert.equal(valueOf(await app.findInsured({ voucher })).name, '张*三');
  const { quoteId } = valueOf(await app.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  const { presettlementNo, split, totalFen } = valueOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-1-insurance' }));
  assert.deepEqual([totalFen, split], [10_000, { fundFen: 6_000, accountFen: 1_500, cashFen: 2_500, insuredFen: 7_500 }]);
  assert.equal(codeOf(await app.createPayment({ quoteId, amountFen: totalFen, method: 'medicalInsurance' }, { idempotencyKey: 'visit-1-pay' })), 'MALFORMED_REQUEST', 'without its pre-settlement');
  const order = valueOf(await app.createPayment({ quoteId, amountFen: totalFen, method: 'medicalInsurance', presettlementNo }, { idempotencyKey: 'visit-1-pay' }));
  assert.deepEqual([order.amountFen, order.fundFen, order.personalAccountFen, order.presettlementNo, order.payments[0]?.amountFen], [10_000, 6_000, 1_500, presettlementNo, 7_500]);
  assert.equal(codeOf(await app.addPayment(order.tradeNo, { method: 'nativeQr' }, { idempotencyKey: 'visit-1-early' })), 'PAYMENT_IN_PROGRESS');
  channel.pay(`${order.tradeNo}P01`);
  const insured = valueOf(await app.findPayment(order.tradeNo, { fresh: true }));
  assert.deepEqual(insured.payments[0]?.insuranceSplit, { fundFen: 7_499, accountFen: 1 });
  assert.deepEqual(valueOf(await app.findPresettlement(presettlementNo)), { presettlementNo, quoteId, state: 'settled', totalFen, split, expiresAt: insured.tender?.until, tradeNo: order.tradeNo });
  valueOf(await app.addPayment(order.tradeNo, { method: 'nativeQr' }, { idempotencyKey: 'visit-1-rest' }));
  channel.pay(`${order.tradeNo}P02`);
  await app.findPayment(order.tradeNo, { fresh: true });
  await work('confirmOrder');
  assert.equal(hospital.confirmed.get(order.tradeNo)?.amountFen, 10_000);
  assert.equal(codeOf(await app.abandonPresettlement(presettlementNo)), 'PRESETTLEMENT_SETTLED');
});

test('a repeat with the same key and a new voucher goes on with the same pre-settlement; another application sees none of it', async (context) => {
  const { client, hospital, centre } = await startStand(context);
  const app = client();
  hospital.bills.set('B1', 10_000);
  const { quoteId } = valueOf(await app.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const first = valueOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-2-insurance' }));
  assert.equal(first.state, 'unknown');
  const again = valueOf(await app.presettle({ quoteId, ...asked, voucher: { ...voucher, number: 'EC-0002' } }, { idempotencyKey: 'visit-2-insurance' }));
  assert.deepEqual([again.presettlementNo, again.state], [first.presettlementNo, 'presettled']);
  assert.equal(codeOf(await app.presettle({ quoteId, ...asked, usesAccount: false }, { idempotencyKey: 'visit-2-insurance' })), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(codeOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-2-another' })), 'BILL_PRESETTLED');
  const other = client({ appId: 'other-app', secret: 'another secret, just as long as the first' });
  assert.equal(codeOf(await other.findPresettlement(first.presettlementNo)), 'PRESETTLEMENT_NOT_FOUND');
  assert.equal(codeOf(await other.abandonPresettlement(first.presettlementNo)), 'PRESETTLEMENT_NOT_FOUND');
  assert.equal(valueOf(await app.abandonPresettlement(first.presettlementNo)).state, 'abandoned');
  assert.equal(valueOf(await app.abandonPresettlement(first.presettlementNo)).state, 'abandoned', 'repeating is harmless');
  assert.equal(codeOf(await app.createPayment({ quoteId, amountFen: 10_000, method: 'medicalInsurance', presettlementNo: first.presettlementNo }, { idempotencyKey: 'visit-2-pay' })), 'PRESETTLEMENT_NOT_OPEN');
});

test('what the centre or the HIS refuses is said by its code', async (context) => {
  const { client, hospital, centre } = await startStand(context);
  const app = client();
  hospital.bills.set('B1', 10_000);
  const { quoteId } = valueOf(await app.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  centre.findAnswers = [{ kind: 'declined', code: '-1', message: '未查询到参保人' }];
  assert.equal(codeOf(await app.findInsured({ voucher })), 'INSURANCE_DECLINED');
  centre.presettleAnswers = [{ kind: 'notSent', reason: 'no line' }];
  assert.equal(codeOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-3-insurance' })), 'INSURANCE_UNAVAILABLE');
  centre.presettleAnswers = [{ kind: 'declined', code: '-1', message: '险种类型不符' }];
  assert.equal(codeOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-3-insurance' })), 'INSURANCE_DECLINED', 'the same key goes on');
  assert.equal(codeOf(await app.presettle({ quoteId, ...asked }, { idempotencyKey: 'visit-3-insurance' })), 'PRESETTLEMENT_NOT_OPEN');
  assert.equal(codeOf(await app.presettle({ quoteId: 'Q-NOBODYS', ...asked }, { idempotencyKey: 'visit-3-nobody' })), 'QUOTE_NOT_FOUND');
});

test('one call of a mini-program\'s back end starts both payments; who pays is no part of what the key stands for, and comes back nowhere', async (context) => {
  const { client, hospital, channel, centre, work } = await startStand(context);
  const app = client();
  hospital.bills.set('B1', 10_000);
  const { quoteId } = valueOf(await app.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  const plain = centre.presettle.bind(centre);
  centre.presettle = async (request) => {
    const outcome = await plain(request);
    return outcome.kind === 'presettled' ? { ...outcome, mobileOrder: { payOrderId: 'ORD1', ownOrderNo: request.presettlementNo } } : outcome;
  };
  const { presettlementNo, totalFen } = valueOf(await app.presettle({ quoteId, ...asked, voucher: { kind: 'authorization', number: 'AUTH0001' } }, { idempotencyKey: 'visit-4-insurance' }));
  const insurancePayer = { payAuthNo: 'AUTH0001', name: '测试人甲', idNo: '44030019000101123X', relative: { name: '测试人乙', idNo: '440300200001011239' } };
  const request = { quoteId, amountFen: totalFen, method: 'jsapi', payerId: 'oPayer', presettlementNo } as const;
  assert.equal(codeOf(await app.createPayment(request, { idempotencyKey: 'visit-4-pay' })), 'MALFORMED_REQUEST', 'without who pays');
  assert.equal(codeOf(await app.createPayment({ ...request, insurancePayer: { ...insurancePayer, idNo: '123' } }, { idempotencyKey: 'visit-4-pay' })), 'MALFORMED_REQUEST', 'no identity number');
  assert.equal(codeOf(await app.createPayment({ ...request, insurancePayer }, { idempotencyKey: 'visit-4-pay' })), 'MIXED_PAYMENT_UNAVAILABLE', 'this wallet cannot');
  Object.assign(channel, { settlingInsurance: { tellInsuranceRefund: () => Promise.resolve({ kind: 'told' }) } });
  const order = valueOf(await app.createPayment({ ...request, insurancePayer }, { idempotencyKey: 'visit-4-pay' }));
  assert.deepEqual(order.payments.map(({ method, amountFen }) => [method, amountFen]), [['medicalInsurance', 7_500], ['jsapi', 2_500]]);
  const again = valueOf(await app.createPayment({ ...request, insurancePayer: { ...insurancePayer, payAuthNo: 'AUTH0002' } }, { idempotencyKey: 'visit-4-pay' }));
  assert.equal(again.tradeNo, order.tradeNo);
  for (const personal of [insurancePayer.name, insurancePayer.idNo, insurancePayer.relative.name]) assert.ok(!JSON.stringify(again).includes(personal));
  for (const { paymentNo } of order.payments) channel.pay(paymentNo);
  await app.findPayment(order.tradeNo, { fresh: true });
  await work('confirmOrder');
  assert.equal(hospital.confirmed.get(order.tradeNo)?.amountFen, 10_000);
});
