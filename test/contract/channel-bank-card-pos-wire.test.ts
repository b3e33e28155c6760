import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';

import type { BankCardSettings } from '@hospay/channel-bank-card-pos';
import iconv from 'iconv-lite';

import { writeAnswerRecord } from '../simulators/bank-card-pos/mis-records.js';
import type { MachineAnswer } from '../simulators/bank-card-pos/simulated-records.js';
import { BankCardStand, call } from './channel-bank-card-pos-stand.js';

async function standFor(context: TestContext, given: Parameters<typeof BankCardStand.start>[0] = {}): Promise<BankCardStand> {
  const stand = await BankCardStand.start(given);
  context.after(() => stand.stop());
  return stand;
}

/** A terminal of a test's own: it answers every request with what the test says, in pieces of `pieceBytes`. */
async function ownTerminal(context: TestContext, answerTo: (type: string, count: number) => MachineAnswer, pieceBytes = 1_000): Promise<{ terminals: BankCardSettings['terminals']; requests: Buffer[] }> {
  const requests: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (record) => {
      requests.push(record);
      const text = record.toString('latin1');
      const bytes = writeAnswerRecord(answerTo(text.slice(16, 18), requests.length), { echo: text.slice(56, 59), merchantNo: 'M1', terminalNo: '10000001', at: '2026-03-02T02:00:30Z' });
      const send = (from: number): void => {
        socket.write(bytes.subarray(from, from + pieceBytes), () => { if (from + pieceBytes < bytes.length) setImmediate(send, from + pieceBytes); });
      };
      send(0);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => { server.close(); });
  return { terminals: [{ terminalId: 'window-1', host: '127.0.0.1', port: (server.address() as AddressInfo).port, posId: 'POS01', operatorNo: '01' }], requests };
}

const slip = { operation: 'pay', amountFen: 1_234, batchNo: '000001', voucherNo: '000001', referenceNo: '000100000001', at: '2026-03-02T02:00:30Z', operatorNo: '0101' } as const;
const EMPTY: MachineAnswer = { code: '25', message: '无上笔交易' };
const PAID: MachineAnswer = { code: '00', message: '交易成功', transaction: slip };

test('an answer that arrives byte by byte, cut within a Chinese character, is one answer', async (context) => {
  const { terminals, requests } = await ownTerminal(context, (type) => (type === '04' ? EMPTY : PAID), 1);
  const stand = await standFor(context, { settings: { terminals } });
  const { channel } = await stand.plugin();
  const outcome = await channel.charge(stand.order(), call);
  assert.ok(outcome.kind === 'succeeded' && outcome.merchantNo === 'M1' && outcome.paidAt === '2026-03-02T10:00:30+08:00' && outcome.fundingSource === 'bank-0308');
  assert.match(requests[1]?.toString('latin1') ?? '', /^POS01 {3}0101 {4}00000000001234 {26}\d{3} $/);
});

test('a terminal that tells an old slip again pays nobody a second time', async (context) => {
  const { terminals } = await ownTerminal(context, (type) => (type === '04' ? EMPTY : PAID));
  const stand = await standFor(context, { settings: { terminals } });
  const { channel } = await stand.plugin();
  assert.equal((await channel.charge(stand.order(), call)).kind, 'succeeded');
  const second = stand.order();
  assert.equal((await channel.charge(second, call)).kind, 'unknown');
  assert.equal((await channel.query(second, call)).kind, 'unknown');
});

test('a slip that is not whole proves nothing', async (context) => {
  for (const transaction of [{ ...slip, voucherNo: '' }, { ...slip, referenceNo: '' }, { ...slip, amountFen: 0 }]) {
    const { terminals } = await ownTerminal(context, (type) => (type === '04' ? EMPTY : { ...PAID, transaction }));
    const stand = await standFor(context, { settings: { terminals } });
    const { channel } = await stand.plugin();
    assert.equal((await channel.charge(stand.order(), call)).kind, 'unknown');
  }
});

