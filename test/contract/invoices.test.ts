/** Electronic invoices (财政医疗电子票据): queued after the booking, one for what is left, and never in the way of money. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import type { HisQueryResult, HisResult, Invoice } from '@hospay/plugin-sdk';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { startStand } from './payment-api-stand.js';

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

type Office = {
  /** By our number: what was issued. */
  readonly issued: Map<string, Invoice>;
  readonly flushed: string[];
  readonly calls: string[];
  /** Answers that take the place of the real ones, one after the other; the office has acted all the same unless it refuses. */
  readonly answers: (HisResult<Invoice> | undefined)[];
  readonly questions: HisQueryResult<Invoice>[];
  onPaper: 'yes' | 'no';
};

/** A hospital with an invoice office. */
async function start(context: TestContext, policy: { readonly invoicedBusinesses: readonly ('bill' | 'registration')[] } = { invoicedBusinesses: ['bill'] }) {
  const stand = await startStand(context, { policy });
  const office: Office = { issued: new Map(), flushed: [], calls: [], answers: [], questions: [], onPaper: 'no' };
  stand.hospital.facets = {
    issueInvoice({ invoiceRequestNo, amountFen }) {
      office.calls.push(`issue ${invoiceRequestNo} ${String(amountFen)}`);
      const scripted = office.answers.shift();
      if (scripted?.kind === 'rejected') return Promise.resolve(scripted);
      const invoice = office.issued.get(invoiceRequestNo) ?? { invoiceCode: '99060124', invoiceNo: `N${String(office.issued.size + 1)}`, checkCode: '123456', amountFen, url: 'https://invoice.example.org/1', issuedAt: stand.clock.now().toISOString(), onPaper: 'no' };
      office.issued.set(invoiceRequestNo, invoice);
      return Promise.resolve(scripted ?? { kind: 'ok', value: invoice });
    },
    queryInvoice({ invoiceRequestNo }) {
      office.calls.push(`query ${invoiceRequestNo}`);
      const invoice = office.issued.get(invoiceRequestNo);
      return Promise.resolve(office.questions.shift() ?? (invoice === undefined ? { kind: 'absent' } : { kind: 'ok', value: { ...invoice, onPaper: office.onPaper } }));
    },
    redFlushInvoice({ flushNo, invoiceNo }) {
      office.calls.push(`flush ${flushNo} ${invoiceNo}`);
      if (office.onPaper === 'yes') return Promise.resolve({ kind: 'rejected', code: '300607', message: '纸质票据未交回' });
      if (!office.flushed.includes(flushNo)) office.flushed.push(flushNo);
      return Promise.resolve({ kind: 'ok', value: { redInvoiceCode: '99060124', redInvoiceNo: `RED${flushNo}` } });
    },
  };
  const app = stand.client();
  const settle = async () => {
    for (let round = 0; round < 6; round += 1) {
      await stand.work();
      stand.clock.advance(3_600_000);
    }
  };
  const cases = () => stand.store.database.prepare("SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL AND kind = 'invoiceRefused'").all().length;
  return { stand, office, app, settle, cases };
}

test('a booked order has one invoice of the whole, shown with its numbers; confirmation did not wait for it', async (context) => {
  const { stand, office, app, settle } = await start(context);
  const { tradeNo } = await stand.takePaid();
  const before = valueOf(await app.findPayment(tradeNo));
  assert.deepEqual([before.confirmation.state, before.invoice], ['confirmed', undefined]);
  await settle();
  assert.deepEqual(office.calls, [`issue ${tradeNo}F1 10000`]);
  const { invoice } = valueOf(await app.findPayment(tradeNo));
  assert.deepEqual([invoice?.state, invoice?.amountFen, invoice?.invoiceCode, invoice?.invoiceNo, invoice?.checkCode], ['issued', 10_000, '99060124', 'N1', '123456']);
});

test('a lost answer is asked about before the same number is sent again; nobody has two invoices', async (context) => {
  const { stand, office, app, settle } = await start(context);
  office.answers.push({ kind: 'unknown', reason: 'timeout' });
  office.questions.push({ kind: 'unknown', reason: 'timeout' }, { kind: 'absent' });
  const { tradeNo } = await stand.takePaid();
  await settle();
  assert.deepEqual(office.calls, [`issue ${tradeNo}F1 10000`, `query ${tradeNo}F1`, `query ${tradeNo}F1`, `issue ${tradeNo}F1 10000`]);
  assert.equal(office.issued.size, 1);
  assert.equal(valueOf(await app.findPayment(tradeNo)).invoice?.state, 'issued');
});

