import { createHash, randomBytes } from 'node:crypto';
import type {
  Bill, BillSearch, CardCheck, CardSearch, CheckedIn, CheckIn, Checkout, CheckoutRequest, DailyFee, Department, Deposit, DepositQuoteRequest, Discharge, DischargeQuote, Doctor, FeeSum, FurtherPaymentRequest, HeldRegistration, HisRefund, HisRefundRequest, Inpatient, InpatientSearch, InsuredPerson, InsuredSearch,
  GuidedVisit, IssuedCheckout, NewPatient, Order, Patient, PatientChange, PatientFile, PatientSearch, Price, PriceSearch, QueuePlace, ReadReport, Report, ReportRequest, ReportSearch, PaymentRequest, PlatformTime, Presettlement, PresettlementRequest, Quote, QuoteRequest, RefundAnswer, RefundRequest, Registration, RegistrationRequest, RegistrationSearch, Schedule, Slot,
  OrderChanges, OrdersFound, OrdersSearch, StatementFile, Stay, StayDay, StoppedClinicRequest, StoppedRegistration,
} from './api-types.js';
import type { BoundCard, CardBindingRequest, HolderCheck, HolderCheckRequest, NewPaymentPassword, PaymentPassword, PaymentPasswordChange, PaymentPasswordReset, QuickPaymentRequest } from './quick-pay-types.js';
import { unknownResult, type ApiResult } from './api-result.js';
import { readErrorAnswer } from './read-error-answer.js';
import type { MerchantFigures, MerchantOrder, MerchantPaymentFilter, MerchantPaymentPage, MerchantSettlement } from './merchant-types.js';
import { isStatementSigned, readStatement, type Statement } from './read-statement.js';
import { sign, writeAuthorization, type SignedParts } from './signature.js';

export type PaymentClientOptions = {
  /** Where the platform is: `https://pay.hospital.example`. */
  readonly origin: string;
  readonly appId: string;
  readonly secret: string;
  /** How long to wait for an answer. 20 s by default: longer than the platform waits for its channel. */
  readonly timeoutMs?: number;
  /** For tests: another clock, another `fetch`. */
  readonly now?: () => Date;
  readonly fetch?: typeof fetch;
};

/** Whoever asks for money decides what one piece of business is: the key is made and stored by the caller before the call, never here. */
export type WithKey = { readonly idempotencyKey: string };
export type Freshness = { readonly fresh?: true };
/** `hospital`: of the whole hospital, for its HIS alone. */
export type OfScope = { readonly scope?: 'hospital' };
/** And the file of the merchant the application is bound to. */
export type OfStatementScope = { readonly scope?: 'hospital' | 'merchant' };

