/**
 * Channels and the HIS as the use cases see them: behind the boundary, which attaches deadlines, caps and shape checks and turns a throw, a
 * timeout or a malformed answer into `unknown`. These never throw.
 */
import type {
  AbandonOutcome, AgreementNews, Agreements, BankReceiptOutcome, BankReceiptRequest, BankStatementOutcome, BankStatementRequest, Bill, BindingNews, BindingReference, BindingRequest, BindingRequestOutcome, BusinessKind,
  CardTerminalOperation, CardTerminalOutcome, CardType, ChargeOutcome, ChargeRequest, CloseOutcome, Confirmation, ConfirmationQuery, ConfirmBindingOutcome, ConfirmRequest, DayListLine, DictionaryEntry, FacetAnswer, FacetRequest,
  FetchedStatement, FigureReader, FindInsuredOutcome, FundStatementOutcome, FundStatementRequest, HisBudget, HisQueryResult, HisResult, HospitalAdapter, HospitalFacet, InsuranceDetails, InsuranceDetailsRequest,
  InsuranceRefundNotice, InsuranceRefundNoticeOutcome, InsuranceVoucher, Notification, NotificationAnswer, OpenTillOutcome, Patient, PayerIdOutcome, PaymentCodeOutcome, PaymentMethod, PaymentNews, PaymentReference,
  PresettlementOutcome, PresettlementRequest, ProbeOutcome, Quote, RawNotification, RefundApproval, RefundApprovalRequest, RefundNews, RefundOutcome, RefundReference, RefundRequest, ReportDeclaration, ReportOutcome,
  ReportRequest, StatementFile, StatementOutcome, StatementReading, TillDay, TransferNews, TransferOutcome, TransferReference, TransferRequest, UnbindOutcome,
} from '@hospay/plugin-sdk';
import type { RouteCriteria } from './route-payment.js';

export type ChannelGuest = {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[];
  /** A payment of this channel is undone whole or not at all. */
  readonly refundsWholeOnly?: boolean;
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  query(request: PaymentReference): Promise<PaymentNews>;
  /** Absent facets answer what they can: `close` without the facet is `unknown`, `refund` is `notSent`. */
  close(request: PaymentReference): Promise<CloseOutcome>;
  readonly canClose: boolean;
  readonly canRefund: boolean;
  refund(request: RefundRequest): Promise<RefundOutcome>;
  queryRefund(request: RefundReference): Promise<RefundNews>;
  readNotification(raw: RawNotification): Promise<Notification>;
  answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer;
  downloadStatement(request: { readonly day: string }): Promise<StatementOutcome>;
  /** False: this channel gives no statements, and cannot be reconciled by one. */
  readonly givesStatements?: boolean;
  /** Undefined: its statements cannot be had as files, neither fetched nor brought by a person. */
  readonly statementFiles?: StatementFilesGuest | undefined;
  /** Undefined: a question about a number nobody used reaches the far side just as well, or there is none. */
  readonly probing?: ProbingGuest | undefined;
  /** Undefined: this channel gives no fund statements (资金账单). */
  readonly fundStatement?: FundStatementGuest | undefined;
  /** Undefined: this channel does not settle an order of the insurance together with its payment (医保混合收款). */
  readonly settlingInsurance?: SettlingInsuranceGuest | undefined;
  /** Undefined: this channel does not learn who pays in its app's own browser. */
  readonly identification?: PayerIdentification | undefined;
};

/** Asks the far side something harmless. */
export type ProbingGuest = { probe(): Promise<ProbeOutcome> };

/** Learns, in the browser of the channel's own app, the id by which the channel knows the payer. It proves nothing about money. */
export type PayerIdentification = {
  payerIdAddress(request: { readonly returnUrl: string; readonly state: string }): Promise<{ readonly kind: 'address'; readonly url: string } | { readonly kind: 'unknown'; readonly reason: string }>;
  /** The query with which the browser came back. A code in it is single use. */
  findPayerId(request: { readonly query: string }): Promise<PayerIdOutcome>;
};

