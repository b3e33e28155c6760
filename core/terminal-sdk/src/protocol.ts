/** The terminal protocol as the terminal speaks it: names, limits, shapes of requests and answers. A test proves it equal to the core's. */
import { anyOf, integer, listOf, object, oneOf, recordOf, text, truth, type ValueOf } from './shape.js';

export const TOPIC_ROOT = 'hospay/v1';
export const ENVELOPE_VERSION = 1;
export const LARGEST_CLOCK_SKEW_MS = 120_000;
export const LONGEST_LIFE_MS = 300_000;
export const LARGEST_MESSAGE_BYTES = 65_536;
export const PAYMENT_CHANGED = 'payment.changed';
/** Pushed: agree on another key now. */
export const KEY_ROTATE = 'key.rotate';
/** On `config/desired` and `config/reported`. */
export const CONFIGURATION_DESIRED = 'configuration.desired';
export const CONFIGURATION_REPORTED = 'configuration.reported';
/** On `g/…/notice`. */
export const NOTICES = 'notices';
/** Notices to all terminals. */
export const EVERYBODY = 'all';

export const topics = {
  up: (device: string, operation: string) => `${TOPIC_ROOT}/d/${device}/up/${operation}`,
  reply: (device: string) => `${TOPIC_ROOT}/d/${device}/dn/reply`,
  command: (device: string, operation: string) => `${TOPIC_ROOT}/d/${device}/dn/cmd/${operation}`,
  state: (device: string) => `${TOPIC_ROOT}/d/${device}/state`,
  configDesired: (device: string) => `${TOPIC_ROOT}/d/${device}/config/desired`,
  configReported: (device: string) => `${TOPIC_ROOT}/d/${device}/config/reported`,
  groupNotice: (group: string) => `${TOPIC_ROOT}/g/${group}/notice`,
  ownNotice: (device: string) => `${TOPIC_ROOT}/g/terminal/${device}/notice`,
  enrolRequest: (claimId: string) => `${TOPIC_ROOT}/enroll/${claimId}/req`,
  enrolReply: (claimId: string) => `${TOPIC_ROOT}/enroll/${claimId}/rep`,
} as const;

const method = oneOf('nativeQr', 'jsapi', 'miniProgram', 'h5', 'app', 'paymentCode', 'webPage', 'bankCard', 'cash', 'medicalInsurance', 'quickPay');
/** What a payment may need beside its method: a scanned code, counted cash, the person at the window, an insurance pre-settlement. */
const tender = { channel: text, authCode: text, tenderedFen: integer, operatorId: text, presettlementNo: text };
const cardType = oneOf('visitCard', 'idCard', 'insuranceCard', 'healthCode', 'outpatientNo');

