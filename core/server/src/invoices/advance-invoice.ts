import type { HisResult, Invoice as IssuedInvoice } from '@hospay/plugin-sdk';
import { yuanOf } from '../domain/bilingual.js';
import type { HospitalGuest } from '../domain/guests.js';
import { doubtLeft, hisDoubtUntil } from '../domain/his-doubt.js';
import { invoiceableFen, liveInvoice, reversedRefunds } from '../domain/invoice.js';
import type { ChangeRequest, ClaimedJob } from '../domain/money-store.js';
import type { OrderChange } from '../domain/order-change.js';
import type { Invoice, OrderAggregate } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { tellOwner } from '../domain/payment-news.js';
import { gapAfter } from '../domain/payment-policy.js';
import { REDACTED } from '../domain/sensitive.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { InvoicePorts } from './ports.js';

/**
 * One step towards an invoice that says what the hospital holds. Each is asked for under a number of its own that never changes: an answer that is lost is asked about, then the
 * same number is sent again. When the hospital has reversed part of its booking the invoice is flushed red (冲红) and what is left is invoiced anew. It is tried without a cap and
 * touches neither payment nor confirmation nor refund.
 */
export async function advanceInvoice(ports: InvoicePorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrder(job.subject);
  const wantedFen = found === undefined ? undefined : invoiceableFen(found);
  if (found === undefined || wantedFen === undefined) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const live = liveInvoice(found);
  if (live === undefined ? wantedFen === 0 : live.state === 'issued' && live.amountFen === wantedFen) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const hospital = ports.hospitals.find(found.order.hospitalId);
  if (hospital === undefined) return putOff(ports, job, live, own('hospitalNotActive'));
  if (live?.state === 'issuing') return issueAgain(ports, job, found, hospital, live);
  if (live === undefined) return issueNext(ports, job, hospital);
  return flush(ports, job, hospital, live);
}

/** The next number is fixed and committed before the hospital hears of it. */
async function issueNext(ports: InvoicePorts, job: ClaimedJob, hospital: HospitalGuest): Promise<void> {
  if (hospital.facet('issueInvoice') === undefined) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const intent = await ports.store.change(request(ports, job), (change) => {
    const amountFen = invoiceableFen(change);
    if (liveInvoice(change) !== undefined || amountFen === undefined || amountFen === 0) return undefined;
    const ordinal = change.invoices.length + 1;
    return change.addInvoice({
      invoiceRequestNo: `${change.order.tradeNo}F${String(ordinal)}`, tradeNo: change.order.tradeNo, ordinal, amountFen, state: 'issuing', invoiceCode: undefined, invoiceNo: undefined, checkCode: undefined, url: undefined,
      issuedAt: undefined, flushNo: undefined, refundNo: undefined, redInvoiceCode: undefined, redInvoiceNo: undefined, requestedAt: change.now.toISOString(), doubtUntil: hisDoubtUntil(change.now), lastNews: undefined,
    });
  });
  if (intent.kind !== 'changed') return;
  if (intent.result === undefined) await ports.store.putBackJob(job, { dueAt: ports.clock.now() });
  else await sendIssue(ports, job, intent.aggregate, hospital, { ...intent.result, doubtUntil: undefined });
}

async function issueAgain(ports: InvoicePorts, job: ClaimedJob, found: OrderAggregate, hospital: HospitalGuest, invoice: Invoice): Promise<void> {
  const asked = await hospital.facet('queryInvoice')?.({ invoiceRequestNo: invoice.invoiceRequestNo, tradeNo: invoice.tradeNo });
  if (asked === undefined || asked.kind === 'unknown') return putOff(ports, job, invoice, asked?.reason ?? own('invoiceNotAskable'));
  if (asked.kind === 'ok') return learnIssued(ports, job, found, invoice, asked, 'hisQuery');
  const intent = await ports.store.change(request(ports, job), (change) => {
    const before = change.invoice(invoice.invoiceRequestNo);
    change.setInvoice(invoice.invoiceRequestNo, { doubtUntil: hisDoubtUntil(change.now) });
    return before;
  });
  if (intent.kind === 'changed') await sendIssue(ports, job, intent.aggregate, hospital, intent.result);
}

