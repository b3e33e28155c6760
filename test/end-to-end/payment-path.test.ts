import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPaymentClient } from '@hospay/payment-sdk';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
let kiosk: KioskUnderTest;
before(async () => {
  appliance = await ApplianceUnderTest.start();
  kiosk = await KioskUnderTest.enrol(appliance);
});
after(async () => {
  await kiosk.powerOff();
  await appliance.stop();
});

const confirmed = (tradeNo: string) =>
  eventually('the hospital has confirmed', async () => {
    const order = await kiosk.ask(tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  });
const refunded = (tradeNo: string) =>
  eventually('the money is back', async () => {
    const order = await kiosk.ask(tradeNo);
    return order.refunds.at(-1)?.state === 'succeeded' ? order : undefined;
  });
const settlementsOf = (tradeNo: string) => appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo);
const factsOf = (tradeNo: string) => appliance.read<{ kind: string }>('SELECT kind FROM fact WHERE trade_no = ? ORDER BY id', tradeNo).map((fact) => fact.kind);
const ledgerOf = (tradeNo: string) =>
  appliance
    .read<{ step: string; account: string; side: string; amount_fen: number; phase: string }>(
      'SELECT j.step, a.code AS account, e.side, e.amount_fen, e.phase FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id WHERE j.trade_no = ? ORDER BY j.seq, e.line',
      tradeNo,
    )
    .filter((entry) => entry.phase === 'final')
    .map(({ step, account, side }) => `${step} ${side} ${account}`)
    .sort();

test('a patient pays at the kiosk, the hospital knows, the receipt is printed', async () => {
  const order = await kiosk.showCode('C0000001');
  const [payment] = order.payments;
  assert.equal(payment?.state, 'paying');
  assert.equal(payment.presentation?.kind, 'qr');
  appliance.wechat.pay(paymentNoOf(order));
  const done = await confirmed(order.tradeNo);
  assert.ok(done.confirmation.receiptNo);
  const [settlement, ...others] = settlementsOf(order.tradeNo);
  assert.deepEqual(others, []);
  assert.ok(settlement);
  const printed = await kiosk.client.call('receipt.printed', { tradeNo: order.tradeNo });
  assert.equal(printed.kind, 'ok');
  assert.ok(printed.value.confirmation.receiptPrintedAt);
  assert.deepEqual(ledgerOf(order.tradeNo), ['confirmed credit 2002', 'confirmed debit 2001', 'succeeded credit 2001', 'succeeded debit 1121']);
  await eventually('the kiosk was told without asking', () => kiosk.pushed.find((view) => view.tradeNo === order.tradeNo && view.confirmation.state === 'confirmed'));
});

test('the hospital rejects after the money is in: the whole amount goes back by itself', async () => {
  const order = await kiosk.showCode('C0000002');
  for (const billNo of order.billNos) await appliance.his.hospital.lockBill(billNo);
  appliance.wechat.pay(paymentNoOf(order));
  const back = await refunded(order.tradeNo);
  assert.equal(back.confirmation.state, 'rejected');
  assert.equal(back.refunds[0]?.refundFen, order.amountFen);
  assert.deepEqual(settlementsOf(order.tradeNo), []);
  assert.deepEqual(ledgerOf(order.tradeNo), [
    'accepted credit 2011', 'accepted debit 2001', 'succeeded credit 1121', 'succeeded credit 2001', 'succeeded debit 1121', 'succeeded debit 2011',
  ]);
});

test('the HIS times out after committing: booked once, confirmed once, nothing refunded', async () => {
  const order = await kiosk.showCode('C0000005');
  appliance.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'commit-then-drop' } });
  appliance.wechat.pay(paymentNoOf(order));
  const done = await confirmed(order.tradeNo);
  assert.equal(settlementsOf(order.tradeNo).length, 1);
  assert.deepEqual(done.refunds, []);
});

test('the notification is lost: the query finds the payment', async () => {
  const order = await kiosk.showCode('C0000006');
  appliance.wechat.faults.inject({ on: 'notification', outTradeNo: paymentNoOf(order), times: 'always', fault: { kind: 'drop' } });
  appliance.wechat.pay(paymentNoOf(order));
  await confirmed(order.tradeNo);
});

test('a notification that comes five times settles once, a forged one changes nothing', async () => {
  const order = await kiosk.showCode('C0000007');
  const paymentNo = paymentNoOf(order);
  appliance.wechat.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: 1, fault: { kind: 'delay', delayMs: 1_000 } });
  appliance.wechat.pay(paymentNo);
  const forged = appliance.wechat.makeNotification({ outTradeNo: paymentNo }, { kind: 'forgedSignature' });
  const answer = await fetch(`${appliance.addresses.payment}/notify/wechat`, { method: 'POST', headers: forged.headers, body: forged.body });
  assert.ok(answer.status >= 400);
  assert.ok(!factsOf(order.tradeNo).includes('channelNotification'));
  for (let time = 0; time < 4; time += 1) assert.equal(await appliance.wechat.notifyAgain(paymentNo), 200);
  assert.ok(factsOf(order.tradeNo).includes('channelNotification'));
  await confirmed(order.tradeNo);
  assert.equal(ledgerOf(order.tradeNo).filter((line) => line === 'succeeded debit 1121').length, 1);
});

