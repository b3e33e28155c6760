import { fen } from '@hospay/plugin-sdk';
import { INVOICE_STATES } from '../../../domain/invoice-states.js';
import type { Invoice } from '../../../domain/order.js';
import { number, optionalText, text, type Columns, type Row } from './rows.js';

export function invoiceFromRow(row: Row): Invoice {
  const state = INVOICE_STATES.find((known) => known === text(row, 'state'));
  if (state === undefined) throw new Error(`invoice ${text(row, 'invoice_request_no')} cannot be read`);
  return {
    invoiceRequestNo: text(row, 'invoice_request_no'), tradeNo: text(row, 'trade_no'), ordinal: number(row, 'ordinal'), amountFen: fen(number(row, 'amount_fen')), state,
    invoiceCode: optionalText(row, 'invoice_code'), invoiceNo: optionalText(row, 'invoice_no'), checkCode: optionalText(row, 'check_code'), url: optionalText(row, 'url'), issuedAt: optionalText(row, 'issued_at'),
    flushNo: optionalText(row, 'flush_no'), refundNo: optionalText(row, 'refund_no'), redInvoiceCode: optionalText(row, 'red_invoice_code'), redInvoiceNo: optionalText(row, 'red_invoice_no'),
    requestedAt: text(row, 'requested_at'), doubtUntil: optionalText(row, 'doubt_until'), lastNews: optionalText(row, 'last_news'),
  };
}

export function invoiceColumns(invoice: Invoice): Columns {
  const { invoiceRequestNo, tradeNo, ordinal, amountFen, requestedAt } = invoice;
  return { invoice_request_no: invoiceRequestNo, trade_no: tradeNo, ordinal, amount_fen: amountFen, requested_at: requestedAt, ...invoiceStateColumns(invoice) };
}

export function invoiceStateColumns({ state, invoiceCode, invoiceNo, checkCode, url, issuedAt, flushNo, refundNo, redInvoiceCode, redInvoiceNo, doubtUntil, lastNews }: Invoice): Columns {
  return {
    state, invoice_code: invoiceCode ?? null, invoice_no: invoiceNo ?? null, check_code: checkCode ?? null, url: url ?? null, issued_at: issuedAt ?? null, flush_no: flushNo ?? null, refund_no: refundNo ?? null,
    red_invoice_code: redInvoiceCode ?? null, red_invoice_no: redInvoiceNo ?? null, doubt_until: doubtUntil ?? null, last_news: lastNews ?? null,
  };
}
