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
  TOO_MANY_REQUESTS: { httpStatus: 429, zh: '请求过于频繁', en: 'Too many requests', nextZh: '稍后重试', nextEn: 'Try again later' },
  PATIENT_NOT_FOUND: { httpStatus: 404, zh: '未找到患者档案', en: 'No patient file found', nextZh: '核对卡号，或到窗口建档', nextEn: 'Check the card, or register at a window' },
  BILL_NOT_FOUND: { httpStatus: 404, zh: '待缴费单不存在或已变化', en: 'The bill does not exist or has changed', nextZh: '重新查询待缴费单', nextEn: 'List the open bills again' },
  QUOTE_NOT_FOUND: { httpStatus: 404, zh: '预结算单不存在', en: 'No such quote', nextZh: '重新预结算', nextEn: 'Quote again' },
  QUOTE_EXPIRED: { httpStatus: 409, zh: '预结算已过期', en: 'The quote has expired', nextZh: '重新预结算', nextEn: 'Quote again' },
  AMOUNT_MISMATCH: { httpStatus: 409, zh: '金额与预结算不一致', en: 'The amount differs from the quote', nextZh: '以预结算自付金额（医保支付为总额）发起支付', nextEn: 'Pay the self-pay amount of the quote; with the insurance its total' },
  NOTHING_TO_PAY: { httpStatus: 409, zh: '无需自付', en: 'Nothing to pay', nextZh: '请到窗口办理结算', nextEn: 'Settle at a window' },
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
  NOTHING_TO_RETURN: { httpStatus: 409, zh: '没有可清退的余额', en: 'There is no balance to return', nextZh: '核对患者与原因后重新提交', nextEn: 'Check the patients and the reasons given' },
  SECOND_PERSON_NEEDED: { httpStatus: 409, zh: '须由另一人审批', en: 'Somebody else has to approve it', nextZh: '请另一位财务人员审批', nextEn: 'Ask another person of finance' },
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
  STATEMENT_NOT_READY: { httpStatus: 409, zh: '对账文件尚未生成', en: 'The statement is not ready yet', nextZh: '次日 10:00 后下载', nextEn: 'Download after 10:00 on the next day' },
  CLAIM_INVALID: { httpStatus: 401, zh: '登记码无效或已过期', en: 'The claim code is invalid or has expired', nextZh: '在管理控制台重新生成登记码；终端出示的登记码过期后会自动更换', nextEn: 'Make a new claim code in the console; a code the terminal shows is replaced by itself' },
  ENROLMENT_NOT_FOUND: { httpStatus: 404, zh: '没有等待批准的终端出示此登记码', en: 'No waiting terminal shows this code', nextZh: '核对终端屏幕上的登记码；过期后终端会显示新码', nextEn: 'Compare with the terminal\'s screen; an expired code is replaced there' },
  ENROLMENT_REJECTED: { httpStatus: 403, zh: '终端登记未获批准', en: 'The enrolment was rejected', nextZh: '联系信息科确认后重新登记', nextEn: 'Ask the IT office, then enrol anew' },
  LOGIN_FAILED: { httpStatus: 401, zh: '用户名或密码不正确', en: 'Wrong user name or password', nextZh: '核对后重试；多次失败将锁定 30 分钟', nextEn: 'Check and retry; repeated failures lock for 30 minutes' },
  LOGIN_LOCKED: { httpStatus: 429, zh: '登录失败次数过多，已锁定', en: 'Locked after too many failures', nextZh: '30 分钟后重试或联系管理员', nextEn: 'Retry after 30 minutes or ask an administrator' },
  NOT_SIGNED_IN: { httpStatus: 401, zh: '未登录或会话已结束', en: 'Not signed in, or the session has ended', nextZh: '重新登录', nextEn: 'Sign in again' },
  OPERATOR_NOT_SIGNED_IN: { httpStatus: 401, zh: '操作员未登录或已锁定', en: 'No operator is signed in at this terminal, or it is locked', nextZh: '输入工号和密码登录后再办理；未完成的订单不会丢失', nextEn: 'Sign in with operator number and password; open orders are not lost' },
  OPERATOR_CHALLENGE_OVER: { httpStatus: 409, zh: '登录验证已过期', en: 'The sign-in took too long or was used before', nextZh: '重新登录', nextEn: 'Sign in again' },
  PASSWORD_CHANGE_FIRST: { httpStatus: 403, zh: '初始密码须先修改', en: 'A password given by somebody else must be changed first', nextZh: '在管理控制台登录并修改密码', nextEn: 'Sign in at the console and choose a password' },
  REFUND_ABOVE_LIMIT: { httpStatus: 403, zh: '超出窗口退款权限', en: 'Above what this operator may refund', nextZh: '请财务科在管理控制台退款', nextEn: 'Ask finance to refund it at the console' },
  FIRST_LOGIN_CODE_INVALID: { httpStatus: 401, zh: '首次登录码无效、已使用或已过期', en: 'The first-login code is wrong, used or expired', nextZh: '核对平台启动时打印的首次登录码；超过 24 小时请重启平台获取新码', nextEn: 'Check the code printed when the platform started; after 24 hours restart it for a new one' },
  PASSWORD_TOO_WEAK: { httpStatus: 400, zh: '密码强度不足', en: 'The password is too weak', nextZh: '至少 12 位，含大小写字母、数字、符号中的三类', nextEn: 'At least 12 characters from three of four classes' },
  NO_SUCH_ITEM: { httpStatus: 404, zh: '未找到', en: 'Not found', nextZh: '刷新后重试', nextEn: 'Refresh and retry' },
  PLUGIN_REFUSED: { httpStatus: 422, zh: '插件包未通过检查，未安装', en: 'The plugin package did not pass; nothing was changed', nextZh: '按提示修正，或向厂商索取可用版本', nextEn: 'Correct what it says, or ask the vendor for a version that fits' },
  CERTIFICATE_REFUSED: { httpStatus: 422, zh: '证书申请未通过检查', en: 'The certificate request did not pass', nextZh: '按提示修正后重新申请', nextEn: 'Correct what it says and ask again' },
  CONFIGURATION_REFUSED: { httpStatus: 422, zh: '终端配置未通过检查', en: 'The terminal configuration did not pass', nextZh: '按提示修正后重新保存', nextEn: 'Correct what it says and save again' },
  CONFIGURATION_CHANGED: { httpStatus: 409, zh: '该层配置已被他人修改', en: 'Somebody has changed this layer meanwhile', nextZh: '重新载入最新版本，再改一次', nextEn: 'Load it again and repeat the change' },
  GROUP_ID_TAKEN: { httpStatus: 409, zh: '分组编号已被使用，或是保留名称', en: 'The group id is taken or reserved', nextZh: '换一个编号', nextEn: 'Choose another id' },
  GROUP_IN_USE: { httpStatus: 409, zh: '分组仍在使用：组内有终端，或有未结束的通知', en: 'Terminals or live notices still belong to the group', nextZh: '先把终端移到其他分组、撤回通知，再删除', nextEn: 'Move its terminals and withdraw its notices, then remove it' },
  NOTICE_TIME_WRONG: { httpStatus: 422, zh: '通知的起止时间不正确', en: 'The time of the notice cannot be', nextZh: '结束须晚于开始和现在，最长一年', nextEn: 'It ends after it begins and after now, at most a year ahead' },
  TOO_MANY_NOTICES: { httpStatus: 409, zh: '同一范围的有效通知已达上限', en: 'This audience has as many notices as a screen shows', nextZh: '先撤回不再需要的通知', nextEn: 'Withdraw one that is not needed any more' },
  CONFLICT: { httpStatus: 409, zh: '当前状态不允许该操作', en: 'Not possible in the present state', nextZh: '刷新后核对状态', nextEn: 'Refresh and check the state' },
  STORE_UNAVAILABLE: { httpStatus: 503, zh: '系统存储不可用，未受理', en: 'The store is unavailable; nothing was accepted', nextZh: '联系信息科；可用原幂等键重试', nextEn: 'Call the IT office; retry with the same key' },
  STOPPED_FOR_SAFETY: { httpStatus: 503, zh: '系统处于安全模式，暂停收款', en: 'Safe mode: no payments are taken', nextZh: '到窗口缴费；联系信息科', nextEn: 'Pay at a window; call the IT office' },
  INTERNAL: { httpStatus: 500, zh: '系统内部错误', en: 'Internal error', nextZh: '凭请求编号联系信息科；支付结果以查询为准', nextEn: 'Quote the request number to the IT office; query for the payment result' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An expected refusal, returned, not thrown. `detail` is for the operator: no personal data. */
export type Refused = { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail?: string };

export function refused(code: ErrorCode, detail?: string): Refused {
  return detail === undefined ? { kind: 'refused', code } : { kind: 'refused', code, detail };
}

export type Outcome<Value> = { readonly kind: 'ok'; readonly value: Value } | Refused;

export function ok<Value>(value: Value): { readonly kind: 'ok'; readonly value: Value } {
  return { kind: 'ok', value };
}