/** Where the reader of a channel's statement files is found, as plain data: it is loaded in a thread of its own. Secrets in `settings` have their own names as values. */
export type StatementReaderOf = { readonly entryPath: string; readonly fingerprint: string; readonly channel: string; readonly settings: Readonly<Record<string, unknown>> };

/** A channel's statement as a file. `reader`: what reads it, beside the payments; undefined: the channel does, by its own books. */
export type StatementFilesGuest = {
  readonly reader: StatementReaderOf | undefined;
  /** False: files of this channel only come by a person's hand, or are read where they are fetched (`downloadStatement`). */
  readonly canFetch: boolean;
  fetchStatement(request: { readonly day: string }): Promise<FetchedStatement>;
  /** Only where there is no `reader`. */
  readStatement(file: StatementFile): Promise<StatementReading | { readonly kind: 'unknown'; readonly reason: string }>;
};

/** Every movement of the merchant's account at a channel, and its balance after each. */
export type FundStatementGuest = {
  downloadFundStatement(request: FundStatementRequest): Promise<FundStatementOutcome>;
  /** What reads the file that `fetchFundStatement` gives; undefined: it comes read. */
  readonly reader?: StatementReaderOf | undefined;
  fetchFundStatement?(request: FundStatementRequest): Promise<FetchedStatement>;
};

/** A wallet that settles the insurance itself is told when that was undone. It moves no money. */
export type SettlingInsuranceGuest = { tellInsuranceRefund(notice: InsuranceRefundNotice): Promise<InsuranceRefundNoticeOutcome> };

export type Channels = {
  /** Undefined while the instance is not active: money already sent through it waits for it, never for another. */
  find(id: string): ChannelGuest | undefined;
  /** The instance that serves this new payment now (routing, health, methods), or undefined. */
  choose(criteria: RouteCriteria): ChannelGuest | undefined;
};

/** The insurance centre as the use cases see it, before money moves. */
export type PresettlingGuest = {
  findInsured(request: { readonly voucher: InsuranceVoucher; readonly operatorId?: string }): Promise<FindInsuredOutcome>;
  presettle(request: PresettlementRequest): Promise<PresettlementOutcome>;
  abandon(request: { readonly presettlementNo: string }): Promise<AbandonOutcome>;
};

export type InsuranceCentres = {
  /** The pre-settling part of a channel instance; undefined while the instance is not active, or when it has none. */
  find(channelId: string): PresettlingGuest | undefined;
};

/** The cards bound by agreement at one channel, as the use cases see them. What has no definite answer is `unknown`, and asked about by its number. */
export type AgreementsGuest = {
  requestBinding(request: BindingRequest): Promise<BindingRequestOutcome>;
  confirmBinding(request: BindingReference & { readonly code: string }): Promise<ConfirmBindingOutcome>;
  queryBinding(request: BindingReference): Promise<BindingNews>;
  unbind(request: Parameters<Agreements['unbind']>[0]): Promise<UnbindOutcome>;
  queryAgreement(request: Parameters<Agreements['queryAgreement']>[0]): Promise<AgreementNews>;
  confirmPayment(request: Parameters<Agreements['confirmPayment']>[0]): Promise<PaymentCodeOutcome>;
};

export type AgreementGateways = {
  /** Undefined while the instance is not active: what was bound there waits for it. */
  find(channelId: string): AgreementsGuest | undefined;
  /** Where a new card is bound now, or undefined. */
  choose(): { readonly channel: string; readonly gateway: AgreementsGuest } | undefined;
};

type NoAnswer = { readonly kind: 'unknown'; readonly reason: string };

/** The tills of a channel that counts cash, as the use cases see them. Both questions may be repeated: neither counts anything twice. */
export type TillsGuest = {
  tillDays(request: { readonly day: string }): Promise<{ readonly kind: 'ok'; readonly tills: readonly TillDay[] } | NoAnswer>;
  openTill(request: { readonly openingNo: string; readonly tillNo: string; readonly amountFen: number; readonly openedAt: string }): Promise<OpenTillOutcome | NoAnswer>;
};

