import type { Confirmation, ConfirmationQuery, ConfirmRequest, DischargeSettlement, HisQueryResult, HisResult, InsuranceDetails, Quote, RefundApproval, RefundApprovalRequest } from '@hospay/plugin-sdk';
import type { Faults } from './faults.js';
import { PrepaymentAccounts } from './prepayment-accounts.js';
import { BillLocks } from './bill-locks.js';
import { HospitalBeds } from './hospital-beds.js';
import type { History } from './history.js';
import { InvoiceOffice } from './invoice-office.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtual-time.js';

export const HOSPITAL_ID = 'main';

const MINUTE = 60_000;

type Bill = { readonly billNo: string; readonly madeAt: string; amountFen: number; /** In percent: what no fund covers. */ readonly ownPercent: number; paidBy: string | undefined };

/** One booking in the HIS, under the platform's trade number. */
export type Settlement = { readonly tradeNo: string; readonly settlementNo: string; readonly billNos: readonly string[]; readonly amountFen: number; reversedFen: number; readonly isDispensed: boolean; /** As the platform settled it; undefined: this HIS settles any insurance itself. */ readonly insurance: ConfirmRequest['insurance']; /** What a fund bears that this HIS settles itself. */ readonly ownFundFen: number; /** As the platform told it. */ readonly told: ConfirmRequest; readonly bookedAt: number };

/** What the HIS answers on the wire, before the adapter maps it. */
export type ConfirmReply = HisResult<Confirmation> & { readonly wasBookedBefore?: boolean };

/** A hospital's books: bills, what was booked under which trade number, what was reversed. */
export class HospitalWorld {
  readonly bills = new Map<string, Bill>();
  readonly settlements: Settlement[] = [];
  readonly reversals = new Map<string, { readonly tradeNo: string; readonly refundFen: number; readonly hisRefundNo: string }>();
  readonly refusedRefunds = new Map<string, string>();
  /** Refunds a window began here: reversed in our own books first, then asked for at the platform until it answers. */
  readonly ownRefunds = new Map<string, { readonly tradeNo: string; readonly refundFen: number; state: 'asking' | 'committed' | 'rolledBack' }>();
  /** Stays that were settled with nothing to collect, under the platform's number: what of the deposits goes back. */
  readonly discharges = new Map<string, number>();
  /** Booked once, and forgotten when the HIS was restored from a backup. */
  readonly lost = new Set<string>();
  /** Some hospitals book twice when the same number is sent twice. */
  readonly deduplicates: boolean;
  /** Some hospitals hold the bills while a booking runs late; at the others it lies in a queue in front of them. */
  readonly locksWhileBooking: boolean;
  /** Some hospitals round what the patient pays to 角. */
  readonly #roundsToFen: number;
  readonly #quotes = new Map<string, { readonly billNos: readonly string[]; readonly totalFen: number; readonly fundFen: number; readonly amountFen: number }>();
  readonly beds: HospitalBeds;
  readonly invoices: InvoiceOffice;
  readonly billLocks: BillLocks;
  readonly accounts: PrepaymentAccounts;
  readonly #locked = new Set<string>();
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #history: History;
  onMoved: (tradeNo: string) => void = () => {};
  /** Set by the world: the patient's certificate, where this bill is paid in an app. */
  personOf: (billNo: string) => InsuranceDetails['person'] = () => undefined;
  downUntil = 0;
  #serial = 0;

