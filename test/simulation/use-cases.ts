import type { NoticeAnswer, NotificationAnswer, RawNotification } from '@hospay/plugin-sdk';
import type { ArrivedNotice } from '@hospay/server/his-notices/ports.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { AgreementGateways } from '@hospay/server/domain/guests.js';
import type { Owner } from '@hospay/server/domain/order.js';
import type { ChangeMoney } from '@hospay/server/domain/shift-store.js';
import type { PrepaymentDesk } from '@hospay/server/prepayment/ports.js';
import type { DueTransfer } from '@hospay/server/domain/hand-transfer.js';
import type { PayoutView } from '@hospay/server/payouts/payout-view.js';
import type { RefundDesk } from '@hospay/server/approvals/ports.js';
import type { Bilingual } from '@hospay/server/domain/bilingual.js';
import type { RefundApproval } from '@hospay/server/domain/refund-approval.js';
import type { PayoutDesk, PayoutResult } from '@hospay/server/payouts/ports.js';
import type { DischargeView } from '@hospay/server/inpatients/discharge-view.js';
import type { DischargeQuoteView, InpatientPorts, QuoteDepositRequest, QuoteDischargeRequest, SettleDischargeRequest } from '@hospay/server/inpatients/ports.js';
import type { findInsured } from '@hospay/server/insurance/find-insured.js';
import type { InsurancePorts } from '@hospay/server/insurance/ports.js';
import type { PresettleRequest } from '@hospay/server/insurance/ports.js';
import type { InsuredPersonView, PresettlementView } from '@hospay/server/insurance/presettlement-view.js';
import type { PatientPorts } from '@hospay/server/patients/ports.js';
import type { QuoteView } from '@hospay/server/patients/quote-view.js';
import type { findOrder } from '@hospay/server/payments/find-order.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { AddPaymentRequest, CreatePaymentRequest, PaymentPorts } from '@hospay/server/payments/ports.js';
import type { QuickPayDesk } from '@hospay/server/quick-pay/ports.js';
import type { HeldRegistrationView, HoldRegistrationRequest } from '@hospay/server/registrations/ports.js';
import type { HisRefundView } from '@hospay/server/refunds/his-refund-view.js';
import type { HisRefundRequest, WindowRefundRequest } from '@hospay/server/refunds/ports.js';
import type { RefundAccepted, RefundRequestedBy } from '@hospay/server/refunds/request-refund.js';
import type { SetupDesk } from '@hospay/server/setup/ports.js';
import type { ShiftDesk } from '@hospay/server/shifts/ports.js';

/** Everything the use cases need from outside. Shifts have ports of their own. */
export type Ports = PaymentPorts & PatientPorts & InsurancePorts & InpatientPorts & { readonly gateways: AgreementGateways };