/** @param invoice as it was before this request: its `doubtUntil` is that of the requests before */
async function sendIssue(ports: InvoicePorts, job: ClaimedJob, found: OrderAggregate, hospital: HospitalGuest, invoice: Invoice): Promise<void> {
  const issue = hospital.facet('issueInvoice');
  const { settlementNo } = found.order;
  if (issue === undefined || settlementNo === undefined) return putOff(ports, job, invoice, own('noInvoices'));
  const { invoiceRequestNo, tradeNo, amountFen } = invoice;
  const answer = await issue({ invoiceRequestNo, tradeNo, settlementNo, amountFen });
  if (answer.kind !== 'ok' && answer.kind !== 'unknown') await endDoubt(ports, job, found, invoice);
  await learnIssued(ports, job, found, invoice, answer, 'hisAnswer');
}

/**
 * A definite refusal leaves only the doubt there was before its request, whoever is the newest by now: when a reversal was learned meanwhile this attempt writes nothing else, and the next one
 * would otherwise wait for a request that is over.
 */
async function endDoubt(ports: InvoicePorts, job: ClaimedJob, { invoices = [] }: OrderAggregate, { invoiceRequestNo, doubtUntil }: Invoice): Promise<void> {
  const ownDoubt = invoices.find((asked) => asked.invoiceRequestNo === invoiceRequestNo)?.doubtUntil;
  const { tradeNo, cause, now } = request(ports, job);
  await ports.store.change({ tradeNo, cause, now }, (change) => {
    if (change.invoice(invoiceRequestNo).doubtUntil === ownDoubt) change.setInvoice(invoiceRequestNo, { doubtUntil: doubtLeft(doubtUntil, change.now) });
  });
}

async function learnIssued(ports: InvoicePorts, job: ClaimedJob, found: OrderAggregate, invoice: Invoice, result: HisResult<IssuedInvoice>, by: 'hisAnswer' | 'hisQuery'): Promise<void> {
  const { invoiceRequestNo, amountFen } = invoice;
  if (result.kind === 'unknown') return putOff(ports, job, invoice, result.reason);
  if (result.kind !== 'ok') return refusedIssue(ports, job, found, invoice, `${result.code} ${result.message}`);
  if (result.value.amountFen !== amountFen) return putOff(ports, job, invoice, own('invoiceDiffers', yuanOf(result.value.amountFen), yuanOf(amountFen)), 'isRefused');
  const { invoiceCode, invoiceNo, checkCode, url, issuedAt } = result.value;
  await ports.store.change({ ...withFact(ports, job, found, invoice, by, withoutAddress(result)), jobThen: { dueAt: ports.clock.now() } }, (change) => {
    change.moveInvoice(invoiceRequestNo, 'issued', by, { invoiceCode, invoiceNo, checkCode, url, issuedAt, lastNews: undefined });
    change.resolveCase('invoiceRefused', invoiceRequestNo);
    tellOwner(change);
  });
}

/** Refused: while the amount is still what is left a person is called and the same is asked for again; an amount a refund has overtaken is given up for the rest. */
async function refusedIssue(ports: InvoicePorts, job: ClaimedJob, found: OrderAggregate, invoice: Invoice, message: string): Promise<void> {
  const now = ports.clock.now();
  const fresh = await ports.store.findOrder(invoice.tradeNo);
  if (fresh === undefined || invoiceableFen(fresh) === invoice.amountFen) return putOff(ports, job, invoice, message, 'isRefused');
  // An earlier request without an answer may still be carried out: given up now, nobody would flush what it brings.
  if (doubtLeft(invoice.doubtUntil, now) !== undefined) return putOff(ports, job, invoice, message, 'isRefused');
  await ports.store.change({ ...withFact(ports, job, found, invoice, 'hisAnswer', { message }), jobThen: { dueAt: now } }, (change) => {
    change.moveInvoice(invoice.invoiceRequestNo, 'refused', 'hisAnswer', { lastNews: message.slice(0, 500) });
    change.resolveCase('invoiceRefused', invoice.invoiceRequestNo);
  });
}

