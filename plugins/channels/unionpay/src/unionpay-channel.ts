import type { CallContext, ChargeOutcome, ChargeRequest, CloseOutcome, PaymentChannel, PaymentNews, PaymentReference, PluginContext, RefundNews, RefundOutcome, RefundReference, RefundRequest } from '@hospay/plugin-sdk';

import { answerNotification, createNotificationReader } from './notification.js';
import { endOfPresented, presentedUntil } from './presented-note.js';
import { meaningOfAnswer } from './response-codes.js';
import type { ReversalBook } from './reversal-book.js';
import { createScannedCodeReversal } from './scanned-code-reversal.js';
import { NOT_FOUND_GRACE_SECONDS, SETTLEMENT_CUT_OFF, UNIONPAY_METHODS, type UnionpaySettings } from './settings.js';
import { createSettlementDownload } from './settlement-download.js';
import type { SignatureMethod } from './signature.js';
import { asUnionpayMethod, chargeFields, productOf, PRODUCTS, refundFields, whatIsMissing, type UnionpayMethod } from './transaction-content.js';
import { identityOf, identityOfRefund, isOrderId } from './transaction-identity.js';
import { isOfOtherPayment, newsOfFailedRefund, newsOfPaid, newsOfReturned } from './transaction-news.js';
import { createTransactionQuery, type Seen } from './transaction-query.js';
import { settlementDayOf } from './settlement-day.js';
import type { Wire, WireAnswer } from './wire.js';

