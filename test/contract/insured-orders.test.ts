/** Orders whose first payment is the insurance: confirmed, refunded, given up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { findPresettlement } from '@hospay/server/insurance/find-presettlement.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { accounts, add, cases, centre, hospital, insurance, later, newStandForEachTest, now, owner, paidWithCashRest, pay, ports, presettled, refund, run, settled, stateOf, store, taken, TOTAL, wallet } from './insured-orders-stand.js';
import { type ScriptedChannel, sampleQuote } from './scripted-guests.js';

newStandForEachTest();

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

test('an insured payment the channel has closed takes its pre-settlement with it: the owner sees it given up, and the bill is pre-settled anew at once', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'pending', present: { kind: 'none' } });
  const order = await taken(presettlementNo);
  insurance.queryAnswers = [{ kind: 'pending' }];
  insurance.closeAnswers = [{ kind: 'closed' }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  assert.equal(await stateOf(presettlementNo), 'abandoning', 'the centre\'s order is dead: nothing could settle it any more');
  const refused = await pay(presettlementNo, { key: 'k-again' });
  assert.deepEqual(refused, { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN', detail: 'abandoning' });
  await run('advancePresettlement');
  assert.deepEqual(centre.calls.filter((call) => call.startsWith('abandon')), [`abandon ${presettlementNo}`]);
  const seen = await findPresettlement(ports, { owner, presettlementNo });
  assert.ok(seen.kind === 'ok' && seen.value.state === 'abandoned', JSON.stringify(seen));
  const again = await presettled({ key: 'k-other' });
  assert.notEqual(again.presettlementNo, presettlementNo);
});

test('closed without being paid while its order would still take payments: its pre-settlement is given up all the same', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'pending', present: { kind: 'none' } });
  const order = await taken(presettlementNo);
  insurance.queryAnswers = [{ kind: 'closed' }];
  await run('advancePayment');
  later(10);
  await run('advancePayment');
  assert.equal((await store.findOrder(order.tradeNo))?.payments[0]?.state, 'closed');
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(await add(order.tradeNo, { method: 'medicalInsurance', presettlementNo }), { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN' });
});

test('late news of an order that let its pre-settlement go changes nothing for the order that took it', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'unknown', reason: 'timeout' });
  const first = await taken(presettlementNo);
  insurance.queryAnswers = [{ kind: 'declined', code: '-1', message: '未结算' }];
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
  for (let turn = 0; turn < 4; turn += 1) {
    later(61);
    await run('advanceRefund');
  }
  assert.deepEqual([...wallet.calls, ...insurance.calls].filter((call) => call.startsWith('refund')), [`refund ${tradeNo}R01`, `refund ${tradeNo}R02`]);
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
  assert.equal(await stateOf(presettlementNo), 'abandoning', 'its payment has ended for good');
  centre.abandonAnswers = [{ kind: 'settled' }];
  await run('advancePresettlement');
  assert.deepEqual(cases(), ['presettlementOpen'], 'the centre has moved money: a person hears of it at once');
  insurance.queryAnswers = [settled(paymentNo, 7_500)];
  await run('advancePayment');
  assert.equal(await stateOf(presettlementNo), 'settled', 'the payment that may have settled it is asked about at once');
  assert.ok(!cases().includes('presettlementOpen'));
  insurance.refundAnswers = [{ kind: 'succeeded', refundNo: `${order.tradeNo}R01`, tradeNo: paymentNo, refundFen: 7_500, channelRefundNo: 'SL2', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(accounts(), {});
});

test('given up, and the centre says it settled it: every payment that ever was to settle it is asked about, not only the last order\'s', async () => {
  const { presettlementNo } = await presettled();
  insurance.charge = () => Promise.resolve({ kind: 'declined', code: '-1', message: '凭证已失效' });
  const orders: string[] = [];
  for (const key of ['k-first', 'k-second']) {
    const { tradeNo } = await taken(presettlementNo, { key });
    await cancelPayment(ports, { owner, tradeNo, by: 'kiosk-1' });
    orders.push(tradeNo);
  }
  centre.abandonAnswers = [{ kind: 'settled' }];
  await abandonPresettlement(ports, { owner, presettlementNo, by: 'kiosk-1' });
  assert.deepEqual(cases(), ['presettlementOpen']);
  const due = await store.claimJobs({ kinds: ['advancePayment'], owner: 'test', now, leaseMs: 1, limit: 20 });
  assert.deepEqual(due.map(({ subject }) => subject).toSorted(), orders.map((tradeNo) => `${tradeNo}P01`).toSorted());
});

test('when the HIS settles the insurance itself, nothing of this is asked: the quote\'s self-pay is the order', async () => {
  await store.saveQuote(sampleQuote('Q1', now, { fundFen: fen(6_000), selfPayFen: fen(4_000) }));
  const paid = await createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 't', key: 'k', requestHash: 'h' }, quoteId: 'Q1', amountFen: 4_000, method: 'nativeQr', description: '门诊缴费' });
  assert.ok(paid.kind === 'ok' && paid.value.amountFen === 4_000 && paid.value.presettlementNo === undefined, JSON.stringify(paid));
});
