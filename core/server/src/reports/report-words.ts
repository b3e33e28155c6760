import { E_CNY, type PaymentMethod } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import type { OrderBusiness } from '../domain/order.js';
import type { DifferenceClass } from '../domain/reconciliation.js';


const two = (zh: string, en: string): Bilingual => ({ zh, en });

/** 支付类型. */
export const METHOD_WORDS = {
  nativeQr: two('扫码支付', 'QR code'), jsapi: two('公众号支付', 'Official account'), miniProgram: two('小程序支付', 'Mini-program'), h5: two('H5 支付', 'H5'), app: two('APP 支付', 'App'), paymentCode: two('付款码', 'Payment code'),
  webPage: two('网关支付', 'Gateway page'), bankCard: two('银行卡', 'Bank card'), cash: two('现金', 'Cash'), medicalInsurance: two('医保', 'Medical insurance'), quickPay: two('快捷支付', 'Quick pay'), [E_CNY]: two('数字人民币', 'Digital yuan'),
} as const satisfies Record<PaymentMethod | typeof E_CNY, Bilingual>;
/** 业务类型. */
export const BUSINESS_WORDS = { bill: two('门诊缴费', 'Bills'), registration: two('挂号', 'Registration'), deposit: two('住院预交金', 'Inpatient deposit'), discharge: two('出院结算', 'Discharge'), selfTest: two('一分钱自测', 'One-fen self-test') } as const satisfies Record<OrderBusiness, Bilingual>;
export const TERMINAL_WORDS = { kiosk: two('自助机', 'Kiosk'), window: two('窗口', 'Window'), doctorStation: two('医生站', "Doctor's station"), application: two('应用', 'Application'), other: two('其他', 'Other') } as const;
export const OWNER_WORDS = { terminal: two('终端', 'Terminal'), application: two('应用', 'Application') } as const;
/** 交易类型. */
export const KIND_WORDS = { payment: two('收款', 'Payment'), refund: two('退款', 'Refund') } as const;
/** 订单状态, as the HIS has the order. */
export const CONFIRMATION_WORDS = {
  none: two('未开始', 'Not begun'), toConfirm: two('待确认', 'To be confirmed'), confirming: two('确认中', 'Confirming'), unknown: two('结果未知', 'Unknown'), confirmed: two('医院已入账', 'Booked'), rejected: two('医院拒绝', 'Rejected'),
  reversing: two('冲销中', 'Reversing'), reversed: two('已冲销', 'Reversed'),
} as const;
export const DIFFERENCE_WORDS = {
  ok: two('账平', 'Equal'), notCompared: two('未对账', 'Not compared'), notThisDay: two('非当日', 'Not this day'), matchedAcrossDays: two('跨日账平', 'Matched across days'), netZero: two('一正一负', 'Net zero'), refundUnderway: two('退款处理中', 'Refund underway'),
  foreign: two('非本系统', 'Foreign'), settledByRefund: two('账平（处置后）', 'Settled by refund'), crossDayOurs: two('跨日，仅平台', 'Across days, ours only'), longUnknown: two('长款，平台未知', 'Long, not known to us yet'),
  hisAhead: two('医院已记，平台未知', 'HIS is ahead'), hisPending: two('已收款，待医院入账', 'Paid, HIS pending'), longNoOrder: two('长款，无订单', 'Long, no order'), short: two('短款', 'Short'), amount: two('金额不一致', 'Amount differs'),
  status: two('状态不一致', 'State differs'), refundTheirsOnly: two('退款，仅渠道', 'Refund, theirs only'), refundOursOnly: two('退款，仅平台', 'Refund, ours only'), duplicateTheirs: two('渠道重复', 'Twice in the statement'),
  hisMissing: two('医院缺失', 'Not in the HIS list'), hisExtra: two('医院单边账', 'HIS without money'), hisAmount: two('医院金额不一致', 'HIS amount differs'), fee: two('手续费差异', 'Fee differs'), bankLong: two('实到款多于应到款', 'Bank received more'),
  bankShort: two('实到款少于应到款', 'Bank received less'),
} as const satisfies Record<DifferenceClass | 'ok' | 'notCompared', Bilingual>;
/** 差错状态, with the numbers the form has for them. */
export const REGISTER_STATE_WORDS = { even: two('账平', 'Even'), long: two('长款(1)', 'Long (1)'), short: two('短款(-1)', 'Short (-1)'), handled: two('处理(2)', 'In hand (2)'), evenAfter: two('账平(处置后)', 'Even after handling') } as const;
export const REASON_WORDS = {
  hospitalOnly: two('医院单边账', 'HIS alone'), channelOnly: two('渠道单边账', 'Channel alone'), platformOnly: two('平台单边账', 'Platform alone'), amount: two('金额不一致', 'Amounts differ'), status: two('状态不一致', 'States differ'),
  duplicate: two('渠道重复', 'Twice in the statement'), fee: two('手续费差异', 'Fees differ'), arrival: two('到账差异', 'Arrival differs'), none: two('无差错', 'None'),
} as const;
export const CASE_WORDS = { none: two('无需处理', 'Nothing to do'), open: two('未处理', 'Open'), closed: two('已处理', 'Done') } as const;
export const SETTLED_WORDS = { rerun: two('重新对账后账平', 'Equal when run again'), matched: two('次日账单匹配', "Found in a later statement"), refunded: two('已退款', 'Refunded'), short: two('等待到期，转短款', 'Waited too long: short') } as const;
/** Of what was not paid at a terminal, or at one that belongs to no campus. */
export const NO_CAMPUS = two('（无院区）', '(no campus)');
/** Of a terminal no till is a person's. */
export const NOBODY = two('（无收费员）', '(nobody)');
