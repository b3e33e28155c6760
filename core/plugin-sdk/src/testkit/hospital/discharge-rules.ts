/** 出院结算: nothing may stand against it; it ends in collecting more or in giving back; settled once, under our number. */
import assert from 'node:assert/strict';
import type { Confirmation, ConfirmRequest } from '../../hospital-adapter.js';
import type { HisResult } from '../../hospital/his-result.js';
import type { DischargeQuote, DischargeSettlement } from '../../hospital/inpatients.js';
import { depositOf, depositStates, hasWards, stayOf, stayPayment, wardsOf } from './deposit-rules.js';
import { called, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import { onceRules } from './once-rules.js';
import type { OpenStay } from './ward-control.js';

type Leaving = { readonly stay: OpenStay; readonly quote: DischargeQuote; readonly deposit: ConfirmRequest };
type SettleRequest = Leaving & { readonly settlementNo: string };

/** Costs 500.03; the deposit decides whether money is collected or given back. */
async function leaving(bench: HospitalBench, depositFen: number): Promise<Leaving> {
  const stay = await wardsOf(bench).makeStay(50_003);
  const deposit = depositOf(bench, stay, depositFen);
  await bench.book(deposit);
  await wardsOf(bench).orderDischarge(stay);
  return { stay, deposit, quote: okValue(await presettle(bench, stay)) };
}

async function presettle(bench: HospitalBench, stay: OpenStay): Promise<HisResult<DischargeQuote>> {
  return fits('presettleDischarge', await called(bench.adapter.presettleDischarge?.(stayOf(stay), bench.context())));
}

async function settle(bench: HospitalBench, { stay, quote, settlementNo }: SettleRequest, timeoutMs?: number): Promise<HisResult<DischargeSettlement>> {
  const { settlementQuoteNo, collectFen, refundFen } = quote;
  return fits('settleDischarge', await called(bench.adapter.settleDischarge?.({ settlementNo, ...stayOf(stay), settlementQuoteNo, collectFen, refundFen }, bench.context(timeoutMs))));
}

const collecting = (bench: HospitalBench, { stay, quote }: Leaving): ConfirmRequest => stayPayment(bench, stay, { amountFen: quote.collectFen, quoteNo: quote.settlementQuoteNo, business: 'discharge' });
const countOf = (bench: HospitalBench, { inpatientNo = '', visitId = '', patientId }: Pick<ConfirmRequest, 'inpatientNo' | 'visitId' | 'patientId'>): Promise<number> =>
  wardsOf(bench).countSettlements({ inpatientNo, visitId, patientId, cardType: '', cardNo: '', earlierVisitId: '' });

export const DISCHARGE_RULES: readonly HospitalRule[] = [
  {
    id: 'discharge.hindered',
    title: 'drugs that were not handed back and a discharge no doctor wrote stand against a settlement, and are named',
    facets: ['inpatients', 'discharging'], applies: hasWards,
    run: async (bench) => {
      const check = async (stay: OpenStay) => okValue(fits('checkDischarge', await called(bench.adapter.checkDischarge?.(stayOf(stay), bench.context()))));
      const stay = await wardsOf(bench).makeStay(50_003);
      assert.equal((await check(stay)).mayBeSettled, 'no');
      await wardsOf(bench).orderDischarge(stay);
      assert.equal((await check(stay)).mayBeSettled, 'yes');
      await wardsOf(bench).hinder(stay);
      const hindered = await check(stay);
      assert.equal(hindered.mayBeSettled, 'no');
      assert.notEqual(hindered.hindrance, '');
      assert.equal((await presettle(bench, stay)).kind, 'rejected');
    },
  },
  {
    id: 'discharge.quote',
    title: 'a settlement quote\'s parts make its total, and the deposits leave either money to collect or money to give back',
    facets: ['inpatients', 'discharging'], applies: hasWards,
    run: async (bench) => {
      for (const depositFen of [30_001, 80_001]) {
        const { quote } = await leaving(bench, depositFen);
        assert.equal(quote.fundFen + quote.personalAccountFen + quote.selfPayFen, quote.totalFen);
        assert.equal(quote.depositFen, depositFen);
        assert.equal(quote.collectFen - quote.refundFen, quote.selfPayFen - depositFen);
        assert.ok(quote.collectFen === 0 || quote.refundFen === 0);
      }
    },
  },
  ...onceRules<SettleRequest, DischargeSettlement>({
    id: 'discharge', what: 'a settlement at discharge', facets: ['inpatients', 'discharging'], applies: hasWards, operation: 'settleDischarge',
    prepare: async (bench) => ({ ...(await leaving(bench, 80_001)), settlementNo: bench.newNumber('ST') }),
    send: settle,
    count: (bench, { stay }) => wardsOf(bench).countSettlements(stay),
    question: {
      operation: 'queryDischarge',
      ask: async (bench, { stay, settlementNo }, timeoutMs) => fits('queryDischarge', await called(bench.adapter.queryDischarge?.({ ...stayOf(stay), settlementNo }, bench.context(timeoutMs)))),
    },
  }),
  ...onceRules<ConfirmRequest, Confirmation>({
    id: 'dischargePayment', what: 'a payment at discharge', facets: ['inpatients', 'discharging'], applies: hasWards, operation: 'settleDischarge',
    prepare: async (bench) => collecting(bench, await leaving(bench, 30_001)),
    send: (bench, request, timeoutMs) => bench.confirm(request, timeoutMs),
    count: countOf,
    question: {
      operation: 'queryDischarge',
      ask: async (bench, { tradeNo, inpatientNo, visitId }, timeoutMs) =>
        fits('queryConfirmation', await bench.adapter.queryConfirmation({ tradeNo, business: 'discharge', ...(inpatientNo === undefined ? {} : { inpatientNo }), ...(visitId === undefined ? {} : { visitId }) }, bench.context(timeoutMs))),
    },
  }),
  {
    id: 'discharge.amountDiffers',
    title: 'an amount that is not the quote\'s, and a quote whose stay has changed, are a mismatch, and nothing is settled',
    facets: ['inpatients', 'discharging'], applies: hasWards,
    run: async (bench) => {
      const paid = await leaving(bench, 30_001);
      const wrong = await bench.confirm({ ...collecting(bench, paid), amountFen: paid.quote.collectFen + 1 });
      assert.equal(wrong.kind, 'mismatch', JSON.stringify(wrong));
      await wardsOf(bench).addFee(paid.stay, 101);
      const changed = await bench.confirm(collecting(bench, paid));
      assert.equal(changed.kind, 'mismatch', JSON.stringify(changed));
      assert.equal(await wardsOf(bench).countSettlements(paid.stay), 0);
    },
  },
  {
    id: 'discharge.secondNumber',
    title: 'a stay that is settled is not settled again under another number',
    facets: ['inpatients', 'discharging'], applies: hasWards,
    run: async (bench) => {
      const paid = await leaving(bench, 30_001);
      await bench.book(collecting(bench, paid));
      const second = await bench.confirm(collecting(bench, paid));
      assert.equal(second.kind, 'rejected', JSON.stringify(second));
      assert.equal(await wardsOf(bench).countSettlements(paid.stay), 1);
    },
  },
  {
    id: 'discharge.depositsSettled',
    title: 'after the settlement its deposits are settled, what it gives back may be refunded of them, and not a fen more',
    facets: ['inpatients', 'discharging', 'refunds'], applies: hasWards,
    run: async (bench) => {
      const { stay, quote, deposit } = await leaving(bench, 80_001);
      okValue(await settle(bench, { stay, quote, deposit, settlementNo: bench.newNumber('ST') }));
      assert.deepEqual((await depositStates(bench, stay)).map(({ tradeNo, state }) => ({ tradeNo, state })), [{ tradeNo: deposit.tradeNo, state: 'settled' }]);
      const tooMuch = await bench.approveRefund({ ...bench.refundOf(deposit), refundFen: quote.refundFen + 1 });
      assert.equal(tooMuch.kind, 'rejected', JSON.stringify(tooMuch));
      okValue(await bench.approveRefund({ ...bench.refundOf(deposit), refundFen: quote.refundFen }));
    },
  },
];
