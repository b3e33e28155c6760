import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Confirmation, ConfirmRequest, HospitalAdapter } from '../hospital-adapter.js';
import type { HisResult } from '../hospital/his-result.js';
import { runHospitalAdapterConformance } from './hospital-adapter-conformance.js';
import { HospitalBench } from './hospital/hospital-bench.js';
import { HOSPITAL_RULES } from './hospital/hospital-rules.js';
import { HOSPITAL_FAULTS, type FaultableHisOperation, type HospitalFault, type HospitalSubject } from './hospital/hospital-subject.js';

/** Mistakes an adapter or its author can make; the suite must catch each of them. */
type Bug =
  | 'timeoutIsRejected' | 'garbageIsOk' | 'lostQueryIsAbsent' | 'booksTwice' | 'replayIsRejected' | 'paidByOthersIsOk' | 'mismatchIsOk' | 'lossyIsSent'
  | 'ignoresDeadline' | 'mismatchIsRejected' | 'retriesConfirmAfterLoss' | 'answersOutsideContract' | 'refundsTwice' | 'insuredPartsUnchecked' | 'feesOfChangedBill' | 'feesDoNotAddUp';

type Booking = { readonly tradeNo: string; readonly billNo: string; readonly confirmation: Confirmation };

/** A hospital in memory with an adapter in front of it, whole or with one bug. */
function makeSubject(bug?: Bug): HospitalSubject {
  const bills = new Map<string, { amountFen: number; paid: boolean; version: number }>();
  const quotes = new Map<string, { billNo: string; selfPayFen: number; version: number }>();
  const bookings: Booking[] = [];
  const refunds: { refundNo: string; tradeNo: string; amountFen: number }[] = [];
  const planned = new Map<FaultableHisOperation, HospitalFault>();
  const refused = new Set<string>();
  let serial = 0;
  let reachable = true;
  const next = (prefix: string) => `${prefix}${(serial += 1)}`;
  const lost = { kind: 'unknown', reason: 'no answer' } as const;
  const take = (operation: FaultableHisOperation): HospitalFault | undefined => {
    const fault = planned.get(operation);
    planned.delete(operation);
    return fault;
  };

  const book = (request: ConfirmRequest): HisResult<Confirmation> => {
    const quote = quotes.get(request.quoteNo);
    const bill = bills.get(quote?.billNo ?? '');
    const known = bookings.find(({ tradeNo }) => tradeNo === request.tradeNo);
    if (known !== undefined && bug !== 'booksTwice') return bug === 'replayIsRejected' ? { kind: 'rejected', code: '302', message: 'paid' } : { kind: 'ok', value: known.confirmation };
    if (quote === undefined || bill === undefined) return { kind: 'rejected', code: '301', message: 'unknown quote' };
    if (bill.paid && bug !== 'booksTwice' && bug !== 'paidByOthersIsOk') return { kind: 'rejected', code: '302', message: 'paid' };
    const { insurance } = request;
    const insuredFen = insurance === undefined ? request.amountFen : insurance.fundFen + insurance.accountFen + insurance.cashFen;
    if (insuredFen !== request.amountFen && bug !== 'insuredPartsUnchecked') return { kind: 'mismatch', code: '304', message: 'parts' };
    if ((quote.selfPayFen !== request.amountFen || quote.version !== bill.version) && bug !== 'mismatchIsOk') {
      return { kind: bug === 'mismatchIsRejected' ? 'rejected' : 'mismatch', code: '304', message: 'amount' };
    }
    bill.paid = true;
    const confirmation = { settlementNo: known?.confirmation.settlementNo ?? next('S'), receiptNo: 'R', amountFen: request.amountFen };
    bookings.push({ tradeNo: request.tradeNo, billNo: quote.billNo, confirmation });
    return { kind: 'ok', value: confirmation };
  };

  const adapter: HospitalAdapter = {
    findPatient: ({ cardNo }) => Promise.resolve(cardNo === 'A1' ? { kind: 'ok', value: [{ patientId: 'P1', name: '张三', sex: 'male' }] }
      : cardNo.includes('䶮') && bug !== 'lossyIsSent' ? { kind: 'rejected', code: 'LOSSY', message: '' } : { kind: 'ok', value: [] }),
    listOpenBills: () => Promise.resolve({
      kind: 'ok',
      value: [...bills].filter(([, { paid }]) => !paid).map(([billNo, { amountFen }]) => ({ billNo, billType: '', billedAt: '', departmentName: '', doctorName: '', amountFen, lines: [] })),
    }),
    presettle: ({ billNos }) => {
      const [billNo = ''] = billNos;
      const bill = bills.get(billNo);
      const fault = take('presettle');
      if (bill === undefined) return Promise.resolve({ kind: 'rejected', code: '301', message: '' });
      if (fault !== undefined && bug !== 'garbageIsOk') return Promise.resolve(lost);
      const quoteNo = next('Q');
      quotes.set(quoteNo, { billNo, selfPayFen: bill.amountFen, version: bill.version });
      const validUntil = new Date(Date.now() + 900_000).toISOString();
      return Promise.resolve({ kind: 'ok', value: { quoteNo, totalFen: bill.amountFen, fundFen: 0, personalAccountFen: 0, selfPayFen: bill.amountFen, validUntil } });
    },
    confirm: (request, { deadline }) => {
      if (!reachable || (Date.parse(deadline) <= Date.now() && bug !== 'ignoresDeadline')) return Promise.resolve({ kind: 'unknown', reason: 'notSent: deadline' });
      const fault = take('confirm');
      const done = fault === 'dropBeforeExecution' || fault === 'silenceBeforeExecution' ? undefined : book(request);
      if (fault !== undefined && bug === 'retriesConfirmAfterLoss') return Promise.resolve(book(request));
      if (fault === undefined && bug === 'answersOutsideContract') return Promise.resolve({ kind: 'ok', value: { settlementNo: '', receiptNo: '', amountFen: -1 } });
      if (fault === undefined && done !== undefined) return Promise.resolve(done);
      if (fault === 'garbageValues' && bug === 'garbageIsOk' && done !== undefined) return Promise.resolve(done);
      return Promise.resolve(bug === 'timeoutIsRejected' ? { kind: 'rejected', code: 'TIMEOUT', message: '' } : lost);
    },
    queryConfirmation: ({ tradeNo }) => {
      if (take('queryConfirmation') !== undefined || !reachable) return Promise.resolve(bug === 'lostQueryIsAbsent' ? { kind: 'absent' } : lost);
      const found = bookings.find((booking) => booking.tradeNo === tradeNo);
      return Promise.resolve(found === undefined ? { kind: 'absent' } : { kind: 'ok', value: found.confirmation });
    },
    approveRefund: ({ refundNo, tradeNo, refundFen }) => {
      if (refused.has(tradeNo)) return Promise.resolve({ kind: 'rejected', code: '807', message: '' });
      if (!refunds.some((refund) => refund.refundNo === refundNo) || bug === 'refundsTwice') refunds.push({ refundNo, tradeNo, amountFen: refundFen });
      return Promise.resolve(take('approveRefund') === undefined ? { kind: 'ok', value: { hisRefundNo: `T${refundNo}` } } : lost);
    },
    queryRefundApproval: ({ refundNo }) => Promise.resolve(refunds.some((refund) => refund.refundNo === refundNo) ? { kind: 'ok', value: { hisRefundNo: `T${refundNo}` } } : { kind: 'absent' }),
    listDay: ({ day, page, pageSize }) => {
      const at = new Date().toISOString();
      const lines = day === '2001-01-01' ? [] : [
        ...bookings.map(({ tradeNo, confirmation }) => ({ kind: 'payment' as const, tradeNo, settlementNo: confirmation.settlementNo, amountFen: confirmation.amountFen, paidAt: at })),
        ...refunds.map(({ refundNo, tradeNo, amountFen }) => ({ kind: 'refund' as const, tradeNo, refundNo, settlementNo: 'S', amountFen, paidAt: at })),
      ];
      return Promise.resolve({ kind: 'ok', value: lines.slice((page - 1) * pageSize, page * pageSize) });
    },
    insuranceDetails: ({ quoteNo }) => {
      const quote = quotes.get(quoteNo);
      const bill = bills.get(quote?.billNo ?? '');
      if (quote === undefined || bill === undefined || (quote.version !== bill.version && bug !== 'feesOfChangedBill')) return Promise.resolve({ kind: 'rejected', code: '304', message: 'changed' });
      const fee = { feeNo: `${quote.billNo}-1`, nationalCode: 'X1', hospitalCode: 'H1', amountFen: quote.selfPayFen - (bug === 'feesDoNotAddUp' ? 1 : 0), quantity: '1', unitPriceYuan: '123.45', occurredAt: '2026-03-02T01:30:00Z' };
      const visit = {
        hospitalVisitNo: 'V1', startedAt: '2026-03-02T01:00:00Z', medicalType: '11', complaint: '', doctor: { no: 'D1', name: '医生' }, department: { code: '01', name: '内科', category: 'A03' },
        diagnoses: [{ kind: '1', code: 'J06.900', name: '感染' }],
      };
      return Promise.resolve({ kind: 'ok', value: { visit, fees: [fee] } });
    },
    dictionaries: ['departments'],
    loadDictionary: () => Promise.resolve({ kind: 'ok', value: [{ code: '01', name: '内科' }] }),
    ping: () => Promise.resolve({ kind: 'ok', value: { hisTime: new Date().toISOString() } }),
  };

  return {
    adapter,
    patient: { cardType: 'visitCard', cardNo: 'A1', patientId: 'P1' },
    lossyCardNo: 'A䶮',
    control: {
      makeBill: () => {
        const billNo = next('B');
        bills.set(billNo, { amountFen: 12_345, paid: false, version: 1 });
        return Promise.resolve({ patientId: 'P1', billNo, amountFen: 12_345 });
      },
      changeBill: ({ billNo }) => { const bill = bills.get(billNo); if (bill !== undefined) bill.version += 1; return Promise.resolve(); },
      payAtWindow: ({ billNo }) => { const bill = bills.get(billNo); if (bill !== undefined) bill.paid = true; return Promise.resolve(); },
      countBookings: (tradeNo) => Promise.resolve(bookings.filter((booking) => booking.tradeNo === tradeNo).length),
      countRefunds: (refundNo) => Promise.resolve(refunds.filter((refund) => refund.refundNo === refundNo).length),
      faults: HOSPITAL_FAULTS,
      failNext: (operation, fault) => { planned.set(operation, fault); return Promise.resolve(); },
      refuseRefund: (tradeNo) => { refused.add(tradeNo); return Promise.resolve(); },
      makeUnreachable: () => { reachable = false; return Promise.resolve(); },
    },
  };
}