type Asking = Pick<CallContext, 'signal'>;
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** 银联: codes shown and scanned, gateway pages, orders of apps; query, reversal, undo, refunds, notifications, settlement file. */
export function createUnionpayChannel({ context, wire, signature, reversals }: {
  readonly context: PluginContext<UnionpaySettings>;
  readonly wire: Wire;
  readonly signature: SignatureMethod;
  readonly reversals: ReversalBook;
}): PaymentChannel {
  const { settings, now } = context;
  const methods = settings.methods ?? UNIONPAY_METHODS;
  const graceMs = (settings.notFoundGraceSeconds ?? NOT_FOUND_GRACE_SECONDS) * 1000;
  const ask = createTransactionQuery(settings, wire);
  const seePayment = (payment: PaymentReference, call: Asking): Promise<Seen> => ask({ ...identityOf(payment), bizType: productOf(payment).bizType, txnTypes: ['01'] }, call);
  const seeRefund = (refund: RefundReference, call: Asking): Promise<Seen> => ask({ ...identityOfRefund(refund), bizType: productOf(refund.payment).bizType, txnTypes: ['31', '04'] }, call);
  const reverse = createScannedCodeReversal({ settings, wire, reversals, see: seePayment });
  /** Only scanned codes are reversed. */
  const reversalOf = ({ tradeNo, method }: Pick<PaymentReference, 'tradeNo' | 'method'>): ReturnType<ReversalBook['find']> => (method === 'paymentCode' ? reversals.find(tradeNo) : Promise.resolve('none'));
  /** Right after a request UnionPay may not yet find what it has taken. */
  const isTooEarly = (submittedAt: string): boolean => now().getTime() < Date.parse(submittedAt) + graceMs;

  const query = async (payment: PaymentReference, call: CallContext): Promise<PaymentNews> => {
    if (!isOrderId(payment.tradeNo)) return { kind: 'notFound' };
    const reversal = await reversalOf(payment);
    if (reversal === 'asked') return reverse(payment, call);
    const seen = await seePayment(payment, call);
    if (seen.kind === 'missing') return newsOfMissing(payment);
    if (seen.kind !== 'found') return unknown(seen.reason);
    switch (seen.outcome) {
      case 'done':
        return reversal === 'accepted' ? unknown('UnionPay took the reversal and tells of a payment') : newsOfPaid(seen.fields, settings);
      case 'unsettled':
        return { kind: 'pending' };
      case 'refused':
        if (reversal === 'accepted') {
          await reversals.closed(payment.tradeNo);
          return { kind: 'closed' };
        }
        return mayBePaidAgain(payment) ? { kind: 'pending' } : { kind: 'declined', code: seen.code, message: seen.message };
    }
  };

  const newsOfMissing = (payment: PaymentReference): PaymentNews => {
    if (payment.channelTradeNo !== undefined) return unknown('UnionPay no longer finds a payment it told of');
    const end = endOfPresented(payment.channelNote);
    if (end !== undefined) return now().getTime() < end + graceMs ? { kind: 'pending' } : { kind: 'closed' };
    return isTooEarly(payment.submittedAt) ? unknown('UnionPay has no such transaction yet') : { kind: 'notFound' };
  };

  /** A code or page outlives the card that failed on it: until its time the patient may take another. */
  const mayBePaidAgain = ({ channelNote }: PaymentReference): boolean => now().getTime() < (endOfPresented(channelNote) ?? 0) + graceMs;

  const charge = async (request: ChargeRequest, call: CallContext): Promise<ChargeOutcome> => {
    const method = asUnionpayMethod(request.method);
    if (method === undefined || !methods.includes(method)) return { kind: 'notSent', reason: `method ${request.method} is not offered by this channel` };
    const missing = whatIsMissing(settings, request, method);
    if (missing !== undefined) return { kind: 'notSent', reason: missing };
    if ((await reversalOf(request)) !== 'none') return unknown('this number was reversed: it is asked about, never charged again');
    const { to } = PRODUCTS[method];
    if (to === 'front') return presentPage(request, method, call);
    const answer = await wire.ask(to, chargeFields(settings, request, method), call);
    if (answer.kind !== 'answer') return answer;
    switch (meaningOfAnswer(answer.code, settings.refusalCodes)) {
      case 'done':
        return presented(request, method, answer);
      case 'refused':
        return refusedCharge(request, answer, call);
      case 'unsettled':
      case 'duplicate':
      case 'missing':
      case 'unlisted':
        return unlisted(answer);
    }
  };

  /** The patient's browser carries a page to UnionPay; a number that has an order there is not handed out for another amount, or once more after its payment. */
  const presentPage = async (request: ChargeRequest, method: UnionpayMethod, call: CallContext): Promise<ChargeOutcome> => {
    const seen = await seePayment(request, call);
    if (seen.kind === 'notSent' || seen.kind === 'unknown') return seen;
    if (seen.kind === 'found') {
      if (seen.outcome === 'done') return newsOfPaid(seen.fields, settings);
      if (seen.fields['txnAmt'] !== String(request.amountFen)) return unknown('another amount was sent under this number');
    }
    const form = await wire.frontForm(chargeFields(settings, request, method));
    return { kind: 'pending', present: { kind: 'form', ...form }, channelNote: presentedUntil(request.expiresAt) };
  };

  const refusedCharge = async (request: ChargeRequest, answer: Answer, call: CallContext): Promise<ChargeOutcome> => {
    // A refused repeat proves nothing about the first attempt, which may still arrive. Before a first attempt nothing was sent, or long ago: see `isTooEarly`.
    if (call.attempt > 1) return unlisted(answer);
    const seen = await seePayment(request, call);
    const isNothing = seen.kind === 'missing' || (seen.kind === 'found' && seen.outcome === 'refused');
    return isNothing ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
  };

  /** A scanned code is undone by its reversal, asked first. Codes and pages cannot be called off at UnionPay: they end by themselves at their payTimeout. */
  const close = async (payment: PaymentReference, call: CallContext): Promise<CloseOutcome> => {
    const news = await newsBeforeClosing(payment, call);
    switch (news.kind) {
      case 'succeeded':
        return { kind: 'alreadyPaid' };
      case 'closed':
      case 'declined':
        return { kind: 'closed' };
      case 'notFound':
      case 'unknown':
        return news;
      case 'pending':
        return unknown('UnionPay has no close: the order cannot be paid after its payTimeout');
    }
  };

  const newsBeforeClosing = async (payment: PaymentReference, call: CallContext): Promise<PaymentNews> => {
    if (payment.method !== 'paymentCode' || !isOrderId(payment.tradeNo) || payment.channelTradeNo !== undefined) return query(payment, call);
    const seen = await seePayment(payment, call);
    const isOpen = seen.kind === 'missing' || (seen.kind === 'found' && seen.outcome === 'unsettled');
    return isOpen ? reverse(payment, call) : query(payment, call);
  };

  const refund = async (request: RefundRequest, call: CallContext): Promise<RefundOutcome> => {
    if (!isOrderId(request.refundNo)) return { kind: 'notSent', reason: 'UnionPay takes numbers of 8 to 40 letters and digits only' };
    const paid = await queryIdOf(request.payment, call);
    if (paid.kind !== 'paid') return paid;
    const send = (txnType: '31' | '04'): Promise<WireAnswer> => wire.ask('back', refundFields(settings, request, { txnType, origQryId: paid.queryId }), call);
    const undone = mayBeUndone(request) ? await send('31') : undefined;
    // Refused as an undo (the day is over …): the same number as a refund, which UnionPay refuses as a duplicate should the undo exist after all.
    const isRefusedUndo = undone?.kind === 'answer' && meaningOfAnswer(undone.code, settings.refusalCodes) === 'refused';
    const answer = undone === undefined || isRefusedUndo ? await send('04') : undone;
    if (answer.kind !== 'answer') return isRefusedUndo ? unknown(answer.reason) : answer;
    switch (meaningOfAnswer(answer.code, settings.refusalCodes)) {
      case 'done':
        return { kind: 'processing', ...channelRefundNo(answer) };
      case 'refused':
        return refusedRefund(request, answer, call);
      case 'unsettled':
      case 'duplicate':
      case 'missing':
      case 'unlisted':
        return unlisted(answer);
    }
  };

  /** A payment is refunded by UnionPay's own number for it: asked for when the platform has not heard it. */
  const queryIdOf = async (payment: PaymentReference, call: CallContext): Promise<{ readonly kind: 'paid'; readonly queryId: string } | Extract<RefundOutcome, { kind: 'notSent' }> | Unknown> => {
    if (payment.channelTradeNo !== undefined) return { kind: 'paid', queryId: payment.channelTradeNo };
    const seen = await seePayment(payment, call);
    if (seen.kind === 'notSent' || seen.kind === 'unknown') return seen;
    const news = seen.kind === 'found' && seen.outcome === 'done' ? newsOfPaid(seen.fields, settings) : undefined;
    return news?.kind === 'succeeded' ? { kind: 'paid', queryId: news.channelTradeNo } : { kind: 'notSent', reason: 'UnionPay tells of no payment that could be refunded' };
  };

  /** An undo (消费撤销) returns the whole payment on its own settlement day, at no fee. */
  const mayBeUndone = ({ refundFen, payment }: RefundRequest): boolean => {
    const cutOff = settings.settlementCutOff ?? SETTLEMENT_CUT_OFF;
    if (settings.undoSameDay !== true || refundFen !== payment.amountFen || payment.paidAt === undefined) return false;
    return settlementDayOf(payment.paidAt, cutOff) === settlementDayOf(now(), cutOff);
  };

  /** Refused, but over what? Only when UnionPay has no refund of this number, or one that failed, was it refused for good. */
  const refusedRefund = async (request: RefundRequest, answer: Answer, call: CallContext): Promise<RefundOutcome> => {
    const seen = await seeRefund(request, call);
    const isNothing = (seen.kind === 'missing' && (call.attempt === 1 || !isTooEarly(request.submittedAt))) || (seen.kind === 'found' && seen.outcome === 'refused');
    return isNothing ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
  };

  const queryRefund = async (asked: RefundReference, call: CallContext): Promise<RefundNews> => {
    if (!isOrderId(asked.refundNo)) return { kind: 'notFound' };
    const seen = await seeRefund(asked, call);
    if (seen.kind === 'missing') return asked.channelRefundNo !== undefined || isTooEarly(asked.submittedAt) ? unknown('UnionPay does not find the refund now') : { kind: 'notFound' };
    if (seen.kind !== 'found') return unknown(seen.reason);
    if (isOfOtherPayment(seen.fields, asked)) return unknown('the answer is about a refund of another payment');
    switch (seen.outcome) {
      case 'done':
        return newsOfReturned(seen.fields, asked.payment.tradeNo);
      case 'unsettled':
        return { kind: 'processing' };
      case 'refused':
        return newsOfFailedRefund(seen, settings);
    }
  };

  return {
    merchantNo: settings.merId,
    methods,
    charge,
    query,
    // Only a scanned code can be called off: without that method there is nothing to close.
    ...(methods.includes('paymentCode') ? { close } : {}),
    refund,
    queryRefund,
    readNotification: createNotificationReader({ context, signature, reversals }),
    answerNotification,
    ...createSettlementDownload(context, wire),
  };
}

type Answer = Extract<WireAnswer, { kind: 'answer' }>;

/** What the patient gets to see: the code, the app's number, or nothing where his own code was read. */
function presented({ expiresAt }: ChargeRequest, method: UnionpayMethod, { fields }: Answer): ChargeOutcome {
  if (method === 'paymentCode') return { kind: 'pending', present: { kind: 'none' } };
  const { qrCode = '', tn = '' } = fields;
  const channelNote = presentedUntil(expiresAt);
  if (method === 'app') return /^\w{1,64}$/.test(tn) ? { kind: 'pending', present: { kind: 'invoke', parameters: { tn } }, channelNote } : unknown('the answer holds no tn');
  return qrCode.length > 0 && qrCode.length <= 1024 ? { kind: 'pending', present: { kind: 'qr', content: qrCode }, channelNote } : unknown('the answer holds no qrCode');
}

function channelRefundNo({ fields: { queryId = '' } }: Answer): { readonly channelRefundNo?: string } {
  return /^[0-9A-Za-z]{1,64}$/.test(queryId) ? { channelRefundNo: queryId } : {};
}

function unlisted({ code }: Answer): Unknown {
  return unknown(`UnionPay answered ${code}`);
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
