import assert from 'node:assert/strict';
import { fits, knows, okValue } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';

/** What is owed, and what it costs now. */
export const BILL_RULES: readonly HospitalRule[] = [
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
    id: 'quote.garbage',
    title: 'a quote with values that are not amounts is unknown, never a price',
    applies: knows('garbageValues'),
    run: async (bench) => {
      const bill = await bench.control.makeBill();
      await bench.failNext('presettle', 'garbageValues');
      assert.equal((await bench.presettle(bill)).kind, 'unknown');
    },
  },
];
