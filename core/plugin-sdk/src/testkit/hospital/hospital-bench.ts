import assert from 'node:assert/strict';
import { Compile } from 'typebox/compile';
import { HIS_RESULT_SCHEMAS, type BusinessKind, type Confirmation, type ConfirmRequest, type HospitalAdapter, type Quote, type RefundApprovalRequest } from '../../hospital-adapter.js';
import type { OperationName } from '../../his-mapping/canonical-operations.js';
import type { HisCallContext, HisQueryResult, HisResult } from '../../hospital/his-result.js';
import type { FaultableHisOperation, HospitalControl, HospitalFault, HospitalSubject, OpenBill } from './hospital-subject.js';

/** Long enough for a call over a local network, short enough for a test. */
const CALL_TIMEOUT_MS = 10_000;
/** For calls that are expected to run into their deadline. */
const SHORT_TIMEOUT_MS = 400;
export const NOT_SENT = /^notSent:/;

let lastNumber = 0;

/** The adapter under test; every answer is held against the contract's schema before a rule sees it. */
export class HospitalBench {
  readonly subject: HospitalSubject;

  constructor(subject: HospitalSubject) {
    this.subject = subject;
  }

  get adapter(): HospitalAdapter {
    return this.subject.adapter;
  }

  get control(): HospitalControl {
    return this.subject.control;
  }

  context(timeoutMs = CALL_TIMEOUT_MS): HisCallContext {
    return { deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: new AbortController().signal };
  }

  newNumber(prefix: string): string {
    lastNumber += 1;
    return `${prefix}${Date.now().toString(36).toUpperCase()}${lastNumber.toString().padStart(6, '0')}`;
  }

  async newPayment(): Promise<{ readonly bill: OpenBill; readonly quote: Quote; readonly request: ConfirmRequest }> {
    const bill = await this.control.makeBill();
    const quote = okValue(await this.presettle(bill));
    return { bill, quote, request: this.paymentFor(bill, quote) };
  }

  paymentFor(bill: OpenBill, quote: Quote): ConfirmRequest {
    const tradeNo = this.newNumber('CT');
    return {
      tradeNo, patientId: bill.patientId, quoteNo: quote.quoteNo, billNos: [bill.billNo], amountFen: quote.selfPayFen, paidAt: new Date().toISOString(),
      channel: 'WX', channelTradeNo: `42${tradeNo}`, terminalId: 'KIOSK-01',
    };
  }

  async presettle(bill: OpenBill): Promise<HisResult<Quote>> {
    return fits('presettle', await this.adapter.presettle({ patientId: bill.patientId, billNos: [bill.billNo] }, this.context()));
  }

  async confirm(request: ConfirmRequest, timeoutMs = CALL_TIMEOUT_MS): Promise<HisResult<Confirmation>> {
    return fits('confirm', await this.adapter.confirm(request, this.context(timeoutMs)));
  }

  async query(tradeNo: string, timeoutMs = CALL_TIMEOUT_MS, business: BusinessKind = 'bill'): Promise<HisQueryResult<Confirmation>> {
    return fits('queryConfirmation', await this.adapter.queryConfirmation({ tradeNo, ...(business === 'bill' ? {} : { business }) }, this.context(timeoutMs)));
  }

  /** Spoils the next call of any operation. */
  async failNextOperation(operation: OperationName, fault: HospitalFault): Promise<void> {
    assert.ok(this.control.failNextOperation, 'the subject cannot spoil this operation');
    await this.control.failNextOperation(operation, fault);
  }

  async failNext(operation: FaultableHisOperation, fault: HospitalFault): Promise<void> {
    await this.control.failNext(operation, fault);
  }

  async bookings(tradeNo: string): Promise<number> {
    return this.control.countBookings(tradeNo);
  }

  async insuranceDetails(bill: OpenBill, quote: Quote) {
    assert.ok(this.adapter.insuranceDetails, 'the adapter has no insuranceDetails');
    return fits('insuranceDetails', await this.adapter.insuranceDetails({ patientId: bill.patientId, quoteNo: quote.quoteNo, billNos: [bill.billNo] }, this.context()));
  }