  constructor(time: VirtualTime, random: SeededRandom, faults: Faults, history: History) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
    this.#history = history;
    this.deduplicates = random.chance(0.6);
    this.#roundsToFen = random.pick(1, 1, 1, 10);
    this.locksWhileBooking = random.chance(0.6);
    this.beds = new HospitalBeds(time, random, faults);
    this.billLocks = new BillLocks(time, faults, history);
    this.accounts = new PrepaymentAccounts(time, history);
    this.accounts.reverse = (returnNo, tradeNo, mostFen) => this.#reverseTopUp(returnNo, tradeNo, mostFen);
    this.invoices = new InvoiceOffice(time, random, faults, history);
  }

  get isDown(): boolean {
    return this.#time.now < this.downUntil;
  }

  openBill(amountFen: number): string {
    const billNo = `B${String((this.#serial += 1)).padStart(6, '0')}`;
    this.bills.set(billNo, { billNo, madeAt: new Date(this.#time.now).toISOString(), amountFen, ownPercent: this.#random.pick(0, 10, 50, 100), paidBy: undefined });
    return billNo;
  }

  presettle(request: { readonly billNos: readonly string[] }): HisResult<Quote> {
    const bills = this.#find(request.billNos);
    if (bills === undefined || bills.some((bill) => bill.paidBy !== undefined)) return { kind: 'rejected', code: 'PAID', message: 'no open bill' };
    const totalFen = bills.reduce((sum, bill) => sum + bill.amountFen, 0);
    const fundFen = this.#random.chance(0.12) ? totalFen : Math.floor(totalFen / 4);
    const quoteNo = `Q${String((this.#serial += 1))}`;
    const exactFen = totalFen - fundFen;
    const amountFen = Math.round(exactFen / this.#roundsToFen) * this.#roundsToFen;
    if (amountFen !== exactFen) this.#history.mark('the HIS rounded what the patient pays');
    this.#quotes.set(quoteNo, { billNos: request.billNos, totalFen, fundFen, amountFen });
    if (this.#faults.strikes('amount changed after quote')) {
      this.#time.after(this.#random.between(5000, 90_000), `a doctor changes bill ${bills[0]?.billNo ?? ''}`, () => { if (bills[0]?.paidBy === undefined && bills[0] !== undefined && !this.billLocks.isHeld(bills[0].billNo)) bills[0].amountFen += 400; });
    }
    if (this.#faults.strikes('paid at a window meanwhile')) {
      this.#time.after(this.#random.between(2000, 120_000), `bill ${bills[0]?.billNo ?? ''} is paid at a window`, () => { for (const bill of bills) if (!this.billLocks.isHeld(bill.billNo)) bill.paidBy ??= 'window'; });
    }
    const validUntil = new Date(this.#time.now + this.#random.pick(10, 30) * MINUTE).toISOString();
    return { kind: 'ok', value: { quoteNo, totalFen, fundFen, personalAccountFen: 0, selfPayFen: amountFen, ...(amountFen === exactFen ? {} : { roundingFen: amountFen - exactFen }), validUntil } };
  }

  /** What the insurance centre must be told of the bills, as they are now. */
  insuranceDetails(request: { readonly billNos: readonly string[] }): HisResult<InsuranceDetails> {
    const bills = this.#find(request.billNos);
    const [first] = bills ?? [];
    if (bills === undefined || first === undefined || bills.some((bill) => bill.paidBy !== undefined)) return { kind: 'rejected', code: 'PAID', message: 'no open bill' };
    const fees = bills.flatMap(({ billNo, madeAt, amountFen, ownPercent }) => {
      const ownFen = Math.floor((amountFen * ownPercent) / 100);
      const fee = (feeNo: string, nationalCode: string, feeFen: number) => ({ feeNo: `${billNo}-${feeNo}`, nationalCode, hospitalCode: 'M0001', amountFen: feeFen, quantity: '1', unitPriceYuan: '1.00', occurredAt: madeAt });
      return [fee('1', 'XA0001', amountFen - ownFen), fee('2', 'ZF0001', ownFen)].filter((line) => line.amountFen > 0);
    });
    const visit = {
      hospitalVisitNo: `OP${first.billNo}`, startedAt: first.madeAt, medicalType: '11', complaint: '咳嗽', doctor: { no: 'D0001', name: '测试医生' }, department: { code: '0301', name: '内科', category: 'A03' },
      diagnoses: [{ kind: '1', code: 'J06.900', name: '急性上呼吸道感染' }],
    };
    const person = this.personOf(first.billNo);
    return { kind: 'ok', value: { visit, fees, ...(person === undefined ? {} : { person }) } };
  }

  confirm(request: ConfirmRequest): ConfirmReply {
    const earlier = this.settlements.find((settlement) => settlement.tradeNo === request.tradeNo);
    if (earlier !== undefined && this.deduplicates) {
      this.#history.mark('the HIS saw our number again');
      return { kind: 'ok', value: confirmation(earlier), wasBookedBefore: true };
    }
    if (request.business !== undefined && request.business !== 'bill') return this.#confirmOther(request);
    const bills = this.#find(request.billNos);
    const quote = this.#quotes.get(request.quoteNo);
    if (bills === undefined || quote === undefined) return { kind: 'rejected', code: 'NO_BILL', message: 'no such bill' };
    if (bills.some((bill) => bill.paidBy !== undefined && bill.paidBy !== request.tradeNo)) return { kind: 'rejected', code: 'ALREADY_PAID', message: 'paid by somebody else' };
    if (this.#faults.strikes('HIS rejects after pay')) return { kind: 'rejected', code: 'LOCKED', message: 'the bill is locked by a window' };
    const totalFen = bills.reduce((sum, bill) => sum + bill.amountFen, 0);
    const { insurance } = request;
    const isWhole = insurance !== undefined && insurance.fundFen + insurance.accountFen + insurance.cashFen === totalFen && totalFen === quote.totalFen && request.amountFen === totalFen;
    const isSelfPay = insurance === undefined && request.amountFen === quote.amountFen && totalFen === quote.totalFen;
    if (!isWhole && !isSelfPay) return { kind: 'mismatch', code: 'AMOUNT', message: 'the bill has another amount now' };
    const settlement: Settlement = {
      tradeNo: request.tradeNo,
      settlementNo: `S${String((this.#serial += 1))}`,
      billNos: request.billNos,
      amountFen: this.#faults.strikes('HIS books another amount') && request.amountFen > 0 ? request.amountFen + 1 : request.amountFen,
      reversedFen: 0,
      isDispensed: this.#faults.strikes('HIS refuses refund'),
      insurance,
      ownFundFen: insurance === undefined ? quote.fundFen : 0,
      told: request,
      bookedAt: this.#time.now,
    };
    this.settlements.push(settlement);
    this.lost.delete(request.tradeNo);
    for (const bill of bills) bill.paidBy = request.tradeNo;
    this.#history.mark('booked in the HIS');
    this.onMoved(request.tradeNo);
    return { kind: 'ok', value: confirmation(settlement) };
  }

  /** A registration or a deposit: no bills, no quote of ours; what it is for decides. */
  #confirmOther(request: ConfirmRequest): ConfirmReply {
    if (this.#faults.strikes('HIS rejects after pay')) return { kind: 'rejected', code: 'LOCKED', message: 'a window has it open' };
    const refusal = this.beds.refusalOf(request);
    if (refusal !== undefined) return refusal;
    const settlement: Settlement = {
      tradeNo: request.tradeNo, settlementNo: `S${String((this.#serial += 1))}`, billNos: [], amountFen: request.amountFen, reversedFen: 0, isDispensed: this.#faults.strikes('HIS refuses refund'), insurance: undefined, ownFundFen: 0, told: request, bookedAt: this.#time.now,
    };
    this.settlements.push(settlement);
    this.beds.book(request);
    this.#history.mark(`booked in the HIS: ${request.business ?? 'bill'}`);
    this.onMoved(request.tradeNo);
    return { kind: 'ok', value: confirmation(settlement) };
  }

  /** 恢复备份: what was booked for bills since then is not there any more, and the bills stand open. What was reversed meanwhile is put in order by hand, and not played. */
  loseBookingsSince(at: number): void {
    for (const settlement of this.settlements.filter(({ told, bookedAt, reversedFen, amountFen }) => bookedAt >= at && reversedFen === 0 && amountFen === told.amountFen && (told.business ?? 'bill') === 'bill')) {
      this.settlements.splice(this.settlements.indexOf(settlement), 1);
      this.lost.add(settlement.tradeNo);
      this.accounts.lose(settlement.tradeNo);
      for (const bill of this.bills.values()) if (bill.paidBy === settlement.tradeNo) bill.paidBy = undefined;
      this.#history.mark('the HIS lost a booking');
      this.onMoved(settlement.tradeNo);
    }
  }

  lock(billNos: readonly string[]): void {
    for (const billNo of billNos) this.#locked.add(billNo);
  }
  unlock(billNos: readonly string[]): void {
    for (const billNo of billNos) this.#locked.delete(billNo);
  }
  isLocked(billNos: readonly string[]): boolean {
    return billNos.some((billNo) => this.#locked.has(billNo));
  }

  queryConfirmation(request: ConfirmationQuery): HisQueryResult<Confirmation> {
    const settlement = this.settlements.find((candidate) => candidate.tradeNo === request.tradeNo && (candidate.told.business ?? 'bill') === (request.business ?? 'bill'));
    return settlement === undefined ? { kind: 'absent' } : { kind: 'ok', value: confirmation(settlement) };
  }

  approveRefund(request: RefundApprovalRequest): HisResult<RefundApproval> {
    const earlier = this.reversals.get(request.refundNo);
    if (earlier !== undefined) return { kind: 'ok', value: { hisRefundNo: earlier.hisRefundNo } };
    const refusal = this.refusedRefunds.get(request.refundNo);
    if (refusal !== undefined) return { kind: 'rejected', code: refusal, message: 'refused before' };
    const settlement = this.settlements.find((candidate) => candidate.tradeNo === request.tradeNo);
    // A registration and a deposit are reversed by operations of their own.
    if (settlement === undefined || (settlement.told.business ?? 'bill') !== (request.business ?? 'bill')) return { kind: 'rejected', code: 'NO_BOOKING', message: 'nothing is booked under this number' };
    if (settlement.isDispensed) {
      this.refusedRefunds.set(request.refundNo, 'DISPENSED');
      return { kind: 'rejected', code: 'DISPENSED', message: 'the drugs were handed out' };
    }
    if (settlement.reversedFen + request.refundFen > settlement.amountFen) return { kind: 'rejected', code: 'TOO_MUCH', message: 'more than was booked' };
    settlement.reversedFen += request.refundFen;
    this.beds.reverse(settlement.told, request.refundFen);
    if (settlement.reversedFen === settlement.amountFen) for (const bill of this.#find(settlement.billNos) ?? []) bill.paidBy = undefined;
    const hisRefundNo = `HR${String((this.#serial += 1))}`;
    this.reversals.set(request.refundNo, { tradeNo: request.tradeNo, refundFen: request.refundFen, hisRefundNo });
    this.#history.mark('reversed in the HIS');
    this.onMoved(request.tradeNo);
    return { kind: 'ok', value: { hisRefundNo } };
  }

  reversed(hisRefundNo: string, tradeNo: string): boolean {
    return [...this.reversals.values()].some((reversal) => reversal.hisRefundNo === hisRefundNo && reversal.tradeNo === tradeNo);
  }

  /** A window reverses a charge, or a part of it. Undefined: nothing is booked, or it was handed out. */
  beginOwnRefund(tradeNo: string, refundFen: number): string | undefined {
    const settlement = this.settlements.find((candidate) => candidate.tradeNo === tradeNo);
    if (settlement === undefined || settlement.isDispensed || settlement.reversedFen + refundFen > settlement.amountFen) return undefined;
    settlement.reversedFen += refundFen;
    this.beds.reverse(settlement.told, refundFen);
    const hisRefundNo = `TF${String((this.#serial += 1))}`;
    this.ownRefunds.set(hisRefundNo, { tradeNo, refundFen, state: 'asking' });
    this.#history.mark('a window of the HIS reversed a charge');
    this.onMoved(tradeNo);
    return hisRefundNo;
  }
  /** The platform has answered for good: the reversal stands, or is taken back. */
  endOwnRefund(hisRefundNo: string, state: 'committed' | 'rolledBack'): void {
    const own = this.ownRefunds.get(hisRefundNo);
    const settlement = this.settlements.find((candidate) => candidate.tradeNo === own?.tradeNo);
    if (own === undefined || settlement === undefined || own.state !== 'asking') return;
    own.state = state;
    if (state === 'rolledBack') settlement.reversedFen -= own.refundFen;
    else if (settlement.reversedFen === settlement.amountFen) for (const bill of this.#find(settlement.billNos) ?? []) bill.paidBy = undefined;
    this.#history.mark(`a refund of the HIS: ${state}`);
    this.onMoved(own.tradeNo);
  }

  /** Booked, and nothing was handed out for it: it may be money on an account. */
  isTopUp(tradeNo: string): boolean {
    return this.settlements.some((settlement) => settlement.tradeNo === tradeNo && !settlement.isDispensed && settlement.reversedFen === 0);
  }
  #reverseTopUp(returnNo: string, tradeNo: string, mostFen: number): number {
    const settlement = this.settlements.find((candidate) => candidate.tradeNo === tradeNo);
    const share = settlement === undefined ? 0 : Math.min(mostFen, settlement.amountFen - settlement.reversedFen);
    if (settlement === undefined || share === 0) return 0;
    settlement.reversedFen += share;
    if (settlement.reversedFen === settlement.amountFen) for (const bill of this.#find(settlement.billNos) ?? []) bill.paidBy = undefined;
    this.ownRefunds.set(`${returnNo}/${tradeNo}`, { tradeNo, refundFen: share, state: 'committed' });
    this.onMoved(tradeNo);
    return share;
  }

  /** 出院结算: what is left goes back to the newest deposits first. A stay that is settled is refused, whoever asks again: the question by the number answers. */
  settleDischarge({ settlementNo, inpatientNo, refundFen }: { readonly settlementNo: string; readonly inpatientNo: string; readonly refundFen: number }): HisResult<DischargeSettlement> {
    if (this.discharges.has(settlementNo) && this.deduplicates) return { kind: 'ok', value: dischargeOf(settlementNo, refundFen) };
    const stay = this.beds.stays.get(inpatientNo);
    if (stay?.state !== 'leaving') return { kind: 'rejected', code: 'SETTLED', message: 'this stay is settled, or nobody leaves' };
    if (stay.depositFen - stay.costFen !== refundFen) return { kind: 'rejected', code: 'QUOTE_OVER', message: 'the stay comes to something else now' };
    stay.state = 'settled';
    this.discharges.set(settlementNo, refundFen);
    this.#history.mark('a stay was settled');
    let leftFen = refundFen;
    for (const { tradeNo } of stay.deposits.toReversed()) {
      const settlement = this.settlements.find((candidate) => candidate.tradeNo === tradeNo);
      const share = Math.min(leftFen, (settlement?.amountFen ?? 0) - (settlement?.reversedFen ?? 0));
      if (settlement === undefined || share === 0) continue;
      settlement.reversedFen += share;
      leftFen -= share;
      this.ownRefunds.set(`${settlementNo}/${settlement.tradeNo}`, { tradeNo: settlement.tradeNo, refundFen: share, state: 'committed' });
      this.onMoved(settlement.tradeNo);
    }
    return { kind: 'ok', value: dischargeOf(settlementNo, refundFen) };
  }
  queryDischarge({ settlementNo }: { readonly settlementNo: string }): HisQueryResult<DischargeSettlement> {
    const refundFen = this.discharges.get(settlementNo);
    return refundFen === undefined ? { kind: 'absent' } : { kind: 'ok', value: dischargeOf(settlementNo, refundFen) };
  }

  queryRefundApproval(request: { readonly refundNo: string }): HisQueryResult<RefundApproval> {
    const reversal = this.reversals.get(request.refundNo);
    return reversal === undefined ? { kind: 'absent' } : { kind: 'ok', value: { hisRefundNo: reversal.hisRefundNo } };
  }

  /** What the hospital believes it was paid under this number, reversals taken off. */
  bookedFen(tradeNo: string): number {
    return this.settlements.reduce((sum, settlement) => (settlement.tradeNo === tradeNo ? sum + settlement.amountFen - settlement.reversedFen : sum), 0);
  }
  /** What a valid invoice of it says: what the patient was charged and is still booked, and what a fund of the HIS bears while anything is. */
  invoiceableFen(tradeNo: string): number {
    const standing = this.settlements.filter((settlement) => settlement.tradeNo === tradeNo && (settlement.amountFen === 0 || settlement.reversedFen < settlement.amountFen));
    return standing.reduce((sum, { ownFundFen, amountFen, reversedFen }) => sum + ownFundFen + amountFen - reversedFen, 0);
  }
  timesBooked(tradeNo: string): number {
    return this.settlements.filter((settlement) => settlement.tradeNo === tradeNo).length;
  }

  #find(billNos: readonly string[]): Bill[] | undefined {
    const bills = billNos.map((billNo) => this.bills.get(billNo)).filter((bill) => bill !== undefined);
    return bills.length === billNos.length ? bills : undefined;
  }
}

function confirmation(settlement: Settlement): Confirmation {
  return { settlementNo: settlement.settlementNo, receiptNo: `R${settlement.settlementNo}`, amountFen: settlement.amountFen };
}

function dischargeOf(settlementNo: string, refundFen: number): DischargeSettlement {
  return { hisSettlementNo: `CY${settlementNo}`, receiptNo: `RCY${settlementNo}`, collectFen: 0, refundFen };
}
