import type { HisNotice } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { yuanOf } from '../domain/bilingual.js';
import type { ErrorCode } from '../domain/errors.js';
import type { NoticeOutcome, StoredNotice } from '../domain/his-notice.js';
import type { Order, OrderAggregate } from '../domain/order.js';
import { own, type OwnWord } from '../domain/own-words.js';
import type { StoppedRegistration } from '../refunds/ports.js';
import type { HisNoticePorts } from './ports.js';

type Of<Kind extends HisNotice['kind']> = Extract<HisNotice, { kind: Kind }>;

/**
 * Does what a notice asks for, by use cases that are idempotent under the notice's own number: done twice it is done once. `undecided` is asked again by the notice's job.
 * What only people read is done as soon as it is kept.
 */
export async function carryOut(ports: HisNoticePorts, notice: StoredNotice): Promise<NoticeOutcome> {
  const { content } = notice;
  switch (content.kind) {
    case 'refundRequested': return refund(ports, notice, content);
    case 'clinicStopped': return cancel(ports, notice, { ...content, isCancelledAtHis: content.cancelledAtHis === 'yes' });
    case 'registrationCancelled': return cancel(ports, notice, { hisRegistrationNos: [content.hisRegistrationNo], isCancelledAtHis: true, reason: content.reason, alsoCheckedIn: true });
    case 'checkedIn': return keepToWindow(ports, notice, await ports.store.findOrderByRegistration(notice.hospitalId, content.hisRegistrationNo), 'checkedIn');
    case 'invoicePrinted': return keepToWindow(ports, notice, await orderOf(ports, notice.hospitalId, content), 'paperInvoice');
    case 'refundQueried': case 'billsChanged': case 'arrears': case 'medicineReady': case 'visitDone': case 'reportReady': case 'queueCalled': return { kind: 'done' };
    default: return assertNever(content);
  }
}

async function refund(ports: HisNoticePorts, { hospitalId, adapter }: StoredNotice, { hisRefundNo, tradeNo, receiptNo, refundFen, totalFen, reason, operatorId, oldReceiptNo, newReceiptNo }: Of<'refundRequested'>): Promise<NoticeOutcome> {
  const of = tradeNo !== undefined ? { tradeNo } : receiptNo !== undefined ? { receiptNo } : undefined;
  if (of === undefined) return { kind: 'refused', code: 'ORDER_NOT_FOUND', news: own('nothingNamed') };
  if (totalFen !== undefined) {
    const order = (await orderOf(ports, hospitalId, of))?.order;
    if (order !== undefined && totalFen !== order.totalFen && totalFen !== order.amountFen) return { kind: 'refused', code: 'AMOUNT_MISMATCH', news: own('hisTotalDiffers', yuanOf(totalFen), yuanOf(order.totalFen)) };
  }
  const asked = await ports.refundForHis({
    hospitalId, of, hisRefundNo, refundFen, reason, requestedBy: `his/${adapter}`,
    ...(operatorId === undefined ? {} : { operatorId }), ...(oldReceiptNo === undefined || newReceiptNo === undefined ? {} : { receipts: { oldReceiptNo, newReceiptNo } }),
  });
  if (asked.kind === 'ok') return { kind: 'done', news: own('refundTaken', yuanOf(refundFen), asked.value.tradeNo) };
  return isUndecided(asked.code) ? { kind: 'undecided', news: asked.code } : { kind: 'refused', code: asked.code };
}

const REGISTRATION_WORDS = { refunding: 'registrationRefunding', notPaid: 'registrationNotPaid', window: 'registrationAtWindow' } as const satisfies Record<StoppedRegistration['result'], OwnWord>;

type Cancelling = { readonly hisRegistrationNos: readonly string[]; readonly isCancelledAtHis: boolean; readonly reason: string; readonly alsoCheckedIn?: true };

/** Each registration for itself; as long as one is not decided the notice is not. What was refunded stays so: each has a number of its own. */
async function cancel(ports: HisNoticePorts, { hospitalId, adapter, kind, noticeNo }: StoredNotice, cancelling: Cancelling): Promise<NoticeOutcome> {
  const cancelled = await ports.refundStoppedClinic({ hospitalId, noticeNo: `${kind}/${noticeNo}`, requestedBy: `his/${adapter}`, ...cancelling });
  if (cancelled.kind === 'refused') return isUndecided(cancelled.code) ? { kind: 'undecided', news: cancelled.code } : { kind: 'refused', code: cancelled.code };
  const results = cancelled.value;
  const news = results.map(({ hisRegistrationNo, result, error }) => own(REGISTRATION_WORDS[result], hisRegistrationNo, error?.code ?? '')).join('; ').slice(0, 2_000);
  for (const result of results) if (await isOpen(ports, result)) return { kind: 'undecided', news };
  return { kind: 'done', news };
}

/** Paid, and the HIS has not said yet whether it booked. */
async function isOpen(ports: HisNoticePorts, { error, tradeNo }: StoppedRegistration): Promise<boolean> {
  if (error === undefined) return false;
  if (isUndecided(error.code)) return true;
  const confirmation = error.code === 'NOT_REFUNDABLE' && tradeNo !== undefined ? (await ports.store.findOrder(tradeNo))?.order.confirmation : undefined;
  return confirmation === 'toConfirm' || confirmation === 'confirming' || confirmation === 'unknown';
}

/** From now on the money goes back at a window only; a notice about what was not paid through the platform changes nothing. */
async function keepToWindow(ports: HisNoticePorts, { noticeId }: StoredNotice, found: OrderAggregate | undefined, because: NonNullable<Order['windowOnly']>): Promise<NoticeOutcome> {
  if (found === undefined) return { kind: 'done', news: own('noOrderOfOurs') };
  const { tradeNo } = found.order;
  await ports.store.change({ tradeNo, cause: { kind: 'request', id: `hisNotice/${noticeId}` }, now: ports.clock.now() }, (change) => { change.keepToWindow(because); });
  return { kind: 'done', news: tradeNo };
}

async function orderOf(ports: HisNoticePorts, hospitalId: string, { tradeNo, receiptNo }: { readonly tradeNo?: string; readonly receiptNo?: string }): Promise<OrderAggregate | undefined> {
  const found = tradeNo !== undefined ? await ports.store.findOrder(tradeNo) : receiptNo !== undefined ? await ports.store.findOrderByReceipt(hospitalId, receiptNo) : undefined;
  return found?.order.hospitalId === hospitalId ? found : undefined;
}

function isUndecided(code: ErrorCode): boolean {
  return code === 'HIS_REFUND_UNDECIDED' || code === 'STORE_UNAVAILABLE';
}
