/** What terminals need from outside, and the words the edges share with this folder. */
import type { CardType, InsuranceVoucher } from '@hospay/plugin-sdk';
import type { CheckoutOwnerUseCases } from '../checkout/ports.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Owner } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { FleetDesk } from '../fleet/ports.js';
import type { PresettleRequest } from '../insurance/ports.js';
import type { InsuredPersonView, PresettlementView } from '../insurance/presettlement-view.js';
import type { InpatientDesk } from '../inpatients/ports.js';
import type { AddPaymentRequest, CreatePaymentRequest } from '../payments/ports.js';
import type { RegistrationDesk } from '../registrations/ports.js';
import type { WindowRefundRequest } from '../refunds/ports.js';
import type { PatientDesk } from '../patients/ports.js';
import type { FormsAtTill } from '../numbered-forms/ports.js';
import type { ShiftDesk } from '../shifts/ports.js';
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
  /** kiosk, window, doctorStation … ; notices go to a kind, too. */
  readonly kind: string;
  /** As somebody assigned them in the console; routing and notices follow. */
  readonly campus: string | undefined;
  readonly group: string | undefined;
  readonly status: TerminalStatus;
  /** Undefined until it is claimed, and after it was revoked. */
  readonly key: Uint8Array | undefined;
  /** Agreed in a rotation and not used yet. */
  readonly nextKey: Uint8Array | undefined;
  /** Replaced in a rotation: accepted until then, afterwards only recognised. */
  readonly previousKey: RetiredKey | undefined;
  readonly keySince: Date | undefined;
  /** Somebody wants another key; the terminal has not agreed on one yet. */
  readonly rotationAskedAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
};

export type RetiredKey = { readonly key: Uint8Array; readonly until: Date };
/** Where a terminal belongs. */
export type TerminalPlace = { readonly campus: string | undefined; readonly group: string | undefined };
/** A terminal as a person registers or approves it. */
export type NewTerminal = TerminalPlace & { readonly id: string; readonly kind: string; readonly title: string };
/** A terminal that shows a claim code and waits for somebody to approve it. */
export type WaitingTerminal = {
  readonly claimId: string;
  /** Its own words, not proven. */
  readonly software: string;
  readonly machine: string | undefined;
  /** Where the request came from. */
  readonly address: string | undefined;
  readonly askedAt: Date;
  readonly expiresAt: Date;
};
/** What of a terminal changed. A rotation leaves its connection alone. */
export type TerminalChange = 'enrolled' | 'revoked' | 'placed' | 'rotationAsked' | 'rotated' | 'keyEnded';

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
  /** Registers a terminal together with its key, or gives one that is there a new one (`replaces`: another machine in its place). */
  enrol(terminal: NewTerminal, enrolment: { readonly key: Uint8Array; readonly replaces: boolean }): Promise<Outcome<Terminal>>;
  /** Title, campus, group. False: there is none. */
  place(deviceId: string, place: TerminalPlace & { readonly title: string }): Promise<boolean>;
  /** Where it belongs, from memory: routing asks for every payment. */
  placeOf(deviceId: string): TerminalPlace | undefined;
  /** Somebody wants the terminal to have another key. */
  askRotation(deviceId: string): Promise<Outcome<{ readonly askedAt: Date }>>;
  /** The terminal's half of another key; the same half gets the same answer. */
  agreeNextKey(deviceId: string, devicePublicKey: string): Promise<Outcome<{ readonly corePublicKey: string; readonly kid: string; readonly overlapSeconds: number }>>;
  /** The next key was used: it is the key, and the one before it dies after the overlap. */
  promoteNextKey(deviceId: string): Promise<void>;
  /** Announces keys whose overlap is over. */
  endOverlaps(): void;
  touchLastSeen(deviceId: string, at: Date): Promise<void>;
  /** Disables the terminal and forgets its keys. False when there is none. */
  revoke(deviceId: string): Promise<boolean>;
  /** Announces what brokers must know: they drop the connection or write their files anew. */
  onChanged(listener: (deviceId: string, change: TerminalChange) => void): () => void;
};

