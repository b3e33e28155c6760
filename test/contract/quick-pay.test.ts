import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Log } from '@hospay/server/domain/log.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { codeOf, PASSWORD, startQuickPayStand, USER } from './quick-pay-stand.js';

const SMALL = { policy: { passwordlessFen: 5_000, passwordlessPerDayFen: 8_000 } } as const;

describe('a bound card pays', () => {
  test('with the password at once, or once the bank\'s code was entered; the hospital is told, and it is refunded like any payment', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    const paid = await stand.pay(agreementNo, 12_345, { password: PASSWORD });
    assert.ok(paid.kind === 'ok', JSON.stringify(paid));
    assert.equal(paid.value.payments[0]?.state, 'succeeded');
    await stand.work('confirmOrder');
    assert.ok(stand.hospital.confirmed.has(paid.value.tradeNo));

    const large = await stand.pay(agreementNo, 60_000, { password: PASSWORD });
    assert.ok(large.kind === 'ok');
    const { tradeNo } = large.value;
    assert.deepEqual(large.value.payments[0]?.presentation, { kind: 'smsCode' });
    const code = stand.simulator.agreements.codeFor(large.value.payments[0].paymentNo);
    assert.equal(codeOf(await stand.client.enterPaymentCode(tradeNo, code === '000000' ? '000001' : '000000')), 'SMS_CODE_WRONG');
    const entered = await stand.client.enterPaymentCode(tradeNo, code);
    assert.ok(entered.kind === 'ok' && entered.value.payments[0]?.state === 'succeeded');
    const again = await stand.client.enterPaymentCode(tradeNo, code);
    assert.ok(again.kind === 'ok' && again.value.payments[0]?.state === 'succeeded', 'a repeat tells what became of it');

    await stand.work('confirmOrder');
    stand.simulator.orders.holdRefunds();
    const refund = await stand.client.requestRefund(tradeNo, { refundFen: 10_000, reason: '退费' }, { idempotencyKey: stand.newKey() });
    assert.equal(refund.kind, 'ok', JSON.stringify(refund));
    await stand.work('advanceRefund');
    assert.equal(stand.simulator.orders.refunds()[0]?.refundFen, 10_000);
    stand.simulator.orders.settleRefund(stand.simulator.orders.refunds()[0]?.refundNo ?? '', 'DONE');
    stand.clock.advance(3_600_000);
    await stand.work('advanceRefund');
    const refunded = await stand.client.findPayment(tradeNo);
    assert.ok(refunded.kind === 'ok' && refunded.value.refunds[0]?.state === 'succeeded', 'late, and then');
  });

  test('the lost answer of a code is asked about, and one whose time is over takes nothing', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    const order = await stand.pay(agreementNo, 60_000, { password: PASSWORD });
    assert.ok(order.kind === 'ok');
    const [payment] = order.value.payments;
    stand.simulator.failNext('/v1/payments/confirm', 'executeThenNeverAnswer');
    const entered = await stand.client.enterPaymentCode(order.value.tradeNo, stand.simulator.agreements.codeFor(payment?.paymentNo ?? ''));
    assert.ok(entered.kind === 'ok' && entered.value.payments[0]?.state === 'succeeded');
    const late = await stand.pay(agreementNo, 60_000, { password: PASSWORD });
    assert.ok(late.kind === 'ok');
    stand.simulator.orders.expireCode(late.value.payments[0]?.paymentNo ?? '');
    assert.equal(codeOf(await stand.client.enterPaymentCode(late.value.tradeNo, '123456')), 'SMS_CODE_EXPIRED');
    assert.equal((await stand.client.cancelPayment(late.value.tradeNo)).kind, 'ok');
    assert.equal(codeOf(await stand.client.enterPaymentCode((await stand.takePayment()).tradeNo, '123456')), 'NO_CODE_AWAITED');
  });

  test('a charge whose answer was lost is asked about, never made again, whatever is sent with its key', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    const [quoteId, key] = [await stand.quote(12_345), stand.newKey()];
    stand.simulator.failNext('/v1/payments', 'executeThenNeverAnswer');
    const lost = await stand.pay(agreementNo, 12_345, { password: PASSWORD, quoteId, key });
    assert.ok(lost.kind === 'ok' && lost.value.payments[0]?.state === 'unknown');
    // The repeat is answered by its key: no password is compared for it, and nothing is charged.
    const repeat = await stand.pay(agreementNo, 12_345, { password: '314159', quoteId, key });
    assert.ok(repeat.kind === 'ok' && repeat.value.tradeNo === lost.value.tradeNo);
    stand.clock.advance(6_000);
    await stand.work('advancePayment');
    const found = await stand.client.findPayment(lost.value.tradeNo);
    assert.ok(found.kind === 'ok' && found.value.payments[0]?.state === 'succeeded');
    assert.equal(stand.simulator.orders.orders().length, 1);
    assert.equal(stand.simulator.received.filter(({ path }) => path === '/v1/payments').length, 1);
  });

  test('a charge that never arrived is not made again by the platform either: the token is sent once', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    stand.simulator.failNext('/v1/payments', 'neverExecuteNeverAnswer');
    const lost = await stand.pay(agreementNo, 12_345, { password: PASSWORD });
    assert.ok(lost.kind === 'ok' && lost.value.payments[0]?.state === 'unknown');
    for (let minute = 0; minute < 15; minute += 1) {
      stand.clock.advance(60_000);
      await stand.work('advancePayment');
    }
    const found = await stand.client.findPayment(lost.value.tradeNo);
    assert.ok(found.kind === 'ok' && found.value.payments[0]?.state === 'closed');
    assert.equal(stand.simulator.received.filter(({ path }) => path === '/v1/payments').length, 1);
  });

  test('a card its holder cancelled at the bank is declined, and then no bound card any more', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    const token = await stand.quickPay().agreements.tokenOf(agreementNo);
    stand.simulator.orders.beShortNext();
    const short = await stand.pay(agreementNo, 1_000, { password: PASSWORD });
    assert.ok(short.kind === 'ok' && short.value.payments[0]?.state === 'failed');
    assert.equal((await stand.client.listBoundCards(USER)).kind === 'ok' && (await stand.quickPay().agreements.find(agreementNo))?.state, 'active', 'too little money ends no agreement');
    stand.simulator.agreements.end(token ?? '');
    const paid = await stand.pay(agreementNo, 1_000, { password: PASSWORD });
    assert.ok(paid.kind === 'ok' && paid.value.payments[0]?.state === 'failed');
    assert.deepEqual(await stand.client.listBoundCards(USER), { kind: 'ok', value: [] });
  });

  test('nobody pays with somebody else\'s card, by the general operation, or without a password', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000)), 'PAYMENT_PASSWORD_NOT_SET');
    await stand.setPassword();
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000)), 'PAYMENT_PASSWORD_NEEDED');
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000, { password: '314159' })), 'PAYMENT_PASSWORD_WRONG');
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000, { password: PASSWORD, userId: 'user-2' })), 'AGREEMENT_NOT_FOUND');
    assert.equal(codeOf(await stand.client.createPayment({ quoteId: await stand.quote(1_000), amountFen: 1_000, method: 'quickPay' }, { idempotencyKey: stand.newKey() })), 'MALFORMED_REQUEST');
    // Whoever calls the money core past the API, a terminal for one: without a token nothing begins.
    const owner = { kind: 'application', id: stand.application.appId } as const;
    const tender = { owner, method: 'quickPay', channel: 'quick-pay', idempotency: { tenant: 'application/hospital-app', key: stand.newKey(), requestHash: 'hash' } } as const;
    assert.equal(codeIn(await createPayment(stand.ports, { ...tender, merchantId: 'm1', quoteId: await stand.quote(1_000), amountFen: 1_000 })), 'CHANNEL_UNAVAILABLE');
    assert.equal(codeIn(await addPayment(stand.ports, { ...tender, tradeNo: (await stand.takePayment()).tradeNo })), 'CHANNEL_UNAVAILABLE');
    assert.equal(stand.simulator.orders.orders().length, 0);
  });

  test('what is unbound while the password is compared is not charged', async (context) => {
    const stand = await startQuickPayStand(context);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    const { hashes } = stand.quickPay();
    const { matches } = hashes;
    context.mock.method(hashes, 'matches', async (...given: Parameters<typeof matches>) => {
      await stand.client.unbindCard(agreementNo, USER);
      return matches(...given);
    });
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000, { password: PASSWORD })), 'AGREEMENT_NOT_ACTIVE');
    assert.equal(stand.simulator.orders.orders().length, 0);
  });
});

