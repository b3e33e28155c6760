import assert from 'node:assert/strict';
import { AFTER_COMMIT, BEFORE_EXECUTION, isUnknownSent, knows, NOT_SENT, okValue, timeoutFor } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';

/** One trade number books once, and nothing but a definite answer is believed. */
export const CONFIRM_RULES: readonly HospitalRule[] = [
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
      const found = await bench.query(request.tradeNo);
      // Where the HIS books in two steps the first alone is half a booking, and absent.
      if (bench.control.countArrivals === undefined) assert.equal(okValue(found).amountFen, request.amountFen);
      else assert.equal(found.kind, 'absent');
      const again = await bench.book(request);
      if (found.kind === 'ok') assert.equal(again.settlementNo, found.value.settlementNo);
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
];
