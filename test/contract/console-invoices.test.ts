/** The electronic invoices of an order, as the console shows them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { firstAdministrator, listOf, type ConsoleClient } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { INVOICE_CODE, INVOICE_URL, openInvoiceOffice } from './scripted-invoice-office.js';

let house: ConsoleHouse;
let finance: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  finance = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const invoicesOf = async (tradeNo: string) => listOf(await finance.get(`/orders/${tradeNo}`), 'invoices');

test('an order nobody invoiced shows no invoice', async () => {
  const { tradeNo } = await house.payAndConfirm('Q1');
  assert.deepEqual(await invoicesOf(tradeNo), []);
});

test('after a partial refund the order shows the flushed invoice beside its red one and the refund, then the one of what is left; never the address that opens it', async () => {
  openInvoiceOffice(house.hospital, house.now);
  const { tradeNo } = await house.payAndConfirm('Q2');
  await house.run('advanceInvoice', tradeNo);
  const issued = { invoiceRequestNo: `${tradeNo}F1`, amountFen: 10_000, state: 'issued', requestedAt: house.now().toISOString(), issuedAt: house.now().toISOString(), invoiceCode: INVOICE_CODE, invoiceNo: '0012340001', checkCode: 'a1b2c3' };
  assert.deepEqual(await invoicesOf(tradeNo), [issued]);
  const asked = await finance.call('POST', `/orders/${tradeNo}/refunds`, { refundFen: 1_234, reason: '检查未做' }, { 'idempotency-key': 'refund-invoice-0001' });
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  house.later(60);
  await house.run('advanceRefund', tradeNo);
  for (const _ of ['it is flushed', 'the rest is issued', 'nothing is left to do']) await house.run('advanceInvoice', tradeNo);
  assert.deepEqual(await invoicesOf(tradeNo), [
    { ...issued, state: 'flushed', refundNo: asked.body['refundNo'], redInvoiceCode: INVOICE_CODE, redInvoiceNo: '0099990002' },
    { ...issued, invoiceRequestNo: `${tradeNo}F2`, amountFen: 8_766, invoiceNo: '0012340003', requestedAt: house.now().toISOString(), issuedAt: house.now().toISOString() },
  ]);
  const { body: whole } = await finance.get(`/orders/${tradeNo}`);
  assert.ok(JSON.stringify(whole).includes('0012340001') && !JSON.stringify(whole).includes(INVOICE_URL), 'nor among the facts of its timeline');
});

test('what the office said is shown without what identifies a person', async () => {
  openInvoiceOffice(house.hospital, house.now);
  house.hospital.facets = { ...house.hospital.facets, issueInvoice: () => Promise.resolve({ kind: 'rejected', code: '300601', message: '交款人手机 13800138000 有误' }) };
  const { tradeNo } = await house.payAndConfirm('Q3');
  await house.run('advanceInvoice', tradeNo);
  const [invoice] = await invoicesOf(tradeNo);
  assert.deepEqual([invoice?.['state'], invoice?.['lastNews']], ['issuing', quoted('300601 交款人手机 [redacted] 有误')]);
});

test('failure mode 17: an order shows what the HIS rounded by, and nothing where it did not', async () => {
  const { tradeNo } = await house.payAndConfirm('Q4', { totalFen: fen(10_003), fundFen: fen(0), personalAccountFen: fen(0), selfPayFen: fen(10_000), roundingFen: -3 });
  assert.equal((await finance.get(`/orders/${tradeNo}`)).body['roundingFen'], -3);
  assert.equal((await finance.get(`/orders/${(await house.payAndConfirm('Q5')).tradeNo}`)).body['roundingFen'], undefined);
});
