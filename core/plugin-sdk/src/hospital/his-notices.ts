/**
 * What a HIS tells the platform by itself (HIS 推送): refunds it began, clinics that are stopped, check-ins, cancellations, reminders. The adapter listens or polls and
 * delivers each notice; the core keeps it in a row before it answers, and only then may the adapter tell the HIS that it arrived.
 */
import { Type, type Static, type TObject, type TProperties } from 'typebox';
import { closedObject, Id, Instant, Text } from './his-result.js';

const noticeNo = Id(64);
/** Integer fen, never zero: a refund of nothing is none. */
const RefundedFen = Type.Integer({ minimum: 1, description: 'integer fen' });

/** Read by people; nothing is decided by it. `text` is what the HIS would have shown or sent. */
const information = {
  noticeNo, text: Text(500), patientId: Type.Optional(Id(32)), tradeNo: Type.Optional(Id(64)), billNo: Type.Optional(Id(32)), hisRegistrationNo: Type.Optional(Id(64)),
  inpatientNo: Type.Optional(Id(32)), visitId: Type.Optional(Id(32)), place: Type.Optional(Text(200)), at: Type.Optional(Instant),
} as const;
const Information = Type.Object(information, closedObject);

/** What each kind of notice carries. */
export const HIS_NOTICE_SCHEMAS = {
  /**
   * 退费申请: the HIS has reversed a charge and the money shall go back the way it came. `hisRefundNo` is its own number and the number of the notice: one number is one
   * refund for ever. The order is named by `tradeNo`, or by any of its receipts. `oldReceiptNo` and `newReceiptNo` come together (红冲重收).
   */
  refundRequested: Type.Object(
    {
      hisRefundNo: Id(64), tradeNo: Type.Optional(Id(64)), receiptNo: Type.Optional(Id(64)), refundFen: RefundedFen, totalFen: Type.Optional(RefundedFen), reason: Text(200),
      operatorId: Type.Optional(Id(32)), oldReceiptNo: Type.Optional(Id(64)), newReceiptNo: Type.Optional(Id(64)),
    },
    closedObject,
  ),
  /** 退费查询: a question, not kept. */
  refundQueried: Type.Object({ hisRefundNo: Id(64) }, closedObject),
  /** 停诊. `cancelledAtHis`: `yes`, the HIS has cancelled the registrations itself; `no`, it is asked to reverse each. */
  clinicStopped: Type.Object({ noticeNo, hisRegistrationNos: Type.Array(Id(64), { minItems: 1, maxItems: 500 }), cancelledAtHis: Type.Enum(['yes', 'no']), reason: Text(200) }, closedObject),
  /** 院内取消: the HIS has cancelled a registration; what was paid for it goes back. */
  registrationCancelled: Type.Object({ noticeNo, hisRegistrationNo: Id(64), reason: Text(200) }, closedObject),
  /** 取号: from now on what was paid for the registration goes back at a window only. */
  checkedIn: Type.Object({ noticeNo, hisRegistrationNo: Id(64) }, closedObject),
  /** 换开纸质: paper must be handed back first, so that the money goes back at a window only. */
  invoicePrinted: Type.Object({ noticeNo, tradeNo: Type.Optional(Id(64)), receiptNo: Type.Optional(Id(64)), invoiceNo: Type.Optional(Id(64)) }, closedObject),
  /** 待缴费提醒 */
  billsChanged: Information,
  /** 欠费提醒 */
  arrears: Information,
  /** 取药 */
  medicineReady: Information,
  /** 就诊完成 */
  visitDone: Information,
  /** 报告已出 */
  reportReady: Information,
  /** 叫号 */
  queueCalled: Information,
} as const satisfies Readonly<Record<string, TObject>>;

export type HisNoticeKind = keyof typeof HIS_NOTICE_SCHEMAS;
export const HIS_NOTICE_KINDS = Object.keys(HIS_NOTICE_SCHEMAS).filter((name): name is HisNoticeKind => Object.hasOwn(HIS_NOTICE_SCHEMAS, name));
export type HisNotice = { [Kind in HisNoticeKind]: { readonly kind: Kind } & Static<(typeof HIS_NOTICE_SCHEMAS)[Kind]> }[HisNoticeKind];

const tagged = (kind: string, { properties }: { readonly properties: TProperties }) => Type.Object({ kind: Type.Literal(kind), ...properties }, closedObject);
/** One notice of any kind. */
export const HisNoticeSchema = Type.Unsafe<HisNotice>(Type.Union(Object.entries(HIS_NOTICE_SCHEMAS).map(([kind, schema]) => tagged(kind, schema))));

/** What became of a refund the HIS asked for. `blocked`: the way back is blocked and a person acts; the money is still on its way. */
export const HIS_REFUND_STATES = ['processing', 'succeeded', 'blocked', 'refused'] as const;
export type HisRefundState = (typeof HIS_REFUND_STATES)[number];

/** What the HIS is to be told. */
export const NoticeAnswerSchema = Type.Union([
  /** Kept, and done or to be done for certain. `state` and `refundFen` (integer fen): of a refund. */
  Type.Object({ kind: Type.Literal('accepted'), state: Type.Optional(Type.Enum(HIS_REFUND_STATES)), refundFen: Type.Optional(RefundedFen) }, closedObject),
  /** Kept, and not decided yet: the HIS asks again under the same number. Never to be told as a failure. */
  Type.Object({ kind: Type.Literal('processing') }, closedObject),
  /** Definite, now and for every repeat: nothing was done and nothing will be. */
  Type.Object({ kind: Type.Literal('refused'), code: Text(64), message: Text(300) }, closedObject),
  /** Perhaps not kept: the HIS sends it again. Never to be told as a failure. */
  Type.Object({ kind: Type.Literal('unknown'), reason: Text(300) }, closedObject),
]);
export type NoticeAnswer = Static<typeof NoticeAnswerSchema>;
export const NOTICE_RESULTS = ['accepted', 'processing', 'refused', 'unknown'] as const;

export type DeliverNotice = (notice: HisNotice) => Promise<NoticeAnswer>;

export type ReceivingNotices = {
  /**
   * Begins to listen, or to poll. Each notice is delivered and the answer awaited before the HIS is told anything: a notice is acknowledged only after it was delivered.
   * `deliver` never rejects. Called once while the adapter is the one that serves; what is returned is stopped before the adapter is.
   * @throws when the port cannot be had or the HIS cannot be polled; it is then tried again
   */
  receiveNotices(deliver: DeliverNotice): Promise<NoticeReceiver>;
};
/** `port`: of a listener. `stop` takes no new notice and lets those under way be answered. */
export type NoticeReceiver = { readonly port?: number; stop(): Promise<void> };

/** The notice's own number at the HIS: of a refund the HIS's refund number. */
export function noticeNoOf(notice: HisNotice): string {
  return notice.kind === 'refundRequested' || notice.kind === 'refundQueried' ? notice.hisRefundNo : notice.noticeNo;
}
