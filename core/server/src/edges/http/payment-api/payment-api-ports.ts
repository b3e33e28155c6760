import type { Bill, CardType } from '@hospay/plugin-sdk';
import type { AuthenticationPorts, StatementPorts } from '../../../applications/ports.js';
import type { Outcome } from '../../../domain/errors.js';
import type { Owner } from '../../../domain/order.js';
import type { Clock } from '../../../domain/time.js';
import type { PatientView } from '../../../patients/find-patient.js';
import type { QuoteView } from '../../../patients/quote-bills.js';
import type { CreatePaymentRequest } from '../../../payments/create-payment.js';
import type { OrderView } from '../../../payments/order-view.js';
import type { RefundAccepted, RefundRequestedBy } from '../../../refunds/request-refund.js';

/** The use cases behind the payment API, each already given its own ports. */
export type PaymentUseCases = {
  findPatient(request: { readonly hospitalId: string; readonly cardType: CardType; readonly cardNo: string }): Promise<Outcome<PatientView[]>>;
  listOpenBills(request: { readonly hospitalId: string; readonly patientId: string }): Promise<Outcome<Bill[]>>;
  quoteBills(request: { readonly hospitalId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[] }): Promise<Outcome<QuoteView>>;
  createPayment(request: CreatePaymentRequest): Promise<Outcome<OrderView>>;
  findOrder(
    request: { readonly owner: Owner; readonly tradeNo: string; readonly freshness: 'stored' | 'fresh' } | { readonly owner: Owner; readonly tenant: string; readonly key: string; readonly freshness: 'stored' | 'fresh' },
  ): Promise<Outcome<OrderView>>;
  cancelPayment(request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }): Promise<Outcome<OrderView>>;
  requestRefund(request: RefundRequestedBy): Promise<Outcome<RefundAccepted>>;
};

export type PaymentApiPorts = {
  readonly authentication: AuthenticationPorts;
  readonly useCases: PaymentUseCases;
  readonly statements: StatementPorts;
  readonly clock: Clock;
};
