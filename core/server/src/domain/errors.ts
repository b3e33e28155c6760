import { inQuotes, type Bilingual } from './bilingual.js';

/**
 * Every error a caller can meet: one table, Chinese and English, with the next step. `core/docs/errors.md` is generated from it.
 * The code is the contract; texts may improve.
 */
export type ErrorText = { readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string };
export type ErrorEntry = ErrorText & { readonly httpStatus: number };

export const ERRORS = {
  MALFORMED_REQUEST: { httpStatus: 400, zh: '请求格式不正确', en: 'The request is malformed', nextZh: '按接口文档修正后重发', nextEn: 'Correct it by the interface document and send again' },
  BODY_TOO_LARGE: { httpStatus: 413, zh: '请求内容过大', en: 'The body is too large', nextZh: '缩小请求后重发', nextEn: 'Send a smaller request' },
  UNSUPPORTED_OPERATION: { httpStatus: 404, zh: '不支持的操作', en: 'No such operation', nextZh: '核对操作名称与版本', nextEn: 'Check the operation name and version' },
  SIGNATURE_INVALID: { httpStatus: 401, zh: '签名验证失败', en: 'The signature does not verify', nextZh: '核对密钥、时间和签名串', nextEn: 'Check key, time and signing text' },
  REQUEST_EXPIRED: { httpStatus: 401, zh: '请求已过期或时钟偏差过大', en: 'The request has expired or the clock is off', nextZh: '校准时间后重新发起', nextEn: 'Set the clock and send anew' },
  REPLAYED: { httpStatus: 409, zh: '重复的请求编号', en: 'This request number was used before', nextZh: '使用新的请求编号；业务重试请沿用原幂等键', nextEn: 'Use a new request number; retries of business keep their idempotency key' },
  UNKNOWN_CALLER: { httpStatus: 401, zh: '未登记或已停用的终端或应用', en: 'Unknown or disabled terminal or application', nextZh: '联系信息科登记', nextEn: 'Ask the IT office to register it' },
  NOT_PERMITTED: { httpStatus: 403, zh: '无权执行该操作', en: 'Not permitted', nextZh: '联系管理员授权', nextEn: 'Ask an administrator for the right' },
  AUDIT_UNAVAILABLE: { httpStatus: 503, zh: '审计日志无法写入，暂停管理操作', en: 'The audit log cannot be written: acts of administration are refused', nextZh: '在“备份与系统”查看数据盘；必要时释放压舱文件后重试', nextEn: 'See the data disk on the system page; release the ballast if need be, then try again' },
  TOO_MANY_REQUESTS: { httpStatus: 429, zh: '请求过于频繁', en: 'Too many requests', nextZh: '稍后重试', nextEn: 'Try again later' },
  PATIENT_NOT_FOUND: { httpStatus: 404, zh: '未找到患者档案', en: 'No patient file found', nextZh: '核对卡号，或到窗口建档', nextEn: 'Check the card, or register at a window' },
  BILL_NOT_FOUND: { httpStatus: 404, zh: '待缴费单不存在或已变化', en: 'The bill does not exist or has changed', nextZh: '重新查询待缴费单', nextEn: 'List the open bills again' },
  QUOTE_NOT_FOUND: { httpStatus: 404, zh: '预结算单不存在', en: 'No such quote', nextZh: '重新预结算', nextEn: 'Quote again' },
  QUOTE_EXPIRED: { httpStatus: 409, zh: '预结算已过期', en: 'The quote has expired', nextZh: '重新预结算', nextEn: 'Quote again' },
  AMOUNT_MISMATCH: { httpStatus: 409, zh: '金额与预结算不一致', en: 'The amount differs from the quote', nextZh: '以预结算自付金额（医保支付为总额）发起支付', nextEn: 'Pay the self-pay amount of the quote; with the insurance its total' },
  NOTHING_TO_PAY: { httpStatus: 409, zh: '无需自付', en: 'Nothing to pay', nextZh: '请到窗口办理结算', nextEn: 'Settle at a window' },
  SELF_TEST_NOT_OFFERED: { httpStatus: 409, zh: '该渠道不能做一分钱自测', en: 'This channel cannot be tested with one fen', nextZh: '选择能扫码收款的渠道；现金、医保与绑卡渠道在终端上验证', nextEn: 'Choose a channel that is paid by a code; cash, insurance and bound cards are tried at a terminal' },
  SETUP_INCOMPLETE: { httpStatus: 409, zh: '开通步骤尚未完成', en: 'The set-up is not complete', nextZh: '完成列出的步骤，或说明原因后略过', nextEn: 'Finish the steps that are named, or leave them out with a reason' },
  BILL_IN_PAYMENT: { httpStatus: 409, zh: '该费用正在支付或已支付', en: 'These bills are being paid or have been paid', nextZh: '请勿重复支付；在原设备完成或取消后再试', nextEn: 'Do not pay again; finish or cancel on the other device first' },
  BILL_LOCKED: { httpStatus: 409, zh: '该费用正在医院修改或收费', en: 'The hospital is changing these bills, or taking them at a window', nextZh: '请稍后重试，或到窗口咨询', nextEn: 'Try again in a moment, or ask at a window' },
  PAYMENT_IN_PROGRESS: { httpStatus: 409, zh: '上一笔付款尚未结束', en: 'The payment before has not ended', nextZh: '等待其结果，或先取消', nextEn: 'Wait for its result, or cancel it first' },
  TENDER_CLOSED: { httpStatus: 409, zh: '该订单不再接受付款', en: 'This order takes no further payment', nextZh: '查询订单；已付部分自动退回', nextEn: 'Query the order; what was paid goes back by itself' },
  TENDER_EXCEEDS_REMAINING: { httpStatus: 409, zh: '本次付款金额超过未付金额', en: 'This payment exceeds what is left to pay', nextZh: '按订单未付金额重新发起', nextEn: 'Take at most the remaining amount of the order' },
  IDEMPOTENCY_KEY_REUSED: { httpStatus: 422, zh: '同一幂等键对应了不同内容', en: 'The idempotency key was used with another body', nextZh: '重试须保持内容一致；新业务使用新键', nextEn: 'A retry repeats the same body; new business takes a new key' },
  CHANNEL_UNAVAILABLE: { httpStatus: 503, zh: '支付渠道暂不可用', en: 'The payment channel is not available', nextZh: '换用其他支付方式或到窗口缴费', nextEn: 'Use another way to pay or go to a window' },
  CHANNEL_DECLINED: { httpStatus: 409, zh: '支付渠道拒绝了本次支付', en: 'The channel declined this payment', nextZh: '换用其他支付方式', nextEn: 'Use another way to pay' },
  HIS_UNAVAILABLE: { httpStatus: 503, zh: '医院系统暂时无法应答', en: 'The hospital system does not answer now', nextZh: '稍后重试或到窗口办理；未扣款', nextEn: 'Try later or go to a window; nothing was charged' },
  HIS_REJECTED: { httpStatus: 409, zh: '医院系统拒绝了请求', en: 'The hospital system refused', nextZh: '按提示处理或到窗口办理', nextEn: 'Follow its message or go to a window' },
  FUNCTION_NOT_OFFERED: { httpStatus: 409, zh: '本院未开通该功能', en: 'This hospital does not offer that', nextZh: '到窗口办理；信息科可在医院适配器中映射该功能', nextEn: 'Go to a window; the IT office can map it in the hospital adapter' },
  REVEAL_LIMIT_REACHED: { httpStatus: 429, zh: '一小时内查看的脱敏数据已达上限', en: 'As many masked values were looked at as an hour allows', nextZh: '一小时后再试；确有大批查询需要的，请管理员核对审计日志后另行安排', nextEn: 'Try again in an hour; for work that needs more, ask an administrator, who sees the audit log' },
  NOTHING_TO_RETURN: { httpStatus: 409, zh: '没有可清退的余额', en: 'There is no balance to return', nextZh: '核对患者与原因后重新提交', nextEn: 'Check the patients and the reasons given' },
  SECOND_PERSON_NEEDED: { httpStatus: 409, zh: '须由另一人审批', en: 'Somebody else has to approve it', nextZh: '请另一位有审批权限的人员审批', nextEn: 'Ask another person who may approve it' },
  APPROVAL_NEEDED: { httpStatus: 409, zh: '该退款须经审批', en: 'Others have to approve this refund', nextZh: '在管理控制台提出，由他人审批', nextEn: 'Propose it at the console; others approve it' },
  STATEMENT_UNUSABLE: { httpStatus: 422, zh: '对账文件不能使用', en: 'This statement file cannot be used', nextZh: '按提示核对渠道、日期和文件，从渠道商户平台重新下载后上传', nextEn: 'Compare channel, day and file by its message; take it from the channel portal again' },
  PERIOD_NOT_CLOSABLE: { httpStatus: 409, zh: '该月份还不能月结', en: 'The month cannot be closed yet', nextZh: '先处理所列的未平日期与挂账', nextEn: 'Settle the days and differences that are named first' },
  CASE_ENDS_ITSELF: { httpStatus: 409, zh: '该差错单不能由人工这样结案', en: 'This case is not ended by a person, or not this way', nextZh: '核实后由系统自动结案；有挂账的须核销，无挂账的须说明', nextEn: 'The platform ends it when it knows; what hangs is written off, what does not is explained' },
  APPROVAL_OVER: { httpStatus: 409, zh: '审批已过期，或内容与所见不一致', en: 'It is past its time, or not what was shown', nextZh: '刷新后核对；过期的请重新提交', nextEn: 'Refresh and compare; propose it again when it is past its time' },
  INPATIENT_NOT_FOUND: { httpStatus: 404, zh: '未找到该次住院', en: 'No such stay in hospital', nextZh: '核对住院号与住院次数', nextEn: 'Check the inpatient number and the number of the stay' },
  DEPOSIT_NOT_TAKEN: { httpStatus: 409, zh: '患者不在院，不能缴纳预交金', en: 'No deposit is taken: the patient is not in hospital', nextZh: '到住院窗口办理', nextEn: 'Go to the inpatient window' },
  DISCHARGE_HINDERED: { httpStatus: 409, zh: '暂不能出院结算', en: 'The stay cannot be settled yet', nextZh: '按提示处理，或到住院窗口办理', nextEn: 'Follow its message, or go to the inpatient window' },
  DISCHARGE_UNDERWAY: { httpStatus: 409, zh: '该次住院正在结算或已结算', en: 'This stay is being settled or has been settled', nextZh: '查询该结算单', nextEn: 'Query that settlement' },
  ORDER_NOT_FOUND: { httpStatus: 404, zh: '订单不存在', en: 'No such order', nextZh: '核对平台订单号', nextEn: 'Check the order number' },
  CHECKOUT_NOT_OPEN: { httpStatus: 404, zh: '付款码无效或已过期', en: 'This code is not valid, or its time is over', nextZh: '请在自助机或窗口重新取码；已付款的以自助机或窗口结果为准', nextEn: 'Get a new code at a kiosk or window; what was paid is shown there' },
  CHECKOUT_NOT_OFFERED: { httpStatus: 409, zh: '本院未启用聚合码', en: 'Aggregated codes are not set up here', nextZh: '使用其他支付方式；信息科可在配置中启用', nextEn: 'Use another way to pay; the IT office can set it up' },
  PAYER_NOT_IDENTIFIED: { httpStatus: 409, zh: '未能确认付款人', en: 'The wallet did not tell who pays', nextZh: '请重新点击支付；仍不成功请重新扫码', nextEn: 'Tap pay again, or scan the code once more' },
  NOT_CANCELLABLE: { httpStatus: 409, zh: '订单已支付或已结束，不能撤销', en: 'The order is paid or ended and cannot be cancelled', nextZh: '已支付的订单请申请退款', nextEn: 'Ask for a refund of a paid order' },
  REFUND_EXCEEDS_PAYMENT: { httpStatus: 409, zh: '退款金额超过可退金额', en: 'The refund exceeds what may be refunded', nextZh: '查询可退金额后重新申请', nextEn: 'Query the refundable amount and ask again' },
  NOT_REFUNDABLE: { httpStatus: 409, zh: '订单当前不可退款', en: 'The order cannot be refunded now', nextZh: '等待支付与医院确认结果明确后再试', nextEn: 'Wait until payment and hospital confirmation are definite' },
  REFUND_NOT_SUPPORTED: { httpStatus: 409, zh: '医院接口或渠道不支持退款', en: 'The hospital interface or channel cannot refund', nextZh: '到窗口办理退费', nextEn: 'Refund at a window' },
  HIS_REFUND_UNDECIDED: { httpStatus: 409, zh: '医院入账结果尚未明确，暂不能退款', en: 'Whether the hospital has booked it is not known yet: the refund cannot be decided', nextZh: '用同一退款单号稍后重发；勿当作失败', nextEn: 'Send the same refund number again; this is no failure' },
  REFUND_AT_WINDOW: { httpStatus: 409, zh: '已取号或已换开纸质票据，不能在线退款', en: 'Checked in, or invoiced on paper: this is not refunded online', nextZh: '携带凭证到窗口退费', nextEn: 'Refund it at a window, with the papers' },
  REFUND_WHOLE_ONLY: { httpStatus: 409, zh: '医保支付部分只能整笔退', en: 'The insured payment can only be undone whole, with all that was paid beside it', nextZh: '退其他付款的金额，或退整单', nextEn: 'Refund what was paid otherwise, or the whole order' },
  INVOICE_ON_PAPER: { httpStatus: 409, zh: '电子票据已换开纸质票据，须先交回', en: 'The electronic invoice was handed out on paper; the sheet has to come back first', nextZh: '请持纸质票据到窗口退费', nextEn: 'Refund at a window, with the paper invoice' },
  REPORT_NOT_RELEASED: { httpStatus: 409, zh: '报告暂不能查看', en: 'This report cannot be read yet', nextZh: '按提示办理后再查', nextEn: 'Follow its message and look again' },
  CARD_OUTCOME_UNKNOWN: { httpStatus: 503, zh: '医院系统没有应答，卡的状态不明', en: 'The hospital system did not answer: what became of the card is not known', nextZh: '先查卡状态，确认没有办成再重试，以免重复发卡', nextEn: 'Check the card first; repeat only what was not done, or there are two cards' },
  AMOUNT_DIFFERS: { httpStatus: 409, zh: '金额与应付金额不一致', en: 'The amount is not what is owed', nextZh: '按应付金额整笔转账并登记', nextEn: 'Transfer and record the whole of what is owed' },
  BANK_LINK_UNAVAILABLE: { httpStatus: 503, zh: '该账户没有可用的银企直联', en: 'No bank link holds this account now', nextZh: '启用银企直联插件，或选择其他付款账户；也可登记转账', nextEn: 'Start the bank link, or choose another account; a transfer by hand can be recorded too' },
  PAYOUT_NOT_ABSENT: { httpStatus: 409, zh: '还不能确认银行未付', en: 'It is not certain yet that the bank did not pay', nextZh: '等银行日终后再查询并导入对账单；在此之前不得重付', nextEn: 'Wait for the end of the bank\'s day, its answer and its statements; do not pay again before' },
  NO_FORM_LEFT: { httpStatus: 409, zh: '没有可用的票据号', en: 'No numbered form is left here', nextZh: '向票据管理员领用号段；凭条可先打印', nextEn: 'Have a run of forms handed out; the slip can be printed meanwhile' },
  FORM_IN_DOUBT: { httpStatus: 409, zh: '该收据已占用票据号，打印结果未确认', en: 'This receipt has a form number, and nobody has said whether it was printed', nextZh: '看打印机：已打好则确认，打坏则作废后重打；自助机请到窗口处理', nextEn: 'Look at the printer: confirm it, or make the number void and print again; for a kiosk do so at a window' },
  FORM_PRINTED: { httpStatus: 409, zh: '该收据已打印票据', en: 'This receipt was printed on a numbered form', nextZh: '补打凭条；确需重打票据的先作废原号', nextEn: 'Print the slip again; for another form make the number void first' },
  FORM_NOT_NEXT: { httpStatus: 409, zh: '票据号不是下一个可用号', en: 'This is not the number whose turn it is', nextZh: '核对打印机中的票据，按顺序作废或使用', nextEn: 'Compare with the sheet in the printer; numbers are used or made void in their turn' },
  FORM_VOID: { httpStatus: 409, zh: '票据号已作废', en: 'This form number is void', nextZh: '重新取号打印', nextEn: 'Take the next number and print again' },
  FORMS_NOT_THERE: { httpStatus: 409, zh: '库存不足，没有这么多连续的票据', en: 'So many forms do not lie together in the store', nextZh: '减少张数，或先入库', nextEn: 'Hand out fewer, or register more first' },
  FORMS_KNOWN: { httpStatus: 409, zh: '票据号段与已入库的重叠', en: 'These numbers were registered before', nextZh: '核对票据代码与起止号', nextEn: 'Check the code and the first and last number' },
  INSURANCE_UNAVAILABLE: { httpStatus: 503, zh: '医保服务暂不可用或本院未开通', en: 'The medical insurance does not answer now, or is not set up here', nextZh: '稍后用原幂等键重试，或按自费方式支付', nextEn: 'Try again later with the same key, or pay without the insurance' },
  INSURANCE_DECLINED: { httpStatus: 409, zh: '医保中心拒绝了请求', en: 'The insurance centre declined', nextZh: '按提示核对凭证与参保信息，或按自费方式支付', nextEn: 'Check voucher and insurance by its message, or pay without the insurance' },
  INSURANCE_TOTAL_DIFFERS: { httpStatus: 409, zh: '医保金额合计与预结算总额不一致', en: 'What fund, account and patient pay does not make the quoted total', nextZh: '重新查询待缴费单并预结算；再次出现请联系信息科', nextEn: 'List and quote the bills again; call the IT office if it comes back' },
  INSURANCE_FIRST: { httpStatus: 409, zh: '须先完成医保支付', en: 'The insured payment comes first', nextZh: '等待或重新发起医保支付，或取消订单', nextEn: 'Wait for it, make it again, or cancel the order' },
  SELF_PAY_FIRST: { httpStatus: 409, zh: '须先付清自费部分，再结算医保', en: 'What the patient pays himself comes first, the insurance last', nextZh: '先收自费金额，收齐后再发起医保支付', nextEn: 'Collect that amount, then make the insured payment' },
  NOTHING_INSURED: { httpStatus: 409, zh: '医保对本次费用不支付', en: 'The insurance pays nothing of these bills', nextZh: '按自费方式支付', nextEn: 'Pay without the insurance' },
  MIXED_PAYMENT_UNAVAILABLE: { httpStatus: 409, zh: '不支持医保混合收款', en: 'The wallet cannot settle the insurance together with the payment here', nextZh: '先用 method=medicalInsurance 完成医保支付，再追加自费付款', nextEn: 'Pay by the insurance first (method medicalInsurance), then add the rest' },
  WALLET_PAYS_NOTHING: { httpStatus: 409, zh: '医保支付全部费用，钱包无需付款', en: 'The insurance pays everything: nothing is left for the wallet', nextZh: '改用 method=medicalInsurance 支付', nextEn: 'Pay by method medicalInsurance' },
  PRESETTLEMENT_NOT_FOUND: { httpStatus: 404, zh: '医保预结算不存在', en: 'No such insurance pre-settlement', nextZh: '先做医保预结算', nextEn: 'Pre-settle with the insurance first' },
  PRESETTLEMENT_NOT_OPEN: { httpStatus: 409, zh: '医保预结算不可用：未完成、已使用、已撤销或已过期', en: 'The pre-settlement cannot be used: not finished, taken, given up or expired', nextZh: '查询其状态；需要时重新预结算', nextEn: 'Query its state; pre-settle again if need be' },
  PRESETTLEMENT_SETTLED: { httpStatus: 409, zh: '医保预结算已被支付使用，不能撤销', en: 'A payment has taken the pre-settlement: it cannot be given up', nextZh: '取消订单，或申请退款', nextEn: 'Cancel the order, or ask for a refund' },
  BILL_PRESETTLED: { httpStatus: 409, zh: '该费用已有未结束的医保预结算', en: 'These bills have a pre-settlement that is not finished', nextZh: '在原设备使用或撤销该预结算', nextEn: 'Use it or give it up where it was made' },
  CARD_TERMINAL_NOT_FOUND: { httpStatus: 404, zh: '本窗口没有可用的刷卡终端', en: 'This window has no card terminal', nextZh: '核对窗口编号与渠道配置；渠道未启动时联系信息科', nextEn: 'Check the window id in the channel\'s settings; call the IT office if the channel is not running' },
  TILL_NOT_AVAILABLE: { httpStatus: 503, zh: '现金渠道未启用或未运行', en: 'No channel that counts cash is running', nextZh: '联系信息科启用现金渠道', nextEn: 'Ask the IT office to switch the cash channel on' },
  SHIFT_EMPTY: { httpStatus: 409, zh: '上次交班后没有收款、退款或备用金，无班可交', en: 'Nothing was taken, paid back or counted in since the close before', nextZh: '无需交班；重复按键时查看上一班', nextEn: 'There is nothing to close; look at the shift before' },
  TILL_MOVED: { httpStatus: 409, zh: '清点期间钱箱应有金额已变化，未交班', en: 'What must lie in the till has changed since it was shown; nothing was closed', nextZh: '刷新后重新清点再交班', nextEn: 'Refresh, count again, then close' },
  TILL_PAYING_OUT: { httpStatus: 409, zh: '该钱箱正在支付现金退款，结果明确前不能交班', en: 'Cash is being paid out of this till; it cannot be closed before that has ended', nextZh: '稍候重新清点再交班；长时间无结果请查看现金渠道插件', nextEn: 'Wait, count again, then close; if it does not end, look at the cash channel' },
  SAME_PERSON: { httpStatus: 409, zh: '交款人不能接收或重新清点自己的现金', en: 'Who counted the till cannot take its cash over or count it anew', nextZh: '由另一人办理', nextEn: 'Let somebody else do it' },
  HAND_OVER_DIFFERS: { httpStatus: 409, zh: '接收金额与清点金额不一致', en: 'The amount is not the one that was counted', nextZh: '当面重新清点；清点有误时先做重新清点并写明原因', nextEn: 'Count together; if the count was wrong, record a new count with its reason first' },
  CASH_NOT_THERE: { httpStatus: 409, zh: '金库（或在途）现金少于该金额', en: 'The vault, or what is under way, holds less than that', nextZh: '核对金额；先接收已交班的现金', nextEn: 'Check the amount; take over the cash of closed shifts first' },
  CURSOR_INVALID: { httpStatus: 409, zh: '同步游标无效', en: 'The cursor of the sync cannot be used', nextZh: '不带游标从头读取；按平台订单号保存，以 version 大者为准', nextEn: 'Begin again without a cursor; keep orders by trade number, the higher version wins' },
  STATEMENT_NOT_READY: { httpStatus: 409, zh: '对账文件尚未生成', en: 'The statement is not ready yet', nextZh: '次日 10:00 后下载；仍没有时请联系信息科', nextEn: 'Download after 10:00 on the next day; if it is still missing, ask the IT office' },
  CLAIM_INVALID: { httpStatus: 401, zh: '登记码无效或已过期', en: 'The claim code is invalid or has expired', nextZh: '在管理控制台重新生成登记码；终端出示的登记码过期后会自动更换', nextEn: 'Make a new claim code in the console; a code the terminal shows is replaced by itself' },
  ENROLMENT_NOT_FOUND: { httpStatus: 404, zh: '没有等待批准的终端出示此登记码', en: 'No waiting terminal shows this code', nextZh: '核对终端屏幕上的登记码；过期后终端会显示新码', nextEn: 'Compare with the terminal\'s screen; an expired code is replaced there' },
  ENROLMENT_REJECTED: { httpStatus: 403, zh: '终端登记未获批准', en: 'The enrolment was rejected', nextZh: '联系信息科确认后重新登记', nextEn: 'Ask the IT office, then enrol anew' },
  LOGIN_FAILED: { httpStatus: 401, zh: '用户名或密码不正确', en: 'Wrong user name or password', nextZh: '核对后重试；多次失败将锁定 30 分钟', nextEn: 'Check and retry; repeated failures lock for 30 minutes' },
  LOGIN_LOCKED: { httpStatus: 429, zh: '登录失败次数过多，已锁定', en: 'Locked after too many failures', nextZh: '30 分钟后重试或联系管理员', nextEn: 'Retry after 30 minutes or ask an administrator' },
  SECOND_FACTOR_WRONG: { httpStatus: 401, zh: '验证码不正确或已用过', en: 'The code is wrong or was used before', nextZh: '等待下一个验证码再试；也可用恢复码；多次失败将锁定 30 分钟', nextEn: 'Wait for the next code, or use a recovery code; repeated failures lock for 30 minutes' },
  ENTRY_STEP_FIRST: { httpStatus: 403, zh: '登录尚未完成', en: 'The sign-in is not complete', nextZh: '先完成二次验证、修改初始密码或设置二次验证', nextEn: 'Prove or set up the second factor, or choose a password, first' },
  ENROLMENT_CODE_INVALID: { httpStatus: 403, zh: '设置码无效或已过期', en: 'The code to set a second factor up with is wrong or too old', nextZh: '向安全管理员领取新的设置码', nextEn: 'Ask the security administrator for a new one' },
  PASSKEYS_OFF: { httpStatus: 409, zh: '通行密钥未启用', en: 'Passkeys are not offered here', nextZh: '为控制台配置 HTTPS 域名（users.passkeyOrigin）后可用；先用密码和验证码登录', nextEn: 'They need the console to have a name with TLS (users.passkeyOrigin); sign in with password and code' },
  PASSKEY_REFUSED: { httpStatus: 401, zh: '通行密钥未通过验证', en: 'The passkey was not accepted', nextZh: '重试，或用密码和验证码登录', nextEn: 'Try again, or sign in with password and code' },
  DUTIES_SEPARATED: { httpStatus: 409, zh: '已实行三员分立，不能授予“管理员”', en: 'Duties are separated here: nobody is given the role administrator', nextZh: '授予系统管理员、安全管理员或审计员之一', nextEn: 'Give one of system administrator, security administrator and auditor' },
  THREE_ADMINISTRATORS_NEEDED: { httpStatus: 400, zh: '本系统要求三员分立', en: 'Separated duties are demanded here', nextZh: '同时填写系统管理员和审计员', nextEn: 'Name the system administrator and the auditor, too' },
  ADDRESS_NOT_ALLOWED: { httpStatus: 403, zh: '该地址不允许访问控制台', en: 'The console is not open to this address', nextZh: '从管理网段访问，或请信息科调整 http.consoleAllowedAddresses', nextEn: 'Come from the management network, or have IT change http.consoleAllowedAddresses' },
  NOT_SIGNED_IN: { httpStatus: 401, zh: '未登录或会话已结束', en: 'Not signed in, or the session has ended', nextZh: '重新登录', nextEn: 'Sign in again' },
  OPERATOR_NOT_SIGNED_IN: { httpStatus: 401, zh: '操作员未登录或已锁定', en: 'No operator is signed in at this terminal, or it is locked', nextZh: '输入工号和密码登录后再办理；未完成的订单不会丢失', nextEn: 'Sign in with operator number and password; open orders are not lost' },
  OPERATOR_CHALLENGE_OVER: { httpStatus: 409, zh: '登录验证已过期', en: 'The sign-in took too long or was used before', nextZh: '重新登录', nextEn: 'Sign in again' },
  PASSWORD_CHANGE_FIRST: { httpStatus: 403, zh: '初始密码须先修改', en: 'A password given by somebody else must be changed first', nextZh: '在管理控制台登录并修改密码', nextEn: 'Sign in at the console and choose a password' },
  REFUND_ABOVE_LIMIT: { httpStatus: 403, zh: '超出窗口退款权限', en: 'Above what this operator may refund', nextZh: '请财务科在管理控制台退款', nextEn: 'Ask finance to refund it at the console' },
  FIRST_LOGIN_CODE_INVALID: { httpStatus: 401, zh: '首次登录码无效、已使用或已过期', en: 'The first-login code is wrong, used or expired', nextZh: '核对平台启动时打印的首次登录码；超过 24 小时请重启平台获取新码', nextEn: 'Check the code printed when the platform started; after 24 hours restart it for a new one' },
  PASSWORD_TOO_WEAK: { httpStatus: 400, zh: '密码强度不足', en: 'The password is too weak', nextZh: '至少 12 位，含大小写字母、数字、符号中的三类', nextEn: 'At least 12 characters from three of four classes' },
  REPORT_TIME_TOO_LONG: { httpStatus: 422, zh: '报表的时间范围过长或起止颠倒', en: 'The time of the report is too long, or ends before it begins', nextZh: '缩短时间范围；明细可分段导出', nextEn: 'Choose a shorter time; export rows in parts' },
  REPORT_UNREADABLE: { httpStatus: 422, zh: '报表插件未能给出可用的数据，未显示', en: 'The plugin of this report gave nothing that may be shown', nextZh: '按提示联系插件厂商，或缩短时间范围；其他报表不受影响', nextEn: 'Tell the plugin\'s vendor what it says, or choose a shorter time; other reports are not concerned' },
  TOO_MANY_EXPORTS: { httpStatus: 409, zh: '排队中的导出已达上限', en: 'As many exports wait as may', nextZh: '等待或取消正在排队的导出后再试', nextEn: 'Wait, or cancel one that waits' },
  NO_SUCH_ITEM: { httpStatus: 404, zh: '未找到', en: 'Not found', nextZh: '刷新后重试', nextEn: 'Refresh and retry' },
  PLUGIN_REFUSED: { httpStatus: 422, zh: '插件包未通过检查，未安装', en: 'The plugin package did not pass; nothing was changed', nextZh: '按提示修正，或向厂商索取可用版本', nextEn: 'Correct what it says, or ask the vendor for a version that fits' },
  UPDATE_REFUSED: { httpStatus: 422, zh: '系统更新未通过检查，未更改任何内容', en: 'The system update did not pass; nothing was changed', nextZh: '按提示处理；更新包请从厂商重新取得', nextEn: 'Follow what it says; get the bundle from the vendor again' },
  CERTIFICATE_REFUSED: { httpStatus: 422, zh: '证书申请未通过检查', en: 'The certificate request did not pass', nextZh: '按提示修正后重新申请', nextEn: 'Correct what it says and ask again' },
  CONFIGURATION_REFUSED: { httpStatus: 422, zh: '终端配置未通过检查', en: 'The terminal configuration did not pass', nextZh: '按提示修正后重新保存', nextEn: 'Correct what it says and save again' },
  CONFIGURATION_CHANGED: { httpStatus: 409, zh: '该层配置已被他人修改', en: 'Somebody has changed this layer meanwhile', nextZh: '重新载入最新版本，再改一次', nextEn: 'Load it again and repeat the change' },
  GROUP_ID_TAKEN: { httpStatus: 409, zh: '分组编号已被使用，或是保留名称', en: 'The group id is taken or reserved', nextZh: '换一个编号', nextEn: 'Choose another id' },
  GROUP_IN_USE: { httpStatus: 409, zh: '分组仍在使用：组内有终端，或有未结束的通知', en: 'Terminals or live notices still belong to the group', nextZh: '先把终端移到其他分组、撤回通知，再删除', nextEn: 'Move its terminals and withdraw its notices, then remove it' },
  NOTICE_TIME_WRONG: { httpStatus: 422, zh: '通知的起止时间不正确', en: 'The time of the notice cannot be', nextZh: '结束须晚于开始和现在，最长一年', nextEn: 'It ends after it begins and after now, at most a year ahead' },
  MUTE_TIME_WRONG: { httpStatus: 422, zh: '告警静默的结束时间不正确', en: 'The end of the mute cannot be', nextZh: '结束须晚于现在，最长 30 天', nextEn: 'It ends after now, at most thirty days ahead' },
  TOO_MANY_NOTICES: { httpStatus: 409, zh: '同一范围的有效通知已达上限', en: 'This audience has as many notices as a screen shows', nextZh: '先撤回不再需要的通知', nextEn: 'Withdraw one that is not needed any more' },
  QUICK_PAY_UNAVAILABLE: { httpStatus: 503, zh: '快捷支付暂不可用', en: 'Quick pay is not available now', nextZh: '稍后重试，或换用其他支付方式；未扣款', nextEn: 'Try later, or pay otherwise; nothing was charged' },
  AGREEMENT_NOT_FOUND: { httpStatus: 404, zh: '没有这张绑定的银行卡', en: 'No such bound card', nextZh: '重新查询已绑定的银行卡', nextEn: 'List the bound cards again' },
  AGREEMENT_NOT_ACTIVE: { httpStatus: 409, zh: '该银行卡未绑定成功，或已解绑', en: 'This card is not bound yet, or not any more', nextZh: '选择其他银行卡，或重新绑定', nextEn: 'Choose another card, or bind it again' },
  BINDING_NOT_OPEN: { httpStatus: 409, zh: '该绑定不再接受验证码', en: 'This binding takes no code now', nextZh: '查询该绑定；失败的请重新绑定', nextEn: 'Query the binding; bind again where it failed' },
  CARD_DATA_DISAGREES: { httpStatus: 409, zh: '银行核验未通过：姓名、证件号、卡号、手机号不一致', en: 'The bank knows the card otherwise: name, identity number, card number and mobile do not agree', nextZh: '按银行预留信息核对后重新绑定', nextEn: 'Compare them with what the bank has and bind again' },
  CARD_NOT_SUPPORTED: { httpStatus: 409, zh: '该银行或卡种不支持快捷支付', en: 'This bank or kind of card is not taken', nextZh: '换一张银行卡', nextEn: 'Use another card' },
  CARD_REFUSED: { httpStatus: 409, zh: '银行拒绝了该操作', en: 'The bank refused', nextZh: '换一张银行卡，或联系发卡银行', nextEn: 'Use another card, or ask the bank that issued it' },
  CARD_BOUND_ALREADY: { httpStatus: 409, zh: '该银行卡已绑定', en: 'This card is bound already', nextZh: '在已绑定的银行卡中选择', nextEn: 'Choose it among the bound cards' },
  TOO_MANY_SAVED_VIEWS: { httpStatus: 409, zh: '该列表保存的视图已达上限', en: 'As many views of this list are saved as may be', nextZh: '先删除不再使用的视图', nextEn: 'Remove one that is not used any more' },
  TOO_MANY_CARDS: { httpStatus: 409, zh: '绑定的银行卡已达上限', en: 'As many cards are bound as may be', nextZh: '先解绑一张', nextEn: 'Unbind one first' },
  TOO_MANY_CODES: { httpStatus: 429, zh: '验证码请求过于频繁', en: 'Too many codes were asked for', nextZh: '一小时后再试', nextEn: 'Try again in an hour' },
  SMS_CODE_WRONG: { httpStatus: 409, zh: '短信验证码不正确', en: 'The code of the short message is wrong', nextZh: '重新输入验证码', nextEn: 'Enter the code again' },
  SMS_CODE_EXPIRED: { httpStatus: 409, zh: '短信验证码已过期', en: 'The time of the code is over', nextZh: '重新发起以获取新验证码；支付先取消原订单', nextEn: 'Begin again for a new code; of a payment cancel the order first' },
  NO_CODE_AWAITED: { httpStatus: 409, zh: '该订单没有等待验证码的支付', en: 'No payment of this order waits for a code', nextZh: '查询订单结果', nextEn: 'Query the order' },
  NO_BOUND_CARD: { httpStatus: 409, zh: '尚未绑定银行卡', en: 'No card is bound', nextZh: '先绑定银行卡', nextEn: 'Bind a card first' },
  PAYMENT_PASSWORD_NOT_SET: { httpStatus: 409, zh: '尚未设置支付密码', en: 'There is no payment password yet', nextZh: '先设置支付密码', nextEn: 'Set a payment password first' },
  PAYMENT_PASSWORD_SET_ALREADY: { httpStatus: 409, zh: '支付密码已设置', en: 'There is a payment password already', nextZh: '修改或重置支付密码', nextEn: 'Change or reset it' },
  PAYMENT_PASSWORD_WEAK: { httpStatus: 422, zh: '支付密码过于简单', en: 'This payment password is too simple', nextZh: '换用不连续、不重复的六位数字', nextEn: 'Choose six digits that are no run and no repetition' },
  PAYMENT_PASSWORD_NEEDED: { httpStatus: 409, zh: '本次支付须输入支付密码', en: 'This payment needs the payment password', nextZh: '输入支付密码后重新支付', nextEn: 'Ask for the password and pay again' },
  PAYMENT_PASSWORD_WRONG: { httpStatus: 409, zh: '支付密码不正确', en: 'The payment password is wrong', nextZh: '重新输入；忘记可重置', nextEn: 'Enter it again; reset it when it is forgotten' },
  PAYMENT_PASSWORD_LOCKED: { httpStatus: 409, zh: '支付密码已锁定', en: 'The payment password is locked', nextZh: '等待锁定结束，或核验持卡人后重置', nextEn: 'Wait until the lock ends, or reset it after a check of the card holder' },
  HOLDER_CHECK_NOT_OPEN: { httpStatus: 409, zh: '持卡人核验无效、已使用或已过期', en: 'This check of the card holder is not valid, used or over', nextZh: '重新核验持卡人', nextEn: 'Check the card holder again' },
  CONFLICT: { httpStatus: 409, zh: '当前状态不允许该操作', en: 'Not possible in the present state', nextZh: '刷新后核对状态', nextEn: 'Refresh and check the state' },
  STORE_UNAVAILABLE: { httpStatus: 503, zh: '系统存储不可用，未受理', en: 'The store is unavailable; nothing was accepted', nextZh: '联系信息科；可用原幂等键重试', nextEn: 'Call the IT office; retry with the same key' },
  STOPPED_FOR_SAFETY: { httpStatus: 503, zh: '系统处于安全模式，暂停收款', en: 'Safe mode: no payments are taken', nextZh: '到窗口缴费；联系信息科', nextEn: 'Pay at a window; call the IT office' },
  INTERNAL: { httpStatus: 500, zh: '系统内部错误', en: 'Internal error', nextZh: '凭请求编号联系信息科；支付结果以查询为准', nextEn: 'Quote the request number to the IT office; query for the payment result' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An expected refusal, returned, not thrown. `detail` is for the operator: no personal data. Logs, terminals and applications read `detail`; what a person at the console meets has `detailZh` beside it, and only what
 * is technical (a schema's path, a stranger's error) has none.
 */
export type Refused = { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail?: string; readonly detailZh?: string };

export function refused(code: ErrorCode, detail?: string | Bilingual): Refused {
  if (detail === undefined) return { kind: 'refused', code };
  return typeof detail === 'string' ? { kind: 'refused', code, detail } : { kind: 'refused', code, detail: detail.en, detailZh: detail.zh };
}

/** The same refusal handed on, each of its texts changed in the same way. */
export function retold(refusal: Refused, change: (text: string) => string): Refused {
  const { detail, detailZh } = refusal;
  return { kind: 'refused', code: refusal.code, ...(detail === undefined ? {} : { detail: change(detail) }), ...(detailZh === undefined ? {} : { detailZh: change(detailZh) }) };
}

/** Why it was refused, as one text to keep or to show where its code has no place of its own. */
export function reasonOf({ code, detail = '', detailZh = detail }: Refused): Bilingual {
  const told = (title: string, why: string, colon: string): string => (why === '' ? title : `${title}${colon}${why}`);
  return { zh: told(`${ERRORS[code].zh}（${code}）`, inQuotes({ zh: detailZh, en: detail }), '：'), en: told(code, detail, ': ') };
}

export type Outcome<Value> = { readonly kind: 'ok'; readonly value: Value } | Refused;

export function ok<Value>(value: Value): { readonly kind: 'ok'; readonly value: Value } {
  return { kind: 'ok', value };
}
