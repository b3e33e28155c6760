import assert from 'node:assert/strict';
import { beijingDay, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';

/** What is compared and looked up between payments. */
export const DAY_RULES: readonly HospitalRule[] = [
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
