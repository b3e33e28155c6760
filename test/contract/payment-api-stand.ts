/**
 * The payment API on a real port, over the real money store and the real use cases. Only the channel and the HIS are stand-ins: each keeps its own
 * books, so that a test can ask what really happened there.
 */
import { createHmac } from 'node:crypto';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { ChargeOutcome, ChargeRequest, CloseOutcome, Confirmation, Fen, HisResult, HospitalFacet, Notification, PaymentMethod, PaymentNews, RawNotification, RefundNews, RefundOutcome, RefundRequest } from '@hospay/plugin-sdk';
import { createPaymentClient, type PaymentClient, type PaymentClientOptions } from '@hospay/payment-sdk';
import { createNonceMemory } from '@hospay/server/applications/nonce-memory.js';
import type { Application } from '@hospay/server/applications/ports.js';
import { createRequestBuckets, type RequestRate } from '@hospay/server/applications/request-buckets.js';
import { inMemoryApplicationRegistry } from '@hospay/server/applications/in-memory-application-registry.js';
import type { ChannelGuest, FacetCall, HospitalGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG, type Log } from '@hospay/server/domain/log.js';
import { JOB_KINDS, type JobKind } from '@hospay/server/domain/order-change.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import { DEFAULT_PAYMENT_POLICY, type PaymentPolicy } from '@hospay/server/domain/payment-policy.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { channelNotifications } from '@hospay/server/edges/http/channel-notifications.js';
import { startHttpServer } from '@hospay/server/edges/http/http-kit/start-http-server.js';
import { operationsEndpoints } from '@hospay/server/edges/http/operations-endpoints.js';
import { applicationNotifier } from '@hospay/server/edges/http/owner-notifier.js';
import type { PaymentApiPorts } from '@hospay/server/edges/http/payment-api/payment-api-ports.js';
import { paymentApi } from '@hospay/server/edges/http/payment-api/payment-api.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { refuseOnPaper } from '@hospay/server/invoices/refuse-on-paper.js';
import { createPrepaymentDesk } from '@hospay/server/prepayment/prepayment-desk.js';
import type { PrepaymentDesk } from '@hospay/server/prepayment/ports.js';
import { advancePrepaymentReturn } from '@hospay/server/prepayment/advance-return.js';
import { unlockBills } from '@hospay/server/payments/bill-lock.js';
import { checkBooking } from '@hospay/server/payments/check-booking.js';
import { advanceInvoice } from '@hospay/server/invoices/advance-invoice.js';
import { advanceDischarge } from '@hospay/server/inpatients/advance-discharge.js';
import { createPatientDesk } from '@hospay/server/patients/patient-desk.js';
import { createInpatientDesk } from '@hospay/server/inpatients/inpatient-desk.js';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { advancePresettlement } from '@hospay/server/insurance/advance-presettlement.js';
import { findInsured } from '@hospay/server/insurance/find-insured.js';
import { findPresettlement } from '@hospay/server/insurance/find-presettlement.js';
import type { InsurancePorts } from '@hospay/server/insurance/ports.js';
import { presettle } from '@hospay/server/insurance/presettle.js';
import { findPatient } from '@hospay/server/patients/find-patient.js';
import { listOpenBills } from '@hospay/server/patients/list-open-bills.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { advanceTender } from '@hospay/server/payments/advance-tender.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { receiveNotification } from '@hospay/server/payments/receive-notification.js';
import { tellOwnerOfOrder } from '@hospay/server/payments/tell-owner.js';
import type { QuickPayDesk } from '@hospay/server/quick-pay/ports.js';
import { createRegistrationDesk } from '@hospay/server/registrations/registration-desk.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { createHisDesk } from '@hospay/server/refunds/his-desk.js';
import { createHisNoticeDesk } from '@hospay/server/his-notices/his-notice-desk.js';
import type { HisNoticeDesk } from '@hospay/server/his-notices/ports.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { tellInsuranceRefund } from '@hospay/server/refunds/tell-insurance-refund.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { sampleDetails, ScriptedCentre } from './scripted-guests.js';
import { createPayoutBench } from './payout-bench.js';
import { createOrderSync } from '@hospay/server/order-sync/order-sync.js';
import type { StatementPolicy } from '@hospay/server/statement-files/ports.js';
import { checkoutDeskFor } from './checkout-desk-for-tests.js';
import { startStatementBench, type StatementBench } from './statement-bench.js';

