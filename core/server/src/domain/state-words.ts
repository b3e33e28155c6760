/** States and kinds as they stand inside a sentence, in the words of the glossary. */
import type { HisNoticeKind, PaymentNews, RefundNews } from '@hospay/plugin-sdk';
import type { Bilingual } from './bilingual.js';
import type { RefundState } from './refund-states.js';

const two = (zh: string, en: string): Bilingual => ({ zh, en });

export const REFUND_STATE_WORDS: Readonly<Record<RefundState, Bilingual>> = {
  reserved: two('已预留', 'reserved'), approving: two('医院审核中', 'asked about at the HIS'), submitted: two('已提交', 'submitted'), unknown: two('结果未知', 'unknown'), processing: two('退款处理中', 'processing'), abnormal: two('退款异常', 'abnormal'),
  succeeded: two('已退款', 'succeeded'), closed: two('渠道关闭', 'closed by the channel'), rejected: two('医院拒绝退款', 'rejected by the HIS'),
};

/** What a channel said of a payment or a refund. */
export const NEWS_WORDS: Readonly<Record<(PaymentNews | RefundNews)['kind'], Bilingual>> = {
  succeeded: two('已成功', 'succeeded'), pending: two('待支付', 'pending'), processing: two('处理中', 'processing'), closed: two('已关闭', 'closed'), notFound: two('无此交易', 'not found'), declined: two('已拒绝', 'declined'), abnormal: two('异常', 'abnormal'),
  unknown: two('结果未知', 'unknown'),
};

export const HIS_NOTICE_WORDS: Readonly<Record<HisNoticeKind, Bilingual>> = {
  refundRequested: two('退费申请', 'refund request'), refundQueried: two('退费查询', 'question about a refund'), clinicStopped: two('停诊', 'stopped clinic'), registrationCancelled: two('院内取消', 'cancelled registration'), checkedIn: two('取号', 'check-in'),
  invoicePrinted: two('换开纸质', 'invoice on paper'), billsChanged: two('待缴费提醒', 'reminder of bills'), arrears: two('欠费提醒', 'reminder of arrears'), medicineReady: two('取药', 'medicine'), visitDone: two('就诊完成', 'end of a visit'),
  reportReady: two('报告已出', 'report'), queueCalled: two('叫号', 'call'),
};
