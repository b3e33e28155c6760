/** Every word on the screen, Chinese first. */
import { askingEn, askingZh } from './texts-asking.js';
import { insuranceEn, insuranceZh } from './texts-insurance.js';
import { errandsEn, errandsZh } from './texts-errands.js';

const zh = {
  ...errandsZh, ...askingZh, ...insuranceZh,
  title: '自助服务', otherLanguage: 'English', elderMode: '大字版', standardMode: '标准版', online: '已连接', offline: '正在连接…', refused: '本机未获准接入',
  welcome: '门诊自助缴费', welcomeHint: '请刷卡、扫码或选择证件类型', begin: '开始缴费',
  cardTypes: { visitCard: '就诊卡', idCard: '身份证', insuranceCard: '医保卡', healthCode: '健康码', outpatientNo: '门诊号', inpatientNo: '住院号' },
  cardNo: '卡号', cardHint: '请刷卡，或输入卡号', demoCards: '演示卡', clear: '清空', erase: '退格', next: '下一步', back: '上一步', home: '返回首页', busy: '请稍候…',
  choosePatient: '请选择就诊人', sex: { male: '男', female: '女', unknown: '' }, feeCategory: '费别',
  bills: '待缴费用', noBills: '没有待缴费用', noBillsHint: '如刚就诊完毕，请稍后再查', details: '明细', hideDetails: '收起', chosen: (count: number) => `已选 ${String(count)} 单`, sum: '合计',
  check: '请核对金额', total: '费用总额', fund: '统筹支付', personalAccount: '个人账户', rounding: '四舍五入', selfPay: '本次自付', payNow: '确认，扫码支付', settleNow: '无需付款，确认结算', quoteUntil: '报价有效至',
  scan: '请用手机扫码支付', scanHint: '支付完成后请在本机等待结果', secondsLeft: '剩余时间', cancel: '取消支付', cancelling: '正在取消…', wallet: '打开模拟钱包支付 ↗', phone: '像手机扫码一样打开 ↗', starting: '正在生成支付码…',
  scanAny: '请用微信、支付宝等扫码支付', scanAnyHint: '一个码，各种钱包都能付；付款后请在本机等待结果', onPhone: '请在手机上完成付款', onPhoneHint: '手机付款后，本机自动显示结果并可打印凭条',
  confirming: '支付结果确认中，请勿重复支付', confirmingHint: '正在向支付渠道核实。您可以继续等待，也可以记下订单号离开，结果不会丢失。', paid: '已支付，正在通知医院', paidHint: '请稍候，不要离开，也请勿重复支付',
  receiptNo: '收据号', formCode: '票据代码', formNo: { paper: '票据号', serial: '业务流水号' }, formAtWindow: '请到窗口打印', invoiceNo: '电子票据', settlementNo: '结算号', window: '取药窗口', guide: '指引', orderNo: '订单号', patient: '就诊人', paidAt: '支付时间', channelNo: '渠道流水号', items: '单据', print: '打印凭条', printed: '已打印',
  printAgain: '再次打印', finish: '完成', refunding: '正在原路退款', refundingHint: '医院未能入账，款项将原路退回，一般即时到账，最迟 7 个工作日。请勿重复支付。', refunded: '已原路退款',
  refundedHint: '款项已退回您的支付账户。如需缴费，请重新开始或到窗口办理。', refundBlocked: '退款需要人工处理', refundBlockedHint: '请凭订单号到收费窗口办理，款项不会丢失。', ended: '未支付，订单已关闭', endedHint: '没有扣款。如需缴费，请重新开始。',
  notTaken: '没有发起支付', notTakenHint: '没有扣款，请重新开始。', uncertainBanner: '上一笔支付结果确认中，请稍候，请勿重复支付', resumed: '已恢复未完成的订单', lineDown: '网络中断，正在重新连接。您的订单不会丢失。', noAnswer: '暂时没有应答', noAnswerHint: '请稍后重试，没有扣款。', tryAgain: '重试',
  enrol: '终端登记', enrolHint: '请输入管理控制台生成的登记码', enrolling: '正在登记…', enrolButton: '登记', approveHint: '请在管理控制台“终端 → 批准终端”中输入下面的登记码', approveWaiting: '等待批准，有效期至', typeCode: '改为在本机输入登记码', enrolFailed: '登记没有完成', otherWindow: '本终端已在另一个窗口中打开', otherWindowHint: '请关闭本窗口。', configFailed: '无法读取终端配置', seconds: '秒', receiptNote: '本凭条不作报销凭证', minutes: '分',
};
export type Texts = typeof zh;

