/** What a reconciled day leaves in the ledger: fees, what hangs as 长款 or 短款 under its case, and what of a HIS day is the hospital's; and that another answer takes exactly that back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const ofNobody = 'H20261120090000ABCDEF001P01';
const MONEY = '1121/working/1900000009';

test('a balanced day: fees leave the channel’s account, the HIS day becomes the hospital’s funds, and running it again posts nothing', async (context) => {
  const { stand, said, run, money, of, journals, isWhole, hangs, channelOf } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 10_000 });
  const two = await stand.takePaid({ amountFen: 2_345 });
  assert.equal(await channelOf(), MONEY, 'the account the test looks at');
  said.statement = statementOf([lineOf(one.paymentNo, 10_000, { feeMilliFen: 60_000 }), lineOf(two.paymentNo, 2_345, { feeMilliFen: 14_070 })]);
  said.dayLists.set(DAY, [booked(one.tradeNo, 10_000), booked(two.tradeNo, 2_345)]);
  assert.deepEqual(await run(), { channel: 'balanced', hospital: 'balanced' });
  assert.deepEqual([money(), of('6001/working', DAY), of('3001/demo', 'funds'), of('2002/demo', DAY), hangs()], [{ [DAY]: 12_345 - 74 }, 74, 12_345, 0, []]);
  const before = journals();
  await run();
  assert.equal(journals(), before);
  // The channel corrects its file: the fee is another one.
  said.statement = statementOf([lineOf(one.paymentNo, 10_000, { feeMilliFen: 38_000 }), lineOf(two.paymentNo, 2_345, { feeMilliFen: 14_070 })]);
  await run();
  assert.deepEqual([of('6001/working', DAY), money()], [52, { [DAY]: 12_345 - 52 }]);
  await isWhole();
});

test('what they have and we do not hangs as 长款 under its case, and goes back to where it was when a later file of the day does not have it', async (context) => {
  const { stand, said, run, hangs, money, isWhole, cases, database } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  said.statement = statementOf([lineOf(one.paymentNo, 1_000), lineOf(ofNobody, 6_600)]);
  await run();
  assert.deepEqual([hangs(), money()], [[['2091/working', `statementLong/${ofNobody}`, 6_600]], { [DAY]: 7_600 }]);
  await isWhole();
  // A case that somebody closes past the platform is found by the nightly check.
  database.exec("UPDATE discrepancy_case SET resolved_at = '2026-11-21T00:00:00Z'");
  assert.match(verifyLedger(database).problems.join(), /66\.00 yuan hang, and no case is open/);
  database.exec('UPDATE discrepancy_case SET resolved_at = NULL');
  said.statement = statementOf([lineOf(one.paymentNo, 1_000)]);
  await run();
  assert.deepEqual([hangs(), money(), cases()], [[], { [DAY]: 1_000 }, []]);
  await isWhole();
});

test('a 长款 that the channel gives back on the next day: each day holds what its statement says, and nothing hangs', async (context) => {
  const { stand, said, run, hangs, money, isWhole } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  said.statement = statementOf([lineOf(one.paymentNo, 1_000), lineOf(ofNobody, 6_600)]);
  await run();
  said.statement = statementOf([lineOf(ofNobody, 6_600, { kind: 'refund', refundNo: 'CONSOLE1', at: '2026-11-21T10:00:00+08:00' })]);
  await run('2026-11-21');
  assert.deepEqual([hangs(), money()], [[], { [DAY]: 7_600, '2026-11-21': -6_600 }]);
  await isWhole();
});

test('another amount hangs by the difference only, either way', async (context) => {
  for (const [theirs, account, fen] of [[1_250, '2091/working', 250], [900, '1191/working', 100]] as const) await context.test(account, async (inner) => {
    const { stand, said, run, hangs, money, isWhole } = await startWithBooks(inner);
    const one = await stand.takePaid({ amountFen: 1_000 });
    said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
    said.statement = statementOf([lineOf(one.paymentNo, theirs)]);
    await run();
    assert.deepEqual([hangs(), money()], [[[account, `statementAmount/${one.paymentNo}`, fen]], { [DAY]: theirs }]);
    await isWhole();
  });
});

test('ours that no statement has hangs as 短款 after T+2; found late it stands under the day of the statement that has it', async (context) => {
  const { stand, said, run, hangs, money, isWhole } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  said.statement = statementOf([]);
  for (const day of [DAY, '2026-11-21']) await run(day);
  assert.deepEqual([hangs(), money()], [[], { [DAY]: 1_000 }], 'until then it is waited for');
  await run('2026-11-22');
  assert.deepEqual([hangs(), money()], [[['1191/working', `statementShort/${one.paymentNo}`, 1_000]], {}]);
  await isWhole();
  said.statement = statementOf([lineOf(one.paymentNo, 1_000, { at: '2026-11-23T00:10:00+08:00' })]);
  await run('2026-11-23');
  assert.deepEqual([hangs(), money()], [[], { '2026-11-23': 1_000 }]);
  await isWhole();
});

test('a payment of one day in the statement of the next moves there', async (context) => {
  const { stand, said, run, hangs, money, isWhole } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.statement = statementOf([]);
  await run();
  said.statement = statementOf([lineOf(one.paymentNo, 1_000, { at: '2026-11-21T00:00:02+08:00' })]);
  await run('2026-11-21');
  assert.deepEqual([hangs(), money()], [[], { '2026-11-21': 1_000 }]);
  await isWhole();
});

test('a refund at the channel’s own console hangs as 短款; one of ours that the channel never made as 长款', async (context) => {
  const { stand, said, run, hangs, isWhole } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  said.statement = statementOf([lineOf(one.paymentNo, 1_000), lineOf(one.paymentNo, 300, { kind: 'refund', refundNo: 'CONSOLE1' })]);
  await run();
  assert.deepEqual(hangs(), [['1191/working', 'statementStatus/CONSOLE1', 300]]);
  await isWhole();
});

test('a HIS day with something open stays where it is; what the HIS does not have as we do is held back, and follows when it has', async (context) => {
  const { stand, said, run, of, isWhole } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  const two = await stand.takePaid({ amountFen: 2_000 });
  said.statement = statementOf([lineOf(one.paymentNo, 1_000), lineOf(two.paymentNo, 2_000)]);
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  assert.equal((await run()).hospital, 'explained');
  assert.deepEqual([of('2002/demo', DAY), of('3001/demo', 'funds')], [2_000, 1_000]);
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000), booked(two.tradeNo, 1_500)]);
  await run();
  assert.deepEqual([of('2002/demo', DAY), of('3001/demo', 'funds')], [500, 2_500]);
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000), booked(two.tradeNo, 2_000)]);
  await run();
  assert.deepEqual([of('2002/demo', DAY), of('3001/demo', 'funds')], [0, 3_000]);
  await isWhole();
});

test('notes hang under the shift that counts them, and nowhere else: a difference of the till book is a case without a posting', async (context) => {
  const { said, channel, run, hangs, journals, cases, isWhole } = await startWithBooks(context);
  channel.methods.push('cash');
  said.statement = statementOf([lineOf(ofNobody, 6_600)]);
  await run();
  assert.deepEqual([hangs(), journals(), cases()], [[], 0, [['statementLong', ofNobody]]]);
  await isWhole();
});

test('a fee that is not the contract’s is posted as the channel took it, and finance is called; corrected, the case ends', async (context) => {
  const { stand, said, run, of, cases, isWhole } = await startWithBooks(context, [{ source: 'working', from: '2026-01-01', rateMillionths: 6_000, refundsFee: true }]);
  const one = await stand.takePaid({ amountFen: 10_000 });
  const fee = (feeFen: number) => { said.statement = statementOf([lineOf(one.paymentNo, 10_000, { feeMilliFen: feeFen * 1_000 })]); };
  said.dayLists.set(DAY, [booked(one.tradeNo, 10_000)]);
  fee(38);
  await run();
  assert.deepEqual([cases(), of('6001/working', DAY)], [[['feeDiffers', `channel/working/${DAY}`]], 38]);
  fee(60);
  await run();
  assert.deepEqual([cases(), of('6001/working', DAY)], [[], 60]);
  await isWhole();
});
