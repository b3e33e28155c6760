import assert from 'node:assert/strict';
import { okValue } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';

const hasInsurance = ({ adapter }: HospitalSubject): boolean => adapter.insuranceDetails !== undefined;

/** For hospitals whose insurance is settled through the platform. */
export const INSURANCE_RULES: readonly HospitalRule[] = [
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
];
