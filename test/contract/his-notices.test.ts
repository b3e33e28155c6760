/** What becomes of a notice of the HIS in the core, whatever wire brought it: kept first, decided once, never taken back. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Application } from '@hospay/server/applications/ports.js';
import type { HisNotice, NoticeAnswer } from '@hospay/plugin-sdk';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startStand, type Stand } from './payment-api-stand.js';

type Refund = Extract<HisNotice, { kind: 'refundRequested' }>;

const refundOf = (tradeNo: string, more: Partial<Refund> = {}): Refund => ({ kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo, refundFen: 4_000, reason: '退药', ...more });
const tell = ({ hisNotices }: Stand, notice: HisNotice, hospitalId = 'demo'): Promise<NoticeAnswer> => hisNotices.receiveNotice({ hospitalId, adapter: 'his', notice });
const codeOf = (answer: NoticeAnswer): string => (answer.kind === 'refused' ? answer.code : answer.kind);
const cases = ({ store }: Stand) => store.database.prepare('SELECT kind, resolved_at IS NULL AS is_open FROM discrepancy_case ORDER BY id').all().map((row) => [row['kind'], row['is_open']]);
/** What goes back, in books that balance. */
const refundsOf = ({ store }: Stand) => {
  assert.deepEqual(verifyLedger(store.database).problems, []);
  return store.database.prepare('SELECT refund_fen FROM refund ORDER BY refund_no').all().map((row) => row['refund_fen']);
};

async function takeUnconfirmed(stand: Stand): Promise<string> {
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  return tradeNo;
}

const HIS: Application = { appId: 'his', hospitalId: 'demo', merchantId: 'm1', secret: 'the secret of the hospital system, 32+ long', permissions: ['hospital'], notifyUrl: undefined, status: 'active' };

const start = (context: TestContext): Promise<Stand> => startStand(context, { more: [HIS] });

test('an order of another hospital is nobody\'s', async (context) => {
  const stand = await startStand(context);
  const { tradeNo } = await stand.takePaid();
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo), 'elsewhere')), 'ORDER_NOT_FOUND');
  assert.deepEqual(refundsOf(stand), []);
});

test('a store that refuses keeps nothing and says so: unknown, and the same notice passes when it takes again', async (context) => {
  const stand = await startStand(context);
  const { tradeNo } = await stand.takePaid();
  const keep = stand.store.hisNotices.keep.bind(stand.store.hisNotices);
  stand.store.hisNotices.keep = () => Promise.reject(new Error('the disk is full'));
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'unknown');
  assert.deepEqual(refundsOf(stand), []);
  stand.store.hisNotices.keep = keep;
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'accepted');
});

test('what was refused once is refused for ever: the HIS may have taken its side back', async (context) => {
  const stand = await start(context);
  const { tradeNo, paymentNo } = await stand.takePayment();
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'NOT_REFUNDABLE');
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'NOT_REFUNDABLE');
  assert.deepEqual(refundsOf(stand), []);
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo, { hisRefundNo: 'TF2' }))), 'accepted', 'under a new number it is another refund');
});