const patient = object({ patientId: text, name: text, sex: oneOf('male', 'female', 'unknown') }, { birthday: text, idNo: text, cardNo: text, phone: text, feeCategory: text });
const billLine = object({ lineNo: text, itemCode: text, itemName: text, quantity: text, amountFen: integer }, { spec: text, unit: text });
const bill = object({ billNo: text, billType: text, billedAt: text, departmentName: text, doctorName: text, amountFen: integer, lines: listOf(billLine) });
const quote = object({ quoteId: text, billNos: listOf(text), totalFen: integer, fundFen: integer, personalAccountFen: integer, selfPayFen: integer, validUntil: text }, { roundingFen: integer });
const presentation = anyOf(
  object({ kind: oneOf('qr'), content: text }),
  object({ kind: oneOf('redirect'), url: text }),
  object({ kind: oneOf('form'), url: text, fields: recordOf(text) }),
  object({ kind: oneOf('invoke'), parameters: recordOf(text) }),
  object({ kind: oneOf('smsCode') }),
  object({ kind: oneOf('none') }),
);
const payment = object(
  {
    paymentNo: text, channel: text, method: text, amountFen: integer,
    state: oneOf('created', 'submitted', 'paying', 'unknown', 'closing', 'succeeded', 'closed', 'failed'),
    expiresAt: text, refundableFen: integer,
  },
  { presentation, channelTradeNo: text, paidAt: text, insuranceSplit: object({ fundFen: integer, accountFen: integer }) },
);
const refund = object(
  {
    refundNo: text, paymentNo: text, refundFen: integer,
    state: oneOf('reserved', 'approving', 'submitted', 'unknown', 'processing', 'abnormal', 'succeeded', 'closed', 'rejected'),
    cause: text, reason: text, requestedAt: text,
  },
  { refundedAt: text },
);
/** 电子票据: asked for after the booking, flushed and issued anew after a refund; it may come minutes later. */
const invoice = object(
  { state: oneOf('issuing', 'issued', 'flushing', 'flushed', 'refused'), amountFen: integer },
  { invoiceCode: text, invoiceNo: text, checkCode: text, url: text, issuedAt: text },
);
export const orderShape = object({
  tradeNo: text, version: integer, description: text, patientLabel: text, billNos: listOf(text), totalFen: integer, fundFen: integer, personalAccountFen: integer, amountFen: integer,
  createdAt: text, payments: listOf(payment),
  confirmation: object(
    { state: oneOf('none', 'toConfirm', 'confirming', 'unknown', 'confirmed', 'rejected', 'reversing', 'reversed') },
    { settlementNo: text, receiptNo: text, pickupWindow: text, guide: text, queueNo: text, place: text, confirmedAt: text, receiptPrintedAt: text },
  ),
  refunds: listOf(refund),
}, { business: oneOf('bill', 'registration', 'deposit', 'discharge', 'selfTest'), tender: object({ paidFen: integer, until: text, isEnding: truth }), presettlementNo: text, roundingFen: integer, invoice });
/** Registration (挂号): what is held is paid by its quote. */
const session = oneOf('morning', 'afternoon', 'evening', 'night', 'day');
const department = object({ departmentCode: text, name: text }, { campus: text, place: text });
const doctor = object({ doctorCode: text, name: text, departmentCode: text }, { title: text });
const schedule = object(
  { scheduleId: text, departmentCode: text, departmentName: text, day: text, session, registrationFeeFen: integer, treatmentFeeFen: integer, remaining: integer },
  { doctorCode: text, doctorName: text, title: text },
);
const slot = object({ slotId: text, beginsAt: text, endsAt: text, remaining: integer });
export const heldRegistrationShape = object({ registrationNo: text, hisRegistrationNo: text, quote }, { queueNo: text });
const registration = object(
  { hisRegistrationNo: text, state: oneOf('held', 'booked', 'checkedIn', 'cancelled', 'expired', 'stopped'), departmentName: text, doctorName: text, day: text, session, amountFen: integer },
  { registrationNo: text, tradeNo: text, queueNo: text, place: text },
);
/** Inpatients (住院): a stay, its deposits and fees. */
const stay = { inpatientNo: text, visitId: text };
const inpatient = object(
  { ...stay, name: text, state: oneOf('admitted', 'leaving', 'discharged', 'settled'), ward: text, bed: text, departmentName: text, admittedAt: text, depositFen: integer, costFen: integer, selfCostFen: integer, arrearsFen: integer },
  { dischargedAt: text, feeCategory: text },
);
const deposit = object({ receiptNo: text, amountFen: integer, at: text, state: oneOf('paid', 'voided', 'refunded', 'settled') }, { tradeNo: text, method: text });
const dailyFee = object({ feeNo: text, itemCode: text, itemName: text, feeClass: text, quantity: text, amountFen: integer, at: text }, { spec: text, unit: text, ownShare: text });
const feeSum = object({ feeClass: text, amountFen: integer });
/** What the patient shows to the medical insurance (医保): electronic voucher, ID card, social-security card, or an app's authorisation. */
const voucher = object({ kind: oneOf('electronicVoucher', 'idCard', 'socialCard', 'authorization'), number: text }, { cardSerial: text });
const insuredPerson = object({ personNo: text, name: text, insurances: listOf(object({ type: text, place: text, isActive: truth }, { accountBalanceFen: integer })) });
export const presettlementShape = object(
  { presettlementNo: text, quoteId: text, state: oneOf('requested', 'unknown', 'presettled', 'settling', 'settled', 'abandoning', 'abandoned'), totalFen: integer, expiresAt: text },
  { split: object({ fundFen: integer, accountFen: integer, cashFen: integer, insuredFen: integer }), tradeNo: text },
);
const checkoutOfBills = object({ patientId: text, billNos: listOf(text) }, { lifetimeSeconds: integer });
/** An aggregated code (聚合码) as the terminal that gave it out sees it. */
const ownedCheckout = object({ checkoutNo: text, state: oneOf('open', 'expired', 'revoked'), expiresAt: text }, { order: orderShape });
const cardTerminalOperation = oneOf('signIn', 'settle', 'reprint');
/** What became of an operation at the window's card terminal. `running`: ask again by `cardTerminal.query`. */
export const cardTerminalShape = object(
  {
    operationNo: text, channel: text, terminalId: text, operation: cardTerminalOperation, state: oneOf('running', 'done', 'refused', 'notSent', 'unknown'), message: text, nextZh: text, nextEn: text, askedBy: text, askedAt: text,
  },
  { code: text, operatorId: text, endedAt: text },
);
export const tillOpeningShape = object({ openingNo: text, channel: text, tillNo: text, amountFen: integer, state: oneOf('requested', 'opened', 'contradicts', 'unknown'), message: text, openedAt: text });
const tillSum = object({ count: integer, amountFen: integer });
const till = object({ channel: text, tillNo: text, day: text, openings: tillSum, takenIn: tillSum, paidOut: tillSum, balanceFen: integer });
const dischargeQuote = object({ quote, totalFen: integer, fundFen: integer, personalAccountFen: integer, selfPayFen: integer, depositFen: integer, collectFen: integer, refundFen: integer });
export const dischargeShape = object(
  { settlementNo: text, state: oneOf('requested', 'settling', 'unknown', 'settled', 'returned', 'rejected'), inpatientNo: text, visitId: text, patientLabel: text, requestedAt: text, refundFen: integer, returns: listOf(object({ tradeNo: text, refundFen: integer })) },
  { transferFen: integer, hisSettlementNo: text, receiptNo: text, reason: text },
);
const sum = object({ count: integer, amountFen: integer });
const shiftFigures = object({
  tenders: listOf(object({ channel: text, method, isECny: truth, taken: sum, refunded: sum, refundedOfEarlier: sum, fundFen: integer, accountFen: integer })),
  bills: object({ count: integer, totalFen: integer }),
  depositsRefunded: sum, receiptCount: integer, refundedReceiptCount: integer, changeMoney: sum, cashFen: integer, expectedFen: integer,
  open: listOf(object({ kind: oneOf('payment', 'refund'), number: text, tradeNo: text, channel: text, method, amountFen: integer, state: text })), openCount: integer,
});
const denominations = listOf(object({ faceFen: integer, pieces: integer }));
const runningShift = object({ tillNo: text, ordinal: integer, openedAt: text, facesFen: listOf(integer), figures: shiftFigures, unclearOpenings: listOf(object({ openingNo: text, amountFen: integer })) });
/** A shift (班次) that is closed for good. `differenceFen`: above zero 长款, below 短款; `handedFen`: what is handed over, without the change money. */
export const closedShiftShape = object(
  {
    shiftNo: text, tillNo: text, ordinal: integer, openedAt: text, closedAt: text, closedBy: text, figures: shiftFigures, denominations, countedFen: integer, differenceFen: integer, handedFen: integer, hash: text,
  },
  { operatorId: text, takenOverBy: text },
);
const reportLayout = oneOf('a', 'b');
const shiftReport = object({
  hospitalName: text, cashier: text, from: text, until: text, shiftNos: listOf(text), hashes: listOf(text), layout: reportLayout, fields: listOf(object({ name: text }, { text, amountFen: integer })),
});
const configuration = object({ hospitalName: text, title: text, kind: text, methods: listOf(method), cardTypes: listOf(cardType) }, { group: text, functions: listOf(text), insuranceOrder: oneOf('insuranceFirst', 'selfPayFirst'), numberedBusinesses: listOf(oneOf('bill', 'registration', 'deposit', 'discharge')) });
const patientFile = object({ patientId: text }, { cardNo: text, cardFaceNo: text });
const report = object({ reportId: text, kind: oneOf('laboratory', 'imaging', 'other'), title: text, reportedAt: text, timesPrinted: integer }, { hindrance: text });
const reportItem = object({ name: text, value: text }, { unit: text, range: text, flag: text });
const price = object({ code: text, name: text, priceFen: integer }, { spec: text, unit: text, insuranceClass: text });
const queuePlace = object({ departmentName: text, doctorName: text, queueNo: text, ahead: integer, place: text });
const formKind = oneOf('outpatient', 'registration', 'deposit', 'inpatient');
const formMedium = oneOf('paper', 'serial');
const numberedForm = object({ runNo: text, kind: formKind, medium: formMedium, code: text, number: text, state: oneOf('given', 'printed', 'void'), at: text }, { tradeNo: text, reason: text });
const formRun = object({ runNo: text, kind: formKind, medium: formMedium, code: text, firstNumber: text, lastNumber: text, left: integer, printed: integer, void: integer, open: integer }, { nextNumber: text });
const faultComponent = oneOf('printer', 'cardDispenser', 'cardReader', 'idReader', 'insuranceReader', 'scanner', 'pinPad', 'cashBox', 'camera', 'screen', 'network', 'application');
const faultLevel = oneOf('critical', 'warning', 'notice');
const fault = object({ component: faultComponent, code: text, level: faultLevel }, { detail: text });
export const noticeShape = object({ noticeId: text, severity: oneOf('information', 'warning', 'outOfService'), zh: text, validFrom: text, validUntil: text }, { en: text });
/** Who works at a window or doctor station, and what proves it (操作员登录). */
const operatorShape = object({ operatorNo: text, displayName: text, roles: listOf(oneOf('administrator', 'systemAdministrator', 'securityAdministrator', 'finance', 'auditor', 'cashier', 'doctor', 'merchant')), signedInAt: text, idleSeconds: integer });
export const operatorChallengeShape = object({ nonce: text, salt: text, log2Cost: integer, blockSize: integer, parallel: integer });
const currentOperator = object({}, { operator: operatorShape });
/** "Was it paid?" (交费查询): an order of the hospital, whoever took it. */
const foundOrder = object(
  {
    tradeNo: text, createdAt: text, patientLabel: text, description: text, amountFen: integer, takenBy: text, confirmation: oneOf('none', 'toConfirm', 'confirming', 'unknown', 'confirmed', 'rejected', 'reversing', 'reversed'),
    payments: listOf(object({ channel: text, method: text, amountFen: integer, state: oneOf('created', 'submitted', 'paying', 'unknown', 'closing', 'succeeded', 'closed', 'failed') }, { paidAt: text, channelTradeNo: text })),
    refundedFen: integer, refundingFen: integer,
  },
  { business: oneOf('bill', 'registration', 'deposit', 'discharge', 'selfTest'), receiptNo: text },
);
export const errorShape = object({ code: text, zh: text, en: text, nextZh: text, nextEn: text }, { detail: text });

