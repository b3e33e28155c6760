import type { Bill, CardType, InsuranceVoucher } from '@hospay/plugin-sdk';
import type { AuthenticationPorts } from '../../../applications/ports.js';
import type { CheckoutOwnerUseCases } from '../../../checkout/ports.js';
import type { Outcome } from '../../../domain/errors.js';
import type { IdempotencyKey } from '../../../domain/money-store.js';
import type { Owner } from '../../../domain/order.js';
import type { Clock } from '../../../domain/time.js';
import type { PatientDesk } from '../../../patients/ports.js';
import type { InpatientDesk } from '../../../inpatients/ports.js';
import type { PresettleRequest } from '../../../insurance/ports.js';
import type { InsuredPersonView, PresettlementView } from '../../../insurance/presettlement-view.js';
import type { OrderSync } from '../../../order-sync/ports.js';
import type { OrderView } from '../../../payments/order-view.js';
import type { AddPaymentRequest, CreatePaymentRequest } from '../../../payments/ports.js';
import type { QuickPayDesk } from '../../../quick-pay/ports.js';
import type { HisDesk } from '../../../refunds/ports.js';
import type { RegistrationDesk } from '../../../registrations/ports.js';
import type { MerchantDesk } from '../../../merchants/ports.js';
import type { StatementFileDesk } from '../../../statement-files/ports.js';

/** A patient as an application may see him: masked. */
export type ShownPatient = {
  readonly patientId: string;
  readonly name: string;
  readonly sex: 'male' | 'female' | 'unknown';
  readonly birthday?: string;
  readonly idNo?: string;
  readonly cardNo?: string;
  readonly phone?: string;
  readonly feeCategory?: string;
};
export type ShownQuote = {
  readonly quoteId: string;
  readonly billNos: readonly string[];
  readonly totalFen: number;
  readonly fundFen: number;
  readonly personalAccountFen: number;
  readonly selfPayFen: number;
  readonly roundingFen?: number;
  readonly validUntil: string;
};
export type RefundOfApplication = {
  readonly tradeNo: string;
  /** Undefined: all that is left. */
  readonly refundFen: number | undefined;
  readonly reason: string;
  readonly requestedBy: string;
  readonly idempotency: IdempotencyKey;
};
type Freshness = 'stored' | 'fresh';
export type OrderQuestion =
  | { readonly owner: Owner; readonly tradeNo: string; readonly freshness: Freshness }
  | { readonly owner: Owner; readonly tenant: string; readonly key: string; readonly freshness: Freshness };

/** The use cases behind the payment API, each already given its own ports. */
export type PaymentUseCases = {
  findPatient(request: { readonly hospitalId: string; readonly cardType: CardType; readonly cardNo: string }): Promise<Outcome<readonly ShownPatient[]>>;
  listOpenBills(request: { readonly hospitalId: string; readonly patientId: string }): Promise<Outcome<readonly Bill[]>>;
  quoteBills(request: { readonly hospitalId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[] }): Promise<Outcome<ShownQuote>>;
  createPayment(request: CreatePaymentRequest): Promise<Outcome<OrderView>>;
  addPayment(request: AddPaymentRequest): Promise<Outcome<OrderView>>;
  findOrder(request: OrderQuestion): Promise<Outcome<OrderView>>;
  cancelPayment(request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }): Promise<Outcome<OrderView>>;
  requestRefund(request: RefundOfApplication): Promise<Outcome<{ readonly refund: { readonly refundNo: string } }>>;
  findInsured(request: { readonly hospitalId: string; readonly owner: Owner; readonly voucher: InsuranceVoucher; readonly operatorId?: string }): Promise<Outcome<InsuredPersonView>>;
  presettle(request: PresettleRequest): Promise<Outcome<PresettlementView>>;
  findPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string }): Promise<Outcome<PresettlementView>>;
  abandonPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string; readonly by: string }): Promise<Outcome<PresettlementView>>;
} & CheckoutOwnerUseCases & RegistrationDesk & InpatientDesk & PatientDesk & HisDesk & QuickPayDesk;

export type PaymentApiPorts = {
  readonly authentication: AuthenticationPorts;
  readonly useCases: PaymentUseCases;
  readonly statements: Pick<StatementFileDesk, 'list' | 'open'>;
  readonly orderSync: OrderSync;
  readonly merchants: Pick<MerchantDesk, 'listPayments' | 'findOrder' | 'readFigures' | 'readSettlement'>;
  readonly clock: Clock;
};