test('a notice nobody can decide for long calls a person; decided at last, the case is over', async (context) => {
  const stand = await start(context);
  const tradeNo = await takeUnconfirmed(stand);
  stand.hospital.confirm = () => Promise.resolve({ kind: 'unknown', reason: 'no answer' });
  stand.hospital.queryConfirmation = () => Promise.resolve({ kind: 'unknown', reason: 'no answer' });
  await stand.work('confirmOrder');
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'processing');
  stand.clock.advance(24 * 3_600_000);
  await stand.work('advanceNotice');
  assert.deepEqual(cases(stand).filter(([kind]) => kind === 'hisNoticeStuck'), [['hisNoticeStuck', 1]]);
  stand.hospital.queryConfirmation = () => Promise.resolve({ kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R1', amountFen: 10_000 } });
  stand.clock.advance(3_600_000);
  await stand.work('confirmOrder');
  await stand.work('advanceNotice');
  assert.equal(codeOf(await tell(stand, refundOf(tradeNo))), 'accepted');
  assert.deepEqual(cases(stand).filter(([kind]) => kind === 'hisNoticeStuck'), [['hisNoticeStuck', 0]]);
  assert.deepEqual(refundsOf(stand), [4_000]);
});

test('told by a notice and over the payment API under one number it is one refund; two decided at the same moment agree', async (context) => {
  const stand = await start(context);
  const { tradeNo } = await stand.takePaid();
  const notices = Array.from({ length: 4 }, () => tell(stand, refundOf(tradeNo)));
  assert.deepEqual((await Promise.all(notices)).map(codeOf), ['accepted', 'accepted', 'accepted', 'accepted']);
  const called = await stand.client({ appId: HIS.appId, secret: HIS.secret }).refundForHis({ tradeNo, hisRefundNo: 'TF1', refundFen: 4_000, reason: '退药' });
  assert.equal(called.kind, 'ok');
  assert.deepEqual(refundsOf(stand), [4_000]);
  const end = await tell(stand, { kind: 'refundQueried', hisRefundNo: 'TF1' });
  assert.deepEqual(end, { kind: 'accepted', state: 'processing', refundFen: 4_000 });
});

test('a receipt is flushed and the rest charged anew: the next notice finds the order by the new receipt', async (context) => {
  const stand = await start(context);
  const { tradeNo } = await stand.takePaid();
  const found = await stand.client().findPayment(tradeNo);
  const first = found.kind === 'ok' ? (found.value.confirmation.receiptNo ?? '') : '';
  const { tradeNo: _order, ...byReceipt } = refundOf(tradeNo);
  assert.equal(codeOf(await tell(stand, { ...byReceipt, receiptNo: first, oldReceiptNo: first, newReceiptNo: 'R2' })), 'accepted');
  assert.equal(codeOf(await tell(stand, { ...byReceipt, hisRefundNo: 'TF2', receiptNo: 'R2', refundFen: 1_000 })), 'accepted');
  assert.deepEqual(refundsOf(stand), [4_000, 1_000]);
});

test('a stopped clinic with one registration that is not known to be booked is under way; what is decided goes back meanwhile, and nothing twice', async (context) => {
  const stand = await start(context);
  const take = async (registration: string, isConfirmed: boolean) => {
    const client = stand.client();
    stand.hospital.facets = { holdRegistration: () => Promise.resolve({ kind: 'ok', value: { hisRegistrationNo: registration, totalFen: 1_500, fundFen: 0, personalAccountFen: 0, selfPayFen: 1_500, expiresAt: '2026-11-20T02:15:00Z' } }) };
    const held = await client.holdRegistration({ patientId: 'P1', scheduleId: 'S1', slotId: 'N1', when: 'today' }, { idempotencyKey: `hold-${registration}` });
    assert.equal(held.kind, 'ok');
    const order = await client.createPayment({ quoteId: held.value.quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: `pay-${registration}` });
    assert.equal(order.kind, 'ok');
    stand.channel.pay(`${order.value.tradeNo}P01`);
    await client.findPayment(order.value.tradeNo, { fresh: true });
    if (isConfirmed) await stand.work('confirmOrder');
  };
  await take('G000001', true);
  await take('G000002', false);
  const stopped: HisNotice = { kind: 'clinicStopped', noticeNo: 'TZ1', hisRegistrationNos: ['G000001', 'G000002'], cancelledAtHis: 'yes', reason: '停诊' };
  assert.equal(codeOf(await tell(stand, stopped)), 'processing');
  assert.deepEqual(refundsOf(stand), [1_500]);
  await stand.work('confirmOrder');
  assert.equal(codeOf(await tell(stand, stopped)), 'accepted');
  assert.equal(codeOf(await tell(stand, stopped)), 'accepted');
  assert.deepEqual(refundsOf(stand), [1_500, 1_500]);
});

test('old reminders are removed; what moved money stays', async (context) => {
  const stand = await start(context);
  const { tradeNo } = await stand.takePaid();
  await tell(stand, refundOf(tradeNo));
  await tell(stand, { kind: 'queueCalled', noticeNo: 'JH1', text: '请到3诊室' });
  assert.equal(await stand.store.hisNotices.removeRemindersBefore(new Date(stand.clock.now().getTime() + 1)), 1);
  assert.deepEqual(stand.store.database.prepare('SELECT kind FROM his_notice').all().map(({ kind }) => kind), ['refundRequested']);
});
