/** The shapes of the payment API, version 1. Amounts are integer fen (分), times RFC 3339 text. A contract test holds them equal to the OpenAPI document. */

export type CardType = 'visitCard' | 'idCard' | 'insuranceCard' | 'healthCode' | 'outpatientNo';
/**
 * `nativeQr`: show a code. `paymentCode`: the patient's code was scanned (付款码). `jsapi`, `miniProgram`, `h5`, `app`, `webPage` run inside the wallet, the
 * APP or the browser. `bankCard`, `cash`, `medicalInsurance`: at a window or kiosk. `quickPay`: a bound card (快捷支付), by `payWithAgreement` only.
 */
export type PaymentMethod = 'nativeQr' | 'jsapi' | 'miniProgram' | 'h5' | 'app' | 'paymentCode' | 'webPage' | 'bankCard' | 'cash' | 'medicalInsurance' | 'quickPay';

export type PatientSearch = { cardType: CardType; cardNo: string };
export type Patient = {
  patientId: string;
  /** Masked, like everything personal here. */
  name: string;
  sex: 'male' | 'female' | 'unknown';
  birthday?: string;
  idNo?: string;
  cardNo?: string;
  phone?: string;
  feeCategory?: string;
};

export type BillSearch = { patientId: string };
export type BillLine = { lineNo: string; itemCode: string; itemName: string; spec?: string; unit?: string; quantity: string; amountFen: number };
export type Bill = { billNo: string; billType: string; billedAt: string; departmentName: string; doctorName: string; amountFen: number; lines: BillLine[] };

export type QuoteRequest = {
  patientId: string;
  /** The masked name as the search gave it: shown with the order. */
  patientLabel?: string;
  billNos: string[];
};
export type Quote = {
  quoteId: string;
  billNos: string[];
  totalFen: number;
  fundFen: number;
  personalAccountFen: number;
  /** The only amount that can be paid. */
  selfPayFen: number;
  /** 四舍五入, signed: what the HIS rounded by. totalFen + roundingFen = fundFen + personalAccountFen + selfPayFen. Absent: nothing. */
  roundingFen?: number;
  validUntil: string;
};

/** What the patient shows to the medical insurance (医保). Passed on, never kept. */
export type InsuranceVoucher = { kind: 'electronicVoucher' | 'idCard' | 'socialCard' | 'authorization'; number: string; cardSerial?: string };
export type InsuredSearch = { voucher: InsuranceVoucher; operatorId?: string };
export type InsuredPerson = {
  /** The centre's own number: pre-settling needs it. */
  personNo: string;
  name: string;
  insurances: { type: string; place: string; accountBalanceFen?: number; isActive: boolean }[];
};
export type PresettlementRequest = {
  quoteId: string;
  voucher: InsuranceVoucher;
  personNo: string;
  insuranceType: string;
  insuredPlace?: string;
  /** Whether the personal account may be used. */
  usesAccount: boolean;
  operatorId?: string;
};
export type PresettlementState = 'requested' | 'unknown' | 'presettled' | 'settling' | 'settled' | 'abandoning' | 'abandoned';
export type Presettlement = {
  presettlementNo: string;
  quoteId: string;
  /** `requested`, `unknown`: ask again with the same key. */
  state: PresettlementState;
  totalFen: number;
  /** `insuredFen` = fund + account: what the insured payment takes; `cashFen` follows by other payments. */
  split?: { fundFen: number; accountFen: number; cashFen: number; insuredFen: number };
  expiresAt: string;
  tradeNo?: string;
};

/** How and with what a payment is made: the same for the first of an order and for a further one. */
export type TenderRequest = {
  method: PaymentMethod;
  channel?: string;
  /** The scanned code: required for `paymentCode`. */
  authCode?: string;
  /** The payer's openid: required for `jsapi` and `miniProgram`. */
  payerId?: string;
  clientIp?: string;
  /** The person at the window. */
  operatorId?: string;
  /** `cash`: what was counted in, at least the amount. */
  tenderedFen?: number;
  /** `medicalInsurance`: the pre-settlement. With a first payment by `jsapi` or `miniProgram`: the wallet settles it together with the payment (医保混合收款). */
  presettlementNo?: string;
  /** `h5`, `webPage`: where the browser goes afterwards. It proves nothing. */
  returnUrl?: string;
};

