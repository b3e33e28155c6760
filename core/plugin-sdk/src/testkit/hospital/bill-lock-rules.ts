/** 收费加锁 and 冲正: who may touch a bill while a patient pays it, and the undoing of a booking that must not stand; and bookings of two steps, and of nothing. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import type { BookingReversalRequestSchema } from '../../hospital/bill-locks.js';
import { called, fits, okValue, isUnknownSent, timeoutFor, knows, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalFault, HospitalSubject, OpenBill } from './hospital-subject.js';
import { hasOffices, officesOf } from './office-rules.js';
import { onceRules } from './once-rules.js';

type ReversalRequest = Static<typeof BookingReversalRequestSchema>;
const lock = async (bench: HospitalBench, lockNo: string, { patientId, billNo }: OpenBill) => fits('lockBills', await called(bench.adapter.lockBills?.({ lockNo, patientId, billNos: [billNo] }, bench.context())));
const unlock = async (bench: HospitalBench, lockNo: string, { patientId, billNo }: OpenBill) => fits('unlockBills', await called(bench.adapter.unlockBills?.({ lockNo, patientId, billNos: [billNo] }, bench.context())));
const reverse = async (bench: HospitalBench, request: ReversalRequest, timeoutMs?: number) => fits('reverseConfirmation', await called(bench.adapter.reverseConfirmation?.(request, bench.context(timeoutMs))));

async function reversalRequest(bench: HospitalBench): Promise<ReversalRequest> {
  const { request } = await bench.newPayment();
  const { settlementNo } = await bench.book(request);
  return { tradeNo: request.tradeNo, settlementNo, amountFen: request.amountFen, reason: '冲正' };
}

const bookedInTwoSteps = (fault: HospitalFault) => (subject: HospitalSubject): boolean =>
  subject.control.countArrivals !== undefined && subject.control.failNextOperation !== undefined && knows(fault)(subject);

export const BILL_LOCK_RULES: readonly HospitalRule[] = [
  {
    id: 'billLock.blocks',
    title: 'a locked bill is touched by no doctor, no cashier and no other terminal, and can be paid by who holds the lock',
    facets: ['billLocks'], applies: hasOffices,
    run: async (bench) => {
      const bill = await bench.control.makeBill();
      const lockNo = bench.newNumber('BL');
      for (let count = 1; count <= 2; count += 1) okValue(await lock(bench, lockNo, bill));
      await assert.rejects(async () => { await bench.control.changeBill(bill); }, 'no doctor changes it');
      await assert.rejects(async () => { await bench.control.payAtWindow(bill); }, 'no cashier takes it');
      assert.equal((await lock(bench, bench.newNumber('BL'), bill)).kind, 'rejected');
      const request = bench.paymentFor(bill, okValue(await bench.presettle(bill)));
      await bench.book(request);
      okValue(await unlock(bench, lockNo, bill));
    },
  },
  {
    id: 'billLock.ends',
    title: 'a lock that is given back, however often, or that ran out blocks nobody',
    facets: ['billLocks'], applies: hasOffices,
    run: async (bench) => {
      const givenBack = await bench.control.makeBill();
      const lockNo = bench.newNumber('BL');
      okValue(await lock(bench, lockNo, givenBack));
      for (let count = 1; count <= 2; count += 1) okValue(await unlock(bench, lockNo, givenBack));
      await bench.control.payAtWindow(givenBack);
      const ranOut = await bench.control.makeBill();
      okValue(await lock(bench, bench.newNumber('BL'), ranOut));
      await officesOf(bench).expireBillLocks(ranOut.billNo);
      await bench.control.payAtWindow(ranOut);
    },
  },
  ...onceRules<ReversalRequest, object>({
    id: 'reversal', what: 'the undoing of a booking', facets: ['reversal'], applies: hasOffices, operation: 'reverseConfirmation', tellsNothing: true,
    prepare: reversalRequest, send: reverse, count: (bench, { tradeNo }) => officesOf(bench).countReversals(tradeNo),
  }),
  {
    id: 'reversal.absent',
    title: 'an undone booking is absent and never booked again under its number; the bill can be paid under another',
    facets: ['reversal'], applies: hasOffices,
    run: async (bench) => {
      const { bill, request } = await bench.newPayment();
      const { settlementNo } = await bench.book(request);
      okValue(await reverse(bench, { tradeNo: request.tradeNo, settlementNo, amountFen: request.amountFen, reason: '冲正' }));
      assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
      assert.equal((await bench.confirm(request)).kind, 'rejected');
      await bench.book(bench.paymentFor(bill, okValue(await bench.presettle(bill))));
    },
  },
  {
    id: 'reversal.dispensed',
    title: 'a booking whose drugs are handed out, and one of another amount, are not undone',
    facets: ['reversal'], applies: (subject) => hasOffices(subject) && subject.control.dispense !== undefined,
    run: async (bench) => {
      const request = await reversalRequest(bench);
      assert.equal((await reverse(bench, { ...request, amountFen: request.amountFen + 1 })).kind, 'mismatch');
      await bench.control.dispense?.(request.tradeNo);
      const result = await reverse(bench, request);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(okValue(await bench.query(request.tradeNo)).amountFen, request.amountFen);
    },
  },
  {
    id: 'confirm.nothingToPay',
    title: 'a bill with a self-pay of zero is booked once, with zero',
    applies: ({ control }) => control.makeFreeBill !== undefined, shown: 'whenOffered',
    run: async (bench) => {
      const bill = (await bench.control.makeFreeBill?.()) ?? assert.fail('no bill');
      const quote = okValue(await bench.presettle(bill));
      assert.equal(quote.selfPayFen, 0);
      const request = bench.paymentFor(bill, quote);
      const first = await bench.book(request);
      assert.equal(first.amountFen, 0);
      for (let count = 2; count <= 3; count += 1) assert.deepEqual(await bench.book(request), first);
      assert.equal(okValue(await bench.query(request.tradeNo)).amountFen, 0);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  },
  ...(['dropAfterCommit', 'dropBeforeExecution', 'serverErrorAfterCommit', 'silenceAfterCommit'] as const).map((fault): HospitalRule => ({
    id: `arrival.${fault}`,
    title: 'where the HIS books in two steps, a second step without an answer leaves the confirm unknown; told again, both are done once',
    applies: bookedInTwoSteps(fault), shown: 'whenOffered',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.failNextOperation('confirmArrival', fault);
      isUnknownSent(await bench.confirm(request, timeoutFor(fault)), 'half a booking is no booking');
      if (fault === 'dropBeforeExecution') assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' }, 'half a booking is absent, so that it is told again');
      await bench.book(request);
      okValue(await bench.query(request.tradeNo));
      assert.equal(await bench.control.countArrivals?.(request.tradeNo), 1);
      assert.equal(await bench.bookings(request.tradeNo), 1);
    },
  })),
];