/** Rows behind the registry; the platform database implements it. */
export type TerminalRows = {
  find(id: string): Promise<TerminalRow | undefined>;
  list(): Promise<readonly TerminalRow[]>;
  offerClaim(id: string, claim: { readonly hash: string; readonly expiresAt: Date }, now: Date): Promise<boolean>;
  takeClaim(claim: { readonly hash: string; readonly key: Uint8Array }, now: Date): Promise<TerminalRow | undefined>;
  keysOf(id: string): Promise<StoredKeys>;
  /** Undefined: the id exists and is not to be replaced. */
  enrol(terminal: NewTerminal, enrolment: { readonly key: Uint8Array; readonly replaces: boolean }, now: Date): Promise<TerminalRow | undefined>;
  place(id: string, place: TerminalPlace & { readonly title: string }, now: Date): Promise<boolean>;
  /** Of an active terminal. */
  askRotation(id: string, now: Date): Promise<boolean>;
  /** Keeps a key that was agreed on, beside the present one. */
  keepNextKey(id: string, offer: NextKey, now: Date): Promise<boolean>;
  promoteNextKey(id: string, until: Date, now: Date): Promise<boolean>;
  disable(id: string, now: Date): Promise<boolean>;
  sawAt(id: string, at: Date): Promise<void>;
};
export type NextKey = { readonly key: Uint8Array; readonly devicePublicKey: string; readonly corePublicKey: string };
export type StoredKeys = { readonly current: Uint8Array | undefined; readonly next: NextKey | undefined; readonly previous: RetiredKey | undefined };
export type TerminalRow = {
  readonly id: string;
  readonly hospital: string;
  readonly kind: string;
  readonly title: string;
  readonly campus: string | undefined;
  readonly group: string | undefined;
  readonly status: TerminalStatus;
  readonly keySince: Date | undefined;
  readonly rotationAskedAt: Date | undefined;
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
} & CheckoutOwnerUseCases & RegistrationDesk & InpatientDesk & Pick<WindowDesk, 'operateCardTerminal' | 'findCardTerminalOperation' | 'openTill' | 'readOwnTills'> & Pick<ShiftDesk, 'readRunningShift' | 'closeShift' | 'findShift' | 'readShiftReport'> & FormsAtTill & PatientDesk;

export type TerminalPorts = {
  readonly registry: TerminalRegistry;
  readonly useCases: TerminalUseCases;
  readonly operators: OperatorDesk;
  readonly configurationOf: (terminal: Terminal) => TerminalConfiguration;
  /** What the fleet wants to know of every message, and the operations beside payments. */
  readonly fleet: FleetDesk;
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
  /** Anything else the core says to a terminal unasked, signed; undefined when the terminal is gone. `lifeMs`: for how long it is worth hearing. */
  say(device: string, message: { readonly op: string; readonly body: object; readonly lifeMs?: number }): Promise<string | undefined>;
  /** What a terminal left retained: signed by it, of any age. */
  hearRetained(message: { readonly device: string; readonly payload: Uint8Array }): Promise<void>;
};

/** Answers enrolment messages; undefined when nothing should be said. Never throws. */
export type EnrolmentDesk = {
  answer(message: { readonly claimId: string; readonly payload: Uint8Array; readonly address?: string | undefined }): Promise<string | undefined>;
  /** Terminals that show a code and wait. */
  waiting(): readonly WaitingTerminal[];
  /** The one whose screen shows this code. */
  find(code: string): Outcome<WaitingTerminal>;
  /** The person with the code says what the terminal is; the terminal gets its key at its next question. */
  approve(approval: { readonly code: string; readonly terminal: NewTerminal; readonly replaces: boolean }): Promise<Outcome<{ readonly terminal: Terminal; readonly waiting: WaitingTerminal }>>;
  /** Undefined: it does not wait. */
  reject(claimId: string): WaitingTerminal | undefined;
};

/** What the core keeps at the broker for terminals (configuration, notices) and tells them unasked. The transport lends it a way to publish while it is connected. */
export type FleetAnnouncer = { connected(publish: Publish): void; disconnected(): void };
export type Publish = (topic: string, payload: string, options: { readonly retain: boolean }) => void;

/** Who may sign in at the broker. */
export type BrokerCredentials = {
  readonly core: { readonly username: string; readonly password: string };
  terminal(deviceId: string): Promise<BrokerCredential | undefined>;
  list(): Promise<readonly BrokerCredential[]>;
  onChanged(listener: (deviceId: string, change: TerminalChange) => void): () => void;
};

export type BrokerCredential = {
  readonly deviceId: string;
  /** The first one is the present key's; during a rotation there are others. */
  readonly passwords: readonly string[];
  /** Whose notices it may hear: its kind, and its group. */
  readonly groups: readonly string[];
};

/** Orders as the transport announces them. */
export type OrderAnnouncements = {
  onChanged(listener: (tradeNo: string) => void): () => void;
  /** The newest view of an order and who owns it. */
  find(tradeNo: string): Promise<{ readonly owner: Owner; readonly view: OrderView } | undefined>;
};
