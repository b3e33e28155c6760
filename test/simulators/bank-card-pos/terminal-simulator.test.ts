import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import iconv from 'iconv-lite';

import { startBankCardPosSimulator, type BankCardPosSimulator, type BankCardPosSimulatorOptions } from './start-bank-card-pos-simulator.js';

async function simulatorFor(context: TestContext, options: BankCardPosSimulatorOptions = {}): Promise<BankCardPosSimulator> {
  const simulator = await startBankCardPosSimulator(options);
  context.after(() => simulator.stop());
  return simulator;
}

/** Sends a record to the first terminal; gives the answer's bytes when the connection ends or 148 of them are there. */
function ask(simulator: BankCardPosSimulator, record: string): Promise<Buffer> {
  const [terminal] = simulator.terminals;
  return new Promise((resolve, reject) => {
    if (terminal === undefined) return reject(new Error('no terminal'));
    let received = Buffer.alloc(0);
    const socket = connect(terminal.port, terminal.host, () => { socket.write(record); });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 148) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => { resolve(received); });
  });
}

const record = (type: string, amount = '000000001234', original = ' '.repeat(26)): string => `POS01   01      ${type}${amount}${original}042 `;

test('a pay waits for the card; its answer has the protocol\'s widths, GBK, and the check digits', async (context) => {
  const simulator = await simulatorFor(context);
  const machine = simulator.terminals[0]?.machine;
  const answering = ask(simulator, record('00'));
  while (simulator.terminals[0]?.machine.waitingFor === undefined) await pause(2);
  machine?.act('approve');
  const answer = await answering;
  assert.equal(answer.length, 148);
  const cut = (from: number, bytes: number): string => iconv.decode(answer.subarray(from, from + bytes), 'gbk');
  assert.deepEqual([cut(0, 2), cut(26, 6), cut(32, 12), cut(44, 40).trim(), cut(84, 15), cut(145, 3)], ['00', '000001', '000000001234', '交易成功', simulator.merchantNo, '042']);
});

test('a malformed record, an undo without voucher and a refund without reference are format errors', async (context) => {
  const simulator = await simulatorFor(context);
  for (const wrong of [record('00', '00000000123x'), record('09'), record('01'), record('02')]) assert.equal((await ask(simulator, wrong)).subarray(0, 2).toString(), '30');
  assert.equal(simulator.terminals[0]?.machine.received.length, 0);
});

test('a reprint without a transaction says so; by an undo more than one day or amount later, too', async (context) => {
  const simulator = await simulatorFor(context);
  assert.equal((await ask(simulator, record('04', '000000000000'))).subarray(0, 2).toString(), '25');
  const paid = simulator.terminals[0]?.machine.useByHand(1_234);
  const undo = (amount: string, voucher: string): Promise<Buffer> => ask(simulator, record('01', amount, `${' '.repeat(8)}${paid?.referenceNo ?? ''}${voucher}`));
  assert.equal((await undo('000000001000', paid?.voucherNo ?? '')).subarray(0, 2).toString(), '12');
  assert.equal((await undo('000000001234', '000099')).subarray(0, 2).toString(), '12');
  assert.equal((await undo('000000001234', paid?.voucherNo ?? '')).subarray(0, 2).toString(), '00');
  assert.equal((await undo('000000001234', paid?.voucherNo ?? '')).subarray(0, 2).toString(), '61');
});

test('transactions survive a restart in the data folder', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'bank-card-pos-simulator-'));
  context.after(() => rm(folder, { recursive: true }));
  const dataFolder = join(folder, 'made at the first start');
  const before = await startBankCardPosSimulator({ dataFolder });
  const made = before.terminals[0]?.machine.useByHand(1_234);
  await before.stop();
  const after = await startBankCardPosSimulator({ dataFolder });
  assert.deepEqual(after.terminals[0]?.machine.transactions, [made]);
  await after.stop();
});

test('a person can act on the page', async (context) => {
  const simulator = await simulatorFor(context);
  const [terminal] = simulator.terminals;
  const answering = ask(simulator, record('00'));
  while (terminal?.machine.waitingFor === undefined) await pause(2);
  assert.match(await (await fetch(`${simulator.baseUrl}/terminals`)).text(), /请插卡 ¥12\.34/);
  const act = (name: string): Promise<Response> => fetch(`${simulator.baseUrl}/terminals/${terminal.machine.terminalNo}/${name}`, { method: 'POST', redirect: 'manual' });
  assert.equal((await act('decline51')).status, 303);
  assert.equal((await answering).subarray(0, 2).toString(), '51');
  assert.equal((await act('approve')).status, 409, 'nobody waits for a card');
  await act('pullPower');
  assert.equal((await ask(simulator, record('04'))).length, 0);
});
