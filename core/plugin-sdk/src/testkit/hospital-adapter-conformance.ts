/**
 * The conformance suite for hospital adapters: what every adapter owes the platform, whatever it speaks to its HIS. The adapter's own test
 * brings a subject — the adapter joined to a HIS (a simulator over the real protocol) — with hooks to make bills and to spoil calls.
 *
 * The rules are about money: `ok` and the definite refusals must be true, everything else is `unknown`, and one trade number books once.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Compile } from 'typebox/compile';
import { HIS_RESULT_SCHEMAS, type CardType, type Confirmation, type ConfirmRequest, type HospitalAdapter, type Quote, type RefundApprovalRequest } from '../hospital-adapter.js';
import type { HisCallContext, HisQueryResult, HisResult } from '../hospital/his-result.js';

/** What can be made to happen to the next call of an operation. What the HIS did before the fault, it has really done. */
export const HOSPITAL_FAULTS = [
  'dropBeforeExecution',
  'silenceBeforeExecution',
  'dropAfterCommit',
  'silenceAfterCommit',
  /** The HIS's own error after it did the work. */
  'serverErrorAfterCommit',
  /** An answer in the right frame with values that are not what they should be. */
  'garbageValues',
  /** Bytes that are not the protocol. */
  'garbageBytes',
] as const;
export type HospitalFault = (typeof HOSPITAL_FAULTS)[number];

export type FaultableHisOperation = 'findPatient' | 'listOpenBills' | 'presettle' | 'confirm' | 'queryConfirmation' | 'approveRefund' | 'queryRefundApproval' | 'listDay';

export type OpenBill = { readonly patientId: string; readonly billNo: string; readonly amountFen: number };

/** The HIS in the hands of the suite: the doctor, the cashier at the window, and the network. */
export type HospitalControl = {
  /** A new open bill, another one each time. Its amount is above 1 yuan and has odd fen. */
  makeBill(): Promise<OpenBill>;
  /** Changes the amount of an open bill, as a doctor does after the quote. */
  changeBill(bill: OpenBill): Promise<void>;
  /** A cashier settles the bill at a window, under a number that is not ours. */
  payAtWindow(bill: OpenBill): Promise<void>;
  /** How many bookings the HIS holds under a trade number, seen behind the adapter's back. */
  countBookings(tradeNo: string): Promise<number>;
  countRefunds(refundNo: string): Promise<number>;
  /** The faults `failNext` knows. */
  readonly faults: readonly HospitalFault[];
  failNext(operation: FaultableHisOperation, fault: HospitalFault): Promise<void>;
  /** The HIS refuses to reverse this booking (dispensed, executed). */
  refuseRefund?(tradeNo: string): Promise<void>;
  /** From now on nobody can connect to the HIS. */
  makeUnreachable?(): Promise<void>;
};

export type HospitalSubject = {
  readonly adapter: HospitalAdapter;
  /** A patient the HIS knows. */
  readonly patient: { readonly cardType: CardType; readonly cardNo: string; readonly patientId: string };
  /** A card number with a character the HIS's columns cannot hold; left out when they hold every character. */
  readonly lossyCardNo?: string;
  readonly control: HospitalControl;
  stop?(): Promise<void>;
};

export type HospitalConformanceOptions = {
  readonly name: string;
  /** Makes an adapter joined to its HIS, new for each rule. */
  readonly makeSubject: () => Promise<HospitalSubject>;
  /** Rules that cannot apply, each with the reason. A rule that cannot be run and is not named fails; so does a named rule that could be run. */
  readonly notApplicable?: Readonly<Record<string, string>>;
};

export type HospitalRule = {
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  /** Whether the subject has what the rule needs. */
  readonly applies?: (subject: HospitalSubject) => boolean;
  run(bench: HospitalBench): Promise<void>;
};