/** The hospital gives no question about a flush: the same number is sent until it answers. */
async function flush(ports: InvoicePorts, job: ClaimedJob, hospital: HospitalGuest, invoice: Invoice): Promise<void> {
  const redFlush = hospital.facet('redFlushInvoice');
  if (redFlush === undefined) return putOff(ports, job, invoice, own('noFlushes'), 'isRefused');
  const intent = await ports.store.change(request(ports, job), (change) => {
    if (change.invoice(invoice.invoiceRequestNo).state === 'issued') {
      change.moveInvoice(invoice.invoiceRequestNo, 'flushing', 'send', { flushNo: `${invoice.invoiceRequestNo}R`, refundNo: reversedRefunds(change.refunds).at(-1)?.refundNo });
    }
    return change.invoice(invoice.invoiceRequestNo);
  });
  if (intent.kind !== 'changed') return;
  const { invoiceRequestNo, tradeNo, invoiceCode = '', invoiceNo = '', flushNo = '', refundNo = '' } = intent.result;
  const reason = intent.aggregate.refunds.find((refund) => refund.refundNo === refundNo)?.reason ?? '退费冲红';
  const result = await redFlush({ flushNo, invoiceCode, invoiceNo, tradeNo, refundNo, reason: reason.slice(0, 80) });
  if (result.kind === 'unknown') return putOff(ports, job, intent.result, result.reason);
  // 已换开纸质: the sheet has to come back first. It is asked again, slowly, for as long as that takes.
  if (result.kind !== 'ok') return putOff(ports, job, intent.result, `${result.code} ${result.message}`, 'isRefused');
  await ports.store.change({ ...withFact(ports, job, intent.aggregate, invoice, 'hisAnswer', result), jobThen: { dueAt: ports.clock.now() } }, (change) => {
    change.moveInvoice(invoiceRequestNo, 'flushed', 'hisAnswer', { ...result.value, lastNews: undefined });
    change.resolveCase('invoiceRefused', invoiceRequestNo);
    tellOwner(change);
  });
}

/** Tried again later. A definite refusal calls a person; an answer that is missing does not: it comes by itself. */
async function putOff(ports: InvoicePorts, job: ClaimedJob, invoice: Invoice | undefined, reason: string, isRefused?: 'isRefused'): Promise<void> {
  const dueAt = new Date(ports.clock.now().getTime() + gapAfter(ports.policy.invoiceRhythmMs, job.attempt));
  if (invoice === undefined) {
    await ports.store.putBackJob(job, { dueAt });
    return;
  }
  await ports.store.change({ ...request(ports, job), jobThen: { dueAt } }, (change: OrderChange) => {
    change.setInvoice(invoice.invoiceRequestNo, { lastNews: reason.slice(0, 500) });
    const said = heard(reason);
    if (isRefused !== undefined) change.openCase({ kind: 'invoiceRefused', subject: invoice.invoiceRequestNo, severity: 3, detail: { zh: `医院未开具或未冲红电子票据：${said.zh}。请与医院财务核对；平台会继续申请`, en: `the hospital did not issue or flush the electronic invoice: ${said.en}. Check with the hospital's finance; the platform goes on asking` } });
  });
}

function request({ clock }: InvoicePorts, job: ClaimedJob): Pick<ChangeRequest, 'tradeNo' | 'cause' | 'now' | 'job'> {
  return { tradeNo: job.subject, cause: { kind: 'timer', id: `invoice/${String(job.token)}` }, now: clock.now(), job };
}

/** The address opens the invoice, with the patient's name on it, to whoever has it: it is kept with the invoice for its owner, and not among the facts that many read. */
function withoutAddress<Result extends { readonly value: IssuedInvoice }>({ value: { url, ...value }, ...result }: Result): object {
  return { ...result, value: url === undefined ? value : { ...value, url: REDACTED } };
}

function withFact(ports: InvoicePorts, job: ClaimedJob, { order }: OrderAggregate, { invoiceRequestNo }: Invoice, kind: 'hisAnswer' | 'hisQuery', body: unknown): ChangeRequest {
  const sourceId = `invoice/${invoiceRequestNo}/${makeOpaqueId(ports.random, 8)}`;
  return { ...request(ports, job), cause: { kind, id: sourceId }, fact: { kind, source: `his/${order.hospitalId}`, sourceId, body } };
}