export type PaymentRequest = {
  quoteId: string;
  /** Must equal the quote's `selfPayFen`; with a `presettlementNo` its `totalFen`. */
  amountFen: number;
  /** Mixed tender (混合支付): what this first payment takes of it. Absent: the whole. */
  tenderFen?: number;
  /** Required where `jsapi` or `miniProgram` brings a `presettlementNo`. Passed to the wallet encrypted, never kept. */
  insurancePayer?: InsurancePayer;
  description?: string;
} & TenderRequest;

/** 医保混合收款: who pays by resident identity number, the insured relative where he pays for one, and the centre's authorisation of this payment. */
export type InsurancePayer = {
  payAuthNo: string;
  name: string;
  idNo: string;
  relative?: { name: string; idNo: string };
  /** "longitude,latitude", where the province asks for it. */
  location?: string;
};

/** A further payment of a mixed order. `tenderFen` absent: all that is left. */
export type FurtherPaymentRequest = { tenderFen?: number } & TenderRequest;

/** What the patient must be shown so that he can pay. */
export type Presentation = { kind: 'qr'; content: string } | { kind: 'redirect'; url: string } | { kind: 'form'; url: string; fields: Record<string, string> } | { kind: 'invoke'; parameters: Record<string, string> } | { kind: 'smsCode' } | { kind: 'none' };

/** Did the money move? `unknown` is not a failure: ask again. */
export type PaymentState = 'created' | 'submitted' | 'paying' | 'unknown' | 'closing' | 'succeeded' | 'closed' | 'failed';
/** Does the hospital know? */
export type ConfirmationState = 'none' | 'toConfirm' | 'confirming' | 'unknown' | 'confirmed' | 'rejected' | 'reversing' | 'reversed';
export type RefundState = 'reserved' | 'approving' | 'submitted' | 'unknown' | 'processing' | 'abnormal' | 'succeeded' | 'closed' | 'rejected';

export type Payment = {
  paymentNo: string;
  channel: string;
  method: string;
  amountFen: number;
  state: PaymentState;
  presentation?: Presentation;
  expiresAt: string;
  channelTradeNo?: string;
  paidAt?: string;
  /** Of an insured payment: who of the insurance pays it. */
  insuranceSplit?: { fundFen: number; accountFen: number };
  refundableFen: number;
};
export type Refund = {
  refundNo: string;
  paymentNo: string;
  refundFen: number;
  state: RefundState;
  cause: 'hisRejected' | 'hisMismatch' | 'latePayment' | 'requested' | 'successor' | 'tenderAbandoned' | 'hisRequested' | 'selfTest';
  reason: string;
  requestedAt: string;
  refundedAt?: string;
};
export type Confirmation = {
  state: ConfirmationState;
  settlementNo?: string;
  receiptNo?: string;
  pickupWindow?: string;
  guide?: string;
  /** Of a registration: 就诊序号, and where to go. */
  queueNo?: string;
  place?: string;
  confirmedAt?: string;
  receiptPrintedAt?: string;
};
/** 电子票据. It follows the booking in its own time: absent or `issuing` says nothing about the payment. */
export type Invoice = {
  state: 'issuing' | 'issued' | 'flushing' | 'flushed' | 'refused';
  /** Integer fen. */
  amountFen: number;
  invoiceCode?: string;
  invoiceNo?: string;
  checkCode?: string;
  url?: string;
  issuedAt?: string;
};
export type Order = {
  tradeNo: string;
  /** Grows with every change: never let an older version overwrite a newer one. */
  version: number;
  description: string;
  patientLabel: string;
  billNos: string[];
  totalFen: number;
  fundFen: number;
  personalAccountFen: number;
  amountFen: number;
  /** 四舍五入, signed: what the HIS rounded the amount by. Absent: nothing. */
  roundingFen?: number;
  /** 业务类型. Absent: bills. */
  business?: 'bill' | 'registration' | 'deposit' | 'discharge' | 'selfTest';
  /** The insurance is settled through the platform: `amountFen` is fund + personal account + cash. */
  presettlementNo?: string;
  /** Only of a mixed order: what is paid so far, until when the rest may follow, and whether it was given up. */
  tender?: { paidFen: number; until: string; isEnding: boolean };
  createdAt: string;
  payments: Payment[];
  confirmation: Confirmation;
  refunds: Refund[];
  /** The newest electronic invoice that was not refused, where the platform has it issued. */
  invoice?: Invoice;
};

