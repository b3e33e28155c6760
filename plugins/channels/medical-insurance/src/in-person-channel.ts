import type { ChargeOutcome, ChargeRequest, PaymentChannel, PaymentReference, PluginContext, Refunding, RefundOutcome, RefundReference, RefundRequest, Statement } from '@hospay/plugin-sdk';

import { fieldsAt, textAt } from './answer-fields.js';
import { isOf, isOpen, paymentKey, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import type { CentreAnswer, Unknown } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { settlementInput } from './outpatient-messages.js';
import type { Presettlement, PresettlementBook } from './presettlement-book.js';
import { RECORDS_GONE, type RefundBook } from './refund-book.js';
import { settlementNote } from './settlement-note.js';
import { insuredFen, readSettlement, SPLIT_CHANGED, type Settlement } from './settlement.js';
import type { Settling } from './settling.js';
import type { SettlingRight } from './settling-right.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';
import type { Undoable, UndoSettlement } from './undo-settlement.js';

export type InPersonParts = {
  readonly context: PluginContext<MedicalInsuranceSettings>;
  readonly settings: CompleteSettings;
  readonly line: CentreLine;
  readonly book: PresettlementBook;
  readonly refundBook: RefundBook;
  readonly attempts: Attempts;
  readonly right: SettlingRight;
  readonly settling: Settling;
  readonly undoing: UndoSettlement;
  readonly downloadStatement: Statement['downloadStatement'];
};

const LATE = { kind: 'notSent', reason: 'the deadline had passed before sending' } as const;
const OTHER = { kind: 'unknown', reason: 'this number was used for another amount' } as const;
const NOT_SETTLED = { kind: 'declined', code: 'NOT_SETTLED', message: '没有可撤销的医保结算 / there is no settlement to undo' } as const;

/**
 * 定点医药机构接口: the fund and personal-account part of a pre-settled visit. 2207 settles, 2208 undoes the whole settlement; there is no part of it.
 * The money is in when the charge answers, and what was said once stays true, so that only the unknown is ever asked about.
 */
export function createInPersonChannel(parts: InPersonParts): PaymentChannel & Refunding & Statement {
  const { context, settings, line, book, refundBook, attempts, right, settling, undoing, downloadStatement } = parts;
  const merchantNo = settings.institutionCode;

  const succeeded = (attempt: Attempt, settlement: Settlement) =>
    ({
      kind: 'succeeded', tradeNo: attempt.number, merchantNo, amountFen: insuredFen(settlement.split), channelTradeNo: settlement.settlementId, paidAt: settlement.settledAt,
      ...(settlement.insuranceType === '' ? {} : { fundingSource: settlement.insuranceType.slice(0, 64) }),
      insuranceSplit: { fundFen: settlement.split.fundFen, accountFen: settlement.split.accountFen },
      channelNote: settlementNote(attempt.visitNo, settlement),
    }) as const;

  const ended = (attempt: Attempt, amountFen: number): ChargeOutcome | undefined => {
    const { state, settlement, refusal } = attempt;
    if (state === 'notSent' || state === 'reversed') return undefined;
    if (attempt.amountFen !== amountFen) return OTHER;
    if (state === 'done' && settlement !== undefined) return succeeded(attempt, settlement);
    if (state === 'refused' && refusal !== undefined) return { kind: 'declined', ...refusal };
    return { kind: 'unknown', reason: 'the settlement was sent before and must be asked about' };
  };

  /** What was settled for another amount and could not be reversed goes on being undone. */
  const afterDrift = async (kept: KeptAttempt, stands: Attempt | Unknown, signal: AbortSignal): Promise<Attempt | Unknown> => {
    const after = 'state' in stands && stands.state === 'undoing' ? await undoing.undoDrifted({ ...kept, attempt: stands }, signal) : stands;
    // What was pre-settled is no longer so: it is worked out anew before it is settled again.
    if ('state' in after && after.refusal?.code === SPLIT_CHANGED.code && !isOpen(after) && isOpen(kept.attempt)) await book.withoutSplit(after.presettlementNo ?? '');
    return after;
  };

  const endOfCharge = async (kept: KeptAttempt, answer: CentreAnswer, totalFen: number, signal: AbortSignal): Promise<ChargeOutcome> => {
    const read = (output: unknown): Settlement | string => {
      const setlinfo = fieldsAt(output, 'setlinfo');
      const settlement = readSettlement(setlinfo, settings);
      if (typeof settlement === 'string') return settlement;
      return isOf(setlinfo, kept.attempt) && isByMessage(setlinfo, kept.attempt) && settlement.split.totalFen === totalFen ? settlement : 'the answer is about another settlement';
    };
    const stands = await afterDrift(kept, await settling.answered(kept, '2207', answer, { read, signal }), signal);
    if ('kind' in stands) return stands;
    if (stands.state === 'notSent' && answer.kind === 'notSent') return answer;
    return ended(stands, kept.attempt.amountFen) ?? { kind: 'unknown', reason: 'it was reversed before its answer came' };
  };

  /** It has done its work. */
  const forgetVoucher = async (presettlementNo = ''): Promise<void> => {
    const presettlement = await book.find(presettlementNo);
    if (presettlement !== undefined && presettlement.voucherNumber !== '') await book.change(presettlement, { voucherNumber: '' });
  };

  const settle = async (request: ChargeRequest, presettlement: Presettlement, made: number, signal: AbortSignal): Promise<ChargeOutcome> => {
    const { tradeNo, amountFen, operatorId } = request;
    const { presettlementNo, personNo, visitNo, insuredPlace } = presettlement;
    if (visitNo === undefined) return { kind: 'notSent', reason: 'the pre-settlement is not finished' };
    const msgid = await line.number('2207', tradeNo);
    const place = insuredPlace === undefined ? {} : { insuredPlace };
    const attempt: Attempt = { number: tradeNo, amountFen, msgid, sentAt: context.now().toISOString(), state: 'sent', personNo, visitNo, presettlementNo, ...place };
    const kept = await attempts.begin(paymentKey(request), made, attempt);
    if (kept === undefined) return { kind: 'unknown', reason: 'another call is settling this payment' };
    const answer = await line.ask({ infno: '2207', input: settlementInput(presettlement, settings), of: tradeNo, insuredPlace, operatorId, msgid, signal });
    const outcome = await endOfCharge(kept, answer, presettlement.totalFen, signal);
    if (outcome.kind === 'succeeded') await forgetVoucher(presettlementNo);
    return outcome;
  };

  const charge = async (request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome> => {
    const { amountFen, method, presettlementNo } = request;
    if (method !== 'medicalInsurance') return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
    if (presettlementNo === undefined) return { kind: 'notSent', reason: 'presettlementNo is missing' };
    if (request.isSettledByWallet === true) return { kind: 'notSent', reason: 'a wallet settles orders of mobile payment only' };
    const before = await attempts.of(paymentKey(request));
    const last = before.at(-1);
    const known = last === undefined ? undefined : ended(last.attempt, amountFen);
    if (known !== undefined) return known;
    const presettlement = await book.find(presettlementNo);
    if (presettlement?.split === undefined || presettlement.abandoned === true) return { kind: 'notSent', reason: 'there is no such pre-settlement' };
    if (insuredFen(presettlement.split) !== amountFen) return { kind: 'notSent', reason: 'the amount is not what fund and personal account pay of this pre-settlement' };
    if (signal.aborted) return LATE;
    if (!(await right.take(presettlementNo, paymentKey(request)))) return { kind: 'notSent', reason: 'another payment settles this pre-settlement' };
    return settle(request, presettlement, before.length, signal);
  };

  /** The settlement of a payment, from our own records; `gone` when they are no longer here. */
  const settlementOf = async (payment: PaymentReference): Promise<Undoable | 'sent' | 'gone' | 'none'> => {
    const last = (await attempts.of(paymentKey(payment))).at(-1)?.attempt;
    if (last === undefined) return (await refundBook.find(payment)) ?? (payment.channelTradeNo === undefined ? 'none' : 'gone');
    if (last.state === 'done' && last.settlement !== undefined) return { ...last, ...last.settlement };
    return isOpen(last) ? 'sent' : 'none';
  };

  const undone = ({ number, amountFen, state, settlement }: Attempt, tradeNo: string) =>
    state === 'done' && settlement !== undefined
      ? ({ kind: 'succeeded', refundNo: number, tradeNo, refundFen: amountFen, channelRefundNo: settlement.settlementId, refundedAt: settlement.settledAt } as const)
      : ({ kind: 'unknown', reason: 'it was reversed before its answer came' } as const);

  const refund = async (request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> => {
    const { refundNo, refundFen, payment } = request;
    const before = await attempts.of(`undo/${payment.tradeNo}`);
    const last = before.at(-1)?.attempt;
    if (last?.number === refundNo && last.amountFen !== refundFen) return OTHER;
    if (last !== undefined && (last.state === 'done' || isOpen(last))) {
      if (last.number !== refundNo) return { kind: 'declined', code: 'NOTHING_LEFT', message: '该笔医保结算已撤销或正在撤销 / the settlement is undone, or being undone' };
      return last.state === 'done' ? undone(last, payment.tradeNo) : { kind: 'unknown', reason: 'the undoing was sent before and must be asked about' };
    }
    const settled = await settlementOf(payment);
    if (settled === 'sent') return { kind: 'notSent', reason: 'the settlement itself is unknown' };
    if (settled === 'gone') return RECORDS_GONE;
    if (settled === 'none') return NOT_SETTLED;
    if (refundFen !== insuredFen(settled.split)) return { kind: 'declined', code: 'WHOLE_ONLY', message: '医保结算只能整单撤销 / a settlement can only be undone whole' };
    if (signal.aborted) return LATE;
    const stands = await undoing.undo(settled, { number: refundNo, tradeNo: payment.tradeNo, made: before.length, operatorId: request.operatorId }, signal);
    if ('kind' in stands) return stands;
    if (stands.state === 'done') await refundBook.undone(payment);
    return stands.state === 'refused' && stands.refusal !== undefined ? { kind: 'declined', ...stands.refusal } : undone(stands, payment.tradeNo);
  };

  return {
    merchantNo,
    methods: ['medicalInsurance'],
    refunds: 'wholeOnly',
    charge: (request, { signal }) => charge(request, signal),
    refund: (request, { signal }) => refund(request, signal),
    downloadStatement,

    async query(payment, { signal }) {
      const last = (await attempts.of(paymentKey(payment))).at(-1);
      if (last === undefined) return payment.channelTradeNo === undefined ? { kind: 'notFound' } : { kind: 'unknown', reason: 'the settlement of this payment is no longer known here' };
      const { state } = last.attempt;
      const told = isOpen(last.attempt) ? await settling.unknown(last, '2207', signal) : state === 'refused' ? await settling.refusedBefore(last, signal) : last.attempt;
      const stands = await afterDrift(last, told, signal);
      if ('kind' in stands) return stands;
      if (stands.state === 'done') await forgetVoucher(stands.presettlementNo);
      const known = ended(stands, stands.amountFen);
      return known === undefined || known.kind === 'notSent' || known.kind === 'pending' ? { kind: 'notFound' } : known;
    },

    async queryRefund({ refundNo, payment }: RefundReference, { signal }) {
      const { tradeNo } = payment;
      const last = (await attempts.of(`undo/${tradeNo}`)).findLast(({ attempt }) => attempt.number === refundNo);
      if (last === undefined) return { kind: 'notFound' };
      const stands = isOpen(last.attempt) ? await settling.unknown(last, '2208', signal) : last.attempt;
      if ('kind' in stands) return stands;
      if (stands.state !== 'done') return { kind: 'notFound' };
      await refundBook.undone(payment);
      return undone(stands, tradeNo);
    },
  };
}

/** A settlement names the message that made it, where the province names any. */
function isByMessage(setlinfo: ReturnType<typeof fieldsAt>, { msgid }: Attempt): boolean {
  const message = textAt(setlinfo, 'medins_setl_id');
  return message === '' || message === msgid;
}
