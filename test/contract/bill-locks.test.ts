/** Bill locks (收费加锁): the HIS keeps bills for the payment that is being made, and has them back when it comes to nothing. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import type { HisResult } from '@hospay/plugin-sdk';
import { startStand } from './payment-api-stand.js';

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

async function start(context: TestContext, locksBills = true) {
  const stand = await startStand(context, { policy: { locksBills } });
  const held = new Map<string, string>();
  const calls: string[] = [];
  const answers: HisResult<Record<string, never>>[] = [];
  const done = { kind: 'ok', value: {} } as const;
  stand.hospital.facets = {
    lockBills({ lockNo, billNos }) {
      calls.push('lock');
      const scripted = answers.shift();
      if (scripted !== undefined) return Promise.resolve(scripted);
      if (billNos.some((billNo) => (held.get(billNo) ?? lockNo) !== lockNo)) return Promise.resolve({ kind: 'rejected', code: '701', message: '单据正在收费' });
      for (const billNo of billNos) held.set(billNo, lockNo);
      return Promise.resolve(done);
    },
    unlockBills({ lockNo, billNos }) {
      calls.push('unlock');
      const scripted = answers.shift();
      if (scripted !== undefined) return Promise.resolve(scripted);
      for (const billNo of billNos) if (held.get(billNo) === lockNo) held.delete(billNo);
      return Promise.resolve(done);
    },
  };
  const app = stand.client();
  stand.hospital.bills.set('B9', 5_000);
  const press = async (idempotencyKey = 'key-of-locks-1') => {
    const quote = valueOf(await app.quoteBills({ patientId: 'P1', patientLabel: '赵*试', billNos: ['B9'] }));
    return app.createPayment({ quoteId: quote.quoteId, amountFen: 5_000, method: 'nativeQr' }, { idempotencyKey });
  };
  const orders = () => Number(stand.store.database.prepare('SELECT count(*) AS n FROM orders').get()?.['n']);
  return { stand, held, calls, answers, app, press, orders };
}

test('the bills are kept before the channel is asked, and stay kept when they are booked', async (context) => {
  const { stand, held, calls, press, app } = await start(context);
  const { tradeNo } = valueOf(await press());
  assert.deepEqual([calls, held.size], [['lock'], 1]);
  stand.channel.pay(`${tradeNo}P01`);
  await app.findPayment(tradeNo, { fresh: true });
  await stand.work();
  assert.deepEqual([calls, valueOf(await app.findPayment(tradeNo)).confirmation.state], [['lock'], 'confirmed']);
});

test('a doctor, or another cashier, has them: nothing is committed and nothing charged; so is silence', async (context) => {
  const { held, answers, press, orders } = await start(context);
  held.set('B9', 'a window');
  assert.equal(codeOf(await press()), 'BILL_LOCKED');
  held.clear();
  answers.push({ kind: 'unknown', reason: 'timeout' });
  assert.equal(codeOf(await press()), 'HIS_UNAVAILABLE');
  assert.equal(orders(), 0);
  assert.equal(codeOf(await press()), 'ok', 'the same key may try again');
});

test('two presses lock once and are one order; another request hears that the bills are being paid, without the HIS', async (context) => {
  const { calls, press, orders } = await start(context);
  const quoted = await Promise.all([press(), press()]);
  assert.ok(quoted.some(({ kind }) => kind === 'ok'));
  assert.equal(orders(), 1);
  const before = calls.length;
  assert.equal(codeOf(await press('another-key-22')), 'BILL_IN_PAYMENT');
  assert.equal(calls.length, before);
});

test('cancelled: the bills are given back under the same number, asked again until the HIS answers', async (context) => {
  const { stand, held, calls, answers, press, app } = await start(context);
  const { tradeNo } = valueOf(await press());
  valueOf(await app.cancelPayment(tradeNo));
  answers.push({ kind: 'unknown', reason: 'timeout' });
  await stand.work();
  assert.deepEqual([calls, held.size], [['lock', 'unlock'], 1]);
  stand.clock.advance(60_000);
  await stand.work();
  assert.deepEqual([calls, held.size], [['lock', 'unlock', 'unlock'], 0]);
});

test('a hospital that refuses the booking has its bills back; one that does not want locks, or has none, is not asked', async (context) => {
  const { stand, held, press, app } = await start(context);
  const { tradeNo } = valueOf(await press());
  Object.assign(stand.hospital, { confirm: () => Promise.resolve({ kind: 'rejected', code: '303', message: '已关闭' }) });
  stand.channel.pay(`${tradeNo}P01`);
  await app.findPayment(tradeNo, { fresh: true });
  await stand.work();
  assert.equal(held.size, 0);
  const without = await start(context, false);
  valueOf(await without.press());
  assert.deepEqual(without.calls, []);
});