test('a slip printed in the last minute of a year belongs to that year, read in the next', async (context) => {
  const { terminals } = await ownTerminal(context, (type) => (type === '04' ? EMPTY : { ...PAID, transaction: { ...slip, at: '2026-12-31T15:59:30Z' } }));
  const stand = await standFor(context, { settings: { terminals } });
  stand.time = new Date('2026-12-31T16:00:10Z');
  const { channel } = await stand.plugin();
  const outcome = await channel.charge(stand.order(), call);
  assert.equal(outcome.kind === 'succeeded' && outcome.paidAt, '2026-12-31T23:59:30+08:00');
});

test('an answer that breaks off is unknown, and the last slip tells', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  await stand.paid(plugin, stand.order(500));
  const order = stand.order();
  stand.simulator.faults.inject({ on: 'pay', fault: 'shortAnswer' });
  assert.equal((await plugin.channel.charge(order, call)).kind, 'unknown');
});

test('no day has a bill before a format is agreed or the file has come', async (context) => {
  const without = await standFor(context);
  assert.equal((await (await without.plugin()).channel.downloadStatement({ day: '2026-03-02' }, call)).kind, 'notReady');
  const settlement = await standFor(context, { settings: { statement: SETTLEMENT } });
  assert.equal((await (await settlement.plugin()).channel.downloadStatement({ day: '2026-03-02' }, call)).kind, 'notReady');
});

const SETTLEMENT: NonNullable<BankCardSettings['statement']> = {
  source: { from: 'settlement' },
  layout: { kind: 'fixedWidth', recordBytes: 62 },
  columns: {
    kind: { firstByte: 1, bytes: 4 }, terminalNo: { firstByte: 5, bytes: 8 }, batchNo: { firstByte: 13, bytes: 6 }, voucherNo: { firstByte: 19, bytes: 6 },
    referenceNo: { firstByte: 25, bytes: 12 }, date: { firstByte: 37, bytes: 8 }, time: { firstByte: 45, bytes: 6 }, amount: { firstByte: 51, bytes: 12 },
  },
  amountUnit: 'fen',
  kinds: { payment: ['消费'], refund: ['退货', '撤销'] },
};

test('records with a length in front carry the settlement\'s detail, which becomes the bill of the day', async (context) => {
  const stand = await standFor(context, { settings: { framing: 'twoByteLength', statement: SETTLEMENT }, simulator: { framing: 'twoByteLength' } });
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  const refund = stand.refundOf(order, 400);
  await plugin.channel.refund(refund, call);
  stand.machine.useByHand(77);
  await plugin.terminals.operate({ terminalId: 'window-1', operation: 'settle' });
  const statement = await plugin.channel.downloadStatement({ day: '2026-03-02' }, call);
  assert.ok(statement.kind === 'ok');
  assert.deepEqual(statement.lines.map(({ kind, tradeNo, refundNo, amountFen }) => [kind, tradeNo, refundNo, amountFen]), [
    ['payment', order.tradeNo, undefined, 1_234],
    ['refund', order.tradeNo, refund.refundNo, 400],
    ['payment', statement.lines[2]?.tradeNo, undefined, 77],
  ]);
  assert.match(statement.lines[2]?.tradeNo ?? '', /^POS-/);
  assert.deepEqual(statement.lines.map(({ isUnnamed }) => isUnnamed), [undefined, undefined, true], 'it is nobody else’s by its number');
  assert.match(iconv.decode(Buffer.from(statement.raw), 'gbk'), /^消费10000001/);
});

test('what is proven and old leaves the store; what is not proven, and every refund, stays', async (context) => {
  const stand = await standFor(context, { settings: { keepDays: 8 } });
  const plugin = await stand.plugin();
  const [paid, lost] = [stand.order(), stand.order()];
  await stand.paid(plugin, paid);
  const refund = stand.refundOf(paid, 100);
  await plugin.channel.refund(refund, call);
  await stand.lost(plugin, lost, 'dropBeforeExecuting');
  stand.time = new Date('2026-03-12T02:00:00Z');
  const later = await stand.plugin();
  assert.equal((await later.channel.query(paid, call)).kind, 'notFound');
  assert.equal((await later.channel.query(lost, call)).kind, 'unknown');
  assert.equal((await later.channel.queryRefund(refund, call)).kind, 'succeeded');
});

test('no part of a card number is kept or told', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  const kept = JSON.stringify([await stand.store.list('', { limit: 1_000 }), await plugin.channel.query(order, call), plugin.logLines]);
  assert.doesNotMatch(kept, /621483|9012/);
});