export type PaymentClient = {
  /** 按卡查询患者档案 */
  searchPatients(search: PatientSearch): Promise<ApiResult<Patient[]>>;
  /** 查询待缴费单 */
  searchBills(search: BillSearch): Promise<ApiResult<Bill[]>>;
  /** 预结算 */
  quoteBills(request: QuoteRequest): Promise<ApiResult<Quote>>;
  /** 可挂号科室, 医生, 排班 (days `yyyy-MM-dd`), 号源: read live at the HIS. */
  listDepartments(campus?: string): Promise<ApiResult<Department[]>>;
  listDoctors(departmentCode: string): Promise<ApiResult<Doctor[]>>;
  listSchedules(departmentCode: string, days: { readonly from: string; readonly to: string }): Promise<ApiResult<Schedule[]>>;
  listSlots(scheduleId: string): Promise<ApiResult<Slot[]>>;
  /** 占号. On `unknown`: the same call with the same key. Pay its quote by `createPayment`. */
  holdRegistration(request: RegistrationRequest, options: WithKey): Promise<ApiResult<HeldRegistration>>;
  /** 取消未支付的挂号. Repeating is harmless; one that is paid is refunded instead. */
  cancelRegistration(quoteId: string): Promise<ApiResult<{ quoteId: string }>>;
  searchRegistrations(search: RegistrationSearch): Promise<ApiResult<Registration[]>>;
  /** 预约取号. After it the registration can no longer be returned online. */
  checkIn(request: CheckIn): Promise<ApiResult<CheckedIn>>;
  /** 本院已开通的功能: what is not listed is refused with FUNCTION_NOT_OFFERED. */
  listFunctions(): Promise<ApiResult<string[]>>;
  /** 建档. The same person again finds the same file: after `unknown` simply call again. */
  createPatient(patient: NewPatient): Promise<ApiResult<PatientFile>>;
  updatePatient(change: PatientChange): Promise<ApiResult<{ patientId: string }>>;
  checkCard(search: CardSearch): Promise<ApiResult<CardCheck>>;
  /** 检验检查报告: list first; one is read from the patient's own list only. */
  searchReports(search: ReportSearch): Promise<ApiResult<Report[]>>;
  readReport(request: ReportRequest): Promise<ApiResult<ReadReport>>;
  /** 价格查询 by the initials of the pinyin; integer fen. */
  listPrices(search: PriceSearch): Promise<ApiResult<Price[]>>;
  /** 排队位置 */
  searchQueues(patientId: string): Promise<ApiResult<QueuePlace[]>>;
  /** 导诊单码 */
  resolveGuideCode(code: string): Promise<ApiResult<GuidedVisit>>;
  /** 查询住院患者, 预交金记录, 一日清单, 费用汇总 */
  searchInpatients(search: InpatientSearch): Promise<ApiResult<Inpatient[]>>;
  searchDeposits(stay: Stay): Promise<ApiResult<Deposit[]>>;
  searchDailyFees(stayDay: StayDay): Promise<ApiResult<DailyFee[]>>;
  searchFeeSums(stay: Stay): Promise<ApiResult<FeeSum[]>>;
  /** 缴纳预交金: pay its quote by `createPayment`. */
  quoteDeposit(request: DepositQuoteRequest): Promise<ApiResult<Quote>>;
  /** 出院预结算. */
  quoteDischarge(stay: Stay): Promise<ApiResult<DischargeQuote>>;
  /** 出院结算退费, when nothing is to be collected. On `unknown`: the same call with the same key. */
  settleDischarge(quoteId: string, key: WithKey): Promise<ApiResult<Discharge>>;
  findDischarge(settlementNo: string): Promise<ApiResult<Discharge>>;
  /** 查询参保人: who shows this voucher of the medical insurance. */
  findInsured(search: InsuredSearch): Promise<ApiResult<InsuredPerson>>;
  /** 医保预结算. On `unknown`, or state `requested` or `unknown`: the same call with the same key, the voucher shown anew if need be. */
  presettle(request: PresettlementRequest, options: WithKey): Promise<ApiResult<Presettlement>>;
  findPresettlement(presettlementNo: string): Promise<ApiResult<Presettlement>>;
  /** 撤销医保预结算. Repeating is harmless. */
  abandonPresettlement(presettlementNo: string): Promise<ApiResult<Presettlement>>;
  /** 聚合支付. On `unknown`: `findPaymentByKey`, or the same call with the same key. */
  createPayment(request: PaymentRequest, options: WithKey): Promise<ApiResult<Order>>;
  /** 混合支付: a further payment of a mixed order, after the one before has ended. On `unknown`: as for `createPayment`. */
  addPayment(tradeNo: string, request: FurtherPaymentRequest, options: WithKey): Promise<ApiResult<Order>>;
  /** 状态查询. `fresh` asks the channel first. */
  findPayment(tradeNo: string, options?: Freshness): Promise<ApiResult<Order>>;
  findPaymentByKey(idempotencyKey: string, options?: Freshness): Promise<ApiResult<Order>>;
  /** 撤销. If the last question finds it paid, the order says so. Repeating is harmless. */
  cancelPayment(tradeNo: string): Promise<ApiResult<Order>>;
  /** 签约. Lost answer: the same call with the same key; no short message: another key. */
  bindCard(request: CardBindingRequest, options: WithKey): Promise<ApiResult<BoundCard>>;
  /** On `unknown` and on state `confirming`: `findAgreement`. */
  confirmBinding(agreementNo: string, request: { readonly userId: string; readonly code: string }): Promise<ApiResult<BoundCard>>;
  findAgreement(agreementNo: string, userId: string): Promise<ApiResult<BoundCard>>;
  listBoundCards(userId: string): Promise<ApiResult<BoundCard[]>>;
  /** 解约. Repeating is harmless. */
  unbindCard(agreementNo: string, userId: string): Promise<ApiResult<BoundCard>>;
  findPaymentPassword(userId: string): Promise<ApiResult<PaymentPassword>>;
  /** 设置, 修改, 重置支付密码. On `unknown`: `findPaymentPassword` tells when it was set. */
  setPaymentPassword(request: NewPaymentPassword): Promise<ApiResult<PaymentPassword>>;
  changePaymentPassword(request: PaymentPasswordChange): Promise<ApiResult<PaymentPassword>>;
  /** 核验持卡人 before a reset: four elements and a code of the bank. */
  checkCardHolder(request: HolderCheckRequest): Promise<ApiResult<HolderCheck>>;
  resetPaymentPassword(request: PaymentPasswordReset): Promise<ApiResult<PaymentPassword>>;
  /** 快捷支付. On `unknown`: `findPaymentByKey`, or the same call with the same key. */
  payWithAgreement(request: QuickPaymentRequest, options: WithKey): Promise<ApiResult<Order>>;
  /** The code, where a payment presents `smsCode`. On `unknown`: `findPayment` with `fresh`. */
  enterPaymentCode(tradeNo: string, code: string): Promise<ApiResult<Order>>;
  /** 退款, whole or partial. */
  requestRefund(tradeNo: string, request: RefundRequest, options: WithKey): Promise<ApiResult<RefundAnswer>>;
  findRefund(refundNo: string): Promise<ApiResult<RefundAnswer>>;
  /** HIS 发起退款, for the HIS itself. On `unknown` and on `HIS_REFUND_UNDECIDED`: the same call again. */
  refundForHis(request: HisRefundRequest): Promise<ApiResult<HisRefund>>;
  findHisRefund(hisRefundNo: string): Promise<ApiResult<HisRefund>>;
  /** 停诊批量退号, for the HIS itself. Repeating is harmless. */
  refundStoppedClinic(request: StoppedClinicRequest): Promise<ApiResult<StoppedRegistration[]>>;
  /** 聚合码: one code for every wallet. An answer that was lost costs nothing: get another. */
  issueCheckout(request: CheckoutRequest): Promise<ApiResult<IssuedCheckout>>;
  /** What became of a code; `order` once somebody pays. */
  findCheckout(checkoutNo: string): Promise<ApiResult<Checkout>>;
  /** 作废. An unpaid payment is called off with it; one that turns out paid stays paid. Repeating is harmless. */
  revokeCheckout(checkoutNo: string): Promise<ApiResult<Checkout>>;
  /** 批量状态查询: 1 to 100 numbers at once, as the platform knows them. */
  searchPayments(search: OrdersSearch): Promise<ApiResult<OrdersFound>>;
  /** 订单数据同步: orders that have changed behind the cursor, each as it is now; without one from the first. Keep them by trade number, the higher version wins, and keep the cursor with them. On `CURSOR_INVALID` begin without one. */
  listOrderChanges(from?: { readonly cursor?: string; readonly limit?: number } & OfScope): Promise<ApiResult<OrderChanges>>;
  /** 对账文件列表: all versions of the bill days from `from` to `to` (`yyyy-MM-dd`, at most 92), newest first. */
  listStatements(days: { readonly from: string; readonly to: string } & OfStatementScope): Promise<ApiResult<StatementFile[]>>;
  /** 对账文件下载 of a bill day, the newest version or another; checked against its signature, its hash and its own totals before it is given out. */
  downloadStatement(day: string, options?: { readonly version?: number } & OfStatementScope): Promise<ApiResult<Statement>>;
  /** 本商户流水: what was charged for the merchant the application is bound to, newest first; go on with `after: next`. */
  listMerchantPayments(filter?: MerchantPaymentFilter): Promise<ApiResult<MerchantPaymentPage>>;
  /** An order, with what of it is the merchant's. */
  findMerchantOrder(tradeNo: string): Promise<ApiResult<MerchantOrder>>;
  /** 日、月汇总, at most 92 days by day and 1096 by month. */
  readMerchantFigures(of: { readonly by: 'day' | 'month'; readonly from: string; readonly to: string }): Promise<ApiResult<MerchantFigures>>;
  /** 到账与结算. */
  readMerchantSettlement(): Promise<ApiResult<MerchantSettlement>>;
  /** The platform's clock, to correct one's own. Not signed. */
  readTime(): Promise<ApiResult<PlatformTime>>;
};

