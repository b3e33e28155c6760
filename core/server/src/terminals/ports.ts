/** What terminals need from outside, and the words the edges share with this folder. */
import type { CardType, InsuranceVoucher } from '@hospay/plugin-sdk';
import type { CheckoutOwnerUseCases } from '../checkout/ports.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Owner } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { PresettleRequest } from '../insurance/ports.js';
import type { InsuredPersonView, PresettlementView } from '../insurance/presettlement-view.js';
import type { InpatientDesk } from '../inpatients/ports.js';
import type { AddPaymentRequest, CreatePaymentRequest } from '../payments/ports.js';
import type { RegistrationDesk } from '../registrations/ports.js';
import type { WindowRefundRequest } from '../refunds/ports.js';
import type { OperatorDesk } from '../users/ports.js';
import type { WindowDesk } from '../window-desk/ports.js';
import type { FoundOrder } from './counter-views.js';
import type { BillView, OrderView, PatientView, QuoteView, TerminalConfiguration } from './views.js';

export { CORE_FILTERS, DEVICE_ID_PATTERN, isDeviceId, readDeviceTopic, readEnrolTopic, TOPIC_ROOT, topics } from './topics.js';
export type { FoundOrder } from './counter-views.js';
export { LARGEST_MESSAGE_BYTES } from './envelope.js';
export type { BillView, OrderView, PatientView, QuoteView, TerminalConfiguration } from './views.js';

export type TerminalStatus = 'unclaimed' | 'active' | 'disabled';

/** One registered terminal. Hospital and merchant come from here, never from a message. */
export type Terminal = {
  readonly deviceId: string;
  readonly hospitalId: string;
  readonly merchantId: string;
  readonly title: string;
  /** kiosk, window, doctorStation … ; also its notice group. */
  readonly kind: string;
  readonly status: TerminalStatus;
  /** Undefined until it is claimed, and after it was revoked. */
  readonly key: Uint8Array | undefined;
  readonly lastSeenAt: Date | undefined;
};

/** A claim code is shown once, to the person who registers the terminal. */
export type OfferedClaim = { readonly claimId: string; readonly code: string; readonly expiresAt: Date };

export type TerminalRegistry = {
  find(deviceId: string): Promise<Terminal | undefined>;
  list(): Promise<readonly Terminal[]>;
  /** Makes a claim code for a registered terminal; an earlier one of the same terminal is void. */
  offerClaim(deviceId: string): Promise<Outcome<OfferedClaim>>;
  /** An open claim by its public name. */
  findClaim(claimId: string): Promise<{ readonly deviceId: string; readonly code: string } | undefined>;
  /** Consumes the claim exactly once and keeps the device's new key. */
  takeClaim(claim: { readonly claimId: string; readonly key: Uint8Array }): Promise<Terminal | undefined>;
  touchLastSeen(deviceId: string, at: Date): Promise<void>;
  /** Disables the terminal and forgets its key. False when there is none. */
  revoke(deviceId: string): Promise<boolean>;
  /** Announces a new key or a revocation: brokers drop the connection or write their files anew. */
  onChanged(listener: (deviceId: string) => void): () => void;
};

/** Rows behind the registry; the platform database implements it. */
export type TerminalRows = {
  find(id: string): Promise<TerminalRow | undefined>;
  list(): Promise<readonly TerminalRow[]>;
  offerClaim(id: string, claim: { readonly hash: string; readonly expiresAt: Date }, now: Date): Promise<boolean>;
  takeClaim(claim: { readonly hash: string; readonly key: Uint8Array }, now: Date): Promise<TerminalRow | undefined>;
  keyOf(id: string): Promise<Uint8Array | undefined>;
  disable(id: string, now: Date): Promise<boolean>;
  sawAt(id: string, at: Date): Promise<void>;
};
export type TerminalRow = {
  readonly id: string;
  readonly hospital: string;
  readonly kind: string;
  readonly title: string;
  readonly status: TerminalStatus;
  readonly lastSeenAt: Date | undefined;
};

/** What "was it paid?" is asked by: a number of any kind, or a day and an amount, with the end of the channel's number where it is known. */
export type OrderSearch = { readonly number: string } | { readonly day: string; readonly amountFen: number; readonly ending?: string };

