/**
 * Is there an electronic invoice (财政医疗电子票据) for what the hospital holds? One row per invoice; its number never changes. It follows the booking and never steers it:
 * a payment, its confirmation and its refund go on whatever becomes of the invoice.
 */
import { defineTransitions } from './transitions.js';

export const INVOICE_STATES = ['issuing', 'issued', 'flushing', 'flushed', 'refused'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

export const INVOICE_TRIGGERS = ['send', 'hisAnswer', 'hisQuery'] as const;
export type InvoiceTrigger = (typeof INVOICE_TRIGGERS)[number];

export const invoiceTransitions = defineTransitions<InvoiceState, InvoiceTrigger>('invoice', [
  { from: ['issuing'], to: 'issued', by: ['hisAnswer', 'hisQuery'], why: 'the hospital issued it under our number' },
  { from: ['issuing'], to: 'refused', by: ['hisAnswer'], why: 'definite refusal of an amount that is not what is left any more: the rest is asked for under a number of its own' },
  { from: ['issued'], to: 'flushing', by: ['send'], why: 'less is left than it says: the intent to flush it red (冲红) is committed' },
  { from: ['flushing'], to: 'flushed', by: ['hisAnswer'], why: 'it is void; for what is left a new one follows' },
]);