/** The card terminals of a channel. An operation is never repeated by the platform: without an answer it is `unknown`, and a person looks at the terminal. */
export type CardTerminalsGuest = {
  readonly terminalIds: readonly string[];
  operate(request: { readonly terminalId: string; readonly operation: CardTerminalOperation; readonly operatorId?: string }): Promise<CardTerminalOutcome>;
};

/** What the active channels have at windows and kiosks, in the order of the configuration. */
export type WindowDesks = {
  tills(): readonly { readonly channel: string; readonly tills: TillsGuest }[];
  cardTerminals(): readonly { readonly channel: string; readonly cardTerminals: CardTerminalsGuest }[];
};

export type FacetCall<Name extends HospitalFacet> = (request: FacetRequest<Name>) => Promise<FacetAnswer<Name> | NoAnswer>;

export type HospitalGuest = {
  findPatient(request: { readonly cardType: CardType; readonly cardNo: string }): Promise<HisResult<Patient[]>>;
  listOpenBills(request: { readonly patientId: string }): Promise<HisResult<Bill[]>>;
  presettle(request: { readonly patientId: string; readonly billNos: readonly string[] }): Promise<HisResult<Quote>>;
  confirm(request: ConfirmRequest): Promise<HisResult<Confirmation>>;
  queryConfirmation(request: ConfirmationQuery): Promise<HisQueryResult<Confirmation>>;
  readonly canApproveRefunds: boolean;
  approveRefund(request: RefundApprovalRequest): Promise<HisResult<RefundApproval>>;
  queryRefundApproval(request: { readonly refundNo: string; readonly tradeNo: string; readonly business?: BusinessKind }): Promise<HisQueryResult<RefundApproval>>;
  /** Undefined when this HIS cannot tell what the insurance needs: its bills are not pre-settled by the platform. */
  readonly insuranceDetails?: ((request: InsuranceDetailsRequest) => Promise<HisResult<InsuranceDetails>>) | undefined;
  /** An optional operation; undefined when this HIS does not have it. */
  facet<Name extends HospitalFacet>(name: Name): FacetCall<Name> | undefined;
  /** The HIS's list of one day, page by page. Undefined when this HIS gives none. */
  readonly listDay?: ((request: { readonly day: string; readonly page: number; readonly pageSize: number }) => Promise<HisResult<DayListLine[]>>) | undefined;
  loadDictionary(request: { readonly name: string }): Promise<HisResult<DictionaryEntry[]>>;
  ping(): ReturnType<NonNullable<HospitalAdapter['ping']>>;
  /** How the budget of the adapter stands; undefined when it tells none. */
  readonly readBudget?: (() => Promise<{ readonly kind: 'ok'; readonly value: HisBudget } | { readonly kind: 'unknown'; readonly reason: string }>) | undefined;
};

/** One account link to a bank as the use cases see it, behind the boundary. A transfer is sent once; what is unknown is asked about, never sent again. */
export type BankLinkGuest = {
  readonly id: string;
  readonly accountNos: readonly string[];
  pay(request: TransferRequest): Promise<TransferOutcome>;
  query(request: TransferReference): Promise<TransferNews>;
  statement(request: BankStatementRequest): Promise<BankStatementOutcome>;
  /** Absent: the bank gives no receipts through this link. */
  readonly receipt?: ((request: BankReceiptRequest) => Promise<BankReceiptOutcome>) | undefined;
};

export type BankLinks = {
  /** The link that holds this account; undefined while its instance is not active: what was sent through it waits for it. */
  ofAccount(accountNo: string): BankLinkGuest | undefined;
  list(): readonly BankLinkGuest[];
};

/** A report of a plugin, behind the boundary: rows that fit its columns, or why there are none. */
export type ReportGuest = {
  /** `<instance>.<name>`: no report of the platform's own has a dot. */
  readonly id: string;
  readonly declaration: ReportDeclaration;
  read(request: ReportRequest, reader: FigureReader): Promise<ReportOutcome>;
};

export type Hospitals = {
  /** Undefined while the adapter is not active: no new payment is taken, confirmations wait. */
  find(hospitalId: string): HospitalGuest | undefined;
};
