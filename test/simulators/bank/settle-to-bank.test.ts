import assert from 'node:assert/strict';
import test from 'node:test';
import { settleToBank, type SettledMove } from './settle-to-bank.js';
import { SimulatedBank } from './simulated-bank.js';

const ACCOUNT = { accountNo: '711', name: '示范医院', openingFen: 0 } as const;

test('a channel brings each day in one sum on the next working day, the days of a weekend on Monday, each once whatever restarts; a day it owes nothing for brings nothing', (context) => {
  let now = new Date('2026-11-27T09:00:00+08:00');
  const bank = new SimulatedBank({ now: () => now, accounts: [ACCOUNT] });
  context.after(() => { bank.close(); });
  const moves: SettledMove[] = [
    { at: '2026-11-26T10:00:00+08:00', netFen: 994 }, { at: '2026-11-26T23:59:59+08:00', netFen: 1_988 }, { at: '2026-11-26T23:59:59.500+08:00', netFen: -497 },
    { at: '2026-11-27T00:00:00+08:00', netFen: 100 }, { at: '2026-11-28T12:00:00+08:00', netFen: 200 }, { at: '2026-11-29T12:00:00+08:00', netFen: 50 }, { at: '2026-11-29T13:00:00+08:00', netFen: -80 },
  ];
  const look = () => { settleToBank({ bank, accountNo: ACCOUNT.accountNo, channels: [{ payer: '财付通', moves: () => moves }] }).stop(); };
  const paidIn = () => bank.books.find(ACCOUNT.accountNo)?.movements.map(({ summary, amountFen, counterparty }) => [counterparty.name, summary, amountFen]);
  look();
  look();
  assert.deepEqual(paidIn(), [['财付通', '20261126结算款', 2_485]]);
  for (const weekend of ['2026-11-28T09:00:00+08:00', '2026-11-29T09:00:00+08:00']) {
    now = new Date(weekend);
    look();
  }
  assert.equal(paidIn()?.length, 1);
  now = new Date('2026-11-30T09:00:00+08:00');
  look();
  look();
  assert.deepEqual(paidIn()?.slice(1), [['财付通', '20261127结算款', 100], ['财付通', '20261128结算款', 200]]);
});
