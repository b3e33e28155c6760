import type { Confirmation, ConfirmRequest, HisQueryResult, HisResult, HospitalFacet } from '@hospay/plugin-sdk';
import type { FacetCall, HospitalGuest } from '@hospay/server/domain/guests.js';
import { StoreUnavailable, type MoneyStore } from '@hospay/server/domain/money-store.js';
import { ok } from '@hospay/server/domain/errors.js';
import type { HisNoticeStore } from '@hospay/server/domain/his-notice.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { ShiftStore } from '@hospay/server/domain/shift-store.js';
import type { PresettlementStore } from '@hospay/server/domain/presettlement-store.js';
import type { Timers } from '@hospay/server/domain/time.js';
import { JobRunner, type JobHandlers } from '@hospay/server/edges/outbox/job-runner.js';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { advancePresettlement } from '@hospay/server/insurance/advance-presettlement.js';
import { findInsured } from '@hospay/server/insurance/find-insured.js';
import { findPresettlement } from '@hospay/server/insurance/find-presettlement.js';
import { presettle } from '@hospay/server/insurance/presettle.js';
import { advanceInvoice } from '@hospay/server/invoices/advance-invoice.js';
import { advanceDischarge } from '@hospay/server/inpatients/advance-discharge.js';
import { quoteDeposit } from '@hospay/server/inpatients/quote-deposit.js';
import { quoteDischarge } from '@hospay/server/inpatients/quote-discharge.js';
import { settleDischarge } from '@hospay/server/inpatients/settle-discharge.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { advanceTender } from '@hospay/server/payments/advance-tender.js';
import { advancePayout } from '@hospay/server/payouts/advance-payout.js';
import { createPrepaymentDesk } from '@hospay/server/prepayment/prepayment-desk.js';
import { advancePrepaymentReturn } from '@hospay/server/prepayment/advance-return.js';
import { unlockBills } from '@hospay/server/payments/bill-lock.js';
import { checkBookings } from '@hospay/server/payments/check-bookings.js';
import { checkBooking } from '@hospay/server/payments/check-booking.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { askEndedAgain } from '@hospay/server/reconciliation/ask-ended-again.js';
import { enterPaymentCode } from '@hospay/server/quick-pay/enter-payment-code.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder, listOpenOrders, markReceiptPrinted } from '@hospay/server/payments/find-order.js';
import { receiveNotification } from '@hospay/server/payments/receive-notification.js';
import { tellOwnerOfOrder } from '@hospay/server/payments/tell-owner.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { cancelRegistration } from '@hospay/server/registrations/cancel-registration.js';
import { holdRegistration } from '@hospay/server/registrations/hold-registration.js';
import { createHisNoticeDesk } from '@hospay/server/his-notices/his-notice-desk.js';
import { createHisDesk } from '@hospay/server/refunds/his-desk.js';
import type { RefundApprovalStore } from '@hospay/server/domain/refund-approval.js';
import { createRefundDesk } from '@hospay/server/approvals/refund-desk.js';
import type { Bilingual } from '@hospay/server/domain/bilingual.js';
import { APPROVAL_RULES } from './approving-refunds.js';
import { refundAtWindow } from '@hospay/server/refunds/refund-at-window.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { tellInsuranceRefund } from '@hospay/server/refunds/tell-insurance-refund.js';
import type { ShiftDesk } from '@hospay/server/shifts/ports.js';
import { createShiftDesk } from '@hospay/server/shifts/shift-desk.js';
import { HOSPITAL_ID } from './hospital-world.js';
import { REFUND_LIMITS } from './one-key-refund.js';
import type { PlantedBug } from './planted-bug.js';
import { PlatformChannels } from './platform-channels.js';
import { payoutPortsOf, payoutUseCases, type PayoutUseCases } from './platform-payouts.js';
import { quickPayUseCases, type QuickPayUseCases } from './platform-quick-pay.js';
import { selfTestUseCases, type SelfTestUseCases } from './platform-self-tests.js';
import type { Ports, UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const HIS_DEADLINE_MS = 20 * SECOND;
/** What stands between us and the HIS may hold a request back this long. */
const LATEST_HIS_SECONDS = 480;
/** The job runner never sleeps longer; in the healed world its idle looks are skipped over. */
const RUNNER_SLEEP_MS = 5 * SECOND;
/** What has ended is asked about again: often while things end, and now and then in the healed world. */
const ASK_AGAIN_EVERY_MS = { whileFaultsStrike: 100 * SECOND, healed: 1_800 * SECOND } as const;

/**
 * One life of the platform process: the real use cases, handlers and job runner over the real store. Everything that enters or leaves passes
 * a gate that knows whether this life has ended: after a crash nothing of it ever resumes, and while it is paused nothing of it runs.
 */
export class Incarnation {
  readonly number: number;
  readonly useCases: UseCases;
  isAlive = true;
  #isStarted = false;
  pausedUntil = 0;
  readonly #world: WorldView;
  readonly #runner: JobRunner;
  readonly #store: MoneyStore;
  #channels: PlatformChannels | undefined;

  constructor(world: WorldView, number: number, plant: PlantedBug | undefined) {
    this.#world = world;
    this.number = number;
    const guarded = this.#guardStore(world.store);
    this.#store = plant?.wrapStore?.(guarded, world) ?? guarded;
    const ports = this.#ports(plant);
    const notices = createHisNoticeDesk({ ...createHisDesk(ports), ...ports, notices: this.#guardNotices(world.store.hisNotices), log: SILENT_LOG });
    const life = { mine: <Value>(promise: Promise<Value>) => this.#mine(promise), written: <Value>(work: () => Promise<Value>) => this.#written(work), call: <Reply>(label: string, trip: { readonly deadlineMs: number; readonly whenLost: Reply; readonly remote: () => Reply }) => this.#call(label, trip) };
    const payouts = payoutPortsOf(world, { ...ports, store: this.#store }, life, plant);
    const useCases: UseCases = { ...this.#useCases(ports, this.#shiftDesk(ports, plant)), ...payoutUseCases(world, payouts, life), ...quickPayUseCases(world, { ...ports, store: this.#store }, life, plant), ...this.#refundUseCases(ports, life, plant), ...selfTestUseCases(world, ports), receiveNotice: notices.receiveNotice, askEndedAgain: () => this.#askEndedAgain(ports) };
    this.useCases = plant?.wrapUseCases?.(useCases, ports) ?? useCases;
    const handlers: JobHandlers = {
      advancePayment: (job) => advancePayment(ports, job),
      advanceTender: (job) => advanceTender(ports, job),
      confirmOrder: (job) => confirmOrder(ports, job),
      advanceRefund: (job) => advanceRefund(ports, job),
      tellOwner: (job) => tellOwnerOfOrder(ports, job),
      advancePresettlement: (job) => advancePresettlement(ports, job),
      tellInsuranceRefund: (job) => tellInsuranceRefund(ports, job),
      advancePrepaymentReturn: (job) => advancePrepaymentReturn({ ...ports, hospitalId: HOSPITAL_ID, prepayments: world.store.prepayments, refundForHis: createHisDesk(ports).refundForHis }, job),
      unlockBills: (job) => unlockBills(ports, job),
      checkBooking: (job) => checkBooking(ports, job),
      advanceInvoice: (job) => advanceInvoice(ports, job),
      advanceDischarge: (job) => advanceDischarge({ ...ports, refundForHis: createHisDesk(ports).refundForHis }, job),
      advanceNotice: (job) => notices.advanceNotice(job),
      advancePayout: (job) => advancePayout(payouts, job),
      sendStatementFile: () => Promise.reject(new Error('no statement file is made here')),
    };
    this.#runner = new JobRunner({
      store: this.#store,
      clock: ports.clock,
      timers: this.#timers(),
      owner: `run-${String(number)}`,
      handlers: plant?.wrapHandlers?.(handlers, ports) ?? handlers,
      onFailure: (job, error) => { world.reportThrow(`job ${job.kind} ${job.subject}`, error); },
    });
  }

  #refundUseCases(ports: Ports, { mine, written }: { readonly mine: <Value>(promise: Promise<Value>) => Promise<Value>; readonly written: <Value>(work: () => Promise<Value>) => Promise<Value> }, plant: PlantedBug | undefined): Pick<UseCases, 'refundAtConsole' | 'decideRefund' | 'listRefundApprovals'> {
    const { refundApprovals } = this.#world.store;
    const approvals: RefundApprovalStore = {
      propose: (request) => written(() => refundApprovals.propose(request)), find: (approvalNo) => mine(refundApprovals.find(approvalNo)), list: (limit) => mine(refundApprovals.list(limit)), decide: (request) => written(() => refundApprovals.decide(request)),
      approveInside: (request) => refundApprovals.approveInside(request),
    };
    const desk = createRefundDesk({
      requestRefund: (request) => requestRefund(ports, request), rules: APPROVAL_RULES, expiresAfterMs: 72 * 3_600_000, clock: ports.clock, audit: { record: () => Promise.resolve() },
      approvals: plant?.wrapApprovals?.(approvals) ?? approvals,
    });
    return { refundAtConsole: desk.requestRefund, decideRefund: desk.decideApproval, listRefundApprovals: () => desk.listApprovals({ limit: 100 }) };
  }

  #askEndedAgain({ store: money, channels, policy, clock, random }: Ports): Promise<Bilingual> {
    const { running } = this.#world.store;
    const ended = { takeEnded: running.takeEnded.bind(running), keepAsked: (asked: Parameters<typeof running.keepAsked>[0]) => this.#written(() => running.keepAsked(asked)) };
    return askEndedAgain({ ended, money, channels, policy, clock, random, isHealthy: (id) => this.#channels?.health.isHealthy(id) !== false });
  }

  /** The task of the clock; a run that a refusing store ended goes on at the next. */
  #askAgainLater(): void {
    this.after(this.#world.faults.areOn ? ASK_AGAIN_EVERY_MS.whileFaultsStrike : ASK_AGAIN_EVERY_MS.healed, 'what has ended is asked about again', () => {
      this.useCases.askEndedAgain().catch((error: unknown) => { this.#world.reportThrow('asking again', error); }).finally(() => { this.#askAgainLater(); });
    });
  }

  /** Start-up recovery, then work. Tried again while the disk refuses. */
  async start(): Promise<void> {
    try {
      await this.#store.wakeJobs(this.#world.platformNow(), 5 * SECOND);
      this.#isStarted = true;
      this.#runner.start();
      if (this.#world.asksAgain) this.#askAgainLater();
    } catch (error) {
      this.#world.reportThrow('start-up', error);
      this.after(10 * SECOND, 'tries to start again', () => { void this.start(); });
    }
  }

  /** An order changed: the announcement. Until the leases of the life before are void, nobody works: a platform whose store does not open has no runner. */
  nudge(): void {
    if (this.isAlive && this.#isStarted) this.#runner.nudge();
  }

  kill(): void {
    this.isAlive = false;
  }

  /** Runs the task in this life of the process: later if it is paused, never if it has ended. */
  after(delayMs: number, label: string, run: () => void): { cancel(): void } {
    let current = { cancel() {} };
    const wait = (ms: number) => {
      current = this.#world.time.after(ms, label, () => {
        if (!this.isAlive) return;
        if (this.#world.time.now < this.pausedUntil) wait(this.pausedUntil - this.#world.time.now);
        else run();
      });
    };
    wait(delayMs);
    return { cancel: () => { current.cancel(); } };
  }

  /** A promise as this life sees it: it settles only while the process lives. */
  #mine<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => { if (this.isAlive) resolve(value); },
        (error: unknown) => { if (this.isAlive) reject(error instanceof Error ? error : new Error(String(error))); },
      );
    });
  }

  async #written<Value>(work: () => Promise<Value>): Promise<Value> {
    const value = await this.#mine(work());
    if (this.isAlive && this.#world.faults.strikes('crash after commit')) this.#world.crash('after a commit');
    return this.#mine(Promise.resolve(value));
  }

  #guardStore(store: MoneyStore): MoneyStore {
    return {
      saveQuote: (quote) => this.#written(() => store.saveQuote(quote)),
      findQuote: (quoteId) => this.#mine(store.findQuote(quoteId)),
      accept: (acceptance) => this.#written(() => store.accept(acceptance)),
      change: (request, work) => this.#written(() => store.change(request, work)),
      recordStray: (fact, draft, now) => this.#written(() => store.recordStray(fact, draft, now)),
      claimJobs: (request) => this.#written(() => store.claimJobs(request)),
      putBackJob: (job, then) => this.#written(() => store.putBackJob(job, then)),
      nextJobAt: (kinds, held) => this.#mine(store.nextJobAt(kinds, held)),
      wakeJobs: (now, spreadMs, own) => this.#written(() => store.wakeJobs(now, spreadMs, own)),
      findOrder: (tradeNo) => this.#mine(store.findOrder(tradeNo)),
      findOrderByPayment: (paymentNo) => this.#mine(store.findOrderByPayment(paymentNo)),
      findOrderByRefund: (refundNo) => this.#mine(store.findOrderByRefund(refundNo)),
      findOrderByReceipt: (hospitalId, receiptNo) => this.#mine(store.findOrderByReceipt(hospitalId, receiptNo)),
      findOrderByRegistration: (hospitalId, hisRegistrationNo) => this.#mine(store.findOrderByRegistration(hospitalId, hisRegistrationNo)),
      findBillHolder: (hospitalId, billNos) => this.#mine(store.findBillHolder(hospitalId, billNos)),
      findOrderByKey: (tenant, key) => this.#mine(store.findOrderByKey(tenant, key)),
      listOpenOrders: (owner) => this.#mine(store.listOpenOrders(owner)),
      scheduleBookingChecks: (request) => this.#written(() => store.scheduleBookingChecks(request)),
      tillHoldsFen: (tillNo, beside) => this.#mine(store.tillHoldsFen(tillNo, beside)),
      journalHead: () => this.#mine(store.journalHead()),
      close: () => Promise.resolve(),
    };
  }

  #guardNotices(notices: HisNoticeStore): HisNoticeStore {
    return {
      keep: (notice, hasWork) => this.#written(() => notices.keep(notice, hasWork)),
      find: (noticeId) => this.#mine(notices.find(noticeId)),
      findRefund: (asked) => this.#mine(notices.findRefund(asked)),
      removeRemindersBefore: (before) => this.#written(() => notices.removeRemindersBefore(before)),
      end: (ended) => this.#written(() => notices.end(ended)),
    };
  }

  #guardPresettlements(presettlements: PresettlementStore): PresettlementStore {
    const written = async <Value>(presettlementNo: string, work: () => Promise<Value>): Promise<Value> => {
      const value = await this.#written(work);
      this.#world.presettlementChanged(presettlementNo);
      return value;
    };
    return {
      begin: (presettlement, idempotency, cause) => written(presettlement.presettlementNo, () => presettlements.begin(presettlement, idempotency, cause)),
      find: (presettlementNo) => this.#mine(presettlements.find(presettlementNo)),
      findByKey: (key) => this.#mine(presettlements.findByKey(key)),
      change: (request, work) => written(request.presettlementNo, () => presettlements.change(request, work)),
      unpaidBy: (presettlementNo) => this.#mine(presettlements.unpaidBy(presettlementNo)),
    };
  }

  #guardShifts(shifts: ShiftStore): ShiftStore {
    return {
      addChangeMoney: (money, now) => this.#written(() => shifts.addChangeMoney(money, now)),
      close: (request) => this.#written(() => shifts.close(request)),
      act: (request) => this.#written(() => shifts.act(request)),
      readOpen: (tillNo) => this.#mine(shifts.readOpen(tillNo)),
      listOpen: () => this.#mine(shifts.listOpen()),
      find: (shiftNo) => this.#mine(shifts.find(shiftNo)),
      list: (filter) => this.#mine(shifts.list(filter)),
      readCash: () => this.#mine(shifts.readCash()),
    };
  }

  #shiftDesk({ clock, random }: Ports, plant: PlantedBug | undefined): { readonly store: ShiftStore; readonly desk: ShiftDesk } {
    const guarded = this.#guardShifts(this.#world.store.shiftsOf(HOSPITAL_ID));
    const store = plant?.wrapShifts?.(guarded, this.#world) ?? guarded;
    const desk = createShiftDesk({ store, openings: { listOpenings: () => Promise.resolve([]) }, audit: { record: () => Promise.resolve() }, clock, random, hospitalName: HOSPITAL_ID, walletOf: () => undefined });
    return { store, desk };
  }

  #timers(): Timers {
    return {
      after: (ms, task) => this.after(ms < RUNNER_SLEEP_MS ? ms : Math.max(ms, this.#world.idleMs()), 'timer', task),
    };
  }

  #ports(plant: PlantedBug | undefined): Ports {
    const world = this.#world;
    const channels = new PlatformChannels(world, (delayMs, label, run) => this.after(delayMs, label, run), plant);
    this.#channels = channels;
    const hospital = this.#hospital();
    const presettlements = this.#guardPresettlements(world.store.presettlements);
    const his = plant?.wrapHospital?.(hospital, world) ?? hospital;
    return {
      store: this.#store,
      presettlements: plant?.wrapPresettlements?.(presettlements) ?? presettlements,
      channels: channels.directory,
      centres: channels.centres,
      gateways: channels.gateways,
      hospitals: { find: (id) => (id === HOSPITAL_ID && world.isAdapterActive ? his : undefined) },
      clock: { now: () => world.platformNow() },
      random: world.names,
      policy: { ...world.policy, ...plant?.policy },
      reasonToRefuse: () => (world.isDiskFull ? 'the disk is nearly full' : undefined),
      notifyUrl: () => world.notifyUrl,
      ownerNotifier: { tell: (owner, view) => this.#call(`tell ${owner.id} of ${view.tradeNo}`, { deadlineMs: 10 * SECOND, whenLost: false, remote: () => world.application.hear(view) }) },
      saveQuote: (quote) => this.#store.saveQuote(quote),
      findQuote: (quoteId) => this.#store.findQuote(quoteId),
      discharges: world.store.discharges,
    };
  }

  #useCases(ports: Ports, { store: shifts, desk }: { readonly store: ShiftStore; readonly desk: ShiftDesk }): Omit<UseCases, 'receiveNotice' | 'askEndedAgain' | 'refundAtConsole' | 'decideRefund' | 'listRefundApprovals' | keyof PayoutUseCases | keyof QuickPayUseCases | keyof SelfTestUseCases> {
    const { proposeRun, decideRun, pauseRun, listRuns } = createPrepaymentDesk({ ...ports, hospitalId: HOSPITAL_ID, prepayments: this.#world.store.prepayments, refundForHis: createHisDesk(ports).refundForHis });
    const { readRunningShift, closeShift, findShift, takeOverCash, depositCash, reverseCashAct } = desk;
    return {
      readRunningShift, closeShift, findShift, takeOverCash, depositCash, reverseCashAct,
      noteChangeMoney: async (money) => ok((await shifts.addChangeMoney(money, ports.clock.now()), {})),
      quoteBills: (request) => quoteBills(ports, { ...request, hospitalId: HOSPITAL_ID, patientLabel: '张*' }),
      holdRegistration: (request) => holdRegistration({ ...ports, findQuote: (quoteId) => ports.store.findQuote(quoteId) }, { ...request, hospitalId: HOSPITAL_ID, patientLabel: '张*' }),
      cancelRegistration: (request) => cancelRegistration({ ...ports, findQuote: (quoteId) => ports.store.findQuote(quoteId) }, request),
      quoteDeposit: (request) => quoteDeposit(ports, { ...request, hospitalId: HOSPITAL_ID }),
      quoteDischarge: (request) => quoteDischarge(ports, { ...request, hospitalId: HOSPITAL_ID }),
      settleDischarge: (request) => settleDischarge(ports, request),
      proposeRun, decideRun, pauseRun, listRuns,
      findInsured: (request) => findInsured(ports, { ...request, hospitalId: HOSPITAL_ID }),
      presettle: (request) => presettle(ports, request),
      findPresettlement: (request) => findPresettlement(ports, request),
      abandonPresettlement: (request) => abandonPresettlement(ports, { ...request, by: request.owner.id }),
      createPayment: (request) => createPayment(ports, request),
      addPayment: (request) => addPayment(ports, request),
      cancelPayment: (request) => cancelPayment(ports, { ...request, by: request.owner.id }),
      findOrder: (request) => findOrder(ports, request),
      enterPaymentCode: (request) => enterPaymentCode({ ...ports, findOrder: (question) => findOrder(ports, question) }, request),
      listOpenOrders: async (owner) => ({ kind: 'ok', value: await listOpenOrders(ports, owner) }),
      markReceiptPrinted: (request) => markReceiptPrinted(ports, request),
      requestRefund: (request) => requestRefund(ports, request),
      checkBookings: async (time) => ok(await checkBookings(ports, { hospitalId: HOSPITAL_ID, ...time })),
      refundAtWindow: (request) => refundAtWindow({ ...ports, limits: REFUND_LIMITS, needsApproval: () => false, audit: { record: () => Promise.resolve() } }, { ...request, hospitalId: HOSPITAL_ID }),
      refundForHis: (request) => createHisDesk(ports).refundForHis({ ...request, hospitalId: HOSPITAL_ID }),
      receiveNotification: (channelId, raw) => receiveNotification(ports, channelId, raw),
    };
  }

  /** A request and its answer over a network that may lose or delay either, with the boundary's deadline. Never throws, like the real boundary. */
  #call<Reply>(label: string, trip: { readonly deadlineMs: number; readonly whenLost: Reply; readonly remote: () => Reply; readonly outMs?: number; readonly isAnswerLost?: boolean; readonly isRequestLost?: boolean }): Promise<Reply> {
    const { time, faults, weather } = this.#world;
    return new Promise((resolve) => {
      const deadline = this.after(trip.deadlineMs, `${label}: no answer in time`, () => { resolve(trip.whenLost); });
      if (trip.isRequestLost === true || faults.strikes('request lost')) return;
      time.after(trip.outMs ?? weather.between(5, 400), label, () => {
        const reply = trip.remote();
        if (trip.isAnswerLost === true || faults.strikes('answer lost')) return;
        const backMs = faults.strikes('answer slow') ? weather.between(2, 18) * SECOND : weather.between(5, 300);
        this.after(backMs, `${label} → ${describe(reply)}`, () => {
          deadline.cancel();
          resolve(reply);
        });
      });
    });
  }

  #hospital(): HospitalGuest {
    const { hospital } = this.#world;
    const notAsked = { kind: 'unknown' as const, reason: 'not part of this simulation' };
    return {
      findPatient: () => Promise.resolve(notAsked),
      listOpenBills: () => Promise.resolve(notAsked),
      loadDictionary: () => Promise.resolve(notAsked),
      ping: () => Promise.resolve(notAsked),
      canApproveRefunds: true,
      facet: (name) => this.#facet(name),
      presettle: (request) => this.#his(`presettle ${request.billNos.join()}`, () => hospital.presettle(request), 'read'),
      insuranceDetails: (request) => this.#his(`insurance details ${request.billNos.join()}`, () => hospital.insuranceDetails(request), 'read'),
      confirm: (request) => this.#confirm(request),
      queryConfirmation: (request) => this.#his(`query confirmation ${request.tradeNo}`, () => hospital.queryConfirmation(request), 'read'),
      approveRefund: (request) => this.#his(`approve refund ${request.refundNo}`, () => hospital.approveRefund(request), 'write, may end late'),
      queryRefundApproval: (request) => this.#his(`query approval ${request.refundNo}`, () => hospital.queryRefundApproval(request), 'read'),
    };
  }

  /** What of the optional operations this hospital has. */
  #facet<Name extends HospitalFacet>(name: Name): FacetCall<Name> | undefined {
    const { hospital } = this.#world;
    const { beds } = hospital;
    const facets: { readonly [facet in HospitalFacet]?: FacetCall<facet> } = {
      holdRegistration: (request) => this.#his(`hold ${request.registrationNo}`, () => beds.hold(request), 'write'),
      cancelRegistration: (request) => this.#his(`cancel ${request.hisRegistrationNo}`, () => beds.cancel(request), 'write'),
      findInpatient: ({ cardNo }) => this.#his(`find inpatient ${cardNo}`, () => beds.find(cardNo), 'read'),
      listDeposits: (request) => this.#his(`list deposits of ${request.inpatientNo}`, () => beds.listDeposits(request), 'read'),
      presettleDischarge: (request) => this.#his(`presettle the discharge of ${request.inpatientNo}`, () => beds.presettleDischarge(request), 'read'),
      settleDischarge: (request) => this.#his(`settle discharge ${request.settlementNo}`, () => hospital.settleDischarge(request), 'write, may end late'),
      accountBalance: (request) => this.#his(`balance of ${request.patientId}`, () => hospital.accounts.balance(request), 'read'),
      listAccountMovements: (request) => this.#his(`movements of ${request.patientId}`, () => hospital.accounts.movements(request), 'read'),
      returnAccountBalance: (request) => this.#his(`return ${request.returnNo}`, () => hospital.accounts.giveUp(request), 'write, may end late'),
      lockBills: (request) => this.#his(`lock ${request.billNos.join()}`, () => hospital.billLocks.lock(request), 'write'),
      unlockBills: (request) => this.#his(`unlock ${request.billNos.join()}`, () => hospital.billLocks.unlock(request), 'write'),
      issueInvoice: (request) => this.#his(`issue invoice ${request.invoiceRequestNo}`, () => hospital.invoices.issue(request), 'write, may end late'),
      queryInvoice: (request) => this.#his(`query invoice ${request.invoiceRequestNo}`, () => hospital.invoices.query(request), 'read'),
      redFlushInvoice: (request) => this.#his(`flush invoice ${request.invoiceNo}`, () => hospital.invoices.redFlush(request), 'write, may end late'),
      queryDischarge: (request) => this.#his(`query discharge ${request.settlementNo}`, () => hospital.queryDischarge(request), 'read'),
    };
    return facets[name];
  }

  /** A confirmation may commit long after we stopped listening; until then it holds the bills and a second attempt runs into its lock, or nobody knows of it. */
  #confirm(request: ConfirmRequest): Promise<HisResult<Confirmation>> {
    const { hospital, faults, weather, time } = this.#world;
    const label = `confirm ${request.tradeNo}`;
    const endsLate = hospital.deduplicates && faults.strikes('HIS commits after the deadline');
    this.#world.hisIsTold();
    return this.#his(label, (): HisResult<Confirmation> => {
      if (hospital.isLocked(request.billNos)) return { kind: 'unknown', reason: 'lock timeout' };
      if (!endsLate) return hospital.confirm(request);
      if (hospital.locksWhileBooking) hospital.lock(request.billNos);
      time.after(weather.between(18, hospital.locksWhileBooking ? 80 : LATEST_HIS_SECONDS) * SECOND, `${label} commits late`, () => {
        if (hospital.locksWhileBooking) hospital.unlock(request.billNos);
        hospital.confirm(request);
      });
      return { kind: 'unknown', reason: 'timeout' };
    }, 'write');
  }

  #his<Reply extends HisResult<unknown> | HisQueryResult<unknown>>(label: string, remote: () => Reply, kind: 'read' | 'write' | 'write, may end late'): Promise<Reply | { readonly kind: 'unknown'; readonly reason: string }> {
    const { hospital, faults, weather } = this.#world;
    const unknown = (reason: string) => ({ kind: 'unknown' as const, reason });
    const answer = (): Reply | ReturnType<typeof unknown> => {
      if (hospital.isDown) return unknown('connection refused');
      const isGarbled = faults.strikes('HIS garbage');
      if (isGarbled && weather.chance(0.5)) return unknown('garbage: System.NullReferenceException');
      const reply = remote();
      return isGarbled ? unknown('garbage: System.NullReferenceException') : reply;
    };
    return this.#call<Reply | ReturnType<typeof unknown>>(label, {
      deadlineMs: HIS_DEADLINE_MS,
      whenLost: unknown('timeout'),
      remote: answer,
      isRequestLost: kind !== 'read' && faults.strikes('HIS timeout before commit'),
      isAnswerLost: kind !== 'read' && faults.strikes('HIS timeout after commit'),
      outMs: kind === 'write, may end late' && faults.strikes('HIS commits after the deadline') ? weather.between(18, LATEST_HIS_SECONDS) * SECOND : weather.between(10, 900),
    });
  }
}

export function isStoreTrouble(error: unknown): boolean {
  return error instanceof StoreUnavailable;
}

function describe(reply: unknown): string {
  return typeof reply === 'object' && reply !== null && 'kind' in reply ? String(reply.kind) : String(reply);
}