/** 挂号. `registrationFeeFen` + `treatmentFeeFen` is a forecast: the price is the held registration's. */
export type Department = { departmentCode: string; name: string; campus?: string; place?: string };
export type Doctor = { doctorCode: string; name: string; title?: string; departmentCode: string };
export type Session = 'morning' | 'afternoon' | 'evening' | 'night' | 'day';
export type Schedule = {
  scheduleId: string;
  departmentCode: string;
  departmentName: string;
  doctorCode?: string;
  doctorName?: string;
  title?: string;
  day: string;
  session: Session;
  registrationFeeFen: number;
  treatmentFeeFen: number;
  remaining: number;
};
export type Slot = { slotId: string; beginsAt: string; endsAt: string; remaining: number };
export type RegistrationRequest = { patientId: string; patientLabel?: string; scheduleId: string; slotId: string; when: 'today' | 'later' };
/** Held and not paid: pay `quote` before it ends, or it falls free by itself. */
export type HeldRegistration = { registrationNo: string; hisRegistrationNo: string; queueNo?: string; quote: Quote };
export type RegistrationSearch = { patientId: string; from: string; to: string };
export type Registration = {
  registrationNo?: string;
  hisRegistrationNo: string;
  state: 'held' | 'booked' | 'checkedIn' | 'cancelled' | 'expired' | 'stopped';
  departmentName: string;
  doctorName: string;
  day: string;
  session: Session;
  amountFen: number;
  tradeNo?: string;
  queueNo?: string;
  place?: string;
};
export type CheckIn = { hisRegistrationNo: string; patientId: string };
export type CheckedIn = { queueNo: string; place: string };

/** 建档. `idType`: the hospital's own word, `idCard` in most. A child under fourteen needs a guardian with an identity number. */
export type NewPatient = {
  name: string;
  sex: 'male' | 'female' | 'unknown';
  birthday: string;
  idType: string;
  idNo: string;
  phone: string;
  address?: string;
  nation?: string;
  guardianName?: string;
  guardianIdNo?: string;
};
/** `cardNo` is the number inside the card, `cardFaceNo` the one printed on it. */
export type PatientFile = { patientId: string; cardNo?: string; cardFaceNo?: string };
export type PatientChange = { patientId: string; phone: string; address?: string };
export type CardSearch = { cardType: CardType; cardNo: string };
export type CardCheck = { patientId: string; state: 'valid' | 'lost' | 'cancelled' };
/** 检验检查报告 of the days `from` to `to` (`yyyy-MM-dd`). */
export type ReportSearch = { patientId: string; from: string; to: string };
export type ReportRequest = { patientId: string; from: string; to: string; reportId: string };
/** `hindrance`: why it cannot be read yet. */
export type Report = { reportId: string; kind: 'laboratory' | 'imaging' | 'other'; title: string; reportedAt: string; timesPrinted: number; hindrance?: string };
export type ReportItem = { name: string; value: string; unit?: string; range?: string; flag?: string };
export type ReadReport = { report: Report; items: ReportItem[] };
export type PriceSearch = { kind: 'drug' | 'service'; initials: string };
export type Price = { code: string; name: string; spec?: string; unit?: string; priceFen: number; insuranceClass?: string };
/** `ahead`: how many are before the patient. */
export type QueuePlace = { departmentName: string; doctorName: string; queueNo: string; ahead: number; place: string };
export type GuidedVisit = { patientId: string; visitNo: string };

/** 住院. `cardType` is `inpatientNo` or a type of card. */
export type InpatientSearch = { cardType: string; cardNo: string };
export type Inpatient = {
  inpatientNo: string;
  visitId: string;
  name: string;
  state: 'admitted' | 'leaving' | 'discharged' | 'settled';
  ward: string;
  bed: string;
  departmentName: string;
  admittedAt: string;
  dischargedAt?: string;
  depositFen: number;
  costFen: number;
  selfCostFen: number;
  arrearsFen: number;
  feeCategory?: string;
};
export type Stay = { inpatientNo: string; visitId: string };
export type StayDay = { inpatientNo: string; visitId: string; day: string };
export type Deposit = { receiptNo: string; tradeNo?: string; amountFen: number; at: string; method?: string; state: 'paid' | 'voided' | 'refunded' | 'settled' };
export type DailyFee = { feeNo: string; itemCode: string; itemName: string; feeClass: string; spec?: string; unit?: string; quantity: string; amountFen: number; ownShare?: string; at: string };
export type FeeSum = { feeClass: string; amountFen: number };
export type DepositQuoteRequest = { inpatientNo: string; visitId: string; amountFen: number };
/** What a stay comes to at its end, in fen. `collectFen` above 0: pay `quote`; otherwise `settleDischarge` by its `quoteId`. */
export type DischargeQuote = { quote: Quote; totalFen: number; fundFen: number; personalAccountFen: number; selfPayFen: number; depositFen: number; collectFen: number; refundFen: number };
export type DischargeRequest = { quoteId: string };
/** A discharge settlement at whose end nothing was collected. `transferFen`: what no order can give back; the hospital transfers it. */
export type Discharge = {
  settlementNo: string;
  state: 'requested' | 'settling' | 'unknown' | 'settled' | 'returned' | 'rejected';
  inpatientNo: string;
  visitId: string;
  patientLabel: string;
  requestedAt: string;
  refundFen: number;
  returns: { tradeNo: string; refundFen: number }[];
  transferFen?: number;
  hisSettlementNo?: string;
  receiptNo?: string;
  reason?: string;
};