  /** The payment of a quote whose insurance the platform has settled: 60 % fund, the account 1 fen, the rest in cash. */
  insuredPaymentFor(bill: OpenBill, quote: Quote): ConfirmRequest & Required<Pick<ConfirmRequest, 'insurance'>> {
    const request = this.paymentFor(bill, quote);
    const fundFen = Math.floor(quote.totalFen * 0.6);
    return {
      ...request,
      amountFen: quote.totalFen,
      insurance: { presettlementNo: this.newNumber('PS'), visitNo: 'MD0001', settlementNo: `SL${request.tradeNo}`, fundFen, accountFen: 1, cashFen: quote.totalFen - fundFen - 1 },
    };
  }

  refundOf(request: ConfirmRequest): RefundApprovalRequest {
    const { tradeNo, amountFen, business } = request;
    return { tradeNo, refundNo: this.newNumber('RF'), refundFen: amountFen, totalFen: amountFen, reason: '患者申请退款', ...(business === undefined ? {} : { business }) };
  }

  async approveRefund(request: RefundApprovalRequest, timeoutMs = CALL_TIMEOUT_MS) {
    assert.ok(this.adapter.approveRefund, 'the adapter has no approveRefund');
    return fits('approveRefund', await this.adapter.approveRefund(request, this.context(timeoutMs)));
  }

  async queryRefund(request: RefundApprovalRequest, timeoutMs = CALL_TIMEOUT_MS) {
    assert.ok(this.adapter.queryRefundApproval, 'an adapter that approves refunds can be asked about them');
    return fits('queryRefundApproval', await this.adapter.queryRefundApproval({ refundNo: request.refundNo, tradeNo: request.tradeNo, ...(request.business === undefined ? {} : { business: request.business }) }, this.context(timeoutMs)));
  }

  /** Confirms once, undisturbed. */
  async book(request: ConfirmRequest): Promise<Confirmation> {
    return okValue(await this.confirm(request));
  }
}

const CHECKS = new Map(Object.entries(HIS_RESULT_SCHEMAS).map(([name, schema]) => [name, Compile(schema)]));

export function fits<Result>(operation: keyof typeof HIS_RESULT_SCHEMAS, result: Result): Result {
  assert.equal(CHECKS.get(operation)?.Check(result), true, `${operation} answered outside of the contract: ${JSON.stringify(result)}`);
  return result;
}

/** The answer of an operation that must be there. */
export async function called<Answer>(answer: Promise<Answer> | undefined): Promise<Answer> {
  if (answer === undefined) assert.fail('the adapter lacks an operation of this facet');
  return answer;
}

export function okValue<Value>(result: HisResult<Value> | HisQueryResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected ok, got ${JSON.stringify(result)}`);
  return result.value;
}

export function isUnknownSent(result: HisResult<unknown> | HisQueryResult<unknown>, why: string): void {
  assert.equal(result.kind, 'unknown', `${why}: ${JSON.stringify(result)}`);
  assert.ok(result.kind === 'unknown' && !NOT_SENT.test(result.reason), `the call was sent, so it must not say notSent: ${JSON.stringify(result)}`);
}

export const knows = (fault: HospitalFault) => ({ control }: HospitalSubject): boolean => control.faults.includes(fault);

export const AFTER_COMMIT: readonly HospitalFault[] = ['dropAfterCommit', 'silenceAfterCommit', 'serverErrorAfterCommit', 'garbageValues', 'garbageBytes'];
export const BEFORE_EXECUTION: readonly HospitalFault[] = ['dropBeforeExecution', 'silenceBeforeExecution'];
export const timeoutFor = (fault: HospitalFault): number => (fault.startsWith('silence') ? SHORT_TIMEOUT_MS : CALL_TIMEOUT_MS);

/** The suite's calendar is Beijing's, as the hospitals' are. */
export function beijingDay(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