const BASE = '/api/v1';
const DEFAULT_TIMEOUT_MS = 20_000;

/** A client of the payment API. It retries nothing by itself. */
export function createPaymentClient(options: PaymentClientOptions): PaymentClient {
  const call = <Value>(request: Request, read: (answer: Received) => ApiResult<Value>) => send(options, request, read);
  const fresh = ({ fresh: isFresh }: Freshness = {}) => (isFresh === true ? { fresh: 'true' } : {});
  return {
    searchPatients: (search) => call({ method: 'POST', path: '/patients/search', body: search }, (answer) => pick<Patient[]>(answer, 'patients')),
    searchBills: (search) => call({ method: 'POST', path: '/bills/search', body: search }, (answer) => pick<Bill[]>(answer, 'bills')),
    quoteBills: (request) => call({ method: 'POST', path: '/quotes', body: request }, whole<Quote>('quoteId')),
    listDepartments: (campus) => call({ method: 'GET', path: '/departments', ...(campus === undefined ? {} : { query: { campus } }) }, (answer) => pick<Department[]>(answer, 'departments')),
    listDoctors: (departmentCode) => call({ method: 'GET', path: `/departments/${encodeURIComponent(departmentCode)}/doctors` }, (answer) => pick<Doctor[]>(answer, 'doctors')),
    listSchedules: (departmentCode, { from, to }) => call({ method: 'GET', path: `/departments/${encodeURIComponent(departmentCode)}/schedules`, query: { from, to } }, (answer) => pick<Schedule[]>(answer, 'schedules')),
    listSlots: (scheduleId) => call({ method: 'GET', path: `/schedules/${encodeURIComponent(scheduleId)}/slots` }, (answer) => pick<Slot[]>(answer, 'slots')),
    holdRegistration: (request, { idempotencyKey }) => call({ method: 'POST', path: '/registrations', body: request, idempotencyKey }, whole<HeldRegistration>('registrationNo')),
    cancelRegistration: (quoteId) => call({ method: 'POST', path: `/registrations/${encodeURIComponent(quoteId)}/cancel` }, whole<{ quoteId: string }>('quoteId')),
    searchRegistrations: (search) => call({ method: 'POST', path: '/registrations/search', body: search }, (answer) => pick<Registration[]>(answer, 'registrations')),
    checkIn: (request) => call({ method: 'POST', path: '/registrations/check-in', body: request }, whole<CheckedIn>('queueNo')),
    listFunctions: () => call({ method: 'GET', path: '/functions' }, (answer) => pick<string[]>(answer, 'functions')),
    createPatient: (patient) => call({ method: 'POST', path: '/patients', body: patient }, whole<PatientFile>('patientId')),
    updatePatient: (change) => call({ method: 'POST', path: '/patients/changes', body: change }, whole<{ patientId: string }>('patientId')),
    checkCard: (search) => call({ method: 'POST', path: '/cards/check', body: search }, whole<CardCheck>('state')),
    searchReports: (search) => call({ method: 'POST', path: '/reports/search', body: search }, (answer) => pick<Report[]>(answer, 'reports')),
    readReport: (request) => call({ method: 'POST', path: '/reports/read', body: request }, whole<ReadReport>('report')),
    listPrices: ({ kind, initials }) => call({ method: 'GET', path: '/prices', query: { kind, initials } }, (answer) => pick<Price[]>(answer, 'prices')),
    searchQueues: (patientId) => call({ method: 'POST', path: '/queues/search', body: { patientId } }, (answer) => pick<QueuePlace[]>(answer, 'places')),
    resolveGuideCode: (code) => call({ method: 'POST', path: '/guides/resolve', body: { code } }, whole<GuidedVisit>('patientId')),
    searchInpatients: (search) => call({ method: 'POST', path: '/inpatients/search', body: search }, (answer) => pick<Inpatient[]>(answer, 'inpatients')),
    searchDeposits: (stay) => call({ method: 'POST', path: '/inpatients/deposits/search', body: stay }, (answer) => pick<Deposit[]>(answer, 'deposits')),
    searchDailyFees: (stayDay) => call({ method: 'POST', path: '/inpatients/daily-fees/search', body: stayDay }, (answer) => pick<DailyFee[]>(answer, 'fees')),
    searchFeeSums: (stay) => call({ method: 'POST', path: '/inpatients/fee-sums/search', body: stay }, (answer) => pick<FeeSum[]>(answer, 'sums')),
    quoteDischarge: (stay) => call({ method: 'POST', path: '/discharge-quotes', body: stay }, whole<DischargeQuote>('collectFen')),
    settleDischarge: (quoteId, { idempotencyKey }) => call({ method: 'POST', path: '/discharges', body: { quoteId }, idempotencyKey }, whole<Discharge>('settlementNo')),
    findDischarge: (settlementNo) => call({ method: 'GET', path: `/discharges/${encodeURIComponent(settlementNo)}` }, whole<Discharge>('settlementNo')),
    quoteDeposit: (request) => call({ method: 'POST', path: '/deposit-quotes', body: request }, whole<Quote>('quoteId')),
    findInsured: (search) => call({ method: 'POST', path: '/insurance/persons/search', body: search }, whole<InsuredPerson>('personNo')),
    presettle: (request, { idempotencyKey }) => call({ method: 'POST', path: '/insurance/presettlements', body: request, idempotencyKey }, whole<Presettlement>('presettlementNo')),
    findPresettlement: (presettlementNo) => call({ method: 'GET', path: `/insurance/presettlements/${encodeURIComponent(presettlementNo)}` }, whole<Presettlement>('presettlementNo')),
    abandonPresettlement: (presettlementNo) => call({ method: 'POST', path: `/insurance/presettlements/${encodeURIComponent(presettlementNo)}/abandon` }, whole<Presettlement>('presettlementNo')),
    createPayment: (request, { idempotencyKey }) => call({ method: 'POST', path: '/payments', body: request, idempotencyKey }, whole<Order>('tradeNo')),
    addPayment: (tradeNo, request, { idempotencyKey }) => call({ method: 'POST', path: `/payments/${encodeURIComponent(tradeNo)}/payments`, body: request, idempotencyKey }, whole<Order>('tradeNo')),
    findPayment: (tradeNo, freshness) => call({ method: 'GET', path: `/payments/${encodeURIComponent(tradeNo)}`, query: fresh(freshness) }, whole<Order>('tradeNo')),
    findPaymentByKey: (idempotencyKey, freshness) => call({ method: 'GET', path: '/payments', query: { idempotencyKey, ...fresh(freshness) } }, whole<Order>('tradeNo')),
    cancelPayment: (tradeNo) => call({ method: 'POST', path: `/payments/${encodeURIComponent(tradeNo)}/cancel` }, whole<Order>('tradeNo')),
    bindCard: (request, { idempotencyKey }) => call({ method: 'POST', path: '/quick-pay/agreements', body: request, idempotencyKey }, whole<BoundCard>('agreementNo')),
    confirmBinding: (agreementNo, request) => call({ method: 'POST', path: `/quick-pay/agreements/${encodeURIComponent(agreementNo)}/confirm`, body: request }, whole<BoundCard>('agreementNo')),
    findAgreement: (agreementNo, userId) => call({ method: 'GET', path: `/quick-pay/agreements/${encodeURIComponent(agreementNo)}`, query: { userId } }, whole<BoundCard>('agreementNo')),
    listBoundCards: (userId) => call({ method: 'GET', path: '/quick-pay/agreements', query: { userId } }, (answer) => pick<BoundCard[]>(answer, 'cards')),
    unbindCard: (agreementNo, userId) => call({ method: 'POST', path: `/quick-pay/agreements/${encodeURIComponent(agreementNo)}/unbind`, body: { userId } }, whole<BoundCard>('agreementNo')),
    findPaymentPassword: (userId) => call({ method: 'GET', path: '/quick-pay/payment-password', query: { userId } }, whole<PaymentPassword>('isSet')),
    setPaymentPassword: (request) => call({ method: 'POST', path: '/quick-pay/payment-password', body: request }, whole<PaymentPassword>('isSet')),
    changePaymentPassword: (request) => call({ method: 'POST', path: '/quick-pay/payment-password/change', body: request }, whole<PaymentPassword>('isSet')),
    checkCardHolder: (request) => call({ method: 'POST', path: '/quick-pay/holder-checks', body: request }, whole<HolderCheck>('checkNo')),
    resetPaymentPassword: (request) => call({ method: 'POST', path: '/quick-pay/payment-password/reset', body: request }, whole<PaymentPassword>('isSet')),
    payWithAgreement: (request, { idempotencyKey }) => call({ method: 'POST', path: '/quick-pay/payments', body: request, idempotencyKey }, whole<Order>('tradeNo')),
    enterPaymentCode: (tradeNo, code) => call({ method: 'POST', path: `/quick-pay/payments/${encodeURIComponent(tradeNo)}/code`, body: { code } }, whole<Order>('tradeNo')),
    requestRefund: (tradeNo, request, { idempotencyKey }) => call({ method: 'POST', path: `/payments/${encodeURIComponent(tradeNo)}/refunds`, body: request, idempotencyKey }, whole<RefundAnswer>('refund')),
    findRefund: (refundNo) => call({ method: 'GET', path: `/refunds/${encodeURIComponent(refundNo)}` }, whole<RefundAnswer>('refund')),
    refundForHis: (request) => call({ method: 'POST', path: '/his/refunds', body: request }, whole<HisRefund>('hisRefundNo')),
    findHisRefund: (hisRefundNo) => call({ method: 'GET', path: `/his/refunds/${encodeURIComponent(hisRefundNo)}` }, whole<HisRefund>('hisRefundNo')),
    refundStoppedClinic: (request) => call({ method: 'POST', path: '/his/stopped-clinics', body: request }, (answer) => pick<StoppedRegistration[]>(answer, 'registrations')),
    issueCheckout: (request) => call({ method: 'POST', path: '/checkouts', body: request }, whole<IssuedCheckout>('url')),
    findCheckout: (checkoutNo) => call({ method: 'GET', path: `/checkouts/${encodeURIComponent(checkoutNo)}` }, whole<Checkout>('checkoutNo')),
    revokeCheckout: (checkoutNo) => call({ method: 'POST', path: `/checkouts/${encodeURIComponent(checkoutNo)}/revoke` }, whole<Checkout>('checkoutNo')),
    searchPayments: (search) => call({ method: 'POST', path: '/payments/search', body: search }, whole<OrdersFound>('absent')),
    listOrderChanges: ({ limit, ...from } = {}) => call({ method: 'GET', path: '/order-changes', query: { ...from, ...(limit === undefined ? {} : { limit: String(limit) }) } }, whole<OrderChanges>('cursor')),
    listStatements: ({ from, to, ...of }) => call({ method: 'GET', path: '/statements', query: { from, to, ...of } }, (answer) => pick<StatementFile[]>(answer, 'files')),
    downloadStatement: (day, { version, ...of } = {}) => call({ method: 'GET', path: `/statements/${encodeURIComponent(day)}`, query: { ...(version === undefined ? {} : { version: String(version) }), ...of } }, (answer) => statementOf(options, answer)),
    listMerchantPayments: ({ limit, ...filter } = {}) => call({ method: 'GET', path: '/merchant/payments', query: { ...filter, ...(limit === undefined ? {} : { limit: String(limit) }) } }, whole<MerchantPaymentPage>('payments')),
    findMerchantOrder: (tradeNo) => call({ method: 'GET', path: `/merchant/orders/${encodeURIComponent(tradeNo)}` }, whole<MerchantOrder>('tradeNo')),
    readMerchantFigures: (of) => call({ method: 'GET', path: '/merchant/figures', query: of }, whole<MerchantFigures>('totals')),
    readMerchantSettlement: () => call({ method: 'GET', path: '/merchant/settlement' }, whole<MerchantSettlement>('batches')),
    readTime: () => call({ method: 'GET', path: '/time', isOpen: true }, whole<PlatformTime>('now')),
  };
}

