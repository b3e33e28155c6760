import { beijingStamp, type CallContext, type ChargeOutcome, type ChargeRequest, oneAfterAnotherPerSubject, type PaymentChannel, type PaymentNews, type PaymentReference, type PluginContext, type Refunding, type RefundNews, type RefundOutcome, type RefundReference, type RefundRequest, type Statement } from '@hospay/plugin-sdk';

import { mayStartAgain, type CardDesk } from './card-desk.js';
import type { Original, Transport } from './card-terminal.js';
import type { Intent } from './intent.js';
import { noteOf, originalOf } from './slip-note.js';
import type { Slip } from './slip.js';
import { completeSettings, type BankCardSettings } from './settings.js';
import type { TerminalBook } from './terminal-book.js';

type Parts = {
  readonly context: PluginContext<BankCardSettings>;
  readonly transport: Transport;
  readonly book: TerminalBook;
  readonly desk: CardDesk;
  readonly downloadStatement: Statement['downloadStatement'];
};
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

const NOT_OVER: Unknown = { kind: 'unknown', reason: 'sent before a restart: the terminal may still be waiting for the card' };

/** 银行卡 at the window: the card-holder acts at the terminal while the charge is pending; the book and the terminal say what became of it. */
export function createBankCardChannel({ context, transport, book, desk, downloadStatement }: Parts): PaymentChannel & Refunding & Statement {
  const settings = completeSettings(context.settings);
  // What is left of a payment and the refund that takes it are looked at together.
  const refundsInTurn = oneAfterAnotherPerSubject();

  /** The end of an exchange when it comes within the wait; undefined when the caller goes on without it. */
  const soon = (ended: Promise<Intent>, signal: AbortSignal): Promise<Intent | undefined> => {
    const { promise, resolve } = Promise.withResolvers<Intent | undefined>();
    const leave = (): void => { resolve(undefined); };
    const timer = context.after(settings.answerWaitMs, leave);
    signal.addEventListener('abort', leave, { once: true });
    ended.then(resolve, leave);
    return promise.finally(() => {
      timer.cancel();
      signal.removeEventListener('abort', leave);
    });
  };

  const terminalFor = (terminalId: string | undefined): string | undefined => {
    const { terminalIds } = transport;
    if (terminalId !== undefined && terminalIds.includes(terminalId)) return terminalId;
    return terminalId === undefined && terminalIds.length === 1 ? terminalIds[0] : undefined;
  };

  const charge = async (request: ChargeRequest, { signal }: CallContext): Promise<ChargeOutcome> => {
    const { tradeNo, amountFen, operatorId, authCode } = request;
    const known = await book.payOf(tradeNo);
    if (known !== undefined && known.amountFen !== amountFen) return unknown('another payment has this number');
    if (known !== undefined && !mayStartAgain(known)) return repeated(await desk.whatBecameOf(known, signal));
    if (!transport.methods.some((method) => method === request.method)) return { kind: 'notSent', reason: `method ${request.method} is not offered by this channel` };
    if (request.method === 'paymentCode' && authCode === undefined) return { kind: 'notSent', reason: 'no code was scanned' };
    const terminalId = terminalFor(request.terminalId);
    if (terminalId === undefined) return { kind: 'notSent', reason: `no card terminal is configured for ${request.terminalId ?? 'a window that does not name itself'}` };
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const started = await desk.start(
      {
        kind: 'pay', terminalId, number: tradeNo, tradeNo, amountFen, startedAt: context.now().toISOString(),
        ...(operatorId === undefined ? {} : { operatorId }),
        ...(request.method === 'paymentCode' && authCode !== undefined ? { payCode: authCode } : {}),
      },
      signal,
    );
    if (started.kind !== 'started') return started;
    const ended = await soon(started.ended, signal);
    if (ended !== undefined) return chargeOutcome(ended);
    return signal.aborted ? unknown('the card-holder had not finished when the call ended') : { kind: 'pending', present: { kind: 'none' } };
  };

  const repeated = (became: Awaited<ReturnType<CardDesk['whatBecameOf']>>): ChargeOutcome => {
    if (became.kind !== 'record') return unknown('this number was sent before; it is asked about, never sent again');
    if (became.isRunning) return { kind: 'pending', present: { kind: 'none' } };
    return became.intent.state === 'sent' ? NOT_OVER : chargeOutcome(became.intent);
  };

  const query = async ({ tradeNo }: PaymentReference, { signal }: CallContext): Promise<PaymentNews> => {
    const intent = await book.payOf(tradeNo);
    if (intent === undefined) return { kind: 'notFound' };
    const became = await desk.whatBecameOf(intent, signal);
    if (became.kind !== 'record') return became;
    if (became.isRunning) return { kind: 'pending' };
    const outcome = chargeOutcome(became.intent);
    // Proven never sent: there is no such order at the terminal.
    if (outcome.kind === 'notSent') return { kind: 'notFound' };
    return outcome.kind === 'pending' ? NOT_OVER : outcome;
  };

  const refund = async (request: RefundRequest, { signal }: CallContext): Promise<RefundOutcome> => {
    const { refundNo, refundFen, operatorId, payment } = request;
    const { tradeNo } = payment;
    const refunds = await book.refundsOf(tradeNo);
    const known = refunds.find(({ number }) => number === refundNo);
    if (known !== undefined && known.amountFen !== refundFen) return unknown('another refund has this number');
    if (known !== undefined && !mayStartAgain(known)) return refundOutcome(known, desk.whatBecameOf(known, signal));
    const paid = await book.payOf(tradeNo);
    const original = originalOf(payment.channelNote) ?? (paid?.slip === undefined ? undefined : slipOriginal(paid, paid.slip));
    if (original === undefined) {
      const isPaidPerhaps = paid !== undefined && (paid.state === 'sent' || paid.state === 'lost' || paid.state === 'unmatched');
      return isPaidPerhaps ? { kind: 'notSent', reason: 'it is not known yet whether the payment came about' } : { kind: 'declined', code: 'NOT_PAID', message: '没有这笔刷卡交易 / no card payment under this number' };
    }
    const others = refunds.filter(({ number, state }) => number !== refundNo && state !== 'refused' && state !== 'notSent');
    const takenFen = others.reduce((sum, { amountFen }) => sum + amountFen, 0);
    if (takenFen + refundFen > payment.amountFen) return { kind: 'declined', code: 'OVER_REFUND', message: '超过可退金额 / more than what is left of the payment' };
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const { last } = await book.terminal(original.terminalId);
    const isSameDay = original.date === beijingStamp(context.now()).slice(0, 8) && (last === undefined || last.batchNo === original.batchNo);
    const kind = isSameDay && refundFen === payment.amountFen && others.length === 0 ? 'undo' : 'refund';
    const started = await desk.start(
      { kind, terminalId: original.terminalId, number: refundNo, tradeNo, amountFen: refundFen, startedAt: context.now().toISOString(), original, ...(operatorId === undefined ? {} : { operatorId }) },
      signal,
    );
    if (started.kind !== 'started') return started;
    const ended = await soon(started.ended, signal);
    if (ended !== undefined) return refundOutcome(ended);
    return signal.aborted ? unknown('the terminal had not finished when the call ended') : { kind: 'processing' };
  };

  const queryRefund = async ({ refundNo, payment: { tradeNo } }: RefundReference, { signal }: CallContext): Promise<RefundNews> => {
    const intent = await book.intent(`refund/${tradeNo}/${refundNo}`);
    if (intent === undefined) return { kind: 'notFound' };
    const outcome = await refundOutcome(intent, desk.whatBecameOf(intent, signal));
    // Proven that no money moved: the same number may be sent again, by this plugin's own rule and by the platform's.
    return outcome.kind === 'declined' || outcome.kind === 'notSent' ? { kind: 'notFound' } : outcome;
  };

  const chargeOutcome = ({ state, slip, tradeNo, terminalId, code = '', reason = '' }: Intent): ChargeOutcome => {
    switch (state) {
      case 'sent':
        return { kind: 'pending', present: { kind: 'none' } };
      case 'done':
        if (slip === undefined) return unknown('the record of the slip is missing');
        return { kind: 'succeeded', tradeNo, merchantNo: slip.merchantNo, amountFen: slip.amountFen, channelTradeNo: channelNo(slip), paidAt: slip.at, channelNote: noteOf(terminalId, slip), ...(slip.bankId === '' ? {} : { fundingSource: `bank-${slip.bankId}` }) };
      case 'refused':
        return { kind: 'declined', code, message: reason };
      case 'notSent':
        return { kind: 'notSent', reason };
      case 'lost':
      case 'unmatched':
        return unknown(`${terminalId}: ${reason}`);
    }
  };

  const refundOutcome = async (intent: Intent, asked?: ReturnType<CardDesk['whatBecameOf']>): Promise<RefundOutcome> => {
    const became = await asked;
    if (became !== undefined && became.kind !== 'record') return became.kind === 'pending' ? { kind: 'processing' } : unknown('sent, and the terminal\'s system does not know it: a person decides');
    if (became?.isRunning === true) return { kind: 'processing' };
    const { state, slip, number, tradeNo, terminalId, code = '', reason = '' } = became?.intent ?? intent;
    switch (state) {
      case 'sent':
        return NOT_OVER;
      case 'done':
        if (slip === undefined) return unknown('the record of the slip is missing');
        return { kind: 'succeeded', refundNo: number, tradeNo, refundFen: slip.amountFen, channelRefundNo: channelNo(slip), refundedAt: slip.at };
      case 'refused':
        return { kind: 'declined', code, message: reason };
      case 'notSent':
        return { kind: 'notSent', reason };
      case 'lost':
      case 'unmatched':
        return unknown(`${terminalId}: ${reason}`);
    }
  };

  return { merchantNo: settings.merchantNo, methods: transport.methods, charge, query, refund: (request, call) => refundsInTurn(request.payment.tradeNo, () => refund(request, call)), queryRefund, downloadStatement };
}

/** Names a transaction as slip and daily file do: terminal, batch, voucher, reference number. */
export function channelNo({ terminalNo, batchNo, voucherNo, referenceNo }: Slip): string {
  return [terminalNo, batchNo, voucherNo, referenceNo].join('-').slice(0, 64);
}

function slipOriginal({ terminalId }: Intent, slip: Slip): Original {
  return { terminalId, date: beijingStamp(slip.at).slice(0, 8), referenceNo: slip.referenceNo, voucherNo: slip.voucherNo, batchNo: slip.batchNo };
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason: reason.slice(0, 500) };
}