/** What terminals, applications and channels may ask of the running platform. */
export type UseCases = {
  /** What the clock calls: what has ended is asked about once more. */
  askEndedAgain(): Promise<Bilingual>;
  quoteBills(request: { readonly owner: Owner; readonly patientId: string; readonly billNos: readonly string[] }): Promise<Outcome<QuoteView>>;
  holdRegistration(request: Omit<HoldRegistrationRequest, 'hospitalId' | 'patientLabel'>): Promise<Outcome<HeldRegistrationView>>;
  cancelRegistration(request: { readonly owner: Owner; readonly quoteId: string }): Promise<Outcome<{ readonly quoteId: string }>>;
  quoteDeposit(request: Omit<QuoteDepositRequest, 'hospitalId'>): Promise<Outcome<QuoteView>>;
  quoteDischarge(request: Omit<QuoteDischargeRequest, 'hospitalId'>): Promise<Outcome<DischargeQuoteView>>;
  settleDischarge(request: SettleDischargeRequest): Promise<Outcome<DischargeView>>;
  /** Finance returns prepayment accounts. */
  proposeRun: PrepaymentDesk['proposeRun'];
  decideRun: PrepaymentDesk['decideRun'];
  pauseRun: PrepaymentDesk['pauseRun'];
  listRuns: PrepaymentDesk['listRuns'];
  /** Finance pays through the bank link. */
  listDebts(): Promise<readonly DueTransfer[]>;
  listPayouts(request: { readonly limit: number }): Promise<readonly PayoutView[]>;
  proposePayouts: PayoutDesk['proposePayouts'];
  proposeSettlement: PayoutDesk['proposeSettlement'];
  decidePayouts(request: Parameters<PayoutDesk['decidePayouts']>[0]): Promise<Outcome<readonly PayoutResult[]>>;
  giveUpPayout: PayoutDesk['giveUpPayout'];
  importBankStatements(): Promise<Bilingual>;
  /** Finance refunds at the console; above its power others approve. */
  refundAtConsole: RefundDesk['requestRefund'];
  decideRefund: RefundDesk['decideApproval'];
  listRefundApprovals(): Promise<readonly RefundApproval[]>;
  findInsured(request: Omit<Parameters<typeof findInsured>[1], 'hospitalId'>): Promise<Outcome<InsuredPersonView>>;
  presettle(request: PresettleRequest): Promise<Outcome<PresettlementView>>;
  findPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string }): Promise<Outcome<PresettlementView>>;
  abandonPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string }): Promise<Outcome<PresettlementView>>;
  createPayment(request: CreatePaymentRequest): Promise<Outcome<OrderView>>;
  addPayment(request: AddPaymentRequest): Promise<Outcome<OrderView>>;
  cancelPayment(request: { readonly owner: Owner; readonly tradeNo: string }): Promise<Outcome<OrderView>>;
  /** Cards bound by agreement, their password and what is paid with them. */
  bindCard: QuickPayDesk['bindCard'];
  confirmBinding: QuickPayDesk['confirmBinding'];
  findAgreement: QuickPayDesk['findAgreement'];
  unbindCard: QuickPayDesk['unbindCard'];
  setPaymentPassword: QuickPayDesk['setPaymentPassword'];
  checkHolder: QuickPayDesk['checkHolder'];
  resetPaymentPassword: QuickPayDesk['resetPaymentPassword'];
  payWithAgreement: QuickPayDesk['payWithAgreement'];
  askOpenAgreements(): Promise<Outcome<Bilingual>>;
  /** The bank's code for a payment with a bound card. */
  enterPaymentCode: QuickPayDesk['enterPaymentCode'];
  findOrder(request: Parameters<typeof findOrder>[1]): Promise<Outcome<OrderView>>;
  listOpenOrders(owner: Owner): Promise<Outcome<OrderView[]>>;
  markReceiptPrinted(request: { readonly owner: Owner; readonly tradeNo: string }): Promise<Outcome<OrderView>>;
  requestRefund(request: RefundRequestedBy): Promise<Outcome<RefundAccepted>>;
  refundAtWindow(request: Omit<WindowRefundRequest, 'hospitalId'>): Promise<Outcome<OrderView>>;
  /** An administrator sends one fen through a channel. */
  beginSelfTest: SetupDesk['beginSelfTest'];
  cancelSelfTest: SetupDesk['cancelSelfTest'];
  /** The window tells the platform of change money that was counted in. */
  noteChangeMoney(money: ChangeMoney): Promise<Outcome<object>>;
  readRunningShift: ShiftDesk['readRunningShift'];
  closeShift: ShiftDesk['closeShift'];
  findShift: ShiftDesk['findShift'];
  takeOverCash: ShiftDesk['takeOverCash'];
  depositCash: ShiftDesk['depositCash'];
  reverseCashAct: ShiftDesk['reverseCashAct'];
  /** Finance has every booking of a time asked about. */
  checkBookings(time: { readonly from: Date; readonly to: Date }): Promise<Outcome<number>>;
  receiveNotice(arrived: ArrivedNotice): Promise<NoticeAnswer>;
  refundForHis(request: Omit<HisRefundRequest, 'hospitalId'>): Promise<Outcome<HisRefundView>>;
  receiveNotification(channelId: string, raw: RawNotification): Promise<NotificationAnswer | undefined>;
};