const codeIn = (outcome: { readonly kind: string; readonly code?: string }): string => outcome.code ?? outcome.kind;

describe('small amounts without a password', () => {
  test('follow a payment with the password that succeeded, up to the limit of a payment and of a day', async (context) => {
    const stand = await startQuickPayStand(context, SMALL);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    assert.equal(codeOf(await stand.pay(agreementNo, 3_000)), 'PAYMENT_PASSWORD_NEEDED', 'the first with a new card');
    stand.simulator.orders.beShortNext();
    await stand.pay(agreementNo, 3_000, { password: PASSWORD });
    assert.equal(codeOf(await stand.pay(agreementNo, 3_000)), 'PAYMENT_PASSWORD_NEEDED', 'one that failed proves nothing');
    assert.equal((await stand.pay(agreementNo, 3_000, { password: PASSWORD })).kind, 'ok');
    assert.equal(codeOf(await stand.pay(agreementNo, 5_001)), 'PAYMENT_PASSWORD_NEEDED');
    const [quoteId, key] = [await stand.quote(5_000), stand.newKey()];
    assert.equal((await stand.pay(agreementNo, 5_000, { quoteId, key })).kind, 'ok');
    assert.equal((await stand.pay(agreementNo, 5_000, { quoteId, key })).kind, 'ok', 'a repeat is not counted again');
    assert.equal(codeOf(await stand.pay(agreementNo, 3_001)), 'PAYMENT_PASSWORD_NEEDED', 'the day has 3 000 left');
    assert.equal((await stand.pay(agreementNo, 3_000)).kind, 'ok');
    stand.clock.advance(24 * 3_600_000);
    assert.equal((await stand.pay(agreementNo, 3_000)).kind, 'ok', 'another day');
    const second = await stand.bind();
    assert.equal(codeOf(await stand.pay(second.agreementNo, 1_000)), 'PAYMENT_PASSWORD_NEEDED', 'another card is new again');
  });

  test('two at once do not exceed the day together, and a key does not turn from password to none', async (context) => {
    const stand = await startQuickPayStand(context, SMALL);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    await stand.pay(agreementNo, 1_000, { password: PASSWORD });
    const both = await Promise.all([stand.pay(agreementNo, 4_500), stand.pay(agreementNo, 4_500)]);
    assert.deepEqual(both.map(codeOf).toSorted(), ['PAYMENT_PASSWORD_NEEDED', 'ok']);
    const key = stand.newKey();
    assert.equal(codeOf(await stand.pay(agreementNo, 3_000, { password: PASSWORD, key, quoteId: 'NO-SUCH-QUOTE' })), 'QUOTE_NOT_FOUND');
    assert.equal(codeOf(await stand.pay(agreementNo, 3_000, { key })), 'PAYMENT_PASSWORD_NEEDED');
    assert.equal(codeOf(await stand.pay(agreementNo, 3_001, { key, password: PASSWORD })), 'IDEMPOTENCY_KEY_REUSED');
  });

  test('nothing goes without the password while it is locked', async (context) => {
    const stand = await startQuickPayStand(context, SMALL);
    const { agreementNo } = await stand.bind();
    await stand.setPassword();
    await stand.pay(agreementNo, 1_000, { password: PASSWORD });
    for (let guess = 1; guess <= 5; guess += 1) await stand.pay(agreementNo, 1_000, { password: '314159' });
    assert.equal(codeOf(await stand.pay(agreementNo, 1_000)), 'PAYMENT_PASSWORD_LOCKED');
  });
});