export const CHANNEL_KEY = 'channel key for tests';

type ChannelOrder = { request: ChargeRequest; state: 'open' | 'paid' | 'closed'; paidAt: string };

/** A channel that works: it keeps what it was told, and its patient pays when the test says so. */
export class WorkingChannel implements ChannelGuest {
  readonly id: string = 'working';
  readonly merchantNo = '1900000009';
  readonly methods: readonly PaymentMethod[] = ['nativeQr', 'paymentCode', 'jsapi'];
  readonly canClose = true;
  readonly canRefund = true;
  readonly orders = new Map<string, ChannelOrder>();
  readonly refunds = new Map<string, RefundRequest>();
  /** Set: what `charge` answers instead, after having done it. */
  loseChargeAnswers = false;

  charge(request: ChargeRequest): Promise<ChargeOutcome> {
    if (!this.orders.has(request.tradeNo)) this.orders.set(request.tradeNo, { request, state: 'open', paidAt: '' });
    if (this.loseChargeAnswers) return Promise.resolve({ kind: 'unknown', reason: 'the answer was lost' });
    return Promise.resolve({ kind: 'pending', present: { kind: 'qr', content: `weixin://pay/${request.tradeNo}` } });
  }
  query({ tradeNo }: { readonly tradeNo: string }): Promise<PaymentNews> {
    return Promise.resolve(this.newsOf(tradeNo));
  }
  close({ tradeNo }: { readonly tradeNo: string }): Promise<CloseOutcome> {
    const order = this.orders.get(tradeNo);
    if (order === undefined) return Promise.resolve({ kind: 'notFound' });
    if (order.state === 'paid') return Promise.resolve({ kind: 'alreadyPaid' });
    order.state = 'closed';
    return Promise.resolve({ kind: 'closed' });
  }
  refund(request: RefundRequest): Promise<RefundOutcome> {
    this.refunds.set(request.refundNo, request);
    return Promise.resolve({ kind: 'processing' });
  }
  queryRefund({ refundNo }: { readonly refundNo: string }): Promise<RefundNews> {
    const refund = this.refunds.get(refundNo);
    if (refund === undefined) return Promise.resolve({ kind: 'notFound' });
    return Promise.resolve({ kind: 'succeeded', refundNo, tradeNo: refund.payment.tradeNo, refundFen: refund.refundFen, channelRefundNo: `CR${refundNo.slice(-12)}`, refundedAt: this.now().toISOString() });
  }
  readNotification(raw: RawNotification): Promise<Notification> {
    const expected = createHmac('sha256', CHANNEL_KEY).update(raw.body).digest('hex');
    if (raw.headers['x-channel-signature'] !== expected) return Promise.resolve({ kind: 'refused', reason: 'bad signature' });
    const { tradeNo } = JSON.parse(Buffer.from(raw.body).toString('utf8'));
    return Promise.resolve({ kind: 'payment', eventId: `event-${String(tradeNo)}`, tradeNo: String(tradeNo), news: this.newsOf(String(tradeNo)) });
  }
  answerNotification(result: 'stored' | 'refused' | 'retryLater') {
    const status = { stored: 200, refused: 401, retryLater: 503 }[result];
    return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: result }) };
  }
  downloadStatement(): ReturnType<ChannelGuest['downloadStatement']> {
    return Promise.resolve({ kind: 'empty' });
  }

  now: () => Date = () => new Date(0);
  /** The patient pays in his wallet. */
  pay(paymentNo: string): void {
    const order = this.orders.get(paymentNo);
    assert.equal(order?.state, 'open');
    order.state = 'paid';
    // The channel's own offset, as channels write it.
    order.paidAt = `${new Date(this.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  }
  newsOf(paymentNo: string): PaymentNews {
    const order = this.orders.get(paymentNo);
    if (order === undefined) return { kind: 'notFound' };
    if (order.state === 'closed') return { kind: 'closed' };
    if (order.state === 'open') return { kind: 'pending' };
    const { amountFen, method } = order.request;
    const insured = method === 'medicalInsurance' ? { insuranceSplit: { fundFen: amountFen - 1, accountFen: 1 } } : {};
    return { kind: 'succeeded', tradeNo: paymentNo, merchantNo: this.merchantNo, amountFen, channelTradeNo: `=4200${paymentNo.slice(-8)}`, paidAt: order.paidAt, ...insured };
  }
}

/** A HIS with patients and priced bills. */
export class WorkingHospital implements HospitalGuest {
  /** None, until a test gives it some. */
  facets: { readonly [name in HospitalFacet]?: FacetCall<name> } = {};
  facet<Name extends HospitalFacet>(name: Name): FacetCall<Name> | undefined {
    return this.facets[name];
  }
  readonly canApproveRefunds = true;
  readonly bills = new Map<string, number>();
  readonly confirmed = new Map<string, Confirmation>();
  now: () => Date = () => new Date(0);
  quoteLifetimeMs = 15 * 60_000;

  findPatient({ cardNo }: { readonly cardNo: string }): ReturnType<HospitalGuest['findPatient']> {
    if (cardNo !== 'C1001') return Promise.resolve({ kind: 'ok', value: [] });
    return Promise.resolve({ kind: 'ok', value: [{ patientId: 'P1', name: '赵小试', sex: 'female', idNo: '000000190001010000', cardNo, phone: '00000000000' }] });
  }
  listOpenBills(): ReturnType<HospitalGuest['listOpenBills']> {
    const value = [...this.bills].map(([billNo, amountFen]) => ({
      billNo, billType: '西药', billedAt: '2026-11-20 08:00:00', departmentName: '内科', doctorName: '李医生', amountFen,
      lines: [{ lineNo: '1', itemCode: 'Y1', itemName: '试验药片', quantity: '1', amountFen }],
    }));
    return Promise.resolve({ kind: 'ok', value });
  }
  presettle({ billNos }: { readonly billNos: readonly string[] }): ReturnType<HospitalGuest['presettle']> {
    let total = 0;
    for (const billNo of billNos) {
      const amount = this.bills.get(billNo);
      if (amount === undefined) return Promise.resolve({ kind: 'rejected', code: 'NO_BILL', message: 'no such bill' });
      total += amount;
    }
    return Promise.resolve({ kind: 'ok', value: { quoteNo: `HQ-${billNos.join('-')}`, totalFen: total, fundFen: 0, personalAccountFen: 0, selfPayFen: total, validUntil: new Date(this.now().getTime() + this.quoteLifetimeMs).toISOString() } });
  }
  insuranceDetails({ billNos }: { readonly billNos: readonly string[] }): ReturnType<NonNullable<HospitalGuest['insuranceDetails']>> {
    return Promise.resolve({ kind: 'ok', value: sampleDetails(billNos.reduce((sum, billNo) => sum + (this.bills.get(billNo) ?? 0), 0)) });
  }
  confirm({ tradeNo, amountFen }: { readonly tradeNo: string; readonly amountFen: number }): Promise<HisResult<Confirmation>> {
    const value = { settlementNo: `S${tradeNo.slice(-6)}`, receiptNo: `R${tradeNo.slice(-6)}`, amountFen };
    this.confirmed.set(tradeNo, value);
    return Promise.resolve({ kind: 'ok', value });
  }
  queryConfirmation({ tradeNo }: { readonly tradeNo: string }): ReturnType<HospitalGuest['queryConfirmation']> {
    const value = this.confirmed.get(tradeNo);
    return Promise.resolve(value === undefined ? { kind: 'absent' } : { kind: 'ok', value });
  }
  approveRefund({ refundNo }: { readonly refundNo: string }): ReturnType<HospitalGuest['approveRefund']> {
    return Promise.resolve({ kind: 'ok', value: { hisRefundNo: `HR${refundNo.slice(-6)}` } });
  }
  queryRefundApproval(): ReturnType<HospitalGuest['queryRefundApproval']> {
    return Promise.resolve({ kind: 'absent' });
  }
  loadDictionary(): ReturnType<HospitalGuest['loadDictionary']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  ping(): ReturnType<HospitalGuest['ping']> {
    return Promise.resolve({ kind: 'unknown', reason: 'not asked here' });
  }
}

export type Stand = {
  readonly origin: string;
  readonly store: SqliteMoneyStore;
  readonly ports: PaymentPorts;
  /** Where an adapter delivers what the HIS tells by itself. */
  readonly hisNotices: HisNoticeDesk;
  readonly prepayment: PrepaymentDesk;
  /** Payouts, and the bank behind them. */
  readonly payouts: ReturnType<typeof createPayoutBench>;
  /** Statement files, and the folder they lie in. */
  readonly statements: StatementBench;
  readonly centre: ScriptedCentre;
  readonly channel: WorkingChannel;
  readonly hospital: WorkingHospital;
  readonly clock: { now(): Date; advance(ms: number): void; set(iso: string): void };
  readonly application: Application;
  /** What was written into the audit log about patients. */
  readonly acts: readonly AuditAct[];
  /** A client of the first application, or of another. */
  client(of?: Partial<PaymentClientOptions>): PaymentClient;
  /** Runs every job that is due now, until none is. */
  work(...kinds: JobKind[]): Promise<void>;
  /** From a bill to a code on the screen. */
  takePayment(of?: { amountFen?: Fen | number; idempotencyKey?: string; client?: PaymentClient }): Promise<{ tradeNo: string; paymentNo: string }>;
  /** From a bill to a booked order. */
  takePaid(of?: { amountFen?: number; idempotencyKey?: string }): Promise<{ tradeNo: string; paymentNo: string }>;
  refuseNew: string | undefined;
};

/** A hospital without quick pay: whoever asks is told so. */
const unavailable = (): Promise<{ readonly kind: 'refused'; readonly code: 'QUICK_PAY_UNAVAILABLE' }> => Promise.resolve({ kind: 'refused', code: 'QUICK_PAY_UNAVAILABLE' });
const NO_QUICK_PAY: QuickPayDesk = {
  bindCard: unavailable, confirmBinding: unavailable, findAgreement: unavailable, listCards: unavailable, unbindCard: unavailable, findPaymentPassword: unavailable, setPaymentPassword: unavailable, changePaymentPassword: unavailable,
  checkHolder: unavailable, resetPaymentPassword: unavailable, payWithAgreement: unavailable, enterPaymentCode: unavailable,
};

const notHere = (): never => { throw new Error('nobody is bound to a merchant here'); };
const NO_MERCHANTS: PaymentApiPorts['merchants'] = { listPayments: notHere, findOrder: notHere, readFigures: notHere, readSettlement: notHere };

const SECRET = 'a secret of the first application, 32+ characters';
export const OTHER: Application = { appId: 'other-app', hospitalId: 'demo', merchantId: 'm1', secret: 'another secret, just as long as the first', permissions: ['read', 'pay', 'refund', 'statement'], notifyUrl: undefined, status: 'active' };

export async function startStand(context: TestContext, set: { readonly application?: Partial<Application>; readonly rate?: RequestRate; readonly more?: readonly Application[]; readonly policy?: Partial<PaymentPolicy>; readonly push?: StatementPolicy['push']; readonly log?: Log; /** A further channel, and the bound cards it charges. */ readonly quickPay?: { readonly channel: ChannelGuest; desk(ports: PaymentPorts): QuickPayDesk }; /** What merchants are told, and the merchants there are. */ readonly merchants?: PaymentApiPorts['merchants']; readonly merchantNos?: readonly string[] } = {}): Promise<Stand> {
  let now = new Date('2026-11-20T02:00:00.000Z');
  const clock = { now: () => now, advance: (ms: number) => { now = new Date(now.getTime() + ms); }, set: (iso: string) => { now = new Date(iso); } };
  const store = memoryMoneyStore();
  const channel = new WorkingChannel();
  const hospital = new WorkingHospital();
  channel.now = clock.now;
  hospital.now = clock.now;
  const application: Application = { appId: 'hospital-app', hospitalId: 'demo', merchantId: 'm1', secret: SECRET, permissions: ['read', 'pay', 'refund', 'statement'], notifyUrl: undefined, status: 'active', ...set.application };
  const registry = inMemoryApplicationRegistry([application, OTHER, ...(set.more ?? [])]);
  const stand = { refuseNew: undefined as string | undefined };
  const ports: PaymentPorts = {
    store,
    presettlements: store.presettlements,
    channels: { find: (id) => [channel, set.quickPay?.channel].find((guest) => guest?.id === id), choose: ({ wanted = channel.id }) => [channel, set.quickPay?.channel].find((guest) => guest?.id === wanted) },
    hospitals: { find: (id) => (id === 'demo' ? hospital : undefined) },
    clock,
    random: SYSTEM_RANDOM,
    policy: { ...DEFAULT_PAYMENT_POLICY, ...set.policy },
    reasonToRefuse: () => stand.refuseNew,
    notifyUrl: () => undefined,
    ownerNotifier: applicationNotifier({ registry, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, log: SILENT_LOG }),
  };
  const centre = new ScriptedCentre();
  const insurance: InsurancePorts = { ...ports, presettlements: store.presettlements, centres: { find: (id) => (id === channel.id ? centre : undefined) } };
  const patientPorts = { hospitals: ports.hospitals, clock, random: SYSTEM_RANDOM, saveQuote: (quote: Parameters<typeof store.saveQuote>[0]) => store.saveQuote(quote) };
  const statements = startStatementBench(context, { store, registry, applications: [application, OTHER, ...(set.more ?? [])], clock, push: set.push ?? [], merchants: set.merchantNos ?? [] });
  const undeclared: string[] = [];
  const acts: AuditAct[] = [];
  const server = await startHttpServer({
    host: '127.0.0.1', port: 0, log: set.log ?? SILENT_LOG, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM,
    onUndeclaredAnswer: (operationId, what) => { undeclared.push(`${operationId}: ${what}`); },
    groups: [
      ...paymentApi({
        authentication: { registry, nonces: createNonceMemory(), buckets: createRequestBuckets(set.rate), clock },
        useCases: {
          findPatient: (request) => findPatient(patientPorts, request),
          listOpenBills: (request) => listOpenBills(patientPorts, request),
          quoteBills: (request) => quoteBills(patientPorts, request),
          createPayment: (request) => createPayment(ports, request),
          addPayment: (request) => addPayment(ports, request),
          findOrder: (request) => findOrder(ports, request),
          cancelPayment: (request) => cancelPayment(ports, request),
          requestRefund: async (request) => (await refuseOnPaper(ports, request)) ?? requestRefund(ports, request),
          findInsured: (request) => findInsured(insurance, request),
          presettle: (request) => presettle(insurance, request),
          findPresettlement: (request) => findPresettlement(insurance, request),
          abandonPresettlement: (request) => abandonPresettlement(insurance, request),
          ...checkoutDeskFor(ports, patientPorts),
          ...createRegistrationDesk({ ...patientPorts, findQuote: (quoteId) => store.findQuote(quoteId) }),
          ...createPatientDesk({ ...patientPorts, audit: { record: (act) => { acts.push(act); return Promise.resolve(); } } }),
          ...createInpatientDesk({ ...patientPorts, findQuote: (quoteId) => store.findQuote(quoteId), discharges: store.discharges }),
          ...createHisDesk(ports),
          ...(set.quickPay?.desk(ports) ?? NO_QUICK_PAY),
        },
        statements: statements.desk,
        merchants: set.merchants ?? NO_MERCHANTS,
        orderSync: createOrderSync(store.orderChangesOf('demo')),
        clock,
      }),
      channelNotifications({ receiveNotification: (channelId, raw) => receiveNotification(ports, channelId, raw), clock }),
      operationsEndpoints({
        live: () => Promise.resolve({ ok: true, degraded: false, checks: [] }),
        ready: () => Promise.resolve({ ok: false, degraded: false, checks: [{ name: 'his', ok: false, reason: 'breaker open' }] }),
        metricsPage: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'hospay_up 1\n' }),
      }),
    ],
  });
  context.after(async () => {
    await server.stop();
    await store.close();
    assert.deepEqual(undeclared, [], 'every answer and every error code is one its route declares');
  });

  const payouts = createPayoutBench({ store, clock });
  const hisNotices = createHisNoticeDesk({ ...createHisDesk(ports), store, notices: store.hisNotices, clock, random: SYSTEM_RANDOM, policy: DEFAULT_PAYMENT_POLICY, log: SILENT_LOG });
  const handlers: Record<JobKind, (job: ClaimedJob) => Promise<void>> = {
    advancePayment: (job) => advancePayment(ports, job),
    advanceTender: (job) => advanceTender(ports, job),
    confirmOrder: (job) => confirmOrder(ports, job),
    advanceRefund: (job) => advanceRefund(ports, job),
    tellOwner: (job) => tellOwnerOfOrder(ports, job),
    advancePresettlement: (job) => advancePresettlement(insurance, job),
    tellInsuranceRefund: (job) => tellInsuranceRefund(ports, job),
    advancePrepaymentReturn: (job) => advancePrepaymentReturn({ ...ports, hospitalId: 'demo', prepayments: store.prepayments, refundForHis: createHisDesk(ports).refundForHis }, job),
    unlockBills: (job) => unlockBills(ports, job),
    checkBooking: (job) => checkBooking(ports, job),
    advanceInvoice: (job) => advanceInvoice(ports, job),
    advanceDischarge: (job) => advanceDischarge({ ...ports, discharges: store.discharges, refundForHis: createHisDesk(ports).refundForHis }, job),
    advanceNotice: (job) => hisNotices.advanceNotice(job),
    advancePayout: (job) => payouts.advance(job),
    sendStatementFile: (job) => statements.send(job),
  };
  const work = async (...kinds: JobKind[]): Promise<void> => {
    for (let round = 0; round < 50; round += 1) {
      const jobs = await store.claimJobs({ kinds: kinds.length === 0 ? JOB_KINDS : kinds, owner: 'stand', now, leaseMs: 60_000, limit: 20 });
      if (jobs.length === 0) return;
      for (const job of jobs) await handlers[job.kind](job);
    }
    throw new Error('jobs never end');
  };
  const client = (of: Partial<PaymentClientOptions> = {}) => createPaymentClient({ origin: server.origin, appId: application.appId, secret: application.secret, now: clock.now, timeoutMs: 5_000, ...of });
  let bills = 0;
  const takePayment: Stand['takePayment'] = async ({ amountFen = 10_000, idempotencyKey, client: by = client() } = {}) => {
    bills += 1;
    const billNo = `B${String(bills)}`;
    hospital.bills.set(billNo, amountFen);
    const quote = await by.quoteBills({ patientId: 'P1', patientLabel: '赵*试', billNos: [billNo] });
    assert.equal(quote.kind, 'ok');
    const order = await by.createPayment({ quoteId: quote.value.quoteId, amountFen, method: 'nativeQr' }, { idempotencyKey: idempotencyKey ?? `key-for-${billNo}-x` });
    assert.equal(order.kind, 'ok');
    const [payment] = order.value.payments;
    assert.ok(payment);
    return { tradeNo: order.value.tradeNo, paymentNo: payment.paymentNo };
  };
  return Object.assign(stand, {
    origin: server.origin, store, ports, channel, centre, payouts, statements, hisNotices, prepayment: createPrepaymentDesk({ ...ports, hospitalId: 'demo', prepayments: store.prepayments, refundForHis: createHisDesk(ports).refundForHis }), hospital, clock, application, acts, client, work, takePayment,
    async takePaid(of: { amountFen?: number; idempotencyKey?: string } = {}) {
      const taken = await takePayment(of);
      channel.pay(taken.paymentNo);
      await client().findPayment(taken.tradeNo, { fresh: true });
      await work('confirmOrder');
      return taken;
    },
  });
}