type Request = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly idempotencyKey?: string;
  readonly isOpen?: true;
};
type Received = { readonly headers: Headers; readonly bytes: Uint8Array };

async function send<Value>(options: PaymentClientOptions, request: Request, read: (answer: Received) => ApiResult<Value>): Promise<ApiResult<Value>> {
  const query = new URLSearchParams(request.query).toString();
  // What is signed must be what is sent: the URL class may write a path differently than it was put together.
  const url = new URL(`${BASE}${request.path}${query === '' ? '' : `?${query}`}`, options.origin);
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey;
  if (request.isOpen !== true) headers['authorization'] = authorize(options, { method: request.method, target: `${url.pathname}${url.search}`, body, idempotencyKey: request.idempotencyKey });
  let status: number;
  let received: Received;
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
    status = response.status;
    received = { headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    return unknownResult(error instanceof Error ? `${error.name}: ${error.message}` : 'no answer');
  }
  if (status === 200) return read(received);
  return readErrorAnswer(status, received.bytes);
}

function authorize({ appId, secret, now }: PaymentClientOptions, parts: Pick<SignedParts, 'method' | 'target' | 'body' | 'idempotencyKey'>): string {
  const timestamp = String(Math.floor((now?.() ?? new Date()).getTime() / 1000));
  const nonce = randomBytes(16).toString('hex');
  return writeAuthorization({ app: appId, timestamp, nonce, signature: sign(secret, { ...parts, timestamp, nonce }) });
}

/** The platform's answer of this status has this shape (the contract test proves it); one field tells it from a stranger's page. */
function whole<Value>(mark: string): (answer: Received) => ApiResult<Value> {
  return ({ bytes }) => {
    const value = parse(bytes);
    return isRecord(value) && mark in value ? { kind: 'ok', value: value as Value } : unknownResult('the answer has another shape');
  };
}

function pick<Value>({ bytes }: Received, field: string): ApiResult<Value> {
  const value = parse(bytes);
  return isRecord(value) && Array.isArray(value[field]) ? { kind: 'ok', value: value[field] as Value } : unknownResult('the answer has another shape');
}

function statementOf({ appId, secret }: PaymentClientOptions, { headers, bytes: raw }: Received): ApiResult<Statement> {
  if (headers.get('x-content-sha256') !== createHash('sha256').update(raw).digest('hex')) return unknownResult('the file differs from its SHA-256');
  const fileName = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? '';
  if (!isStatementSigned({ secret, appId, fileName, raw, signature: headers.get('x-hospay-statement-signature') ?? '' })) return unknownResult('the signature of the file does not verify');
  return readStatement(raw);
}

function parse(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
