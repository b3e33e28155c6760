import { beijingDay, type Confirmation, type ConfirmRequest, type DayListLine, type HisResult, type HospitalFacet } from '@hospay/plugin-sdk';
import type { FacetCall, HospitalGuest } from '@hospay/server/domain/guests.js';

type Booked = { readonly line: DayListLine; readonly confirmation: Confirmation };

/** A HIS with books of its own and a day list made from them. A test has it forget, invent or miscount a booking, or leave one without an answer for a night. */
export class MonthHospital implements HospitalGuest {
  readonly bills = new Map<string, number>();
  readonly #booked = new Map<string, Booked>();
  readonly #reversed: DayListLine[] = [];
  readonly #now: () => Date;
  /** By trade number: not in the list, or there with another amount. */
  readonly lies = new Map<string, { readonly omit?: true; readonly amountFen?: number }>();
  /** No answer about these until then. `isBooked`: it was booked all the same. */
  readonly silentUntil = new Map<string, { readonly until: Date; readonly isBooked: boolean }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  facet<Name extends HospitalFacet>(): FacetCall<Name> | undefined {
    return undefined;
  }
  readonly canApproveRefunds = true;
  findPatient(): ReturnType<HospitalGuest['findPatient']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  listOpenBills(): ReturnType<HospitalGuest['listOpenBills']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  presettle({ billNos }: { readonly billNos: readonly string[] }): ReturnType<HospitalGuest['presettle']> {
    const totalFen = billNos.reduce((sum, billNo) => sum + (this.bills.get(billNo) ?? 0), 0);
    return Promise.resolve({ kind: 'ok', value: { quoteNo: `HQ-${billNos.join('-')}`, totalFen, fundFen: 0, personalAccountFen: 0, selfPayFen: totalFen, validUntil: new Date(this.#now().getTime() + 900_000).toISOString() } });
  }
  confirm(request: ConfirmRequest): Promise<HisResult<Confirmation>> {
    const silence = this.silentUntil.get(request.tradeNo);
    const isSilent = silence !== undefined && this.#now() < silence.until;
    if (isSilent && !silence.isBooked) return Promise.resolve({ kind: 'unknown', reason: 'timeout' });
    const value = this.book(request.tradeNo, request.amountFen, request.paidAt);
    return Promise.resolve(isSilent ? { kind: 'unknown', reason: 'timeout' } : { kind: 'ok', value });
  }
  queryConfirmation({ tradeNo }: { readonly tradeNo: string }): ReturnType<HospitalGuest['queryConfirmation']> {
    const silence = this.silentUntil.get(tradeNo);
    if (silence !== undefined && this.#now() < silence.until) return Promise.resolve({ kind: 'unknown', reason: 'timeout' });
    const booked = this.#booked.get(tradeNo);
    return Promise.resolve(booked === undefined ? { kind: 'absent' } : { kind: 'ok', value: booked.confirmation });
  }
  approveRefund({ refundNo, tradeNo, refundFen }: { readonly refundNo: string; readonly tradeNo: string; readonly refundFen: number }): ReturnType<HospitalGuest['approveRefund']> {
    const hisRefundNo = `HR${refundNo.slice(1)}`;
    this.#reversed.push({ kind: 'refund', tradeNo, refundNo, settlementNo: hisRefundNo, amountFen: refundFen, paidAt: this.#now().toISOString() });
    return Promise.resolve({ kind: 'ok', value: { hisRefundNo } });
  }
  queryRefundApproval(): ReturnType<HospitalGuest['queryRefundApproval']> {
    return Promise.resolve({ kind: 'absent' });
  }
  loadDictionary(): ReturnType<HospitalGuest['loadDictionary']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  ping(): ReturnType<HospitalGuest['ping']> {
    return Promise.resolve({ kind: 'unknown', reason: 'not asked here' });
  }

  /** Also by the HIS alone, for money the platform does not have. */
  book(tradeNo: string, amountFen: number, paidAt: string): Confirmation {
    const known = this.#booked.get(tradeNo);
    if (known !== undefined) return known.confirmation;
    const confirmation = { settlementNo: `S${tradeNo.slice(1)}`, receiptNo: `R${tradeNo.slice(1)}`, amountFen };
    this.#booked.set(tradeNo, { confirmation, line: { kind: 'payment', tradeNo, settlementNo: confirmation.settlementNo, amountFen, paidAt } });
    return confirmation;
  }
  readonly listDay: NonNullable<HospitalGuest['listDay']> = ({ day, page, pageSize }) => {
    const lines: DayListLine[] = [];
    for (const [tradeNo, { line }] of this.#booked) {
      const lie = this.lies.get(tradeNo) ?? {};
      if (lie.omit !== true && beijingDay(new Date(line.paidAt)) === day) lines.push({ ...line, amountFen: lie.amountFen ?? line.amountFen });
    }
    lines.push(...this.#reversed.filter(({ paidAt }) => beijingDay(new Date(paidAt)) === day));
    return Promise.resolve({ kind: 'ok', value: lines.slice((page - 1) * pageSize, page * pageSize) });
  };
}