/** The use cases a terminal reaches. Each answers an outcome; a throw means the platform itself is in trouble. */
export type TerminalUseCases = {
  findPatient(request: { readonly hospitalId: string; readonly cardType: CardType; readonly cardNo: string }): Promise<Outcome<readonly PatientView[]>>;
  listOpenBills(request: { readonly hospitalId: string; readonly patientId: string }): Promise<Outcome<readonly BillView[]>>;
  quoteBills(request: { readonly hospitalId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[] }): Promise<Outcome<QuoteView>>;
  createPayment(request: CreatePaymentRequest): Promise<Outcome<OrderView>>;
  addPayment(request: AddPaymentRequest): Promise<Outcome<OrderView>>;
  findOrder(request: { readonly owner: Owner; readonly freshness: 'stored' | 'fresh' } & ({ readonly tradeNo: string } | { readonly tenant: string; readonly key: string })): Promise<Outcome<OrderView>>;
  listOpenOrders(owner: Owner): Promise<readonly OrderView[]>;
  cancelPayment(request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }): Promise<Outcome<OrderView>>;
  markReceiptPrinted(request: { readonly owner: Owner; readonly tradeNo: string }): Promise<Outcome<OrderView>>;
  findInsured(request: { readonly hospitalId: string; readonly owner: Owner; readonly terminalKind?: string; readonly voucher: InsuranceVoucher; readonly operatorId?: string }): Promise<Outcome<InsuredPersonView>>;
  presettle(request: PresettleRequest): Promise<Outcome<PresettlementView>>;
  findPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string }): Promise<Outcome<PresettlementView>>;
  abandonPresettlement(request: { readonly owner: Owner; readonly presettlementNo: string; readonly by: string }): Promise<Outcome<PresettlementView>>;
  /** Of the whole hospital, newest first, at most twenty. */
  searchOrders(request: OrderSearch): Promise<readonly FoundOrder[]>;
  showOrderOfHospital(request: { readonly hospitalId: string; readonly tradeNo: string }): Promise<Outcome<OrderView>>;
  reprintReceipt(request: { readonly hospitalId: string; readonly tradeNo: string; readonly by: string; readonly at: string }): Promise<Outcome<OrderView>>;
  refundAtWindow(request: WindowRefundRequest): Promise<Outcome<OrderView>>;
} & CheckoutOwnerUseCases & RegistrationDesk & InpatientDesk & Pick<WindowDesk, 'operateCardTerminal' | 'findCardTerminalOperation' | 'openTill' | 'readOwnTills'>;

export type TerminalPorts = {
  readonly registry: TerminalRegistry;
  readonly useCases: TerminalUseCases;
  readonly operators: OperatorDesk;
  readonly configurationOf: (terminal: Terminal) => TerminalConfiguration;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
};

/** What a transport (MQTT, a simulation) hands in and carries out. Neither call throws. */
export type TerminalDesk = {
  /** The signed answer to one message of a device, whatever the message is. */
  answer(message: { readonly device: string; readonly operation: string; readonly payload: Uint8Array }): Promise<string>;
  /** A signed refusal for a message that was not looked at (too many at once). */
  refuse(message: { readonly device: string; readonly operation: string; readonly payload: Uint8Array }, code: 'TOO_MANY_REQUESTS'): Promise<string>;
  /** The signed push of an order to the terminal that owns it; undefined when the terminal is gone. */
  announce(device: string, order: OrderView): Promise<string | undefined>;
};

/** Answers enrolment messages; undefined when nothing should be said. Never throws. */
export type EnrolmentDesk = { answer(message: { readonly claimId: string; readonly payload: Uint8Array }): Promise<string | undefined> };

/** Who may sign in at the broker. */
export type BrokerCredentials = {
  readonly core: { readonly username: string; readonly password: string };
  terminal(deviceId: string): Promise<{ readonly password: string; readonly group: string } | undefined>;
  list(): Promise<readonly { readonly deviceId: string; readonly password: string; readonly group: string }[]>;
  onChanged(listener: (deviceId: string) => void): () => void;
};

/** Orders as the transport announces them. */
export type OrderAnnouncements = {
  onChanged(listener: (tradeNo: string) => void): () => void;
  /** The newest view of an order and who owns it. */
  find(tradeNo: string): Promise<{ readonly owner: Owner; readonly view: OrderView } | undefined>;
};
