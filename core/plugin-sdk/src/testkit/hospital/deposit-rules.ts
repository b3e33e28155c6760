/** 预交金: only for a stay that is in hospital and of the right number, booked once, and answered with success however often it is told. */
import assert from 'node:assert/strict';
import type { Confirmation, ConfirmRequest, RefundApproval, RefundApprovalRequest } from '../../hospital-adapter.js';
import { called, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';
import { onceRules } from './once-rules.js';
import type { OpenStay, WardControl } from './ward-control.js';

export const hasWards = ({ control }: HospitalSubject): boolean => control.wards !== undefined;
export function wardsOf(bench: HospitalBench): WardControl {
  return bench.control.wards ?? assert.fail('the subject has no wards');
}

export function stayPayment(bench: HospitalBench, stay: OpenStay, { amountFen, quoteNo, business }: { readonly amountFen: number; readonly quoteNo: string; readonly business: 'deposit' | 'discharge' }): ConfirmRequest {
  const tradeNo = bench.newNumber('CT');
  return {
    tradeNo, patientId: stay.patientId, quoteNo, billNos: [stay.inpatientNo], amountFen, paidAt: new Date().toISOString(), channel: 'WX', channelTradeNo: `42${tradeNo}`, terminalId: 'KIOSK-01',
    business, inpatientNo: stay.inpatientNo, visitId: stay.visitId,
  };
}

export const depositOf = (bench: HospitalBench, stay: OpenStay, amountFen = 30_001): ConfirmRequest => stayPayment(bench, stay, { amountFen, quoteNo: stay.inpatientNo, business: 'deposit' });
export const stayOf = ({ inpatientNo, visitId }: OpenStay) => ({ inpatientNo, visitId });

export async function depositStates(bench: HospitalBench, stay: OpenStay) {
  return okValue(fits('listDeposits', await called(bench.adapter.listDeposits?.(stayOf(stay), bench.context()))));
}

async function refused(bench: HospitalBench, request: ConfirmRequest): Promise<void> {
  const result = await bench.confirm(request);
  assert.equal(result.kind, 'rejected', JSON.stringify(result));
  assert.equal(await wardsOf(bench).countDeposits(request.tradeNo), 0);
}

export const DEPOSIT_RULES: readonly HospitalRule[] = [
  {
    id: 'inpatient.find',
    title: 'a stay is found by the patient\'s card, with its deposit; the day\'s fees and their sums are told',
    facets: ['inpatients', 'inpatientFees'], applies: hasWards,
    run: async (bench) => {
      const stay = await wardsOf(bench).makeStay(50_003);
      await bench.book(depositOf(bench, stay));
      const found = okValue(fits('findInpatient', await called(bench.adapter.findInpatient?.({ cardType: stay.cardType, cardNo: stay.cardNo }, bench.context()))));
      const current = found.find(({ visitId }) => visitId === stay.visitId);
      assert.equal(current?.state, 'admitted');
      assert.equal(current.depositFen, 30_001);
      assert.equal(current.costFen, 50_003);
      const sums = okValue(fits('sumFees', await called(bench.adapter.sumFees?.(stayOf(stay), bench.context()))));
      assert.equal(sums.reduce((sum, { amountFen }) => sum + amountFen, 0), 50_003);
      const daily = async (day: string) => okValue(fits('listDailyFees', await called(bench.adapter.listDailyFees?.({ ...stayOf(stay), day }, bench.context()))));
      assert.deepEqual(await daily('2001-01-01'), [], 'a day without fees is an empty list, not an error');
    },
  },
  ...onceRules<ConfirmRequest, Confirmation>({
    id: 'deposit', what: 'a deposit', facets: ['inpatients'], applies: hasWards, operation: 'confirmDeposit',
    prepare: async (bench) => depositOf(bench, await wardsOf(bench).makeStay(0)),
    send: (bench, request, timeoutMs) => bench.confirm(request, timeoutMs),
    count: (bench, { tradeNo }) => wardsOf(bench).countDeposits(tradeNo),
    question: { operation: 'queryDeposit', ask: (bench, { tradeNo }, timeoutMs) => bench.query(tradeNo, timeoutMs, 'deposit') },
  }),
  {
    id: 'deposit.otherAmount',
    title: 'a trade number that is booked is never ok with another amount',
    facets: ['inpatients'], applies: hasWards,
    run: async (bench) => {
      const request = depositOf(bench, await wardsOf(bench).makeStay(0));
      await bench.book(request);
      const again = await bench.confirm({ ...request, amountFen: request.amountFen + 1 });
      assert.ok(again.kind === 'mismatch' || again.kind === 'unknown', JSON.stringify(again));
      assert.equal(okValue(await bench.query(request.tradeNo, undefined, 'deposit')).amountFen, request.amountFen);
    },
  },
  {
    id: 'deposit.wrongVisit',
    title: 'a deposit for an earlier stay is rejected, and nothing is booked',
    facets: ['inpatients'], applies: hasWards,
    run: async (bench) => {
      const stay = await wardsOf(bench).makeStay(0);
      await refused(bench, { ...depositOf(bench, stay), visitId: stay.earlierVisitId });
    },
  },
  {
    id: 'deposit.afterDischarge',
    title: 'a deposit for a patient who has left is rejected, and nothing is booked',
    facets: ['inpatients'], applies: hasWards,
    run: async (bench) => {
      const stay = await wardsOf(bench).makeStay(0);
      await wardsOf(bench).discharge(stay);
      await refused(bench, depositOf(bench, stay));
    },
  },
  ...onceRules<RefundApprovalRequest, RefundApproval>({
    id: 'depositRefund', what: 'a refund of a deposit', facets: ['inpatients', 'refunds'], applies: hasWards, operation: 'approveDepositRefund',
    prepare: async (bench) => {
      const request = depositOf(bench, await wardsOf(bench).makeStay(0));
      await bench.book(request);
      return bench.refundOf(request);
    },
    send: (bench, request, timeoutMs) => bench.approveRefund(request, timeoutMs),
    count: (bench, { refundNo }) => wardsOf(bench).countDepositRefunds(refundNo),
    question: { operation: 'queryDepositRefund', ask: (bench, request, timeoutMs) => bench.queryRefund(request, timeoutMs) },
  }),
];
