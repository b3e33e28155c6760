/** What every wire by which a HIS tells us something must keep, over the real money store: the same stories for each. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { HospitalAdapter, NoticeReceiver } from '@hospay/plugin-sdk';
import type { PushReply, PushWire } from '../simulators/his/notices/push.js';
import { startStand, type Stand } from './payment-api-stand.js';

export type NoticeWire = {
  readonly adapter: Pick<HospitalAdapter, 'receiveNotices'>;
  /** The HIS's side, once the adapter receives. */
  connect(receiver: NoticeReceiver): Promise<PushWire> | PushWire;
  /** Somebody from an address that is not let in; undefined where addresses are the database's own business. */
  readonly stranger?: (receiver: NoticeReceiver) => Promise<PushWire> | PushWire;
  stop(): Promise<void>;
};

export type NoticeStories = {
  readonly name: string;
  readonly open: () => Promise<NoticeWire>;
  /** Stories this wire has no occasion for, each with the reason. */
  readonly without?: Readonly<Partial<Record<'garbage' | 'wrongKey' | 'stranger' | 'question' | 'unknown', string>>>;
};

type Opened = { readonly stand: Stand; readonly his: PushWire; readonly receiver: NoticeReceiver; readonly wire: NoticeWire; readonly keep: { refuses: boolean; delivered: number } };

async function open(context: TestContext, { open: openWire }: NoticeStories): Promise<Opened> {
  const stand = await startStand(context);
  const wire = await openWire();
  const keep = { refuses: false, delivered: 0 };
  const receiver = await wire.adapter.receiveNotices?.(async (notice) => {
    keep.delivered += 1;
    return keep.refuses ? { kind: 'unknown', reason: 'not kept: send it again' } : stand.hisNotices.receiveNotice({ hospitalId: 'demo', adapter: 'his', notice });
  });
  assert.ok(receiver, 'the adapter receives notices');
  const his = await wire.connect(receiver);
  context.after(async () => {
    await his.close();
    await receiver.stop();
    await wire.stop();
  });
  return { stand, his, receiver, wire, keep };
}

const rows = ({ stand }: Opened) => stand.store.database.prepare('SELECT kind, notice_no, state, code, repeats, news FROM his_notice ORDER BY received_at, notice_no').all();
const resultOf = (reply: PushReply): string => (reply.kind === 'told' ? reply.result : reply.kind);
const refundOf = (tradeNo: string, more: Readonly<Record<string, string | number>> = {}) => ({ kind: 'refundRequested' as const, values: { hisRefundNo: 'TF0001', tradeNo, refundFen: 4_000, reason: '退药', ...more } });
const asked = (hisRefundNo = 'TF0001') => ({ kind: 'refundQueried' as const, values: { hisRefundNo } });
const refundsAtChannel = ({ stand }: Opened) => [...stand.channel.refunds.values()].map(({ refundFen }) => refundFen);
const goBack = async ({ stand }: Opened) => {
  await stand.work();
  stand.clock.advance(120_000);
  await stand.work();
};

