import type { ScriptedHospital } from './scripted-guests.js';

export const INVOICE_CODE = '99060124';
export const INVOICE_URL = 'https://invoice.example.org/1';

/** Gives the hospital an invoice office: it issues and flushes whatever it is asked for, once under each number. */
export function openInvoiceOffice(hospital: ScriptedHospital, now: () => Date): void {
  const numbers = new Map<string, string>();
  const numberOf = (requestNo: string, digits: string) => {
    const known = numbers.get(requestNo) ?? `${digits}${String(numbers.size + 1).padStart(4, '0')}`;
    numbers.set(requestNo, known);
    return known;
  };
  hospital.facets = {
    issueInvoice: ({ invoiceRequestNo, amountFen }) =>
      Promise.resolve({ kind: 'ok', value: { invoiceCode: INVOICE_CODE, invoiceNo: numberOf(invoiceRequestNo, '001234'), checkCode: 'a1b2c3', amountFen, url: INVOICE_URL, issuedAt: now().toISOString(), onPaper: 'no' } }),
    queryInvoice: () => Promise.resolve({ kind: 'absent' }),
    redFlushInvoice: ({ flushNo }) => Promise.resolve({ kind: 'ok', value: { redInvoiceCode: INVOICE_CODE, redInvoiceNo: numberOf(flushNo, '009999') } }),
  };
}
