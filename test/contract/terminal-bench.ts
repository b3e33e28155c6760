/** A core for terminals with the real use cases behind it: real store in memory, scripted channel and HIS, a clock the test moves. */
import { createRegistrationDesk } from '@hospay/server/registrations/registration-desk.js';
import { createHash } from 'node:crypto';
import { fen } from '@hospay/plugin-sdk';
import { brokerCredentials, createTerminalRegistry } from '@hospay/server/terminals/terminal-registry.js';
import { createTerminalDesk } from '@hospay/server/terminals/terminal-desk.js';
import { createEnrolmentDesk } from '@hospay/server/terminals/enrolment-desk.js';
import { memoryTerminalRows } from '@hospay/server/terminals/memory-terminal-rows.js';
import type { OrderAnnouncements, TerminalPorts } from '@hospay/server/terminals/ports.js';
import { makeNoticeKey, noticeSigner } from '@hospay/server/terminals/notice-signature.js';
import type { FleetDesk } from '@hospay/server/fleet/ports.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { createNumberedFormDesk } from '@hospay/server/numbered-forms/form-desk.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { findInsured } from '@hospay/server/insurance/find-insured.js';
import { findPresettlement } from '@hospay/server/insurance/find-presettlement.js';
import type { InsurancePorts } from '@hospay/server/insurance/ports.js';
import { presettle } from '@hospay/server/insurance/presettle.js';
import { findPatient } from '@hospay/server/patients/find-patient.js';
import { createPatientDesk } from '@hospay/server/patients/patient-desk.js';
import { createInpatientDesk } from '@hospay/server/inpatients/inpatient-desk.js';
import { listOpenBills } from '@hospay/server/patients/list-open-bills.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder, listOpenOrders, markReceiptPrinted } from '@hospay/server/payments/find-order.js';
import { viewOrder } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { ok, refused } from '@hospay/server/domain/errors.js';
import type { HospitalGuest } from '@hospay/server/domain/guests.js';
import type { ShiftDesk } from '@hospay/server/shifts/ports.js';
import type { WindowDesk } from '@hospay/server/window-desk/ports.js';
import { reprintReceipt, showOrderOfHospital } from '@hospay/server/payments/order-of-hospital.js';
import { levelsNeeded } from '@hospay/server/approvals/refund-desk.js';
import { refundAtWindow } from '@hospay/server/refunds/refund-at-window.js';
import { createOperatorDesk } from '@hospay/server/users/operator-desk.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { memoryPeople, signInAt } from './memory-people.js';
import { CHECKOUT_POLICY, checkoutDeskFor } from './checkout-desk-for-tests.js';
import { sampleDetails, ScriptedCentre, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

/** A key no other device of a test has. */
export function keyOf(deviceId: string): Uint8Array {
  return createHash('sha256').update(`test key of ${deviceId}`).digest();
}

class HospitalWithOnePatient extends ScriptedHospital {
  insuranceDetails(): ReturnType<NonNullable<HospitalGuest['insuranceDetails']>> {
    return Promise.resolve({ kind: 'ok', value: sampleDetails(10_000) });
  }
  override findPatient(request?: { readonly cardNo: string }): ReturnType<HospitalGuest['findPatient']> {
    if (request?.cardNo !== 'CARD0001') return Promise.resolve({ kind: 'ok', value: [] });
    return Promise.resolve({ kind: 'ok', value: [{ patientId: 'P10001', name: '张小三', sex: 'male', cardNo: 'CARD0001', idNo: '110101199001010000' }] });
  }
  override listOpenBills(): ReturnType<HospitalGuest['listOpenBills']> {
    return Promise.resolve({
      kind: 'ok',
      value: [{ billNo: 'B1', billType: '西药费', billedAt: '2026-11-20T09:00:00+08:00', departmentName: '内科', doctorName: '李医生', amountFen: 10_000, lines: [{ lineNo: '1', itemCode: 'D1', itemName: '阿莫西林胶囊', quantity: '2', amountFen: 10_000 }] }],
    });
  }
  override presettle(request?: { readonly billNos: readonly string[] }): ReturnType<HospitalGuest['presettle']> {
    if (request?.billNos.some((billNo) => billNo !== 'B1') !== false) return Promise.resolve({ kind: 'rejected', code: 'E01', message: '单据不存在' });
    return Promise.resolve({ kind: 'ok', value: { quoteNo: 'HQ1', totalFen: fen(10_000), fundFen: fen(6_000), personalAccountFen: fen(1_000), selfPayFen: fen(3_000), validUntil: new Date(this.now().getTime() + 15 * 60_000).toISOString() } });
  }
  now: () => Date = () => new Date();
}

type TerminalWindowDesk = Pick<WindowDesk, 'operateCardTerminal' | 'findCardTerminalOperation' | 'openTill' | 'readOwnTills'>;
type TerminalShifts = Pick<ShiftDesk, 'readRunningShift' | 'closeShift' | 'findShift' | 'readShiftReport'>;
export type TerminalBench = ReturnType<typeof createTerminalBench>;

/** For benches whose terminals have no window desk behind them. */
const NO_WINDOW_DESK: TerminalWindowDesk = {
  operateCardTerminal: () => Promise.resolve(refused('CARD_TERMINAL_NOT_FOUND')), findCardTerminalOperation: () => Promise.resolve(refused('NO_SUCH_ITEM')),
  openTill: () => Promise.resolve(refused('TILL_NOT_AVAILABLE')), readOwnTills: () => Promise.resolve(refused('TILL_NOT_AVAILABLE')),
};

/** And no shifts. */
const NO_SHIFTS: TerminalShifts = {
  readRunningShift: () => Promise.resolve(refused('NO_SUCH_ITEM')), closeShift: () => Promise.resolve(refused('SHIFT_EMPTY')), findShift: () => Promise.resolve(refused('NO_SUCH_ITEM')), readShiftReport: () => Promise.resolve(refused('NO_SUCH_ITEM')),
};

/** For benches that look at payments: a fleet that only listens. */
export const quietFleet = (): FleetDesk => ({
  heard() {}, clockOff() {}, report: () => Promise.resolve(ok({ serverTimeMs: Date.now(), reportEverySeconds: 60 })), configurationReported: () => Promise.resolve(),
  issueCertificate: () => Promise.resolve(refused('CERTIFICATE_REFUSED')), noticeKey: noticeSigner(makeNoticeKey()).publicKey,
});

export function createTerminalBench(set: { readonly devices?: readonly string[]; readonly windowDesk?: TerminalWindowDesk; readonly fleet?: FleetDesk; readonly shifts?: TerminalShifts } = {}) {
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const store = memoryMoneyStore();
  const channel = new ScriptedChannel();
  const hospital = new HospitalWithOnePatient();
  hospital.now = clock.now;
  const payments: PaymentPorts = {
    store, presettlements: store.presettlements, channels: { find: () => channel, choose: () => channel }, hospitals: { find: () => hospital }, clock, random: SYSTEM_RANDOM, policy: DEFAULT_PAYMENT_POLICY,
    reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const centre = new ScriptedCentre();
  const insurance: InsurancePorts = { ...payments, presettlements: store.presettlements, centres: { find: () => centre } };
  const patients = { hospitals: payments.hospitals, clock, random: SYSTEM_RANDOM, saveQuote: store.saveQuote.bind(store) };
  const rows = memoryTerminalRows();
  for (const id of set.devices ?? ['kiosk-1', 'kiosk-2']) rows.add({ id, hospital: 'demo', kind: 'kiosk', title: `自助机 ${id}`, key: keyOf(id) });
  rows.add({ id: 'window-1', hospital: 'demo', kind: 'window', title: '一号窗口', key: keyOf('window-1') });
  rows.add({ id: 'doctor-1', hospital: 'demo', kind: 'doctorStation', title: '医生站', key: keyOf('doctor-1') });
  const registry = createTerminalRegistry({ rows, clock, random: SYSTEM_RANDOM, merchantIdOf: () => 'm1' });
  const checkout = checkoutDeskFor(payments, patients, { policy: { ...CHECKOUT_POLICY, wallets: { alipay: ['scripted'] } } });
  const people = memoryPeople();
  const operators = createOperatorDesk({ users: people.rows, clock, random: SYSTEM_RANDOM, audit: people.audit, duties: people.duties });
  const ports: TerminalPorts = {
    registry,
    useCases: {
      findPatient: (request) => findPatient(patients, request),
      listOpenBills: (request) => listOpenBills(patients, request),
      quoteBills: (request) => quoteBills(patients, request),
      ...createRegistrationDesk({ ...patients, findQuote: store.findQuote.bind(store) }),
      ...createPatientDesk({ ...patients, audit: people.audit }),
      ...createInpatientDesk({ ...patients, findQuote: store.findQuote.bind(store), discharges: store.discharges }),
      createPayment: (request) => createPayment(payments, request),
      addPayment: (request) => addPayment(payments, request),
      findOrder: (request) => findOrder(payments, request),
      listOpenOrders: (owner) => listOpenOrders(payments, owner),
      cancelPayment: (request) => cancelPayment(payments, request),
      markReceiptPrinted: (request) => markReceiptPrinted(payments, request),
      findInsured: (request) => findInsured(insurance, request),
      presettle: (request) => presettle(insurance, request),
      findPresettlement: (request) => findPresettlement(insurance, request),
      abandonPresettlement: (request) => abandonPresettlement(insurance, request),
      ...checkout,
      ...(set.windowDesk ?? NO_WINDOW_DESK),
      ...(set.shifts ?? NO_SHIFTS),
      ...createNumberedFormDesk({ hospitalId: 'demo', forms: store.formsOf('demo'), store, policy: { invoicedBusinesses: [], numberedBusinesses: ['bill'] }, audit: people.audit, clock }),
      searchOrders: () => Promise.resolve([]),
      showOrderOfHospital: (request) => showOrderOfHospital(payments, request),
      reprintReceipt: (request) => reprintReceipt({ ...payments, audit: people.audit }, request),
      refundAtWindow: (request) => refundAtWindow({ ...payments, audit: people.audit, limits: [{ role: 'cashier', amountFen: 2_000, days: 7 }], needsApproval: (change, asked) => levelsNeeded([{ fromFen: 2_000_000, levels: 1 }], change, asked) > 0 }, request),
    },
    operators,
    configurationOf: ({ title, kind, group }) => ({ hospitalName: '示范医院', title, kind, ...(group === undefined ? {} : { group }), methods: ['nativeQr'], cardTypes: ['visitCard'] }),
    fleet: set.fleet ?? quietFleet(),
    clock, random: SYSTEM_RANDOM, log: SILENT_LOG,
  };
  const orders: OrderAnnouncements = {
    onChanged: (listener) => store.onChanged(listener),
    async find(tradeNo) {
      const found = await store.findOrder(tradeNo);
      return found === undefined ? undefined : { owner: found.order.owner, view: viewOrder(found) };
    },
  };
  return {
    /** The pages of aggregated codes: what the patient's phone calls. */
    checkout,
    people, operators,
    store, channel, centre, hospital, rows, registry, ports, orders, clock,
    desk: createTerminalDesk(ports),
    enrolment: createEnrolmentDesk(ports),
    credentials: brokerCredentials(registry, { username: 'hospay-core', password: 'core-password-for-tests' }, clock.now),
    /** A cashier (0101, 0102) or doctor (d0101) sits down at a terminal. */
    async sitsDown(deviceId: string, operatorNo: string) {
      await signInAt(operators, { deviceId, kind: deviceId.startsWith('doctor') ? 'doctorStation' : 'window', key: keyOf(deviceId) }, operatorNo);
    },
    /** Moves the core's clock; the terminals' stay. */
    later(ms: number) {
      offsetMs += ms;
    },
    /** The patient has scanned and paid: the next question learns it. */
    patientPays(paymentNo: string, amountFen: number) {
      channel.queryAnswers.push({ kind: 'succeeded', tradeNo: paymentNo, merchantNo: channel.merchantNo, amountFen, channelTradeNo: '4200000001', paidAt: clock.now().toISOString() });
    },
    /** The outbox tells the HIS. */
    async tellHospital() {
      for (const job of await store.claimJobs({ kinds: ['confirmOrder'], owner: 'test', now: clock.now(), leaseMs: 60_000, limit: 10 })) await confirmOrder(payments, job);
    },
    close: () => store.close(),
  };
}

/** Waits until something is so, looking often; fails loudly instead of hanging. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