async function takeRegistration(stand: Stand, registration: string): Promise<string> {
  const client = stand.client();
  stand.hospital.facets = { holdRegistration: () => Promise.resolve({ kind: 'ok', value: { hisRegistrationNo: registration, totalFen: 1_500, fundFen: 0, personalAccountFen: 0, selfPayFen: 1_500, expiresAt: '2026-11-20T02:15:00Z' } }) };
  const held = await client.holdRegistration({ patientId: 'P1', scheduleId: 'S1', slotId: 'N1', when: 'today' }, { idempotencyKey: `hold-${registration}` });
  assert.equal(held.kind, 'ok');
  const order = await client.createPayment({ quoteId: held.value.quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: `pay-${registration}` });
  assert.equal(order.kind, 'ok');
  stand.channel.pay(`${order.value.tradeNo}P01`);
  await client.findPayment(order.value.tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  return order.value.tradeNo;
}

export function tellNoticeStories(stories: NoticeStories): void {
  const { name, without = {} } = stories;
  const unless = (reason: string | undefined) => (title: string, story: (context: TestContext) => Promise<void>): void => { if (reason === undefined) void test(title, story); };

  test(`${name}: a refund told again, at once and in parallel, goes back once; the answer stays the same and the question knows its end`, async (context) => {
    const opened = await open(context, stories);
    const { stand, his } = opened;
    const { tradeNo } = await stand.takePaid();
    const push = refundOf(tradeNo);
    const first = await his.push(push);
    assert.deepEqual([resultOf(first), first.kind === 'told' ? first.refundFen : 0], ['accepted', 4_000]);
    assert.deepEqual((await Promise.all([his.push(push), his.push(push), his.push(push)])).map(resultOf), ['accepted', 'accepted', 'accepted']);
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [4_000]);
    assert.equal(resultOf(await his.push(push)), 'accepted');
    const end = await his.push(asked());
    assert.deepEqual([resultOf(end), end.kind === 'told' ? end.state : ''], ['accepted', '2']);
    const kept = rows(opened);
    assert.deepEqual(kept.map(({ kind, state }) => [kind, state]), [['refundRequested', 'done']]);
    assert.ok(Number(kept[0]?.['repeats']) >= 1, 'the repeats are counted');
  });

  test(`${name}: a connection that breaks before the answer loses nothing: told again it is the same refund`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo), 'dropBeforeAnswer')), 'noAnswer');
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), 'accepted');
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [4_000]);
  });

  test(`${name}: what cannot be kept is answered as unknown, never as done or refused, and is taken when it comes again`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    opened.keep.refuses = true;
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), without.unknown === undefined ? 'unknown' : 'noAnswer');
    assert.deepEqual(rows(opened), []);
    opened.keep.refuses = false;
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), 'accepted');
  });

  test(`${name}: an order of nobody, too much, another total: refused for good, and nothing goes back`, async (context) => {
    const opened = await open(context, stories);
    const { stand, his } = opened;
    const { tradeNo } = await stand.takePaid();
    const pushes = [refundOf('H20261120000000NOBODY00', { hisRefundNo: 'TF1' }), refundOf(tradeNo, { hisRefundNo: 'TF2', refundFen: 10_001 }), refundOf(tradeNo, { hisRefundNo: 'TF3', totalFen: 9_999 })];
    for (const push of pushes) assert.equal(resultOf(await his.push(push)), 'refused', JSON.stringify(push));
    for (const push of pushes) assert.equal(resultOf(await his.push(push)), 'refused', 'the HIS may have taken its side back: never accepted later');
    if (without.question === undefined) {
      const end = await his.push(asked('TF2'));
      assert.deepEqual([resultOf(end), end.kind === 'told' ? end.state : ''], ['accepted', '3']);
      assert.equal(resultOf(await his.push(asked('TF9'))), 'refused', 'nobody asked for it');
    }
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), []);
    assert.deepEqual(rows(opened).map(({ code }) => code), ['ORDER_NOT_FOUND', 'REFUND_EXCEEDS_PAYMENT', 'AMOUNT_MISMATCH']);
  });

  test(`${name}: the same number with another amount is refused and calls a person; the first stands`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), 'accepted');
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo, { refundFen: 5_000 }))), 'refused');
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [4_000]);
    assert.deepEqual(opened.stand.store.database.prepare('SELECT kind FROM discrepancy_case').all().map(({ kind }) => kind), ['hisNoticeChanged']);
  });

  test(`${name}: a refund of what is not known to be booked is under way, not failed, and its job decides it`, async (context) => {
    const opened = await open(context, stories);
    const { stand, his } = opened;
    const { tradeNo, paymentNo } = await stand.takePayment();
    stand.channel.pay(paymentNo);
    await stand.client().findPayment(tradeNo, { fresh: true });
    assert.equal(resultOf(await his.push(refundOf(tradeNo))), 'processing');
    assert.equal(resultOf(await his.push(asked())), 'processing');
    await stand.work('confirmOrder');
    await goBack(opened);
    assert.equal(resultOf(await his.push(refundOf(tradeNo))), 'accepted');
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [4_000]);
  });

  unless(without.garbage)(`${name}: garbage, a cut message and what is no amount are errors of the interface, and no notice`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    for (const fault of ['garbage', 'cut', 'badAmount'] as const) {
      const result = resultOf(await opened.his.push(refundOf(tradeNo), fault));
      assert.ok(result === 'error' || result === 'noAnswer', `${fault}: ${result}`);
    }
    assert.deepEqual([opened.keep.delivered, rows(opened)], [0, []]);
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), 'accepted', 'and the next one is taken');
  });

  unless(without.wrongKey)(`${name}: whoever does not prove himself tells nothing`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    const result = resultOf(await opened.his.push(refundOf(tradeNo), 'wrongKey'));
    assert.ok(result === 'error' || result === 'noAnswer', result);
    assert.equal(opened.keep.delivered, 0);
  });

  unless(without.stranger)(`${name}: an address that is not named is not let in`, async (context) => {
    const opened = await open(context, stories);
    const stranger = await opened.wire.stranger?.(opened.receiver);
    assert.ok(stranger);
    context.after(() => stranger.close());
    assert.equal(resultOf(await stranger.push(asked())), 'noAnswer');
    assert.equal(opened.keep.delivered, 0);
  });

  test(`${name}: a stopped clinic gives back what was paid for it; what was checked in goes back at a window only`, async (context) => {
    const opened = await open(context, stories);
    const { stand, his } = opened;
    const paid = await takeRegistration(stand, 'G000001');
    const checkedIn = await takeRegistration(stand, 'G000002');
    assert.equal(resultOf(await his.push({ kind: 'checkedIn', values: { noticeNo: 'QH1', hisRegistrationNo: 'G000002' } })), 'accepted');
    const online = await stand.client().requestRefund(checkedIn, { reason: '不看了' }, { idempotencyKey: 'online-refund-1' });
    assert.equal(online.kind === 'refused' ? online.error.code : online.kind, 'REFUND_AT_WINDOW');
    const stopped = { kind: 'clinicStopped' as const, values: { noticeNo: 'TZ1', cancelledAtHis: 'yes', reason: '停诊' }, registrations: ['G000001', 'G000002', 'G999999'] };
    assert.deepEqual([resultOf(await his.push(stopped)), resultOf(await his.push(stopped))], ['accepted', 'accepted']);
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [1_500]);
    assert.equal(stand.store.database.prepare('SELECT trade_no FROM refund').get()?.['trade_no'], paid);
    assert.match(String(rows(opened).find(({ kind }) => kind === 'clinicStopped')?.['news']), /registration G000001: refunding; registration G000002: at a window only \(REFUND_AT_WINDOW\); registration G999999: not paid here/);
    assert.equal(resultOf(await his.push({ kind: 'registrationCancelled', values: { noticeNo: 'QX1', hisRegistrationNo: 'G000002', reason: '院内取消' } })), 'accepted');
    await goBack(opened);
    assert.deepEqual(refundsAtChannel(opened), [1_500, 1_500], 'the HIS itself cancelled it at its window');
  });

  test(`${name}: a reminder is kept and shown, an invoice on paper keeps the order to a window`, async (context) => {
    const opened = await open(context, stories);
    const { stand, his } = opened;
    const { tradeNo } = await stand.takePaid();
    assert.equal(resultOf(await his.push({ kind: 'billsChanged', values: { noticeNo: 'TX1', text: '您有待缴费用', patientId: 'P1' } })), 'accepted');
    assert.equal(resultOf(await his.push({ kind: 'invoicePrinted', values: { noticeNo: 'FP1', tradeNo, invoiceNo: '0012345678' } })), 'accepted');
    assert.deepEqual(rows(opened).map(({ kind, state }) => [kind, state]).sort(), [['billsChanged', 'done'], ['invoicePrinted', 'done']]);
    const online = await stand.client().requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'online-refund-2' });
    assert.equal(online.kind === 'refused' ? online.error.code : online.kind, 'REFUND_AT_WINDOW');
    assert.equal(resultOf(await his.push(refundOf(tradeNo))), 'accepted', 'the HIS\'s own window has seen the paper');
  });

  test(`${name}: a receiver that was stopped takes nothing more`, async (context) => {
    const opened = await open(context, stories);
    const { tradeNo } = await opened.stand.takePaid();
    await opened.receiver.stop();
    assert.equal(resultOf(await opened.his.push(refundOf(tradeNo))), 'noAnswer');
    assert.equal(opened.keep.delivered, 0);
  });
}
