import { quoted } from '../domain/bilingual.js';
import { refused, type Refused } from '../domain/errors.js';
import { liveInvoice } from '../domain/invoice.js';
import type { IdempotencyKey } from '../domain/money-store.js';
import type { InvoicePorts } from './ports.js';

/**
 * 已换开纸质: an invoice that was handed out on paper cannot be flushed before the sheet is back, and nobody takes a sheet back but a window. Asked before a refund from anywhere else;
 * a hospital that does not answer holds up no refund, and a repeat is answered whatever became of the invoice since.
 */
export async function refuseOnPaper({ store, hospitals }: InvoicePorts, { tradeNo, idempotency }: { readonly tradeNo: string; readonly idempotency: IdempotencyKey }): Promise<Refused | undefined> {
  const found = await store.findOrder(tradeNo);
  const live = found === undefined ? undefined : liveInvoice(found);
  if (found === undefined || live?.state !== 'issued') return undefined;
  if ((await store.findOrderByKey(idempotency.tenant, idempotency.key)) !== undefined) return undefined;
  const asked = await hospitals.find(found.order.hospitalId)?.facet('queryInvoice')?.({ invoiceRequestNo: live.invoiceRequestNo, tradeNo });
  return asked?.kind === 'ok' && asked.value.onPaper === 'yes' ? refused('INVOICE_ON_PAPER', quoted(`${live.invoiceCode ?? ''} ${live.invoiceNo ?? ''}`.trim())) : undefined;
}
