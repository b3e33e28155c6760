import type { CallContext, ChargeOutcome, ChargeRequest, CloseOutcome, FullPaymentChannel, PaymentNews, PaymentReference, PluginContext, RefundNews, RefundOutcome } from '@hospay/plugin-sdk';
import { fenFromYuan, instantOfBeijing } from '@hospay/plugin-sdk';

import { CancelAnswer, CloseAnswer, CreateAnswer, PrecreateAnswer, readJson, RefundAnswer, RefundQueryAnswer, TradeAnswer } from './messages.js';
import { answerNotification, createNotificationReader } from './notification.js';
import { ALIPAY_METHODS, OPERATIONS, orderContent, refundContent, whatIsMissing, type AlipayMethod } from './order-content.js';
import { orderText, postedForm, redirectOrForm, tradeToPay } from './presentations.js';
import { endOfPresented, presentedUntil } from './presented-note.js';
import { MAIN_GATEWAY_URL, type AlipaySettings } from './settings.js';
import type { SignRequest } from './signed-parameters.js';
import { createBillDownload } from './bill-download.js';
import { newsOfRefund, newsOfTrade, type AskedRefund } from './trade-news.js';
import type { AlipayKeys } from './alipay-keys.js';
import { isOver, type UndoBook } from './undo-book.js';
import type { AskAlipay, VerifiedAnswer } from './verified-wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Refused = Extract<VerifiedAnswer, { kind: 'refused' }>;
/** A payment as a question needs it; whatever the core has not heard yet is absent. */
type Asked = Pick<PaymentReference, 'tradeNo'> & Pick<Partial<PaymentReference>, 'paidAt' | 'channelNote'>;

/** Between our clock and Alipay's, and between a scan and its trade. */
const CLOCK_MARGIN_MS = 5 * 60_000;