test('an office that refuses calls a person and is asked on under the same number; money is not touched', async (context) => {
  const { stand, office, app, settle, cases } = await start(context);
  office.answers.push({ kind: 'rejected', code: '99', message: '票源不足' }, { kind: 'rejected', code: '99', message: '票源不足' });
  const { tradeNo } = await stand.takePaid();
  await stand.work();
  assert.equal(cases(), 1);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).confirmation.state, valueOf(await app.findPayment(tradeNo)).invoice?.state], ['confirmed', 'issuing']);
  await settle();
  assert.equal(cases(), 0);
  assert.deepEqual([...office.issued.keys()], [`${tradeNo}F1`]);
});

test('a part that goes back flushes the invoice red and issues what is left anew; the rest that goes back flushes that', async (context) => {
  const { stand, office, app, settle } = await start(context);
  const { tradeNo } = await stand.takePaid();
  await settle();
  valueOf(await app.requestRefund(tradeNo, { refundFen: 3_000, reason: '退药' }, { idempotencyKey: 'refund-part-1' }));
  await settle();
  assert.deepEqual(office.calls.filter((call) => !call.startsWith('query')), [`issue ${tradeNo}F1 10000`, `flush ${tradeNo}F1R N1`, `issue ${tradeNo}F2 7000`]);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).invoice?.amountFen, valueOf(await app.findPayment(tradeNo)).invoice?.state], [7_000, 'issued']);
  valueOf(await app.requestRefund(tradeNo, { reason: '退剩余' }, { idempotencyKey: 'refund-rest-1' }));
  await settle();
  assert.deepEqual([office.flushed, valueOf(await app.findPayment(tradeNo)).invoice?.state], [[`${tradeNo}F1R`, `${tradeNo}F2R`], 'flushed']);
});

test('a refund that overtakes an invoice whose answer is lost: the amount that is refused now is given up for what is left, but not while the lost request may still be carried out', async (context) => {
  const { stand, office, app, settle } = await start(context);
  const tooMuch = { kind: 'rejected', code: '300504', message: '超过可开票金额' } as const;
  office.answers.push({ kind: 'unknown', reason: 'timeout' }, tooMuch, tooMuch);
  office.questions.push({ kind: 'absent' });
  const { tradeNo } = await stand.takePaid();
  await stand.work('advanceInvoice');
  office.issued.clear();
  valueOf(await app.requestRefund(tradeNo, { refundFen: 4_000, reason: '退费' }, { idempotencyKey: 'refund-over-1' }));
  await stand.work();
  assert.deepEqual([office.answers.length, valueOf(await app.findPayment(tradeNo)).invoice?.state, valueOf(await app.findPayment(tradeNo)).invoice?.amountFen], [1, 'issuing', 10_000]);
  await settle();
  assert.deepEqual([...office.issued.entries()].map(([number, { amountFen }]) => [number, amountFen]), [[`${tradeNo}F2`, 6_000]]);
  assert.equal(valueOf(await app.findPayment(tradeNo)).invoice?.state, 'issued');
});

test('a refund that overtakes an invoice while it is being asked for: the refusal that comes too late for its attempt still ends the doubt, the amount is given up at once and nobody is called', async (context) => {
  const { stand, office, app, settle, cases } = await start(context);
  const { tradeNo } = await stand.takePaid();
  await settle();
  valueOf(await app.requestRefund(tradeNo, { refundFen: 1, reason: '退一分' }, { idempotencyKey: 'refund-late-1' }));
  await stand.work('advanceRefund');
  const answer = Promise.withResolvers<HisResult<Invoice>>();
  const asked = Promise.withResolvers<undefined>();
  const tooMuch = { kind: 'rejected', code: '300504', message: '超过可开票金额' } as const;
  stand.hospital.facets = { ...stand.hospital.facets, issueInvoice: () => { asked.resolve(undefined); return answer.promise; } };
  const asking = stand.work('advanceInvoice');
  await asked.promise;
  // The hospital has reversed the rest by now; we learn it before the office answers.
  valueOf(await app.requestRefund(tradeNo, { reason: '退余款' }, { idempotencyKey: 'refund-late-2' }));
  await stand.work('advanceRefund');
  stand.hospital.facets = { ...stand.hospital.facets, issueInvoice: (request) => (office.calls.push(`issue ${request.invoiceRequestNo} ${String(request.amountFen)}`), Promise.resolve(tooMuch)) };
  answer.resolve(tooMuch);
  await asking;
  await stand.work('advanceInvoice');
  assert.deepEqual([cases(), stand.store.database.prepare('SELECT invoice_request_no, state FROM invoice ORDER BY ordinal').all().map((row) => Object.values(row))], [0, [[`${tradeNo}F1`, 'flushed'], [`${tradeNo}F2`, 'refused']]]);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).invoice?.state, valueOf(await app.findPayment(tradeNo)).invoice?.amountFen], ['flushed', 10_000], 'its owner is shown what was issued last, not what was only asked for');
});