const en: Texts = {
  ...errandsEn, ...askingEn, ...insuranceEn,
  title: 'Self-service payment', otherLanguage: '中文', elderMode: 'Large text', standardMode: 'Standard', online: 'Connected', offline: 'Connecting…', refused: 'This device is not admitted',
  welcome: 'Outpatient payment', welcomeHint: 'Swipe a card, scan a code, or choose what you have', begin: 'Start',
  cardTypes: { visitCard: 'Visit card', idCard: 'ID card', insuranceCard: 'Insurance card', healthCode: 'Health code', outpatientNo: 'Outpatient no.', inpatientNo: 'Inpatient no.' },
  cardNo: 'Card number', cardHint: 'Swipe the card or type its number', demoCards: 'Demo cards', clear: 'Clear', erase: 'Erase', next: 'Next', back: 'Back', home: 'Start page', busy: 'One moment…',
  choosePatient: 'Who is it for?', sex: { male: 'male', female: 'female', unknown: '' }, feeCategory: 'Fee category',
  bills: 'Open bills', noBills: 'No open bills', noBillsHint: 'If you have just seen a doctor, please look again in a moment', details: 'Details', hideDetails: 'Hide', chosen: (count: number) => `${String(count)} chosen`, sum: 'Total',
  check: 'Please check the amount', total: 'Total', fund: 'Insurance fund', personalAccount: 'Personal account', rounding: 'Rounding', selfPay: 'You pay', payNow: 'Confirm and pay by code', settleNow: 'Nothing to pay: settle', quoteUntil: 'Valid until',
  scan: 'Scan with your phone to pay', scanHint: 'Then wait here for the result', secondsLeft: 'Time left', cancel: 'Cancel', cancelling: 'Cancelling…', wallet: 'Open the simulated wallet ↗', phone: 'Open it as a phone would ↗', starting: 'Making the code…',
  scanAny: 'Scan with WeChat, Alipay or another wallet', scanAnyHint: 'One code for every wallet. Then wait here for the result', onPhone: 'Please complete the payment on your phone', onPhoneHint: 'The result appears here by itself, and the slip can be printed',
  confirming: 'Confirming the result. Please do not pay again', confirmingHint: 'We are asking the payment channel. You may wait, or note the order number and leave: the result will not be lost.', paid: 'Paid. Telling the hospital', paidHint: 'Please wait here and do not pay again',
  receiptNo: 'Receipt no.', formCode: 'Form code', formNo: { paper: 'Form no.', serial: 'Serial no.' }, formAtWindow: 'Printed at a window', invoiceNo: 'E-invoice', settlementNo: 'Settlement no.', window: 'Pharmacy window', guide: 'Where to go', orderNo: 'Order no.', patient: 'Patient', paidAt: 'Paid at', channelNo: 'Channel no.', items: 'Bills', print: 'Print slip', printed: 'Printed',
  printAgain: 'Print again', finish: 'Finish', refunding: 'Your money is on its way back', refundingHint: 'The hospital could not book it. The money returns the way it came, usually at once, at most in 7 working days. Please do not pay again.', refunded: 'Refunded',
  refundedHint: 'The money is back in the account you paid from. To pay, start again or go to a window.', refundBlocked: 'The refund needs a person', refundBlockedHint: 'Please take the order number to a window. The money is not lost.', ended: 'Not paid; the order is closed', endedHint: 'Nothing was charged. To pay, start again.',
  notTaken: 'No payment was started', notTakenHint: 'Nothing was charged. Please start again.', uncertainBanner: 'The last payment is being confirmed. Please wait and do not pay again', resumed: 'Your unfinished order is back', lineDown: 'The line is down; reconnecting. Your order is not lost.', noAnswer: 'No answer for now', noAnswerHint: 'Please try again. Nothing was charged.', tryAgain: 'Try again',
  enrol: 'Register this terminal', enrolHint: 'Type the claim code from the console', enrolling: 'Registering…', enrolButton: 'Register', approveHint: 'Enter this code in the console: Terminals, Approve a terminal', approveWaiting: 'Waiting for approval, valid until', typeCode: 'Type a code here instead', enrolFailed: 'The registration is not complete', otherWindow: 'This terminal is open in another window', otherWindowHint: 'Please close this one.', configFailed: 'The terminal has no configuration', seconds: 's', receiptNote: 'Not valid for reimbursement', minutes: 'min',
};

export const LANGUAGES = { zh, en } as const;
export type Language = keyof typeof LANGUAGES;