/** Registers one node:test test for each rule of the hospital adapter contract. */
export function runHospitalAdapterConformance(options: HospitalConformanceOptions): void {
  const notApplicable = options.notApplicable ?? {};
  describe(`${options.name} keeps the hospital adapter contract`, () => {
    for (const rule of HOSPITAL_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      test(reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`, async () => {
        const subject = await options.makeSubject();
        try {
          const applies = rule.applies?.(subject) ?? true;
          assert.equal(applies, reason === undefined, applies ? 'the rule could be run: take it out of notApplicable' : 'the subject lacks what the rule needs: provide it, or name the rule in notApplicable');
          if (reason === undefined) await rule.run(new HospitalBench(subject));
        } finally {
          await subject.stop?.();
        }
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = HOSPITAL_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}

/** Long enough for a call over a local network, short enough for a test. */
const CALL_TIMEOUT_MS = 10_000;
/** For calls that are expected to run into their deadline. */
const SHORT_TIMEOUT_MS = 400;
const NOT_SENT = /^notSent:/;

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

  async query(tradeNo: string, timeoutMs = CALL_TIMEOUT_MS): Promise<HisQueryResult<Confirmation>> {
    return fits('queryConfirmation', await this.adapter.queryConfirmation({ tradeNo }, this.context(timeoutMs)));
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
    return { tradeNo: request.tradeNo, refundNo: this.newNumber('RF'), refundFen: request.amountFen, totalFen: request.amountFen, reason: '患者申请退款' };
  }

  async approveRefund(request: RefundApprovalRequest, timeoutMs = CALL_TIMEOUT_MS) {
    assert.ok(this.adapter.approveRefund, 'the adapter has no approveRefund');
    return fits('approveRefund', await this.adapter.approveRefund(request, this.context(timeoutMs)));
  }

  async queryRefund(request: RefundApprovalRequest) {
    assert.ok(this.adapter.queryRefundApproval, 'an adapter that approves refunds can be asked about them');
    return fits('queryRefundApproval', await this.adapter.queryRefundApproval({ refundNo: request.refundNo, tradeNo: request.tradeNo }, this.context()));
  }

  /** Confirms once, undisturbed. */
  async book(request: ConfirmRequest): Promise<Confirmation> {
    return okValue(await this.confirm(request));
  }
}

const CHECKS = new Map(Object.entries(HIS_RESULT_SCHEMAS).map(([name, schema]) => [name, Compile(schema)]));

function fits<Result>(operation: keyof typeof HIS_RESULT_SCHEMAS, result: Result): Result {
  assert.equal(CHECKS.get(operation)?.Check(result), true, `${operation} answered outside of the contract: ${JSON.stringify(result)}`);
  return result;
}

function okValue<Value>(result: HisResult<Value> | HisQueryResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected ok, got ${JSON.stringify(result)}`);
  return result.value;
}

function isUnknownSent(result: HisResult<unknown> | HisQueryResult<unknown>, why: string): void {
  assert.equal(result.kind, 'unknown', `${why}: ${JSON.stringify(result)}`);
  assert.ok(result.kind === 'unknown' && !NOT_SENT.test(result.reason), `the call was sent, so it must not say notSent: ${JSON.stringify(result)}`);
}

const hasInsurance = ({ adapter }: HospitalSubject): boolean => adapter.insuranceDetails !== undefined;
const hasRefunds = ({ adapter }: HospitalSubject): boolean => adapter.approveRefund !== undefined || adapter.queryRefundApproval !== undefined;
const knows = (fault: HospitalFault) => ({ control }: HospitalSubject): boolean => control.faults.includes(fault);

const AFTER_COMMIT: readonly HospitalFault[] = ['dropAfterCommit', 'silenceAfterCommit', 'serverErrorAfterCommit', 'garbageValues', 'garbageBytes'];
const BEFORE_EXECUTION: readonly HospitalFault[] = ['dropBeforeExecution', 'silenceBeforeExecution'];
const timeoutFor = (fault: HospitalFault): number => (fault.startsWith('silence') ? SHORT_TIMEOUT_MS : CALL_TIMEOUT_MS);

export const HOSPITAL_RULES: readonly HospitalRule[] = [
  {
    id: 'patient.find',
    title: 'a patient is found by card, and an unknown card finds nobody',
    run: async (bench) => {
      const { patient } = bench.subject;
      const found = okValue(fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: patient.cardNo }, bench.context())));
      assert.deepEqual(found.map(({ patientId }) => patientId), [patient.patientId]);
      const nobody = fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: '0000000000000' }, bench.context()));
      assert.ok((nobody.kind === 'ok' && nobody.value.length === 0) || nobody.kind === 'rejected', JSON.stringify(nobody));
    },
  },
  {
    id: 'patient.injection',
    title: 'SQL or quotes in a card number are characters that match nobody',
    run: async (bench) => {
      for (const cardNo of ["' OR '1'='1", "x'; DROP TABLE t--", '"%_']) {
        const result = fits('findPatient', await bench.adapter.findPatient({ cardType: bench.subject.patient.cardType, cardNo }, bench.context()));
        assert.ok((result.kind === 'ok' && result.value.length === 0) || result.kind === 'rejected', JSON.stringify(result));
      }
    },
  },
  {
    id: 'text.lossy',
    title: 'characters the HIS cannot hold are refused, not changed',
    applies: ({ lossyCardNo }) => lossyCardNo !== undefined,
    run: async (bench) => {
      const { patient, lossyCardNo = '' } = bench.subject;
      const result = fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: lossyCardNo }, bench.context()));
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
    },
  },
  {
    id: 'bill.list',
    title: 'an open bill is listed with its amount, at once, and no longer once it is paid',
    run: async (bench) => {
      const { bill, request } = await bench.newPayment();
      const list = async () => okValue(fits('listOpenBills', await bench.adapter.listOpenBills({ patientId: bill.patientId }, bench.context())));
      assert.equal((await list()).find(({ billNo }) => billNo === bill.billNo)?.amountFen, bill.amountFen);
      await bench.book(request);
      assert.equal((await list()).some(({ billNo }) => billNo === bill.billNo), false);
    },
  },
  {
    id: 'bill.quote',
    title: 'a quote\'s parts make its total, its total is the bill\'s, and it expires later than now',
    run: async (bench) => {
      const { bill, quote } = await bench.newPayment();
      assert.equal(quote.totalFen, bill.amountFen);
      assert.equal(quote.fundFen + quote.personalAccountFen + quote.selfPayFen, quote.totalFen);
      assert.ok(Date.parse(quote.validUntil) > Date.now(), quote.validUntil);
    },
  },
  {
    id: 'confirm.replay',
    title: 'the same confirm three times books once and answers ok with the same numbers each time',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      const first = await bench.book(request);
      assert.equal(first.amountFen, request.amountFen);
      for (let count = 2; count <= 3; count += 1) {
        const again = await bench.book(request);
        assert.equal(again.settlementNo, first.settlementNo);
        assert.equal(again.amountFen, request.amountFen);
      }
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  },
  {
    id: 'confirm.parallel',
    title: 'two confirms of one trade number at once book once, and neither is refused',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      const results = await Promise.all([bench.confirm(request), bench.confirm(request)]);
      for (const result of results) assert.ok(result.kind === 'ok' || result.kind === 'unknown', JSON.stringify(result));
      assert.ok(results.some(({ kind }) => kind === 'ok'), 'one of the two must get through');
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  },
  ...AFTER_COMMIT.map((fault): HospitalRule => ({
    id: `confirm.${fault}`,
    title: 'a confirm whose answer is lost or spoiled after the booking is unknown; the query shows the booking, a re-send is ok, and it is booked once',
    applies: knows(fault),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.failNext('confirm', fault);
      isUnknownSent(await bench.confirm(request, timeoutFor(fault)), 'nobody knows yet what was booked');
      const found = okValue(await bench.query(request.tradeNo));
      assert.equal(found.amountFen, request.amountFen);
      const again = await bench.book(request);
      assert.equal(again.settlementNo, found.settlementNo);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  })),
  ...BEFORE_EXECUTION.map((fault): HospitalRule => ({
    id: `confirm.${fault}`,
    title: 'a confirm that was sent and not carried out is unknown; the query says absent, and a re-send books once',
    applies: knows(fault),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.failNext('confirm', fault);
      isUnknownSent(await bench.confirm(request, timeoutFor(fault)), 'a call that left may have been carried out');
      assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
      await bench.book(request);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  })),
  {
    id: 'confirm.deadlinePassed',
    title: 'a confirm whose deadline has passed is not sent and says so',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      const result = await bench.confirm(request, -1);
      assert.equal(result.kind, 'unknown');
      assert.ok(result.kind === 'unknown' && NOT_SENT.test(result.reason), JSON.stringify(result));
      assert.equal(await bench.bookings(request.tradeNo), 0);
    },
  },
  {
    id: 'confirm.unreachable',
    title: 'when the HIS cannot be reached, a confirm is unknown and says that it was not sent',
    applies: ({ control }) => control.makeUnreachable !== undefined,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.control.makeUnreachable?.();
      assert.equal((await bench.query(request.tradeNo, 3_000)).kind, 'unknown', 'no connection is not "absent"');
      const result = await bench.confirm(request, 3_000);
      assert.ok(result.kind === 'unknown' && NOT_SENT.test(result.reason), JSON.stringify(result));
    },
  },
  {
    id: 'confirm.paidByOthers',
    title: 'a bill somebody else has paid is rejected, and nothing is booked under our number',
    run: async (bench) => {
      const { bill, request } = await bench.newPayment();
      await bench.control.payAtWindow(bill);
      const result = await bench.confirm(request);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bench.bookings(request.tradeNo), 0);
      assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
    },
  },
  {
    id: 'confirm.secondPayment',
    title: 'a second trade number for a bill we have already paid is rejected: that payment must go back',
    run: async (bench) => {
      const { bill, quote, request } = await bench.newPayment();
      await bench.book(request);
      const second = bench.paymentFor(bill, quote);
      const result = await bench.confirm(second);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bench.bookings(second.tradeNo), 0);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  },
  {
    id: 'confirm.amountDiffers',
    title: 'an amount that is not the quote\'s is a mismatch, and nothing is booked',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      for (const differenceFen of [1, -1]) {
        const wrong = { ...request, tradeNo: bench.newNumber('CT'), amountFen: request.amountFen + differenceFen };
        const result = await bench.confirm(wrong);
        assert.equal(result.kind, 'mismatch', JSON.stringify(result));
        assert.equal(await bench.bookings(wrong.tradeNo), 0);
      }
    },
  },
  {
    id: 'confirm.billChanged',
    title: 'a bill the doctor changed after the quote is refused definitely, and nothing is booked',
    run: async (bench) => {
      const { bill, request } = await bench.newPayment();
      await bench.control.changeBill(bill);
      const result = await bench.confirm(request);
      assert.ok(result.kind === 'mismatch' || result.kind === 'rejected', JSON.stringify(result));
      assert.equal(await bench.bookings(request.tradeNo), 0);
    },
  },
  {
    id: 'insurance.details',
    title: 'visit, diagnoses and fees of a quoted bill are told; the fees make the quote\'s total and keep their numbers',
    applies: hasInsurance,
    run: async (bench) => {
      const { bill, quote } = await bench.newPayment();
      const { visit, fees } = okValue(await bench.insuranceDetails(bill, quote));
      assert.ok(visit.diagnoses.length > 0, 'a visit without a diagnosis cannot be registered');
      assert.equal(fees.reduce((sum, { amountFen }) => sum + amountFen, 0), quote.totalFen);
      assert.equal(new Set(fees.map(({ feeNo }) => feeNo)).size, fees.length, 'each fee has a number of its own');
      assert.deepEqual(okValue(await bench.insuranceDetails(bill, quote)).fees, fees);
    },
  },
  {
    id: 'insurance.billChanged',
    title: 'a bill the doctor changed after the quote has no insurance details any more',
    applies: hasInsurance,
    run: async (bench) => {
      const { bill, quote } = await bench.newPayment();
      await bench.control.changeBill(bill);
      const result = await bench.insuranceDetails(bill, quote);
      assert.ok(result.kind === 'mismatch' || result.kind === 'rejected', JSON.stringify(result));
    },
  },
  {
    id: 'insurance.confirm',
    title: 'an insured payment is booked once, with the whole amount, however often it is told',
    applies: hasInsurance,
    run: async (bench) => {
      const { bill, quote } = await bench.newPayment();
      const request = bench.insuredPaymentFor(bill, quote);
      const first = await bench.book(request);
      assert.equal(first.amountFen, quote.totalFen);
      assert.equal((await bench.book(request)).settlementNo, first.settlementNo);
      assert.equal(okValue(await bench.query(request.tradeNo)).amountFen, quote.totalFen);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  },
  {
    id: 'insurance.partsDiffer',
    title: 'fund, account and cash that do not make the quoted total are a mismatch, and nothing is booked',
    applies: hasInsurance,
    run: async (bench) => {
      const { bill, quote } = await bench.newPayment();
      const request = bench.insuredPaymentFor(bill, quote);
      const result = await bench.confirm({ ...request, insurance: { ...request.insurance, fundFen: request.insurance.fundFen + 1 } });
      assert.equal(result.kind, 'mismatch', JSON.stringify(result));
      assert.equal(await bench.bookings(request.tradeNo), 0);
    },
  },
  {
    id: 'query.absent',
    title: 'a trade number the HIS never saw is absent',
    run: async (bench) => {
      assert.deepEqual(await bench.query(bench.newNumber('CT')), { kind: 'absent' });
    },
  },
  ...HOSPITAL_FAULTS.map((fault): HospitalRule => ({
    id: `query.${fault}`,
    title: 'a query without a proper answer is unknown, never absent',
    applies: knows(fault),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      await bench.failNext('queryConfirmation', fault);
      assert.equal((await bench.query(request.tradeNo, timeoutFor(fault))).kind, 'unknown');
      assert.equal(okValue(await bench.query(request.tradeNo)).amountFen, request.amountFen, 'and the next one works again');
    },
  })),
  {
    id: 'quote.garbage',
    title: 'a quote with values that are not amounts is unknown, never a price',
    applies: knows('garbageValues'),
    run: async (bench) => {
      const bill = await bench.control.makeBill();
      await bench.failNext('presettle', 'garbageValues');
      assert.equal((await bench.presettle(bill)).kind, 'unknown');
    },
  },
  {
    id: 'refund.replay',
    title: 'the same refund approval three times reverses once and gives the same number; the query finds it',
    applies: hasRefunds,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      const refund = bench.refundOf(request);
      const first = okValue(await bench.approveRefund(refund));
      for (let count = 2; count <= 3; count += 1) assert.deepEqual(okValue(await bench.approveRefund(refund)), first);
      assert.deepEqual(okValue(await bench.queryRefund(refund)), first);
      assert.equal(await bench.control.countRefunds(refund.refundNo), 1);
    },
  },
  ...AFTER_COMMIT.map((fault): HospitalRule => ({
    id: `refund.${fault}`,
    title: 'a refund approval whose answer is lost or spoiled is unknown, found by the query, and made once',
    applies: (subject) => hasRefunds(subject) && knows(fault)(subject),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      const refund = bench.refundOf(request);
      await bench.failNext('approveRefund', fault);
      isUnknownSent(await bench.approveRefund(refund, timeoutFor(fault)), 'nobody knows yet whether the HIS reversed it');
      const found = okValue(await bench.queryRefund(refund));
      assert.deepEqual(okValue(await bench.approveRefund(refund)), found);
      assert.equal(await bench.control.countRefunds(refund.refundNo), 1);
    },
  })),
  {
    id: 'refund.absent',
    title: 'a refund number the HIS never saw is absent',
    applies: hasRefunds,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      assert.deepEqual(await bench.queryRefund(bench.refundOf(request)), { kind: 'absent' });
    },
  },
  {
    id: 'refund.refused',
    title: 'a refund the HIS refuses is rejected, and nothing is reversed',
    applies: (subject) => hasRefunds(subject) && subject.control.refuseRefund !== undefined,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      await bench.control.refuseRefund?.(request.tradeNo);
      const refund = bench.refundOf(request);
      const result = await bench.approveRefund(refund);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bench.control.countRefunds(refund.refundNo), 0);
    },
  },
  {
    id: 'day.list',
    title: 'the day list holds the payment and its refund with their amounts, page by page',
    applies: ({ adapter }) => adapter.listDay !== undefined && adapter.approveRefund !== undefined,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      const refund = bench.refundOf(request);
      okValue(await bench.approveRefund(refund));
      const lines = await wholeDay(bench, beijingDay(new Date()));
      assert.equal(lines.find(({ kind, tradeNo }) => kind === 'payment' && tradeNo === request.tradeNo)?.amountFen, request.amountFen);
      assert.equal(lines.find(({ kind, refundNo }) => kind === 'refund' && refundNo === refund.refundNo)?.amountFen, refund.refundFen);
      const empty = fits('listDay', await bench.adapter.listDay?.({ day: '2001-01-01', page: 1, pageSize: 10 }, bench.context()));
      assert.ok(empty?.kind === 'ok' && empty.value.length === 0, 'a day without business is an empty list, not an error');
    },
  },
  {
    id: 'dictionary.load',
    title: 'every dictionary that is declared can be loaded and has entries',
    applies: ({ adapter }) => (adapter.dictionaries?.length ?? 0) > 0,
    run: async (bench) => {
      for (const name of bench.adapter.dictionaries ?? []) {
        const loaded = fits('loadDictionary', await bench.adapter.loadDictionary?.({ name }, bench.context()));
        assert.ok(loaded?.kind === 'ok' && loaded.value.length > 0, JSON.stringify(loaded));
      }
    },
  },
  {
    id: 'health.ping',
    title: 'the HIS tells its time',
    applies: ({ adapter }) => adapter.ping !== undefined,
    run: async (bench) => {
      assert.equal(fits('ping', await bench.adapter.ping?.(bench.context()))?.kind, 'ok');
    },
  },
];

/** The suite's calendar is Beijing's, as the hospitals' are. */
function beijingDay(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

const PAGE_SIZE = 3;
const LARGEST_PAGES = 50;

async function wholeDay(bench: HospitalBench, day: string) {
  const lines = [];
  for (let page = 1; page <= LARGEST_PAGES; page += 1) {
    const result = fits('listDay', await bench.adapter.listDay?.({ day, page, pageSize: PAGE_SIZE }, bench.context()));
    assert.ok(result?.kind === 'ok', JSON.stringify(result));
    lines.push(...result.value);
    if (result.value.length < PAGE_SIZE) return lines;
  }
  return lines;
}
