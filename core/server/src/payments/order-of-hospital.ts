import type { AuditTrail } from '../domain/audit.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { PaymentPorts } from './ports.js';

/** Any order of the hospital, as a cashier may see it: the code a patient would scan stays with whoever shows it. */
export async function showOrderOfHospital({ store }: Pick<PaymentPorts, 'store'>, { hospitalId, tradeNo }: { readonly hospitalId: string; readonly tradeNo: string }): Promise<Outcome<OrderView>> {
  const found = await store.findOrder(tradeNo);
  if (found === undefined || found.order.hospitalId !== hospitalId) return refused('ORDER_NOT_FOUND');
  const view = viewOrder(found);
  return ok({ ...view, payments: view.payments.map(({ presentation: _shown, ...payment }) => payment) });
}

/** A second print of a receipt (补打): the hospital must have booked it, and who printed it again is written down. */
export async function reprintReceipt(ports: Pick<PaymentPorts, 'store'> & { readonly audit: AuditTrail }, request: { readonly hospitalId: string; readonly tradeNo: string; readonly by: string; readonly at: string }): Promise<Outcome<OrderView>> {
  const shown = await showOrderOfHospital(ports, request);
  if (shown.kind === 'refused') return shown;
  if (shown.value.confirmation.receiptNo === undefined && shown.value.confirmation.state !== 'confirmed') return refused('CONFLICT', 'no receipt to print: the hospital has not confirmed');
  await ports.audit.record({ who: request.by, what: 'receipt.reprint', object: `order ${request.tradeNo}`, after: { at: request.at } });
  return shown;
}
