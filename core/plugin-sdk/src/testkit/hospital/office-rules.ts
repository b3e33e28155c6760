/** Invoices, prepayment accounts and files: each done once under its number. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import type { InvoiceRequestSchema, Invoice, RedFlushRequestSchema, RedFlushSchema } from '../../hospital/invoicing.js';
import type { AccountReturnedSchema, AccountReturnSchema, NewPatient, PatientFile } from '../../hospital/patient-files.js';
import type { ConfirmRequest } from '../../hospital-adapter.js';
import { called, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';
import { onceRules } from './once-rules.js';
import type { OfficeControl } from './ward-control.js';

type InvoiceRequest = Static<typeof InvoiceRequestSchema>;
type FlushRequest = Static<typeof RedFlushRequestSchema>;
type ReturnRequest = Static<typeof AccountReturnSchema>;

export const hasOffices = ({ control }: HospitalSubject): boolean => control.offices !== undefined;
export function officesOf(bench: HospitalBench): OfficeControl {
  return bench.control.offices ?? assert.fail('the subject has no offices');
}

async function invoiceRequest(bench: HospitalBench): Promise<InvoiceRequest> {
  const { request } = await bench.newPayment();
  const { settlementNo } = await bench.book(request);
  return invoiceOf(bench, request, settlementNo);
}

const invoiceOf = (bench: HospitalBench, { tradeNo, amountFen }: ConfirmRequest, settlementNo: string): InvoiceRequest => ({ invoiceRequestNo: bench.newNumber('IV'), tradeNo, settlementNo, amountFen });
const issue = async (bench: HospitalBench, request: InvoiceRequest, timeoutMs?: number) => fits('issueInvoice', await called(bench.adapter.issueInvoice?.(request, bench.context(timeoutMs))));
const flush = async (bench: HospitalBench, request: FlushRequest, timeoutMs?: number) => fits('redFlushInvoice', await called(bench.adapter.redFlushInvoice?.(request, bench.context(timeoutMs))));
const giveBack = async (bench: HospitalBench, request: ReturnRequest, timeoutMs?: number) => fits('returnAccountBalance', await called(bench.adapter.returnAccountBalance?.(request, bench.context(timeoutMs))));

async function flushRequest(bench: HospitalBench): Promise<FlushRequest> {
  const asked = await invoiceRequest(bench);
  const { invoiceCode, invoiceNo } = okValue(await issue(bench, asked));
  return { flushNo: bench.newNumber('FL'), invoiceCode, invoiceNo, tradeNo: asked.tradeNo, refundNo: bench.newNumber('RF'), reason: '患者退费' };
}

export const OFFICE_RULES: readonly HospitalRule[] = [
  ...onceRules<InvoiceRequest, Invoice>({
    id: 'invoice', what: 'an electronic invoice', facets: ['invoicing'], applies: hasOffices, operation: 'issueInvoice',
    prepare: invoiceRequest, send: issue,
    count: (bench, { invoiceRequestNo }) => officesOf(bench).countInvoices(invoiceRequestNo),
    question: {
      operation: 'queryInvoice',
      ask: async (bench, { invoiceRequestNo, tradeNo }, timeoutMs) => fits('queryInvoice', await called(bench.adapter.queryInvoice?.({ invoiceRequestNo, tradeNo }, bench.context(timeoutMs)))),
    },
  }),
  {
    id: 'invoice.tooMuch',
    title: 'no invoice is issued for a booking the HIS does not have, or for more than was booked',
    facets: ['invoicing'], applies: hasOffices,
    run: async (bench) => {
      const request = await invoiceRequest(bench);
      for (const wrong of [{ ...request, amountFen: request.amountFen + 1 }, { ...request, tradeNo: bench.newNumber('CT') }]) {
        const result = await issue(bench, wrong);
        assert.ok(result.kind === 'rejected' || result.kind === 'mismatch', JSON.stringify(result));
        assert.equal(await officesOf(bench).countInvoices(wrong.invoiceRequestNo), 0);
      }
    },
  },
  ...onceRules<FlushRequest, Static<typeof RedFlushSchema>>({
    id: 'redFlush', what: 'a red flush', facets: ['invoicing'], applies: hasOffices, operation: 'redFlushInvoice',
    prepare: flushRequest, send: flush, count: (bench, { flushNo }) => officesOf(bench).countFlushes(flushNo),
  }),
  {
    id: 'redFlush.onPaper',
    title: 'an invoice that was put on paper is not flushed until the sheet is back',
    facets: ['invoicing'], applies: hasOffices,
    run: async (bench) => {
      const request = await flushRequest(bench);
      await officesOf(bench).putInvoiceOnPaper(request.invoiceNo);
      const result = await flush(bench, request);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await officesOf(bench).countFlushes(request.flushNo), 0);
    },
  },
  ...onceRules<ReturnRequest, Static<typeof AccountReturnedSchema>>({
    id: 'accountReturn', what: 'a return of an account\'s balance', facets: ['accounts'], applies: hasOffices, operation: 'returnAccountBalance',
    prepare: async (bench) => ({ patientId: (await officesOf(bench).openAccount(13_651)).patientId, returnNo: bench.newNumber('AR'), amountFen: 13_651, reason: '清退' }),
    send: giveBack, count: (bench, { returnNo }) => officesOf(bench).countReturns(returnNo),
  }),
  {
    id: 'accountReturn.tooMuch',
    title: 'more than an account holds is rejected, and the balance stays',
    facets: ['accounts'], applies: hasOffices,
    run: async (bench) => {
      const { patientId } = await officesOf(bench).openAccount(13_651);
      const request = { patientId, returnNo: bench.newNumber('AR'), amountFen: 13_652, reason: '清退' };
      assert.equal((await giveBack(bench, request)).kind, 'rejected');
      assert.equal(okValue(fits('accountBalance', await called(bench.adapter.accountBalance?.({ patientId }, bench.context())))).balanceFen, 13_651);
      const movements = okValue(fits('listAccountMovements', await called(bench.adapter.listAccountMovements?.({ patientId }, bench.context()))));
      assert.equal(movements.some(({ kind }) => kind === 'return'), false);
    },
  },
  ...onceRules<NewPatient, PatientFile>({
    id: 'patientFile', what: 'a new file', facets: ['patientFiles'], applies: hasOffices, operation: 'createPatient',
    prepare: (bench) => Promise.resolve({ name: '诸葛亮', sex: 'male', birthday: '1990-01-01', idType: 'idCard', idNo: bench.newNumber('').slice(-18), phone: '19900009999' }),
    send: async (bench, request, timeoutMs) => fits('createPatient', await called(bench.adapter.createPatient?.(request, bench.context(timeoutMs)))),
    count: (bench, { idNo }) => officesOf(bench).countFiles(idNo),
  }),
  {
    id: 'card.reissue',
    title: 'only a lost card is replaced, once, and the old one is no longer valid',
    facets: ['patientFiles', 'cards'], applies: hasOffices,
    run: async (bench) => {
      const idNo = bench.newNumber('').slice(-18);
      const { patientId, cardNo = '' } = okValue(fits('createPatient', await called(bench.adapter.createPatient?.({ name: '诸葛亮', sex: 'male', birthday: '1990-01-01', idType: 'idCard', idNo, phone: '' }, bench.context()))));
      const reissue = async () => fits('reissueCard', await called(bench.adapter.reissueCard?.({ patientId, cardNo }, bench.context())));
      const state = async () => okValue(fits('checkCard', await called(bench.adapter.checkCard?.({ cardType: 'visitCard', cardNo }, bench.context())))).state;
      assert.equal(await state(), 'valid');
      assert.equal((await reissue()).kind, 'rejected');
      for (let count = 1; count <= 2; count += 1) okValue(fits('reportCardLost', await called(bench.adapter.reportCardLost?.({ patientId, cardNo }, bench.context()))));
      assert.equal(await state(), 'lost');
      const first = okValue(await reissue());
      assert.deepEqual(okValue(await reissue()), first);
      assert.notEqual(first.cardNo, cardNo);
      assert.equal(await state(), 'cancelled');
    },
  },
  {
    id: 'guideCode.expires',
    title: 'a guide sheet\'s code leads to its patient until it runs out, and an unknown one to nobody',
    facets: ['guideCodes'], applies: hasOffices,
    run: async (bench) => {
      const { patientId } = bench.subject.patient;
      const resolve = async (code: string) => fits('resolveGuideCode', await called(bench.adapter.resolveGuideCode?.({ code }, bench.context())));
      assert.equal(okValue(await resolve((await officesOf(bench).printGuideSheet(patientId, 'valid')).code)).patientId, patientId);
      for (const code of [(await officesOf(bench).printGuideSheet(patientId, 'expired')).code, 'NOSUCHCODE']) assert.equal((await resolve(code)).kind, 'rejected');
    },
  },
];
