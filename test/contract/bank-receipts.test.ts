/** 电子回单 of payouts: fetched for whatever was paid, patiently, never in the way of the money, kept for ever and handed out audited. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { subjectOfLine } from '@hospay/server/domain/bank-receipt.js';
import { MAIN } from './payout-bench.js';
import { startPayoutsThrough } from './payout-links.js';
import { codeOf, DAY, MINUTE, startPayouts, valueOf } from './payout-stand.js';

type Stand = ReturnType<typeof startPayouts>;

async function paid(stand: Stand, subject = 'QT1-0001'): Promise<string> {
  stand.bank.next = 'paid';
  const { payoutNo } = await stand.approved(subject);
  await stand.work();
  assert.equal((await stand.read(payoutNo)).state, 'succeeded');
  return payoutNo;
}
const stateOf = async ({ receipts }: Stand, payoutNo: string) => (await receipts.listReceipts({ subjects: [payoutNo] }))[0]?.state;

test('the receipt of a paid payout is fetched once, on the day it is paid, kept with its SHA-256, and downloaded audited', async () => {
  const stand = startPayouts();
  const payoutNo = await paid(stand);
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 1 receipts kept');
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited');
  assert.deepEqual(stand.bank.receiptsAsked, [{ accountNo: MAIN.accountNo, direction: 'out', amountFen: 5_000, instructionNo: payoutNo, firstDay: '2026-11-20', lastDay: '2026-11-20' }]);
  const opened = valueOf(await stand.receipts.openReceipt({ subject: payoutNo, by: 'li' }));
  const sha256 = createHash('sha256').update(opened.bytes).digest('hex');
  const [view] = await stand.receipts.listReceipts({ subjects: [payoutNo] });
  assert.deepEqual([opened.mediaType, opened.sha256, view?.sha256, view?.state], ['application/pdf', sha256, sha256, 'kept']);
  assert.deepEqual(stand.acts.at(-1), { who: 'li', what: 'bankReceipt.download', object: `payout ${payoutNo}`, after: { receiptNo: 'HD-L1', sha256 } });
  stand.kept.clear();
  assert.equal(codeOf(await stand.receipts.openReceipt({ subject: payoutNo, by: 'li' })), 'NO_SUCH_ITEM', 'a file that is missing is not made up');
});

test('what the bank does not give yet is asked for again, later each time, for a month; then a person may still ask', async () => {
  const stand = startPayouts();
  const payoutNo = await paid(stand);
  stand.bank.receiptSays = { kind: 'unknown', reason: 'timeout' };
  assert.equal((await stand.receipts.fetchDue()).en, '0 of 1 receipts kept');
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited', 'not before it is due');
  await stand.later(10 * MINUTE);
  await stand.receipts.fetchDue();
  await stand.later(10 * MINUTE);
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited', 'the second gap is longer');
  for (let day = 0; day < 31; day += 1) {
    await stand.later(DAY);
    await stand.receipts.fetchDue();
  }
  assert.equal(await stateOf(stand, payoutNo), 'givenUp');
  assert.ok(stand.bank.receiptsAsked.length < 40);
  stand.bank.receiptSays = undefined;
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited');
  assert.equal(valueOf(await stand.receipts.fetchNow({ subject: payoutNo, by: 'zhang' })).state, 'kept');
  assert.equal((await stand.read(payoutNo)).state, 'succeeded', 'and nothing of it touched the payout');
  stand.isWhole();
});

test('a receipt that stands for another payout is not taken for this one', async () => {
  const stand = startPayouts();
  const [first, second] = [await paid(stand, 'QT1-0001'), await paid(stand, 'QT1-0002')];
  stand.bank.receiptSays = { kind: 'receipt', receiptNo: 'HD-SAME', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.4 HD-SAME') };
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 2 receipts kept');
  assert.deepEqual([await stateOf(stand, first), await stateOf(stand, second)].toSorted(), ['awaited', 'kept']);
  stand.bank.receiptSays = undefined;
  await stand.later(10 * MINUTE);
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 1 receipts kept');
});

test('once its statement is read a receipt is asked for by the line; of what was not paid, and where the link fetches none, nothing is asked', async () => {
  const stand = startPayouts();
  stand.bank.givesReceipts = false;
  const payoutNo = await paid(stand);
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited');
  assert.deepEqual([codeOf(await stand.receipts.fetchNow({ subject: payoutNo, by: 'zhang' })), stand.receipts.accountsWithReceipts()], ['NO_SUCH_ITEM', []]);
  stand.bank.next = 'accepted';
  const waiting = (await stand.approved('QT1-0002')).payoutNo;
  await stand.later(DAY);
  await stand.desk.importDue();
  stand.bank.givesReceipts = true;
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 1 receipts kept');
  assert.deepEqual(stand.bank.receiptsAsked.map(({ bankLineNo, firstDay, lastDay }) => [bankLineNo, firstDay, lastDay]), [['L1', '2026-11-20', '2026-11-20']]);
  assert.equal(codeOf(await stand.receipts.fetchNow({ subject: waiting, by: 'zhang' })), 'CONFLICT');
  stand.bank.receiptSays = { kind: 'none', reason: 'E404' };
  stand.bank.carryOut(waiting);
  await stand.later(MINUTE * 60);
  await stand.receipts.fetchDue();
  await stand.later(DAY);
  assert.deepEqual([await stateOf(stand, waiting), (await stand.receipts.fetchDue()).en], ['none', 'No receipt is awaited']);
});

test('two that fetch at once keep one receipt, and what is kept does not change', async () => {
  const stand = startPayouts();
  const payoutNo = await paid(stand);
  await Promise.all([stand.receipts.fetchDue(), stand.receipts.fetchNow({ subject: payoutNo, by: 'zhang' })]);
  assert.equal(stand.bank.receiptsAsked.length, 1);
  assert.throws(() => stand.store.database.prepare("UPDATE bank_receipt SET sha256 = ? WHERE payout_no = ?").run('f'.repeat(64), payoutNo), /does not change/);
  assert.throws(() => stand.store.database.prepare('DELETE FROM bank_receipt').run(), /not deleted/);
});

test('of what somebody paid in a receipt is fetched once a person asks for it, and patiently from then on; of what is no such line nothing is asked', async () => {
  const stand = startPayouts();
  stand.bank.addLine({ amountFen: 12_325, direction: 'in', counterpartyName: '财付通支付科技有限公司', summary: '结算款' });
  stand.bank.addLine({ amountFen: 100, direction: 'out', summary: '工本费' });
  await stand.later(DAY);
  await stand.desk.importDue();
  const [subject, gone] = [subjectOfLine({ account: MAIN.id, bankLineNo: 'L1' }), subjectOfLine({ account: MAIN.id, bankLineNo: 'L2' })];
  assert.equal((await stand.receipts.fetchDue()).en, 'No receipt is awaited', 'nobody asked');
  assert.deepEqual([codeOf(await stand.receipts.fetchNow({ subject: gone, by: 'zhang' })), codeOf(await stand.receipts.fetchNow({ subject: `line/${MAIN.id}/L9`, by: 'zhang' }))], ['NO_SUCH_ITEM', 'NO_SUCH_ITEM']);
  stand.bank.receiptSays = { kind: 'notReady', reason: 'made over night' };
  assert.equal(valueOf(await stand.receipts.fetchNow({ subject, by: 'zhang' })).state, 'awaited');
  stand.bank.receiptSays = { kind: 'receipt', receiptNo: 'HD-IN', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.4 HD-IN') };
  await stand.later(10 * MINUTE);
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 1 receipts kept');
  assert.deepEqual(stand.bank.receiptsAsked.at(-1), { accountNo: MAIN.accountNo, direction: 'in', amountFen: 12_325, firstDay: '2026-11-20', lastDay: '2026-11-20', bankLineNo: 'L1' });
  assert.equal(valueOf(await stand.receipts.openReceipt({ subject, by: 'li' })).receiptNo, 'HD-IN');
  assert.equal(stand.acts.at(-1)?.object, `bank line L1 of ${MAIN.id}`);
});

test('over the wire of China Merchants Bank: not made yet, then kept the same day, and the bytes are the bank’s', async (context) => {
  const stand = await startPayoutsThrough(context, 'cmb');
  const { payoutNo } = await stand.approved();
  await stand.later(MINUTE);
  await stand.later(MINUTE);
  assert.equal((await stand.read(payoutNo)).state, 'succeeded');
  stand.bank.receipts.spoil('late');
  assert.equal((await stand.receipts.fetchDue()).en, '0 of 1 receipts kept');
  stand.bank.receipts.spoil('garbled');
  await stand.later(10 * MINUTE);
  assert.equal((await stand.receipts.fetchDue()).en, '0 of 1 receipts kept');
  stand.bank.receipts.spoil('truth');
  await stand.later(60 * MINUTE);
  assert.equal((await stand.receipts.fetchDue()).en, '1 of 1 receipts kept');
  const opened = valueOf(await stand.receipts.openReceipt({ subject: payoutNo, by: 'li' }));
  assert.ok(Buffer.from(opened.bytes).includes(payoutNo));
});
