/** Every word on the page: Chinese first, English under it. */
import type { Refusal, Wallet } from './checkout-api.js';

export type Said = { readonly zh: string; readonly en: string };
export type Told = Said & { readonly next: Said };

export const PAY_WITH: Readonly<Record<Wallet, Said>> = {
  wechat: { zh: '微信支付', en: 'Pay with WeChat' },
  alipay: { zh: '支付宝支付', en: 'Pay with Alipay' },
  unionpay: { zh: '云闪付支付', en: 'Pay with UnionPay' },
  eCny: { zh: '数字人民币支付', en: 'Pay with e-CNY' },
};
/** The wallet's app, in sentences. */
export const APP_NAMES: Readonly<Record<Wallet, Said>> = {
  wechat: { zh: '微信', en: 'WeChat' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  unionpay: { zh: '云闪付', en: 'UnionPay' },
  eCny: { zh: '数字人民币', en: 'e-CNY' },
};

export const TEXTS = {
  title: { zh: '收银台', en: 'Checkout' },
  loading: { zh: '正在读取费用…', en: 'Reading your bill…' },
  amount: { zh: '应付金额', en: 'To pay' },
  amountPaid: { zh: '已付金额', en: 'Paid' },
  patient: { zh: '就诊人', en: 'Patient' },
  timeLeft: { zh: '剩余时间', en: 'Time left' },
  untilEnd: { zh: '此码有效至', en: 'Valid until' },
  checkFirst: { zh: '请核对就诊人和金额后支付', en: 'Check patient and amount, then pay' },
  scanInstead: (names: readonly Said[]): Said => ({ zh: `也可以用${names.map(({ zh }) => zh).join('、')}扫一扫同一个二维码`, en: `Or scan the same code with ${names.map(({ en }) => en).join(' or ')}` }),
  notHere: { zh: '这里暂时不能付款', en: 'Paying is not possible here' },
  notHereApps: (names: readonly Said[]): Said => ({ zh: `请打开${names.map(({ zh }) => zh).join('或')}，用“扫一扫”扫描同一个二维码`, en: `Open ${names.map(({ en }) => en).join(' or ')} and scan the same code` }),
  notHereWindow: { zh: '请稍后再试，或到自助机、窗口缴费', en: 'Try again later, or pay at a kiosk or window' },
  amountChanged: { zh: '费用有变化，金额已更新，请核对后再付', en: 'The bill has changed. Please check the new amount' },
  beforeClosed: { zh: '上一笔支付已关闭，没有扣款', en: 'The payment before was closed; nothing was charged' },
  beforeDeclined: { zh: '支付渠道没有受理，没有扣款。可以再试一次或换一种方式', en: 'The wallet did not accept it; nothing was charged. Try again or another way' },
  starting: { zh: '正在连接钱包…', en: 'Connecting to the wallet…' },
  pleaseWait: { zh: '请稍候，不要关闭本页', en: 'Please wait and keep this page open' },
  inWallet: (name: Said): Said => ({ zh: `请在${name.zh}中完成付款`, en: `Complete it in ${name.en}` }),
  comeBack: { zh: '付款后回到本页查看结果', en: 'Then come back here for the result' },
  continuePaying: (name: Said): Said => ({ zh: `继续在${name.zh}中付款`, en: `Continue in ${name.en}` }),
  havePaid: { zh: '我已付款，查询结果', en: 'I have paid: show the result' },
  otherWay: { zh: '取消这一笔，换一种方式', en: 'Cancel this one, pay another way' },
  scanThis: (name: Said): Said => ({ zh: `请用${name.zh}扫描此码付款`, en: `Scan this code with ${name.en}` }),
  walletSaysDone: { zh: '钱包已返回，正在向支付渠道核实结果', en: 'The wallet has answered; we are checking the result' },
  walletSaysNot: { zh: '您还没有完成付款', en: 'You have not completed the payment' },
  bridgeMissing: { zh: '没能打开微信支付，请再点一次', en: 'WeChat Pay did not open. Please tap again' },
  elsewhere: { zh: '正在另一部手机或应用中付款', en: 'It is being paid in another phone or app' },
  elsewhereHint: { zh: '请勿重复付款。那边付完，这里会显示结果', en: 'Please do not pay twice. The result will show here' },
  takeOver: { zh: '关闭那一笔，改在这里付', en: 'Close that one and pay here' },
  confirming: { zh: '支付结果确认中', en: 'Confirming the result' },
  confirmingHint: { zh: '请勿重复付款。结果不会丢失，您可以留在本页，也可以稍后再看', en: 'Please do not pay again. Nothing is lost: stay here, or look again later' },
  closing: { zh: '正在关闭上一笔支付', en: 'Closing the payment before' },
  closingHint: { zh: '一般几秒钟；个别渠道需要等到这一笔过期（约十分钟）。确认关闭后才能换一种方式，避免重复扣款', en: 'Usually seconds; with some wallets until it expires (about ten minutes). Only then another way is offered, so that nobody is charged twice' },
  paid: { zh: '已付款，正在通知医院', en: 'Paid. Telling the hospital' },
  paidHint: { zh: '请稍候，请勿重复付款', en: 'One moment, and please do not pay again' },
  nothingToPayHint: { zh: '这笔费用无需自付。按下按钮即可办好，不会扣款', en: 'Nothing is left for you to pay. Press once to settle it; nothing is charged' },
  confirmNothing: { zh: '确认办理', en: 'Confirm' },
  settling: { zh: '正在通知医院办理', en: 'Telling the hospital' },
  settledNothing: { zh: '已办好，无需付款', en: 'Settled. Nothing to pay' },
  done: { zh: '缴费成功', en: 'Payment complete' },
  doneElsewhere: { zh: '这笔费用已经缴清', en: 'This bill has been paid' },
  doneElsewhereHint: { zh: '无需再付。凭条和指引在付款的手机或自助机上', en: 'Nothing more to pay. The receipt is on the phone that paid, or at the kiosk' },
  goingBack: { zh: '正在原路退款', en: 'Your money is on its way back' },
  goingBackHint: { zh: '医院未能入账，款项将原路退回，一般即时到账，最迟 7 个工作日。请勿重复付款', en: 'The hospital could not book it. The money returns the way it came, usually at once, at most in 7 working days' },
  returned: { zh: '已原路退款', en: 'Refunded' },
  returnedHint: { zh: '款项已退回您的支付账户。如需缴费，请到自助机或窗口重新取码', en: 'The money is back in your account. To pay, get a new code at a kiosk or window' },
  returnBlocked: { zh: '退款需要人工处理', en: 'The refund needs a person' },
  returnBlockedHint: { zh: '请到收费窗口办理，款项不会丢失', en: 'Please go to a window. The money is not lost' },
  receiptNo: { zh: '收据号', en: 'Receipt no.' },
  settlementNo: { zh: '结算号', en: 'Settlement no.' },
  paidAt: { zh: '付款时间', en: 'Paid at' },
  pickupWindow: { zh: '取药窗口', en: 'Pharmacy window' },
  guide: { zh: '下一步', en: 'Where to go' },
  tryAgain: { zh: '重试', en: 'Try again' },
  noAnswer: { zh: '网络不稳定，没有收到应答', en: 'No answer: the network is unstable' },
  noAnswerHint: { zh: '正在自动重试。如果已经付款，请勿重复付款', en: 'Trying again by itself. If you have paid, do not pay again' },
  footer: { zh: '结果以本页、自助机或窗口显示为准', en: 'Only the result shown here, or at the hospital, counts' },
} as const;

/** Refusals in a patient's words. What is not here is told in the catalogue's own. */
const REFUSALS: Readonly<Record<string, Told>> = {
  CHECKOUT_NOT_OPEN: { zh: '此码无效或已过期', en: 'This code is not valid, or its time is over', next: { zh: '请到自助机或窗口重新取码。已经付过款的，请勿重复付款，以自助机或窗口显示为准', en: 'Get a new code at a kiosk or window. If you have paid, do not pay again: ask there' } },
  QUOTE_EXPIRED: { zh: '价格已过期', en: 'The price has expired', next: { zh: '请回到自助机重新取码。没有扣款', en: 'Get a new code at the kiosk. Nothing was charged' } },
  BILL_NOT_FOUND: { zh: '这些费用已缴清或有变化', en: 'These bills are settled or have changed', next: { zh: '请到自助机或窗口查询。没有扣款', en: 'Ask at a kiosk or window. Nothing was charged' } },
  BILL_LOCKED: { zh: '医院正在修改这些费用，或窗口正在收费', en: 'The hospital is changing these bills, or a window is taking them', next: { zh: '请稍后重试，或到窗口查询', en: 'Try again in a moment, or ask at a window' } },
  BILL_IN_PAYMENT: { zh: '这些费用正在别处付款，或已缴清', en: 'These bills are being paid elsewhere, or are settled', next: { zh: '请勿重复付款。稍后重试，或到窗口查询', en: 'Please do not pay twice. Try later, or ask at a window' } },
  PAYMENT_IN_PROGRESS: { zh: '另一部手机正在发起付款', en: 'Another phone is starting the payment', next: { zh: '请稍候再试', en: 'Please try again in a moment' } },
  NOTHING_TO_PAY: { zh: '无需自付', en: 'Nothing to pay', next: { zh: '请到窗口办理结算', en: 'Please settle at a window' } },
  CHANNEL_UNAVAILABLE: { zh: '这种支付方式暂时不可用', en: 'This way to pay is not available now', next: { zh: '请换一种方式，或到自助机、窗口缴费。没有扣款', en: 'Use another way, or pay at a kiosk or window. Nothing was charged' } },
  HIS_UNAVAILABLE: { zh: '医院系统暂时没有应答', en: 'The hospital system does not answer now', next: { zh: '请稍后重试，或到窗口缴费。没有扣款', en: 'Try again shortly, or pay at a window. Nothing was charged' } },
  TOO_MANY_REQUESTS: { zh: '操作过于频繁', en: 'Too many requests', next: { zh: '请稍候，正在自动重试', en: 'One moment, trying again by itself' } },
  PAYER_NOT_IDENTIFIED: { zh: '微信授权没有完成', en: 'WeChat did not tell who pays', next: { zh: '请再点一次付款。没有扣款', en: 'Please tap pay again. Nothing was charged' } },
};

export function toldOf(refusal: Pick<Refusal, 'code'> & Partial<Refusal>): Told {
  const { code, zh = '', en = '', nextZh = '', nextEn = '' } = refusal;
  return REFUSALS[code] ?? { zh, en, next: { zh: nextZh, en: nextEn } };
}

/** Fen as yuan text: 1234 → "12.34". */
export function yuanText(amountFen: number): string {
  const digits = `00${String(amountFen)}`.slice(-Math.max(3, String(amountFen).length));
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
/** Beijing date and time: engines of old phones know no time zones by name. */
export function beijingTime(iso: string): string {
  return new Date(Date.parse(iso) + BEIJING_MS).toISOString().slice(0, 16).replace('T', ' ');
}
/** Up to an hour as mm:ss; longer as the Beijing clock time when it ends. */
export function timeLeftText(secondsLeft: number, nowMs: number): { readonly label: 'timeLeft' | 'untilEnd'; readonly text: string } {
  if (secondsLeft <= 3_600) return { label: 'timeLeft', text: `${String(Math.floor(secondsLeft / 60))}:${`0${String(secondsLeft % 60)}`.slice(-2)}` };
  const end = nowMs + secondsLeft * 1_000 + BEIJING_MS;
  // A code that ends with the day ends at 24:00, not at 00:00 of a day the patient has to think about.
  return { label: 'untilEnd', text: end % DAY_MS < 60_000 ? '24:00' : new Date(end).toISOString().slice(11, 16) };
}