/** An aggregated code (聚合码): for a quote, or for bills that are priced when the patient opens the page. */
export type CheckoutRequest =
  | { quoteId: string; description?: string }
  | {
      patientId: string;
      patientLabel?: string;
      billNos: string[];
      /** Never past the end of the Beijing day. */
      lifetimeSeconds?: number;
      description?: string;
    };
export type IssuedCheckout = {
  checkoutNo: string;
  /** The text of the QR code. Told this once: print it, do not keep it. */
  url: string;
  expiresAt: string;
};
export type Checkout = { checkoutNo: string; state: 'open' | 'expired' | 'revoked'; expiresAt: string; order?: Order };

export type RefundRequest = {
  /** Absent: all that is left. */
  refundFen?: number;
  reason: string;
  /** Person at the window who hands it back: it stands in his shift, and of cash it leaves his till. */
  operatorId?: string;
};
export type RefundAnswer = { refund: Refund; order: Order };
/** For a HIS: a refund it began itself. Exactly one of `tradeNo` and `receiptNo`. */
export type HisRefundRequest = {
  tradeNo?: string;
  receiptNo?: string;
  /** The key of this refund, for ever: after silence the same number again. */
  hisRefundNo: string;
  refundFen: number;
  reason: string;
  operatorId?: string;
  /** 红冲重收 */
  receipts?: { oldReceiptNo: string; newReceiptNo: string };
};
/** `blocked`: a person acts; not a failure. */
export type HisRefund = { hisRefundNo: string; tradeNo: string; state: 'processing' | 'succeeded' | 'blocked'; refundFen: number; refunds: Refund[] };
export type StoppedClinicRequest = { noticeNo: string; hisRegistrationNos: string[]; isCancelledAtHis: boolean; reason: string; operatorId?: string };
export type StoppedRegistration = { hisRegistrationNo: string; result: 'refunding' | 'notPaid' | 'window'; tradeNo?: string; code?: string };
export type PlatformTime = { now: string; epochSeconds: number };

export type OrderNotification = { eventId: string; kind: 'order'; version: number; order: Order };

/** An order that has changed, as it is now. */
export type OrderChange = { owner: { kind: 'terminal' | 'application'; id: string }; order: Order };
/** `cursor`: where to go on, also given when nothing has changed. `hasMore`: at once. */
export type OrderChanges = { changes: OrderChange[]; cursor: string; hasMore: boolean };
/** 1 to 100 numbers together. `scope`: for the HIS alone. */
export type OrdersSearch = { tradeNos?: string[]; idempotencyKeys?: string[]; scope?: 'application' | 'hospital' };
/** `asked`: the number it was asked by. */
export type OrdersFound = { orders: { asked: string; order: Order }[]; absent: string[] };

/** A version of a day's statement file (对账文件). A higher version stands in place of a lower one; the same `bodySha256` says the same. `signature`: `isStatementSigned`. */
export type StatementFile = {
  day: string;
  version: number;
  scope: 'application' | 'hospital' | 'merchant';
  fileName: string;
  payments: number;
  paymentFen: number;
  refunds: number;
  refundFen: number;
  bodySha256: string;
  bytes: number;
  sha256: string;
  signature: string;
  madeAt: string;
};
/** Only where the hospital tells you of files. `download`: below the platform's origin. */
export type StatementNotification = { eventId: string; kind: 'statementFile'; version: number; statementFile: StatementFile; download: string };

export type ErrorAnswer = { error: { code: string; zh: string; en: string; nextZh: string; nextEn: string; detail?: string; detailZh?: string; requestId: string } };