/** 支付宝: codes shown and scanned, orders of apps and pages, query, close and undo, refunds, notifications, trade bill. */
export function createAlipayChannel(parts: {
  readonly context: PluginContext<AlipaySettings>;
  readonly sign: SignRequest;
  readonly ask: AskAlipay;
  readonly keys: AlipayKeys;
  readonly undoBook: UndoBook;
}): FullPaymentChannel {
  const { context, sign, ask, undoBook } = parts;
  const { settings } = context;
  const gateway = settings.gatewayUrl ?? MAIN_GATEWAY_URL;

  /** Asks Alipay for the trade itself; `notFound` when it has none under this number. */
  const askTrade = async (payment: Asked, call: Pick<CallContext, 'signal'>): Promise<PaymentNews> => {
    const bizContent = { out_trade_no: payment.tradeNo, query_options: ['fund_bill_list'] };
    const answer = await ask('query', { method: 'alipay.trade.query', bizContent }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unusable(answer);
    const trade = readJson(TradeAnswer, answer.node);
    if (trade?.out_trade_no !== payment.tradeNo) return unknown('the answer is not a trade of this number');
    const isUndone = trade.trade_status === 'TRADE_CLOSED' && (await undoBook.find(payment.tradeNo)) !== 'none';
    return newsOfTrade(trade, { merchantNo: settings.sellerId, wasPaid: payment.paidAt !== undefined, isUndone });
  };

  const query = async (payment: Asked, call: Pick<CallContext, 'signal'>): Promise<PaymentNews> => {
    const news = await askTrade(payment, call);
    if (news.kind !== 'notFound') return news;
    if (isOver(await undoBook.find(payment.tradeNo))) return { kind: 'closed' };
    const end = endOfPresented(payment.channelNote);
    if (end === undefined) return news;
    return context.now().getTime() < end + CLOCK_MARGIN_MS ? { kind: 'pending' } : { kind: 'closed' };
  };

  /** 撤销: makes a number unpayable whether or not Alipay has a trade; a payment that raced it goes back to the patient. Unclear answers are asked again by a later close. */
  const undo = async (payment: Asked, call: Pick<CallContext, 'signal'>): Promise<{ readonly kind: 'closed'; readonly wasPaid: boolean } | { readonly kind: 'tooOld' } | Unknown> => {
    await undoBook.asked(payment.tradeNo);
    const answer = await ask('cancel', { method: 'alipay.trade.cancel', bizContent: { out_trade_no: payment.tradeNo } }, call);
    if (answer.kind === 'refused') return answer.meaning === 'tooOld' ? { kind: 'tooOld' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unusable(answer);
    const cancelled = readJson(CancelAnswer, answer.node);
    if (cancelled?.out_trade_no !== payment.tradeNo) return unknown('the answer is not about this cancel');
    if (cancelled.retry_flag === 'Y') return unknown('Alipay asks to cancel again');
    await undoBook.over(payment.tradeNo, cancelled.action === 'refund' ? 'returned' : 'done');
    if (cancelled.action === 'refund') context.log.warn('a payment that raced its cancel was returned to the payer', { tradeNo: payment.tradeNo });
    return { kind: 'closed', wasPaid: cancelled.action === 'refund' };
  };

  const charge = async (request: ChargeRequest, call: CallContext): Promise<ChargeOutcome> => {
    const method = ALIPAY_METHODS.find((known) => known === request.method);
    if (method === undefined) return { kind: 'notSent', reason: `method ${request.method} is not offered by this channel` };
    const missing = whatIsMissing(request, method);
    if (missing !== undefined) return { kind: 'notSent', reason: missing };
    if (call.signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    if ((await undoBook.find(request.tradeNo)) !== 'none') return unknown('this number was cancelled: it is asked about, never charged again');
    const bizContent = orderContent(settings, request, method);
    const order = { method: OPERATIONS[method].method, bizContent, notifyUrl: notifyUrl(settings, request.notifyUrl) };
    const channelNote = presentedUntil(request.expiresAt);
    switch (method) {
      case 'h5':
        return { kind: 'pending', present: redirectOrForm(gateway, await sign({ ...order, returnUrl: request.returnUrl })), channelNote };
      case 'webPage':
        return { kind: 'pending', present: postedForm(gateway, await sign({ ...order, returnUrl: request.returnUrl })), channelNote };
      case 'app':
        return { kind: 'pending', present: orderText(await sign(order)), channelNote };
      case 'nativeQr':
      case 'paymentCode':
      case 'jsapi':
      case 'miniProgram': {
        const answer = await ask('charge', order, call);
        if (answer.kind === 'accepted') return acceptedCharge(request, method, answer.node, call);
        if (answer.kind === 'payerIsPaying') return method === 'paymentCode' ? { kind: 'pending', present: { kind: 'none' } } : unknown('Alipay waits for a payer where none was asked');
        return answer.kind === 'refused' ? refusedCharge(request, answer, call) : answer;
      }
    }
  };

  const acceptedCharge = async (request: ChargeRequest, method: AlipayMethod, node: string, call: CallContext): Promise<ChargeOutcome> => {
    if (method === 'nativeQr') {
      const order = readJson(PrecreateAnswer, node);
      if (order?.out_trade_no !== request.tradeNo) return unknown('the answer holds no code of this number');
      return { kind: 'pending', present: { kind: 'qr', content: order.qr_code }, channelNote: presentedUntil(request.expiresAt) };
    }
    if (method !== 'paymentCode') {
      const order = readJson(CreateAnswer, node);
      return order?.out_trade_no === request.tradeNo ? { kind: 'pending', present: tradeToPay(order.trade_no) } : unknown('the answer holds no trade of this number');
    }
    const trade = readJson(TradeAnswer, node);
    if (trade?.out_trade_no !== request.tradeNo) return unknown('the answer is not a trade of this number');
    const paid = newsOfTrade({ ...trade, trade_status: 'TRADE_SUCCESS' }, { merchantNo: settings.sellerId, wasPaid: true, isUndone: false });
    if (paid.kind !== 'succeeded') return unknown('the answer holds no payment');
    // Only the query tells whether it was digital yuan.
    const asked = await askTrade(request, call);
    return asked.kind === 'succeeded' && asked.channelTradeNo === paid.channelTradeNo ? { ...paid, ...fundingOf(asked) } : paid;
  };

  const refusedCharge = async (request: ChargeRequest, answer: Refused, call: CallContext): Promise<ChargeOutcome> => {
    const declined = { kind: 'declined', code: answer.code, message: answer.message } as const;
    // A refused repeat proves nothing about the first attempt, which may still arrive: only the query, asked later, can tell.
    if (call.attempt > 1) return unlisted(answer);
    if (answer.meaning === 'declined') return declined;
    if (answer.meaning !== 'contested' && answer.meaning !== 'payerRefused') return unlisted(answer);
    const news = await askTrade(request, call);
    if (news.kind === 'notFound') return declined;
    // The trade that could not be paid would wait for the payer: nobody at the window does.
    if (answer.meaning !== 'payerRefused' || request.method !== 'paymentCode' || news.kind !== 'pending') return unlisted(answer);
    const undone = await undo(request, call);
    return undone.kind === 'closed' && !undone.wasPaid ? declined : unlisted(answer);
  };

  const close = async (payment: PaymentReference, call: CallContext): Promise<CloseOutcome> => {
    const news = await askTrade(payment, call);
    switch (news.kind) {
      case 'succeeded':
        // A cancel that had no answer may still be on its way to give this back: it is sent again until it is answered.
        return (await undoBook.find(payment.tradeNo)) === 'asked' ? undoneOr(await undo(payment, call), { kind: 'alreadyPaid' }) : { kind: 'alreadyPaid' };
      case 'closed':
      case 'unknown':
        return news;
      case 'declined':
        return unknown('a trade is never declined');
      case 'pending':
        return payment.method === 'paymentCode' ? undoneOr(await undo(payment, call), unknown('too old to be cancelled')) : closeTrade(payment, call);
      case 'notFound':
        if (isOver(await undoBook.find(payment.tradeNo))) return { kind: 'closed' };
        // The code on the screen, or a scanned code on its way, can become a trade at any moment; pages and orders of apps end by themselves at their time.
        if (payment.method === 'nativeQr' || payment.method === 'paymentCode') return undoneOr(await undo(payment, call), { kind: 'notFound' });
        return (await query(payment, call)).kind === 'closed' ? { kind: 'closed' } : { kind: 'notFound' };
    }
  };

  /** Ordinary close of an unpaid trade: Alipay refuses it when the payer was faster. */
  const closeTrade = async (payment: PaymentReference, call: CallContext): Promise<CloseOutcome> => {
    const answer = await ask('close', { method: 'alipay.trade.close', bizContent: { out_trade_no: payment.tradeNo } }, call);
    if (answer.kind === 'accepted') {
      const closed = readJson(CloseAnswer, answer.node);
      return closed?.out_trade_no === payment.tradeNo ? { kind: 'closed' } : unknown('the answer is not about this close');
    }
    if (answer.kind !== 'refused') return unusable(answer);
    if (answer.meaning === 'notFound') return { kind: 'notFound' };
    if (answer.meaning !== 'contested') return unlisted(answer);
    const news = await askTrade(payment, call);
    if (news.kind === 'succeeded') return { kind: 'alreadyPaid' };
    return news.kind === 'closed' ? { kind: 'closed' } : unlisted(answer);
  };

  const askRefund = async (asked: AskedRefund, call: Pick<CallContext, 'signal'>): Promise<RefundNews> => {
    const bizContent = { out_trade_no: asked.tradeNo, out_request_no: asked.refundNo, query_options: ['gmt_refund_pay', 'refund_detail_item_list'] };
    const answer = await ask('queryRefund', { method: 'alipay.trade.fastpay.refund.query', bizContent }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unusable(answer);
    const refund = readJson(RefundQueryAnswer, answer.node);
    return refund === undefined ? unknown('the answer is not a refund') : newsOfRefund(refund, asked);
  };

  const refund: FullPaymentChannel['refund'] = async (request, call): Promise<RefundOutcome> => {
    const { refundNo, refundFen, payment } = request;
    const asked: AskedRefund = { refundNo, tradeNo: payment.tradeNo, askedAt: request.submittedAt };
    const answer = await ask('refund', { method: 'alipay.trade.refund', bizContent: refundContent(request) }, call);
    if (answer.kind === 'refused') {
      // Refused, but over what? Only when Alipay knows no refund of this number was it refused for good.
      if (answer.meaning !== 'contested' || (await askRefund(asked, call)).kind !== 'notFound') return unlisted(answer);
      return { kind: 'declined', code: answer.code, message: answer.message };
    }
    if (answer.kind !== 'accepted') return answer.kind === 'notSent' ? answer : unusable(answer);
    const made = readJson(RefundAnswer, answer.node);
    // `refund_fee` is the sum of all refunds of the payment so far.
    if (made?.out_trade_no !== payment.tradeNo || fenFromYuan(made.refund_fee) < refundFen) return unknown('the answer is not about this refund');
    if (made.fund_change === 'Y') return { kind: 'succeeded', refundNo, tradeNo: payment.tradeNo, refundFen, channelRefundNo: refundNo, refundedAt: instantOfBeijing(made.gmt_refund_pay) ?? request.submittedAt };
    // No money moved by this request: it was a repeat, or it is not done.
    const news = await askRefund(asked, call);
    if (news.kind === 'succeeded') return news.refundFen === refundFen ? news : unknown('another refund has this number');
    return unknown(`Alipay moved no money; the refund is ${news.kind}`);
  };

  const readNotification = createNotificationReader({ context, keys: parts.keys, askTrade: query, askRefund, undoBook });
  return {
    merchantNo: settings.sellerId,
    methods: ALIPAY_METHODS,
    charge,
    query,
    close,
    refund,
    queryRefund: ({ refundNo, submittedAt, payment: { tradeNo } }, call) => askRefund({ refundNo, tradeNo, askedAt: submittedAt }, call),
    readNotification,
    answerNotification,
    ...createBillDownload({ context, ask }),
  };
}

function undoneOr(undone: { readonly kind: 'closed' | 'tooOld' } | Unknown, tooOld: CloseOutcome): CloseOutcome {
  if (undone.kind === 'unknown') return undone;
  return undone.kind === 'closed' ? { kind: 'closed' } : tooOld;
}

function fundingOf({ fundingSource }: { readonly fundingSource?: string }): { readonly fundingSource?: string } {
  return fundingSource === undefined ? {} : { fundingSource };
}

/** A path is completed with the configured public address; a whole address is used as it is. */
function notifyUrl(settings: AlipaySettings, asked: string | undefined): string | undefined {
  const base = settings.notifyBaseUrl?.replace(/\/$/, '');
  if (asked === undefined) return base;
  if (!asked.startsWith('/')) return asked;
  return base === undefined ? undefined : `${base}${asked}`;
}

function unusable(answer: Exclude<VerifiedAnswer, { kind: 'accepted' | 'refused' }>): Unknown {
  return unknown(answer.kind === 'payerIsPaying' ? 'Alipay waits for the payer' : answer.reason);
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

function unlisted(refusal: { readonly code: string }): Unknown {
  return unknown(`Alipay answered ${refusal.code}`);
}
