/** Registration (挂号) and deposits (住院预交金) over the payment API, with the SDK an application uses: paid like bills, told to the HIS as what they are. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConfirmRequest, Inpatient } from '@hospay/plugin-sdk';
import type { ApiResult } from '@hospay/payment-sdk';
import { startStand, type Stand } from './payment-api-stand.js';

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

const STAY: Inpatient = {
  inpatientNo: 'ZY1', visitId: '2', patientId: 'P1', name: '赵小试', state: 'admitted', ward: '一病区', bed: '12', departmentName: '内科', admittedAt: '2026-11-18T00:00:00Z', depositFen: 0, costFen: 50_000, selfCostFen: 20_000, arrearsFen: 0,
};
const REQUEST = { patientId: 'P1', patientLabel: '赵*试', scheduleId: 'S1', slotId: 'N1', when: 'today' } as const;

/** A HIS with one schedule and one stay; it keeps what it was told. */
function withFacets({ hospital }: Stand) {
  const held = new Map<string, string>();
  const cancelled: string[] = [];
  const told: ConfirmRequest[] = [];
  hospital.facets = {
    listSchedules: () => Promise.resolve({ kind: 'ok', value: [{ scheduleId: 'S1', departmentCode: '01', departmentName: '内科', day: '2026-11-20', session: 'morning', registrationFeeFen: 100, treatmentFeeFen: 1_400, remaining: 3 }] }),
    holdRegistration({ registrationNo }) {
      const hisRegistrationNo = held.get(registrationNo) ?? `G${String(held.size + 1)}`;
      held.set(registrationNo, hisRegistrationNo);
      return Promise.resolve({ kind: 'ok', value: { hisRegistrationNo, totalFen: 1_500, fundFen: 0, personalAccountFen: 0, selfPayFen: 1_500, expiresAt: '2026-11-20T02:15:00Z', queueNo: '7' } });
    },
    cancelRegistration({ hisRegistrationNo }) {
      if (told.some((request) => request.hisRegistrationNo === hisRegistrationNo)) return Promise.resolve({ kind: 'rejected', code: '200802', message: '已支付' });
      cancelled.push(hisRegistrationNo);
      return Promise.resolve({ kind: 'ok', value: {} });
    },
    findInpatient: ({ cardType, cardNo }) => Promise.resolve({ kind: 'ok', value: cardType === 'inpatientNo' && cardNo === STAY.inpatientNo ? [STAY] : [] }),
  };
  const confirm = hospital.confirm.bind(hospital);
  Object.assign(hospital, { confirm: async (request: ConfirmRequest) => {
    told.push(request);
    const answer = await confirm(request);
    return answer.kind === 'ok' && request.business === 'registration' ? { ...answer, value: { ...answer.value, queueNo: '7', place: '三楼 内科' } } : answer;
  } });
  return { held, cancelled, told };
}