runHospitalAdapterConformance({ name: 'a sound adapter in memory', makeSubject: () => Promise.resolve(makeSubject()) });

/** The rules that a subject breaks. */
async function brokenBy(bug: Bug): Promise<string[]> {
  const broken: string[] = [];
  for (const rule of HOSPITAL_RULES) {
    try {
      await rule.run(new HospitalBench(makeSubject(bug)));
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
      broken.push(rule.id);
    }
  }
  return broken;
}

/** Each bug with a rule that must catch it. */
const CAUGHT_BY: readonly (readonly [Bug, string])[] = [
  ['timeoutIsRejected', 'confirm.dropAfterCommit'],
  ['garbageIsOk', 'confirm.garbageValues'],
  ['lostQueryIsAbsent', 'query.dropAfterCommit'],
  ['booksTwice', 'confirm.replay'],
  ['replayIsRejected', 'confirm.replay'],
  ['paidByOthersIsOk', 'confirm.paidByOthers'],
  ['mismatchIsOk', 'confirm.amountDiffers'],
  ['mismatchIsRejected', 'confirm.amountDiffers'],
  ['lossyIsSent', 'text.lossy'],
  ['ignoresDeadline', 'confirm.deadlinePassed'],
  ['retriesConfirmAfterLoss', 'confirm.silenceBeforeExecution'],
  ['answersOutsideContract', 'confirm.replay'],
  ['refundsTwice', 'refund.replay'],
  ['insuredPartsUnchecked', 'insurance.partsDiffer'],
  ['feesOfChangedBill', 'insurance.billChanged'],
  ['feesDoNotAddUp', 'insurance.details'],
];

for (const [bug, rule] of CAUGHT_BY) {
  test(`the suite catches an adapter with the bug ${bug}`, async () => {
    const broken = await brokenBy(bug);
    assert.ok(broken.includes(rule), `expected ${rule} among ${broken.join(', ') || 'none'}`);
  });
}
