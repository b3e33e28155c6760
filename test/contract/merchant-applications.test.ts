/** A merchant's own systems: an application reads the money of the merchant it is bound to, and of no other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '@hospay/server/applications/ports.js';
import type { PaymentApiPorts } from '@hospay/server/edges/http/payment-api/payment-api-ports.js';
import type { ApiResult } from '@hospay/payment-sdk';
import { startStand } from './payment-api-stand.js';

const DAY = '2026-11-20';
const SHOP: Application = { appId: 'shop-app', hospitalId: 'demo', merchantId: 'm1', merchantNo: 'M-EAST', secret: 'the secret of the merchant itself, long enough', permissions: ['statement', 'merchant'], notifyUrl: undefined, status: 'active' };
const code = (result: ApiResult<unknown>) => (result.kind === 'refused' ? result.error.code : result.kind);
function value<Value>(result: ApiResult<Value>): Value {
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.value;
}

/** What merchants are told, and for which merchant it was asked. */
function toldDesk() {
  const asked: unknown[] = [];
  const sums = { paidCount: 0, paidFen: 0, refundedCount: 0, refundedFen: 0 };
  const desk: PaymentApiPorts['merchants'] = {
    listPayments: (of) => { asked.push(of); return Promise.resolve({ kind: 'ok', value: { payments: [] } }); },
    findOrder: (of) => { asked.push(of); return Promise.resolve({ kind: 'refused', code: 'ORDER_NOT_FOUND' }); },
    readFigures: (of) => { asked.push(of); return Promise.resolve({ kind: 'ok', value: { rows: [], totals: sums, behind: 0 } }); },
    readSettlement: (of) => { asked.push(of); return Promise.resolve({ expected: [], arrivals: [], batches: [] }); },
  };
  return { asked, desk };
}

test('an application asks for the merchant it is bound to; it cannot name another, and without the permission or the merchant it is told nothing', async (context) => {
  const { asked, desk } = toldDesk();
  const unbound: Application = { ...SHOP, appId: 'unbound-app', merchantNo: undefined };
  const unpermitted: Application = { ...SHOP, appId: 'unpermitted-app', permissions: ['statement'] };
  const stand = await startStand(context, { more: [SHOP, unbound, unpermitted], merchants: desk });
  const [shop, nobody, ordinary] = [stand.client(SHOP), stand.client(unbound), stand.client()];
  value(await shop.listMerchantPayments({ state: 'succeeded', limit: 5 }));
  assert.equal(code(await shop.findMerchantOrder('H20261120100000ABCDEFGHJ')), 'ORDER_NOT_FOUND');
  value(await shop.readMerchantFigures({ by: 'day', from: DAY, to: DAY }));
  value(await shop.readMerchantSettlement());
  assert.deepEqual(asked, [{ state: 'succeeded', limit: 5, merchantNo: 'M-EAST' }, { tradeNo: 'H20261120100000ABCDEFGHJ', merchantNo: 'M-EAST' }, { by: 'day', from: DAY, to: DAY, merchantNo: 'M-EAST' }, { merchantNo: 'M-EAST' }]);
  for (const client of [nobody, ordinary, stand.client(unpermitted)]) {
    for (const result of [await client.listMerchantPayments(), await client.findMerchantOrder('H20261120100000ABCDEFGHJ'), await client.readMerchantFigures({ by: 'day', from: DAY, to: DAY }), await client.readMerchantSettlement()]) assert.equal(code(result), 'NOT_PERMITTED');
    assert.equal(code(await client.downloadStatement(DAY, { scope: 'merchant' })), 'NOT_PERMITTED');
  }
  const smuggling = { number: 'x', merchantNo: 'M-MAIN' };
  assert.equal(code(await shop.listMerchantPayments(smuggling)), 'MALFORMED_REQUEST');
  assert.equal(asked.length, 4);
  assert.equal(code(await shop.findPaymentByKey('visit-0001')), 'NOT_PERMITTED', 'it reads what was taken, and takes nothing');
});

test('it fetches its merchant’s statement file, signed by its own secret, and neither another’s nor the hospital’s', async (context) => {
  const stand = await startStand(context, { more: [{ ...SHOP, merchantNo: '1900000009' }, { ...SHOP, appId: 'other-shop' }], merchantNos: ['1900000009', 'M-EAST', '商户/../1'] });
  const merchantNo = stand.channel.merchantNo;
  const shop = stand.client({ appId: SHOP.appId, secret: SHOP.secret });
  const paid = await stand.takePaid({ amountFen: 10_001 });
  stand.clock.set('2026-11-21T02:00:00.000Z');
  await stand.statements.desk.makeDue();
  assert.equal(merchantNo, '1900000009');
  const statement = value(await shop.downloadStatement(DAY, { scope: 'merchant' }));
  assert.deepEqual([statement.scope, statement.appId, statement.rows.map(({ paymentNo, amountFen }) => [paymentNo, amountFen])], ['merchant', merchantNo, [[paid.paymentNo, 10_001]]]);
  assert.deepEqual(value(await shop.listStatements({ from: DAY, to: DAY, scope: 'merchant' })).map(({ fileName, scope }) => [fileName, scope]), [[`hospay-merchant-${merchantNo}-${DAY}-v1.csv`, 'merchant']]);
  assert.deepEqual(value(await stand.client({ appId: 'other-shop', secret: SHOP.secret }).downloadStatement(DAY, { scope: 'merchant' })).rows, []);
  assert.equal(code(await shop.downloadStatement(DAY, { scope: 'hospital' })), 'NOT_PERMITTED');
  const odd = stand.statements.desk.list({ receiver: { scope: 'merchant', appId: '商户/../1' }, from: DAY, to: DAY });
  assert.match(odd.kind === 'ok' ? (odd.value[0]?.fileName ?? '') : '', /^hospay-merchant-_[0-9a-f]{32}-2026-11-20-v1\.csv$/, 'a number that makes no file name keeps no day from being made');
});
