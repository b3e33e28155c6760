import type { ChargeOutcome, ChargeRequest, PaymentChannel, PaymentReference, PluginContext, Refunding, RefundOutcome, RefundReference, RefundRequest, Statement } from '@hospay/plugin-sdk';

import { fieldsAt, textAt } from './answer-fields.js';
import { endOf } from './attempt-end.js';
import { isOpen, paymentKey, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import { beijingDay } from './beijing-time.js';
import type { CentreAnswer } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { settlementInput } from './outpatient-messages.js';
import type { Presettlement, PresettlementBook } from './presettlement-book.js';
import { readNote, type SettlementNote } from './settlement-note.js';
import { insuredFen, readSettlement, type Settlement } from './settlement.js';
import type { SettleUnknown } from './settle-unknown.js';
import type { SettlingRight } from './settling-right.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type InPersonParts = {
  readonly context: PluginContext<MedicalInsuranceSettings>;
  readonly settings: CompleteSettings;
  readonly line: CentreLine;
  readonly book: PresettlementBook;
  readonly attempts: Attempts;
  readonly right: SettlingRight;
  readonly settleUnknown: SettleUnknown;
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
  const { context, settings, line, book, attempts, right, settleUnknown, downloadStatement } = parts;
  const merchantNo = settings.institutionCode;

  const succeeded = (attempt: Attempt, settlement: Settlement) =>
    ({
      kind: 'succeeded', tradeNo: attempt.number, merchantNo, amountFen: insuredFen(settlement.split), channelTradeNo: settlement.settlementId, paidAt: settlement.settledAt,
      ...(settlement.insuranceType === '' ? {} : { fundingSource: settlement.insuranceType.slice(0, 64) }),
      insuranceSplit: { fundFen: settlement.split.fundFen, accountFen: settlement.split.accountFen },
      channelNote: JSON.stringify(noteOf(attempt, settlement)),
    }) as const;

  const ended = (attempt: Attempt, amountFen: number): ChargeOutcome | undefined => {
    const { state, settlement, refusal } = attempt;
    if (state === 'notSent' || state === 'reversed') return undefined;
    if (attempt.amountFen !== amountFen) return OTHER;
    if (state === 'done' && settlement !== undefined) return succeeded(attempt, settlement);
    if (state === 'refused' && refusal !== undefined) return { kind: 'declined', ...refusal };
    return { kind: 'unknown', reason: 'the settlement was sent before and must be asked about' };
  };

  const endOfCharge = async (kept: KeptAttempt, answer: CentreAnswer, totalFen: number): Promise<ChargeOutcome> => {
    const end = endOf(answer, (output) => {
      const setlinfo = fieldsAt(output, 'setlinfo');
      const settlement = readSettlement(setlinfo, settings);
      if (typeof settlement === 'string') return settlement;
      return isOf(setlinfo, kept.attempt) && isByMessage(setlinfo, kept.attempt) && settlement.split.totalFen === totalFen ? settlement : 'the answer is about another settlement';
    });
    if ('kind' in end) return end;
    const stands = await attempts.end(kept, end);
    if (stands.state === 'notSent' && answer.kind === 'notSent') return answer;
    return ended(stands, kept.attempt.amountFen) ?? { kind: 'unknown', reason: 'it was reversed before its answer came' };
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
    const outcome = await endOfCharge(kept, answer, presettlement.totalFen);
    // The voucher has done its work.
    if (outcome.kind === 'succeeded') await book.change(presettlement, { voucherNumber: '' });
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

  /** The settlement of a payment: from our records, or from what the platform kept when ours are gone. */
  const settlementOf = async (payment: PaymentReference): Promise<SettlementNote | 'sent' | undefined> => {
    const last = (await attempts.of(paymentKey(payment))).at(-1)?.attempt;
    if (last === undefined) return readNote(payment.channelNote);
    if (last.state === 'done' && last.settlement !== undefined) return noteOf(last, last.settlement);
    return isOpen(last) ? 'sent' : undefined;
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
    if (settled === undefined) return NOT_SETTLED;
    if (refundFen !== settled.fund + settled.account) return { kind: 'declined', code: 'WHOLE_ONLY', message: '医保结算只能整单撤销 / a settlement can only be undone whole' };
    if (signal.aborted) return LATE;
    const msgid = await line.number('2208', refundNo);
    const now = context.now();
    // The day first: an attempt no day knows of would be missing from the statement.
    await context.store.put(`undo-day/${beijingDay(now)}/${payment.tradeNo}`, true);
    const attempt: Attempt = { number: refundNo, amountFen: refundFen, msgid, sentAt: now.toISOString(), state: 'sent', personNo: settled.person, visitNo: settled.visit, undoes: settled.settlement, ...(settled.place === undefined ? {} : { insuredPlace: settled.place }) };
    const kept = await attempts.begin(`undo/${payment.tradeNo}`, before.length, attempt);
    if (kept === undefined) return { kind: 'unknown', reason: 'another call is undoing this settlement' };
    const input = { data: { setl_id: settled.settlement, mdtrt_id: settled.visit, psn_no: settled.person } };
    const answer = await line.ask({ infno: '2208', input, of: refundNo, insuredPlace: settled.place, operatorId: request.operatorId, msgid, signal });
    return endOfRefund(kept, answer, request, settled);
  };

  const endOfRefund = async (kept: KeptAttempt, answer: CentreAnswer, { payment: { tradeNo } }: RefundRequest, settled: SettlementNote): Promise<RefundOutcome> => {
    const end = endOf(answer, (output) => {
      const setlinfo = fieldsAt(output, 'setlinfo');
      const settlement = readSettlement(setlinfo, settings);
      if (typeof settlement === 'string') return settlement;
      // Undone amounts are usually negative; provinces differ.
      const isWhole = Math.abs(settlement.split.totalFen) === settled.total && Math.abs(insuredFen(settlement.split)) === kept.attempt.amountFen;
      return isOf(setlinfo, kept.attempt) && isWhole ? settlement : 'the answer is about another undoing';
    });
    if ('kind' in end) return end;
    const stands = await attempts.end(kept, end);
    if (stands.state === 'notSent' && answer.kind === 'notSent') return answer;
    return stands.state === 'refused' && stands.refusal !== undefined ? { kind: 'declined', ...stands.refusal } : undone(stands, tradeNo);
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
      if (last === undefined) return { kind: 'notFound' };
      const stands = isOpen(last.attempt) ? await settleUnknown(last, '2207', signal) : last.attempt;
      if ('kind' in stands) return stands;
      const known = ended(stands, stands.amountFen);
      return known === undefined || known.kind === 'notSent' || known.kind === 'pending' ? { kind: 'notFound' } : known;
    },

    async queryRefund({ refundNo, payment: { tradeNo } }: RefundReference, { signal }) {
      const last = (await attempts.of(`undo/${tradeNo}`)).findLast(({ attempt }) => attempt.number === refundNo);
      if (last === undefined) return { kind: 'notFound' };
      const stands = isOpen(last.attempt) ? await settleUnknown(last, '2208', signal) : last.attempt;
      if ('kind' in stands) return stands;
      return stands.state === 'done' ? undone(stands, tradeNo) : { kind: 'notFound' };
    },
  };
}

function noteOf({ visitNo, personNo, insuredPlace }: Attempt, { settlementId, split }: Settlement): SettlementNote {
  const { totalFen, fundFen, accountFen, cashFen } = split;
  return { visit: visitNo, person: personNo, settlement: settlementId, total: totalFen, fund: fundFen, account: accountFen, cash: cashFen, ...(insuredPlace === undefined ? {} : { place: insuredPlace }) };
}

/** The answer speaks of the visit and person of the attempt. */
function isOf(setlinfo: ReturnType<typeof fieldsAt>, { visitNo, personNo }: Attempt): boolean {
  return textAt(setlinfo, 'mdtrt_id') === visitNo && textAt(setlinfo, 'psn_no') === personNo;
}

/** A settlement names the message that made it, where the province names any. */
function isByMessage(setlinfo: ReturnType<typeof fieldsAt>, { msgid }: Attempt): boolean {
  const message = textAt(setlinfo, 'medins_setl_id');
  return message === '' || message === msgid;
}