test('the news of the payment is there before the answer that shows its code: settled once, and the late answer takes nothing back', async () => {
  appliance.wechat.faults.inject({ on: 'nativeOrder', times: 1, fault: { kind: 'notifyBeforeAnswer' } });
  const order = await kiosk.showCode('C0000013');
  const paymentNo = paymentNoOf(order);
  const done = await confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  assert.equal(settlementsOf(order.tradeNo).length, 1);
  assert.deepEqual(ledgerOf(order.tradeNo), ['confirmed credit 2002', 'confirmed debit 2001', 'succeeded credit 2001', 'succeeded debit 1121']);
  const facts = factsOf(order.tradeNo);
  assert.ok(facts.indexOf('channelNotification') !== -1 && facts.indexOf('channelNotification') < facts.indexOf('channelAnswer'), `the news did not come first: ${facts.join(', ')}`);
  assert.equal(await appliance.wechat.notifyAgain(paymentNo), 200);
  assert.equal((await kiosk.ask(order.tradeNo)).payments[0]?.state, 'succeeded');
});

test('old news after new: the refund is known before the payment’s own notification arrives, and nothing moves twice', async () => {
  const order = await kiosk.showCode('C0000014');
  const paymentNo = paymentNoOf(order);
  for (const billNo of order.billNos) await appliance.his.hospital.lockBill(billNo);
  // The payment is found by query only; the refund's notification overtakes both the payment's and the refund's own answer.
  appliance.wechat.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: 'always', fault: { kind: 'drop' } });
  appliance.wechat.faults.inject({ on: 'refund', outTradeNo: paymentNo, times: 1, fault: { kind: 'notifyBeforeAnswer' } });
  appliance.wechat.pay(paymentNo);
  const back = await refunded(order.tradeNo);
  const refundNo = back.refunds[0]?.refundNo;
  assert.ok(refundNo !== undefined);
  const ledger = ledgerOf(order.tradeNo);
  assert.equal(await appliance.wechat.notifyAgain(paymentNo), 200);
  assert.equal(await appliance.wechat.notifyRefundAgain(refundNo), 200);
  assert.equal(await appliance.wechat.notifyAgain(paymentNo), 200);
  const later = await kiosk.ask(order.tradeNo);
  assert.deepEqual([later.confirmation.state, later.refunds.map((refund) => refund.state)], ['rejected', ['succeeded']]);
  assert.deepEqual(ledgerOf(order.tradeNo), ledger);
  assert.deepEqual(settlementsOf(order.tradeNo), []);
});

test('two kiosks, one bill: the second is told that it is being paid; after a cancel it may pay', async () => {
  const other = await KioskUnderTest.enrol(appliance, 'kiosk-2');
  try {
    const first = await kiosk.quote('C0000008');
    const second = await other.quote('C0000008', () => first.quote.billNos);
    const mine = await kiosk.client.pay({ quoteId: first.quote.quoteId, amountFen: first.quote.selfPayFen, method: 'nativeQr' });
    assert.equal(mine.kind, 'order');
    const theirs = await other.client.pay({ quoteId: second.quote.quoteId, amountFen: second.quote.selfPayFen, method: 'nativeQr' });
    assert.equal(theirs.kind, 'refused');
    assert.equal(theirs.error.code, 'BILL_IN_PAYMENT');
    const cancelled = await kiosk.client.call('payment.cancel', { tradeNo: mine.order.tradeNo });
    assert.equal(cancelled.kind, 'ok');
    assert.equal(cancelled.value.payments[0]?.state, 'closed');
    const again = await other.client.pay({ quoteId: second.quote.quoteId, amountFen: second.quote.selfPayFen, method: 'nativeQr' });
    assert.equal(again.kind, 'order');
    await other.client.call('payment.cancel', { tradeNo: again.order.tradeNo });
  } finally {
    await other.powerOff();
  }
});

test('a payment that succeeds after it was closed is not dropped: the hospital books it while the bill is free', async () => {
  const order = await kiosk.showCode('C0000009');
  const paymentNo = paymentNoOf(order);
  const cancelled = await kiosk.client.call('payment.cancel', { tradeNo: order.tradeNo });
  assert.equal(cancelled.kind, 'ok');
  appliance.wechat.pay(paymentNo, { evenIfClosed: true });
  await confirmed(order.tradeNo);
  assert.equal(settlementsOf(order.tradeNo).length, 1);
});

