/** Refunds of an insured order: the HIS answers about every one before the first leaves, and one it refuses keeps back those that belong with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accounts, cases, hospital, insurance, later, newStandForEachTest, paidWithCashRest, refund, run, store, wallet } from './insured-orders-stand.js';

newStandForEachTest();

const REFUSED = { kind: 'rejected', code: '300310', message: '药品已发' } as const;
const refundsOf = async (tradeNo: string) => (await store.findOrder(tradeNo))?.refunds.map(({ state }) => state);
const sent = () => [...wallet.calls, ...insurance.calls].filter((call) => call.startsWith('refund '));
async function confirmed() {
  const { tradeNo } = await paidWithCashRest();
  await run('confirmOrder');
  return tradeNo;
}
async function askedWhole(tradeNo: string, key?: string) {
  const asked = await refund(tradeNo, undefined, key === undefined ? {} : { key });
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
}
/** As often as a worker would come by in a few minutes. */
async function forAWhile() {
  for (let turn = 0; turn < 20; turn += 1) {
    await run('advanceRefund');
    later(15);
  }
}
const BOOKED = { '1121/scripted/1900000001': 2_500, '1131/insurance/1900000001/account': 1_500, '1131/insurance/1900000001/fund': 6_000, '2002/demo': 10_000 };

test('the HIS refuses the first refund of a whole one: nothing goes back, the insurance stands as the cash and the booking do', async () => {
  const tradeNo = await confirmed();
  await askedWhole(tradeNo);
  hospital.approveAnswers = [REFUSED];
  await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['rejected', 'rejected'], []]);
  assert.deepEqual(hospital.calls.filter((call) => call.startsWith('approveRefund')), [`approveRefund ${tradeNo}R01`], 'the other is not asked about any more');
  assert.equal((await store.findOrder(tradeNo))?.order.confirmation, 'confirmed');
  assert.deepEqual(accounts(), BOOKED);
  assert.deepEqual(cases(), ['refundRefusedByHis']);
});

test('no channel is called before the HIS has answered about every refund that belongs together, however long one answer is missing', async () => {
  const tradeNo = await confirmed();
  await askedWhole(tradeNo);
  hospital.approveAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  hospital.queryApprovalAnswers = Array.from({ length: 100 }, () => ({ kind: 'unknown', reason: 'timeout' }) as const);
  await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['approving', 'reserved'], []]);
  later(25 * 3_600);
  await run('advanceRefund');
  assert.deepEqual(cases(), ['refundLate', 'refundLate'], 'what is held for long calls a person, as any refund does');
  hospital.queryApprovalAnswers = [];
  later(3_600);
  await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['processing', 'processing'], [`refund ${tradeNo}R01`, `refund ${tradeNo}R02`]]);
});

test('the HIS approves the cash and no answer about the insurance comes: the cash is held too', async () => {
  const tradeNo = await confirmed();
  await askedWhole(tradeNo);
  hospital.approveAnswers = [{ kind: 'ok', value: { hisRefundNo: 'H1' } }, { kind: 'unknown', reason: 'timeout' }];
  hospital.queryApprovalAnswers = Array.from({ length: 100 }, () => ({ kind: 'unknown', reason: 'timeout' }) as const);
  await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['approving', 'approving'], []]);
  hospital.queryApprovalAnswers = [{ kind: 'ok', value: { hisRefundNo: 'H2' } }];
  later(3_600);
  await forAWhile();
  assert.deepEqual(sent(), [`refund ${tradeNo}R01`, `refund ${tradeNo}R02`]);
  assert.equal((await store.findOrder(tradeNo))?.order.confirmation, 'reversed');
});

test('an approval that came late changes nothing about the order: the wallet has answered, or was silent for a minute, before the insurance is undone', async () => {
  const tradeNo = await confirmed();
  await askedWhole(tradeNo);
  hospital.approveAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await run('advanceRefund');
  later(600);
  wallet.refundAnswers = [{ kind: 'notSent', reason: 'too many calls wait' }];
  const order: string[] = [];
  for (const channel of [wallet, insurance]) {
    const asIs = channel.refund.bind(channel);
    channel.refund = (request) => { order.push(request.refundNo); return asIs(request); };
  }
  await forAWhile();
  assert.deepEqual(order.slice(0, 2), [`${tradeNo}R01`, `${tradeNo}R02`]);
});

test('the HIS reversed the cash and then refuses the insurance: the cash is the patient\'s, the insurance stays, and a person is told that they parted', async () => {
  const tradeNo = await confirmed();
  await askedWhole(tradeNo);
  hospital.approveAnswers = [{ kind: 'ok', value: { hisRefundNo: 'H1' } }, REFUSED];
  await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['processing', 'rejected'], [`refund ${tradeNo}R01`]]);
  assert.equal((await store.findOrder(tradeNo))?.order.confirmation, 'confirmed');
  const [found] = store.database.prepare('SELECT severity, detail FROM discrepancy_case WHERE kind = \'refundRefusedByHis\'').all();
  assert.deepEqual([found?.['severity'], String(found?.['detail']).includes(`${tradeNo}R01`)], [2, true]);
});

test('a part of the cash that was asked for before and is refused keeps the insurance back as well', async () => {
  const tradeNo = await confirmed();
  assert.equal((await refund(tradeNo, 1_000, { key: 'k-part' })).kind, 'ok');
  hospital.approveAnswers = [{ kind: 'unknown', reason: 'timeout' }, ...Array.from({ length: 20 }, () => REFUSED)];
  await run('advanceRefund');
  await askedWhole(tradeNo);
  for (let turn = 0; turn < 4; turn += 1) await forAWhile();
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['rejected', 'rejected', 'rejected'], []]);
  assert.deepEqual(accounts(), BOOKED);
});

test('parts of the cash, which may go back without the insurance, do not wait for one another', async () => {
  const tradeNo = await confirmed();
  assert.equal((await refund(tradeNo, 1_000, { key: 'k-1' })).kind, 'ok');
  assert.equal((await refund(tradeNo, 500, { key: 'k-2' })).kind, 'ok');
  hospital.approveAnswers = [REFUSED];
  await run('advanceRefund');
  assert.deepEqual([await refundsOf(tradeNo), sent()], [['rejected', 'processing'], [`refund ${tradeNo}R02`]]);
});