test('of a whole run neither log, database files nor audit hold a card number, an identity number, a name, a mobile, a password or a token', async (context) => {
  const lines: string[] = [];
  const keep = (message: string, facts?: object): void => { lines.push(`${message} ${JSON.stringify(facts ?? {})}`); };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  const stand = await startQuickPayStand(context, { log });
  const { agreementNo, cardHolder } = await stand.bind();
  await stand.setPassword();
  await stand.client.bindCard({ userId: USER, cardHolder: { ...cardHolder, name: '不是本人' } }, { idempotencyKey: stand.newKey() });
  stand.simulator.failNext('/v1/bindings/request', 'garbage');
  await stand.client.bindCard({ userId: USER, cardHolder: { ...stand.newCardHolder(), mobile: cardHolder.mobile } }, { idempotencyKey: stand.newKey() });
  await stand.client.checkCardHolder({ userId: USER, agreementNo, cardHolder });
  await stand.pay(agreementNo, 1_000, { password: '314159' });
  stand.simulator.failNext('/v1/payments', 'executeThenNeverAnswer');
  await stand.pay(agreementNo, 1_000, { password: PASSWORD });
  await stand.client.bindCard({ userId: USER, cardHolder: { ...cardHolder, cardNo: `${cardHolder.cardNo}x` } }, { idempotencyKey: stand.newKey() });
  const token = await stand.quickPay().agreements.tokenOf(agreementNo);
  assert.ok(token !== undefined);
  stand.store.database.exec(`VACUUM INTO '${join(stand.folder, 'money.sqlite')}'`);
  await stand.restart();

  const files = readdirSync(stand.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  assert.ok(files.length >= 3 && files.some((file) => file.includes(agreementNo)), 'the files were looked at');
  const texts = [...lines, ...stand.said, JSON.stringify(stand.acts), JSON.stringify(await stand.client.listBoundCards(USER))];
  for (const personal of [cardHolder.cardNo, cardHolder.idNo, cardHolder.name, cardHolder.mobile, token, PASSWORD, '314159']) {
    assert.ok(!files.some((file) => file.includes(personal)), `${personal} in a file`);
    assert.ok(!texts.some((text) => text.includes(personal)), `${personal} in a text`);
  }
});