test('a late success whose bill another order has taken goes back to the patient', async () => {
  const order = await kiosk.showCode('C0000010');
  await kiosk.client.call('payment.cancel', { tradeNo: order.tradeNo });
  const successor = await kiosk.showCode('C0000010');
  assert.deepEqual(successor.billNos, order.billNos);
  appliance.wechat.pay(paymentNoOf(successor));
  await confirmed(successor.tradeNo);
  appliance.wechat.pay(paymentNoOf(order), { evenIfClosed: true });
  const back = await refunded(order.tradeNo);
  assert.equal(back.refunds[0]?.refundFen, order.amountFen);
  assert.equal(settlementsOf(order.tradeNo).length, 0);
});

test('the kiosk loses power after the patient paid: when it is back it finds its order and the receipt', async () => {
  const order = await kiosk.showCode('C0000011');
  await kiosk.powerOff();
  appliance.wechat.pay(paymentNoOf(order));
  await eventually('confirmed without the kiosk', () => (settlementsOf(order.tradeNo).length === 1 ? true : undefined));
  await kiosk.powerOn(appliance);
  const resumed = await eventually('the open order is there', async () => {
    const session = await kiosk.client.call('session.resume', {});
    return session.kind === 'ok' ? session.value.openOrders.find((open: Order) => open.tradeNo === order.tradeNo && open.confirmation.state === 'confirmed') : undefined;
  });
  assert.ok(resumed.confirmation.receiptNo);
});

test('the same path over HTTP: pay, query, partial refunds, the rest, and the statement of the day', async () => {
  const client = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const must = <Value>(result: { kind: string; value?: Value }): Value => {
    assert.equal(result.kind, 'ok', JSON.stringify(result));
    return result.value as Value;
  };
  const [patient] = must(await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000012' }));
  assert.ok(patient);
  const [bill] = must(await client.searchBills({ patientId: patient.patientId }));
  assert.ok(bill);
  const quote = must(await client.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
  const request = { quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' as const, description: '门诊缴费' };
  const created = must(await client.createPayment(request, { idempotencyKey: 'order-0001' }));
  assert.equal(must(await client.createPayment(request, { idempotencyKey: 'order-0001' })).tradeNo, created.tradeNo);
  const other = await client.createPayment({ ...request, description: '另一笔' }, { idempotencyKey: 'order-0001' });
  assert.equal(other.kind, 'refused');
  assert.equal(other.error.code, 'IDEMPOTENCY_KEY_REUSED');
  appliance.wechat.pay(created.payments[0]?.paymentNo ?? '');
  await eventually('confirmed', async () => {
    const order = must(await client.findPayment(created.tradeNo));
    return order.confirmation.state === 'confirmed' ? true : undefined;
  });
  const invoiceOf = async () => must(await client.findPayment(created.tradeNo)).invoice;
  const invoice = await eventually('the invoice is issued', async () => { const found = await invoiceOf(); return found?.state === 'issued' ? found : undefined; });
  assert.equal(invoice.amountFen, quote.totalFen);
  assert.equal(appliance.his.hospital.office.countInvoices(`${created.tradeNo}F1`), 1);
  const part = must(await client.requestRefund(created.tradeNo, { refundFen: 1, reason: '退一分' }, { idempotencyKey: 'refund-0001' }));
  const rest = must(await client.requestRefund(created.tradeNo, { reason: '退余款' }, { idempotencyKey: 'refund-0002' }));
  assert.equal(part.refund.refundFen + rest.refund.refundFen, created.amountFen);
  const tooMuch = await client.requestRefund(created.tradeNo, { refundFen: 1, reason: '多退' }, { idempotencyKey: 'refund-0003' });
  assert.equal(tooMuch.kind, 'refused');
  await eventually('both refunds are back', async () => {
    const order = must(await client.findPayment(created.tradeNo));
    return order.refunds.every((refund) => refund.state === 'succeeded') && order.confirmation.state === 'reversed' ? true : undefined;
  });
  await eventually('what is not booked any more has no invoice', async () => ((await invoiceOf())?.state === 'flushed' ? true : undefined));
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const early = await client.downloadStatement(today);
  assert.equal(early.kind, 'refused');
  assert.equal(early.error.code, 'STATEMENT_NOT_READY');
});

test('after all these stories the ledger is whole and no case is open that should not be', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  const open = appliance.read<{ kind: string }>('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').map((row) => row.kind);
  assert.deepEqual(open.filter((kind) => kind !== 'lateSuccessRefunded'), []);
});

test('a core that is told it serves another hospital than its data folder does not start, and says whose the folder is', { timeout: 60_000 }, async () => {
  await appliance.stopCore();
  let own: unknown;
  appliance.change((profile) => {
    own = profile.hospital;
    return { ...profile, hospital: { ...profile.hospital, id: 'another' } };
  });
  await assert.rejects(appliance.startCore(), /hospital\.id is another, and the data folder is of demo/);
  appliance.change((profile) => ({ ...profile, hospital: own }));
  await appliance.startCore();
});