test('a registration is held once under its key, paid by its quote, told to the HIS as a registration, and shows the place in the queue', async (context) => {
  const stand = await startStand(context);
  const { held, told } = withFacets(stand);
  const app = stand.client();
  assert.equal(valueOf(await app.listSchedules('01', { from: '2026-11-20', to: '2026-11-20' }))[0]?.remaining, 3);
  const first = valueOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-1-hold' }));
  const again = valueOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-1-hold' }));
  assert.deepEqual([first.registrationNo, first.hisRegistrationNo, first.quote.selfPayFen, first.queueNo], [again.registrationNo, 'G1', 1_500, '7']);
  assert.match(first.registrationNo, /^R[0-9A-F]{29}$/);
  assert.equal(held.size, 1);
  const order = valueOf(await app.createPayment({ quoteId: first.quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: 'visit-1-pay' }));
  assert.deepEqual([order.business, order.description], ['registration', '挂号费']);
  assert.equal(codeOf(await app.createPayment({ quoteId: again.quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: 'visit-1-two' })), 'BILL_IN_PAYMENT', 'one live order per registration');
  stand.channel.pay(`${order.tradeNo}P01`);
  await app.findPayment(order.tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  const booked = valueOf(await app.findPayment(order.tradeNo));
  assert.deepEqual([booked.confirmation.state, booked.confirmation.queueNo, booked.confirmation.place], ['confirmed', '7', '三楼 内科']);
  assert.deepEqual(told.map(({ business, hisRegistrationNo, amountFen }) => [business, hisRegistrationNo, amountFen]), [['registration', 'G1', 1_500]]);
  assert.equal(codeOf(await app.cancelRegistration(first.quote.quoteId)), 'HIS_REJECTED', 'what is paid is refunded, not cancelled');
});

test('a held registration that is not wanted is given back, by its owner alone, as often as asked', async (context) => {
  const stand = await startStand(context);
  const { cancelled } = withFacets(stand);
  const app = stand.client();
  const { quote } = valueOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-2-hold' }));
  const { quoteId: ofBills } = valueOf(await (stand.hospital.bills.set('B1', 100), app.quoteBills({ patientId: 'P1', billNos: ['B1'] })));
  assert.equal(codeOf(await app.cancelRegistration(ofBills)), 'QUOTE_NOT_FOUND');
  valueOf(await app.cancelRegistration(quote.quoteId));
  valueOf(await app.cancelRegistration(quote.quoteId));
  assert.deepEqual(cancelled, ['G1', 'G1']);
});

test('a refund of a registration is asked for at the HIS as one', async (context) => {
  const stand = await startStand(context);
  withFacets(stand);
  const asked: unknown[] = [];
  Object.assign(stand.hospital, { approveRefund: (request: unknown) => { asked.push(request); return Promise.resolve({ kind: 'rejected', code: '5001', message: '已取号' }); } });
  const app = stand.client();
  const { quote } = valueOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-3-hold' }));
  const { tradeNo } = valueOf(await app.createPayment({ quoteId: quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: 'visit-3-pay' }));
  stand.channel.pay(`${tradeNo}P01`);
  await app.findPayment(tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  const { refund } = valueOf(await app.requestRefund(tradeNo, { reason: '不看了' }, { idempotencyKey: 'visit-3-refund' }));
  await stand.work('advanceRefund');
  assert.deepEqual(asked, [{ tradeNo, refundNo: refund.refundNo, refundFen: 1_500, totalFen: 1_500, reason: '不看了', business: 'registration' }]);
  assert.equal(valueOf(await app.findRefund(refund.refundNo)).refund.state, 'rejected');
});

test('a deposit of the amount the family chooses goes to the stay it was quoted for; two relatives may bring one each', async (context) => {
  const stand = await startStand(context);
  const { told } = withFacets(stand);
  const app = stand.client();
  const found = valueOf(await app.searchInpatients({ cardType: 'inpatientNo', cardNo: 'ZY1' }));
  assert.deepEqual([found[0]?.name, found[0]?.bed, Object.hasOwn(found[0] ?? {}, 'patientId')], ['赵*试', '12', false]);
  const pay = async (amountFen: number, key: string) => {
    const quote = valueOf(await app.quoteDeposit({ inpatientNo: 'ZY1', visitId: '2', amountFen }));
    return valueOf(await app.createPayment({ quoteId: quote.quoteId, amountFen, method: 'nativeQr' }, { idempotencyKey: key }));
  };
  const orders = [await pay(200_000, 'son-deposit-1'), await pay(50_000, 'daughter-deposit')];
  for (const { tradeNo } of orders) {
    stand.channel.pay(`${tradeNo}P01`);
    await app.findPayment(tradeNo, { fresh: true });
  }
  await stand.work('confirmOrder');
  const byTradeNo = (one: { readonly tradeNo: string }, other: { readonly tradeNo: string }) => (one.tradeNo < other.tradeNo ? -1 : 1);
  assert.deepEqual(told.toSorted(byTradeNo).map(({ business, inpatientNo, visitId, amountFen, tradeNo }) => [business, inpatientNo, visitId, amountFen, tradeNo]), orders.toSorted(byTradeNo).map(({ tradeNo, amountFen }) => ['deposit', 'ZY1', '2', amountFen, tradeNo]));
  assert.deepEqual(orders.map(({ description, patientLabel }) => [description, patientLabel]), [['住院预交金', '赵*试'], ['住院预交金', '赵*试']]);
});

test('no deposit is taken for a stay that is over, is not there, or is another than the one shown', async (context) => {
  const stand = await startStand(context);
  withFacets(stand);
  const app = stand.client();
  assert.equal(codeOf(await app.quoteDeposit({ inpatientNo: 'ZY9', visitId: '1', amountFen: 100 })), 'INPATIENT_NOT_FOUND');
  assert.equal(codeOf(await app.quoteDeposit({ inpatientNo: 'ZY1', visitId: '1', amountFen: 100 })), 'INPATIENT_NOT_FOUND', 'the stay before');
  stand.hospital.facets = { findInpatient: () => Promise.resolve({ kind: 'ok', value: [{ ...STAY, state: 'discharged' }] }) };
  assert.equal(codeOf(await app.quoteDeposit({ inpatientNo: 'ZY1', visitId: '2', amountFen: 100 })), 'DEPOSIT_NOT_TAKEN');
  assert.equal(codeOf(await app.quoteDeposit({ inpatientNo: 'ZY1', visitId: '2', amountFen: 0 })), 'MALFORMED_REQUEST');
});

test('what this HIS does not have is said so, and what it does not answer is asked again', async (context) => {
  const stand = await startStand(context);
  const app = stand.client();
  assert.equal(codeOf(await app.listDepartments()), 'FUNCTION_NOT_OFFERED');
  assert.equal(codeOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-4-hold' })), 'FUNCTION_NOT_OFFERED');
  stand.hospital.facets = { listSlots: () => Promise.resolve({ kind: 'unknown', reason: 'timeout' }), holdRegistration: () => Promise.resolve({ kind: 'rejected', code: '200506', message: '号源被占' }) };
  assert.equal(codeOf(await app.listSlots('S1')), 'HIS_UNAVAILABLE');
  assert.equal(codeOf(await app.holdRegistration(REQUEST, { idempotencyKey: 'visit-4-hold' })), 'HIS_REJECTED');
});