test('what is on paper is refunded at a window only; elsewhere it is refused with the next step, and a repeat of an accepted refund is answered', async (context) => {
  const { stand, office, app, settle, cases } = await start(context);
  const { tradeNo } = await stand.takePaid();
  await settle();
  const first = valueOf(await app.requestRefund(tradeNo, { refundFen: 1_000, reason: '退药' }, { idempotencyKey: 'refund-before-1' }));
  await settle();
  office.onPaper = 'yes';
  assert.equal(codeOf(await app.requestRefund(tradeNo, { refundFen: 1_000, reason: '退药' }, { idempotencyKey: 'refund-paper-1' })), 'INVOICE_ON_PAPER');
  assert.equal(valueOf(await app.requestRefund(tradeNo, { refundFen: 1_000, reason: '退药' }, { idempotencyKey: 'refund-before-1' })).refund.refundNo, first.refund.refundNo);
  // The window takes the sheet; the money goes back at once, the flush waits until the hospital has the sheet too.
  const atWindow = await requestRefund(stand.ports, { tradeNo, refundFen: 1_000, reason: '退药', requestedBy: 'terminal/window-1', operatorId: 'c001', idempotency: { tenant: 'terminal/window-1', key: 'press-0001', requestHash: 'x' } });
  assert.equal(atWindow.kind, 'ok');
  await settle();
  assert.equal(valueOf(await app.findPayment(tradeNo)).refunds.at(-1)?.state, 'succeeded');
  assert.deepEqual([cases(), valueOf(await app.findPayment(tradeNo)).invoice?.state], [1, 'flushing']);
  office.onPaper = 'no';
  await settle();
  assert.deepEqual([cases(), valueOf(await app.findPayment(tradeNo)).invoice?.amountFen, valueOf(await app.findPayment(tradeNo)).invoice?.state], [0, 8_000, 'issued']);
});

test('a hospital that does not say whether an invoice is on paper holds up no refund', async (context) => {
  const { stand, office, app, settle } = await start(context);
  const { tradeNo } = await stand.takePaid();
  await settle();
  office.questions.push({ kind: 'unknown', reason: 'timeout' });
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-silent-1' }));
});

test('a business nobody asks invoices for, and a HIS that has none, have no rows', async (context) => {
  const { stand, office, settle } = await start(context, { invoicedBusinesses: ['registration'] });
  await stand.takePaid();
  await settle();
  assert.deepEqual(office.calls, []);
  const without = await start(context);
  without.stand.hospital.facets = {};
  const { tradeNo } = await without.stand.takePaid();
  await without.settle();
  assert.equal(valueOf(await without.app.findPayment(tradeNo)).invoice, undefined);
  assert.deepEqual(without.stand.store.database.prepare("SELECT * FROM job WHERE kind = 'advanceInvoice'").all(), []);
});

test('failure mode 17: an invoice of a rounded order says what was charged, and after a part went back what is left of that, to the last fen', async (context) => {
  const { stand, office, app, settle } = await start(context);
  for (const [totalFen, roundingFen] of [[9_998, 2], [10_045, -45]] as const) {
    office.calls.length = 0;
    const quote = { quoteNo: `HQ${String(totalFen)}`, totalFen, fundFen: 0, personalAccountFen: 0, selfPayFen: 10_000, roundingFen, validUntil: new Date(stand.clock.now().getTime() + 900_000).toISOString() };
    Object.assign(stand.hospital, { presettle: () => Promise.resolve({ kind: 'ok', value: quote }) });
    const { quoteId } = valueOf(await app.quoteBills({ patientId: 'P1', billNos: [`B${String(totalFen)}`] }));
    const { tradeNo } = valueOf(await app.createPayment({ quoteId, amountFen: 10_000, method: 'nativeQr' }, { idempotencyKey: `pay-${String(totalFen)}` }));
    stand.channel.pay(`${tradeNo}P01`);
    await app.findPayment(tradeNo, { fresh: true });
    await settle();
    valueOf(await app.requestRefund(tradeNo, { refundFen: 9_999, reason: '退费' }, { idempotencyKey: `refund-${String(totalFen)}` }));
    await settle();
    assert.deepEqual(office.calls.filter((call) => call.startsWith('issue')), [`issue ${tradeNo}F1 10000`, `issue ${tradeNo}F2 1`]);
  }
});