/** What each operation takes and answers. */
export const OPERATIONS = {
  'patient.find': { request: object({ cardType, cardNo: text }), reply: object({ patients: listOf(patient) }) },
  'bill.list': { request: object({ patientId: text }), reply: object({ bills: listOf(bill) }) },
  'bill.quote': { request: object({ patientId: text, billNos: listOf(text) }), reply: quote },
  'registration.departments': { request: object({}, { campus: text }), reply: object({ departments: listOf(department) }) },
  'registration.doctors': { request: object({ departmentCode: text }), reply: object({ doctors: listOf(doctor) }) },
  'registration.schedules': { request: object({ departmentCode: text, from: text, to: text }), reply: object({ schedules: listOf(schedule) }) },
  'registration.slots': { request: object({ scheduleId: text }), reply: object({ slots: listOf(slot) }) },
  'registration.hold': { request: object({ patientId: text, scheduleId: text, slotId: text, when: oneOf('today', 'later') }), reply: heldRegistrationShape },
  'registration.cancel': { request: object({ quoteId: text }), reply: object({ quoteId: text }) },
  'registration.list': { request: object({ patientId: text, from: text, to: text }), reply: object({ registrations: listOf(registration) }) },
  'registration.checkIn': { request: object({ hisRegistrationNo: text, patientId: text }), reply: object({ queueNo: text, place: text }) },
  'inpatient.find': { request: object({ cardType: text, cardNo: text }), reply: object({ inpatients: listOf(inpatient) }) },
  'inpatient.deposits': { request: object(stay), reply: object({ deposits: listOf(deposit) }) },
  'inpatient.dailyFees': { request: object({ ...stay, day: text }), reply: object({ fees: listOf(dailyFee) }) },
  'inpatient.feeSums': { request: object(stay), reply: object({ sums: listOf(feeSum) }) },
  'deposit.quote': { request: object({ ...stay, amountFen: integer }), reply: quote },
  'discharge.quote': { request: object(stay), reply: dischargeQuote },
  'discharge.settle': { request: object({ quoteId: text }), reply: dischargeShape },
  'discharge.query': { request: object({ settlementNo: text }), reply: dischargeShape },
  'insurance.find': { request: object({ voucher }, { operatorId: text }), reply: insuredPerson },
  'insurance.presettle': { request: object({ quoteId: text, voucher, personNo: text, insuranceType: text, usesAccount: truth }, { insuredPlace: text, operatorId: text }), reply: presettlementShape },
  'insurance.query': { request: object({ presettlementNo: text }), reply: presettlementShape },
  'insurance.abandon': { request: object({ presettlementNo: text }), reply: presettlementShape },
  'payment.create': { request: object({ quoteId: text, amountFen: integer, method }, { tenderFen: integer, ...tender }), reply: orderShape },
  'payment.add': { request: object({ tradeNo: text, method }, { tenderFen: integer, ...tender }), reply: orderShape },
  'payment.query': { request: anyOf(object({ tradeNo: text }), object({ idem: text })), reply: orderShape },
  'payment.cancel': { request: object({ tradeNo: text }), reply: orderShape },
  'checkout.issue': { request: anyOf(object({ quoteId: text }), checkoutOfBills), reply: object({ checkoutNo: text, url: text, expiresAt: text }) },
  'checkout.query': { request: object({ checkoutNo: text }), reply: ownedCheckout },
  'checkout.revoke': { request: object({ checkoutNo: text }), reply: ownedCheckout },
  'cardTerminal.operate': { request: object({ operation: cardTerminalOperation }, { operatorId: text, channel: text }), reply: cardTerminalShape },
  'cardTerminal.query': { request: object({ operationNo: text }), reply: cardTerminalShape },
  'till.open': { request: object({ amountFen: integer }, { operatorId: text, channel: text }), reply: tillOpeningShape },
  'till.day': { request: object({ day: text }, { operatorId: text }), reply: object({ day: text, tills: listOf(till) }) },
  'shift.figures': { request: object({}, { operatorId: text }), reply: runningShift },
  'shift.close': { request: object({ denominations, expectedFen: integer }, { operatorId: text }), reply: closedShiftShape },
  'shift.query': { request: object({ shiftNo: text }, { operatorId: text }), reply: closedShiftShape },
  'shift.report': { request: object({ shiftNo: text, layout: reportLayout }, { operatorId: text }), reply: shiftReport },
  'order.search': { request: anyOf(object({ number: text }), object({ day: text, amountFen: integer }, { ending: text })), reply: object({ orders: listOf(foundOrder) }) },
  'order.show': { request: object({ tradeNo: text }), reply: orderShape },
  'receipt.reprint': { request: object({ tradeNo: text }), reply: orderShape },
  'refund.create': { request: object({ tradeNo: text, reason: text }, { refundFen: integer }), reply: orderShape },
  'form.take': { request: object({ tradeNo: text }), reply: object({ form: numberedForm, left: integer }) },
  'form.printed': { request: object({ runNo: text, number: text }), reply: numberedForm },
  'form.void': { request: object({ runNo: text, number: text, reason: text }), reply: numberedForm },
  'form.runs': { request: object({}), reply: object({ runs: listOf(formRun) }) },
  'patient.create': { request: object({ name: text, sex: oneOf('male', 'female', 'unknown'), birthday: text, idType: text, idNo: text, phone: text }, { address: text, nation: text, guardianName: text, guardianIdNo: text }), reply: patientFile },
  'patient.update': { request: object({ patientId: text, phone: text }, { address: text }), reply: object({ patientId: text }) },
  'card.check': { request: object({ cardType, cardNo: text }), reply: object({ patientId: text, state: oneOf('valid', 'lost', 'cancelled') }) },
  'card.reportLost': { request: object({ patientId: text, cardNo: text }), reply: object({ patientId: text }) },
  'card.reissue': { request: object({ patientId: text, cardNo: text }), reply: patientFile },
  'report.list': { request: object({ patientId: text, from: text, to: text }), reply: object({ reports: listOf(report) }) },
  'report.read': { request: object({ patientId: text, from: text, to: text, reportId: text }), reply: object({ report, items: listOf(reportItem) }) },
  'price.list': { request: object({ kind: oneOf('drug', 'service'), initials: text }), reply: object({ prices: listOf(price) }) },
  'queue.places': { request: object({ patientId: text }), reply: object({ places: listOf(queuePlace) }) },
  'guide.resolve': { request: object({ code: text }), reply: object({ patientId: text, visitNo: text }) },
  'operator.challenge': { request: object({ operatorNo: text }), reply: operatorChallengeShape },
  'operator.signIn': { request: object({ operatorNo: text, nonce: text, proof: text }), reply: operatorShape },
  'operator.signOut': { request: object({}), reply: currentOperator },
  'operator.current': { request: object({ by: oneOf('person', 'page') }), reply: currentOperator },
  'receipt.printed': { request: object({ tradeNo: text }), reply: orderShape },
  'device.report': { request: object({ software: text, clockMs: integer, faults: listOf(fault) }, { machine: text }), reply: object({ serverTimeMs: integer, reportEverySeconds: integer }) },
  'key.rotate': { request: object({ publicKey: text }), reply: object({ publicKey: text, kid: text, overlapSeconds: integer }) },
  'certificate.issue': { request: object({ csr: text }), reply: object({ certificate: text, authority: text, notAfter: text }) },
  'session.resume': { request: object({}), reply: object({ serverTimeMs: integer, openOrders: listOf(orderShape), recentDischarges: listOf(dischargeShape), configuration }, { noticeKey: text, rotateKey: truth }) },
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type RequestOf<Name extends OperationName> = ValueOf<(typeof OPERATIONS)[Name]['request']>;
export type ReplyOf<Name extends OperationName> = ValueOf<(typeof OPERATIONS)[Name]['reply']>;
export type Order = ValueOf<typeof orderShape>;
export type Patient = ValueOf<typeof patient>;
export type Bill = ValueOf<typeof bill>;
export type Quote = ValueOf<typeof quote>;
export type InsuranceVoucher = ValueOf<typeof voucher>;
export type InsuredPerson = ValueOf<typeof insuredPerson>;
export type Presettlement = ValueOf<typeof presettlementShape>;
export type CardTerminalRun = ValueOf<typeof cardTerminalShape>;
export type TillOpening = ValueOf<typeof tillOpeningShape>;
export type TillDay = ValueOf<typeof till>;
export type RunningShift = ValueOf<typeof runningShift>;
export type ClosedShift = ValueOf<typeof closedShiftShape>;
export type ShiftReport = ValueOf<typeof shiftReport>;
export type PaymentMethod = ValueOf<typeof method>;
export type CardType = ValueOf<typeof cardType>;
export type Fault = ValueOf<typeof fault>;
export type Notice = ValueOf<typeof noticeShape>;
export type Operator = ValueOf<typeof operatorShape>;
export type OperatorChallenge = ValueOf<typeof operatorChallengeShape>;
export type Report = ValueOf<typeof report>;
export type ReportItem = ValueOf<typeof reportItem>;
export type Price = ValueOf<typeof price>;
export type QueuePlace = ValueOf<typeof queuePlace>;
export type NumberedForm = ValueOf<typeof numberedForm>;
export type FormRun = ValueOf<typeof formRun>;
export type FoundOrder = ValueOf<typeof foundOrder>;
export type TerminalError = ValueOf<typeof errorShape>;

/**
 * Refusals of payment.create that are definite: nothing was accepted and nothing will be. After any other refusal, as after silence, the
 * terminal asks by its own key and never creates again.
 */
export const DEFINITE_CREATE_REFUSALS: ReadonlySet<string> = new Set([
  'MALFORMED_REQUEST', 'BODY_TOO_LARGE', 'UNSUPPORTED_OPERATION', 'NOT_PERMITTED', 'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'AMOUNT_MISMATCH', 'NOTHING_TO_PAY', 'BILL_IN_PAYMENT', 'BILL_LOCKED',
  'BILL_NOT_FOUND', 'TENDER_EXCEEDS_REMAINING', 'TENDER_CLOSED', 'PAYMENT_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED', 'CHANNEL_UNAVAILABLE', 'HIS_UNAVAILABLE', 'STOPPED_FOR_SAFETY',
  'PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_NOT_OPEN', 'INSURANCE_FIRST', 'SELF_PAY_FIRST', 'OPERATOR_NOT_SIGNED_IN',
]);
