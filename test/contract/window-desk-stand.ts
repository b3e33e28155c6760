/** Windows with a till and a card terminal each: the production cash and bank-card plugins behind the real boundary, the POS simulator, the real stores, the real use cases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { fen, type PaymentChannel, type Tills } from '@hospay/plugin-sdk';
import type { WindowDesks } from '@hospay/server/domain/guests.js';
import type { Owner, StoredQuote } from '@hospay/server/domain/order.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { cashLedger } from '@hospay/server/edges/database/money/cash-ledger.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createAuditLog } from '@hospay/server/operations/audit-log.js';
import type { ChainHead } from '@hospay/server/operations/ports.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { createBoundary } from '@hospay/server/plugin-host/boundary.js';
import { cardTerminalsGuest } from '@hospay/server/plugin-host/card-terminals-guest.js';
import { channelGuest } from '@hospay/server/plugin-host/channel-guest.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { tillsGuest } from '@hospay/server/plugin-host/tills-guest.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { createShiftDesk } from '@hospay/server/shifts/shift-desk.js';
import { createWindowDesk } from '@hospay/server/window-desk/window-desk.js';
import type { WindowDeskPorts } from '@hospay/server/window-desk/ports.js';
import { BankCardStand } from './channel-bank-card-pos-stand.js';
import type { ActivatedBankCard } from './channel-bank-card-pos-subject.js';
import { activateCash, type ActivatedCash } from './channel-cash-subject.js';
import { sampleQuote, ScriptedHospital } from './scripted-guests.js';

export type WindowDeskStand = Awaited<ReturnType<typeof startWindowDeskStand>>;

export async function startWindowDeskStand({ terminals = 1, startAt = '2026-03-02T02:00:00Z' }: { readonly terminals?: number; readonly startAt?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-window-desk-'));
  const pos = await BankCardStand.start({ simulator: { terminals } });
  pos.time = new Date(startAt);
  const clock = { now: () => pos.time };
  const store = new SqliteMoneyStore({ file: join(folder, 'money.sqlite') });
  const database = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  let head: ChainHead | undefined;
  const audit = createAuditLog({ store: database.auditEvents, witness: { read: () => Promise.resolve(head), write: (next) => { head = next; return Promise.resolve(); } }, clock });
  const cash: ActivatedCash = await activateCash({ now: clock.now, store: createMemoryStore() });
  const bankCard: ActivatedBankCard = await pos.plugin();
  // No real time decides here, however slow the machine is: the time a plugin names has its own tests.
  const boundaryOf = (instance: string) => createBoundary({ plugin: instance, instance, limits: { callTimeoutMs: 300_000, concurrency: 16 }, clock, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS });
  const [cashBoundary, posBoundary] = [boundaryOf('cash-main'), boundaryOf('pos-main')];
  /** What a test puts between the core and the cash plugin's book. */
  const between: { tills: Tills; channel: PaymentChannel } = { tills: cash.tills, channel: cash.channel };
  const guest = channelGuest('cash-main', () => ({ channel: between.channel, merchantNo: 'CASH', methods: ['cash'], refundsWholeOnly: false, boundary: cashBoundary }));
  const tills = tillsGuest(() => ({ tills: between.tills, boundary: cashBoundary }));
  const cardTerminals = cardTerminalsGuest(() => ({ desk: bankCard.terminals, terminalIds: [...bankCard.terminals.terminalIds], longestMs: undefined, boundary: posBoundary }));
  const waits = new Set<() => void>();
  const timers: WindowDeskPorts['timers'] = {
    after(_ms, task) {
      waits.add(task);
      return { cancel: () => { waits.delete(task); } };
    },
  };
  const active = { cash: true, pos: true };
  const desks: WindowDesks = {
    tills: () => (active.cash ? [{ channel: 'cash-main', tills }] : []),
    cardTerminals: () => (active.pos ? [{ channel: 'pos-main', cardTerminals }] : []),
  };
  const ports: WindowDeskPorts = { desks, rows: database.windowDesk, ledger: cashLedger(store.database), shifts: store.shiftsOf('demo'), cases: store, audit, clock, timers, random: SYSTEM_RANDOM, log: SILENT_LOG };
  const hospital = new ScriptedHospital();
  const payments: PaymentPorts = {
    store, presettlements: store.presettlements, channels: { find: () => guest, choose: () => guest }, hospitals: { find: () => hospital }, clock, random: SYSTEM_RANDOM, policy: DEFAULT_PAYMENT_POLICY,
    reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  let numbers = 0;
  const run = async (kind: 'confirmOrder' | 'advanceRefund'): Promise<void> => {
    for (const job of await store.claimJobs({ kinds: [kind], owner: 'test', now: clock.now(), leaseMs: 60_000, limit: 20 })) await (kind === 'confirmOrder' ? confirmOrder(payments, job) : advanceRefund(payments, job));
  };
  return {
    store, database, audit, pos, machine: pos.machine, cash, bankCard, between, active, ports,
    desk: createWindowDesk(ports),
    shifts: createShiftDesk({ store: store.shiftsOf('demo'), openings: database.windowDesk, audit, clock, random: SYSTEM_RANDOM, hospitalName: '示范医院', walletOf: () => undefined }),
    payments,
    /** Whoever waits at a screen has waited long enough. */
    soonIsOver() {
      for (const task of waits) task();
    },
    later(ms: number) {
      pos.time = new Date(pos.time.getTime() + ms);
    },
    /** A patient pays cash at window-1; the HIS books it. */
    async paysCash(amountFen: number, operatorId = '0101', owner: Owner = { kind: 'terminal', id: 'window-1' }, set: Partial<StoredQuote> = {}): Promise<OrderView> {
      const quoteId = `Q${String((numbers += 1))}`;
      await store.saveQuote(sampleQuote(quoteId, clock.now(), { ...sums(amountFen), owner, ...set }));
      const created = await createPayment(payments, {
        owner, merchantId: 'm1', idempotency: { tenant: 'terminal/window-1', key: quoteId, requestHash: quoteId }, quoteId, amountFen, method: 'cash', tenderedFen: amountFen, ...(operatorId === '' ? {} : { operatorId }), description: '门诊缴费',
      });
      if (created.kind === 'refused') throw new Error(`refused: ${created.code}`);
      await run('confirmOrder');
      return created.value;
    },
    /** Asked for now; paid out when `advanceRefunds` reaches the till. */
    asksRefund: (order: OrderView, refundFen: number, operatorId?: string) => requestRefund(payments, { tradeNo: order.tradeNo, refundFen, reason: '退费', requestedBy: 'user/li', ...(operatorId === undefined ? {} : { operatorId }), idempotency: { tenant: 'user/li', key: `R${String((numbers += 1))}`, requestHash: 'r' } }),
    advanceRefunds: () => run('advanceRefund'),
    openCases: () => store.database.prepare("SELECT kind, subject, severity, detail FROM discrepancy_case WHERE resolved_at IS NULL AND kind = 'tillMismatch'").all().map((row) => ({ ...row })),
    acts: async () => (await database.auditEvents.read({ afterSeq: 0, limit: 1_000 })).map(({ who, what, object, after }) => ({ who, what, object, after: after ?? '' })),
    async stop() {
      await pos.stop();
      await store.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sums(amountFen: number): Partial<Parameters<typeof sampleQuote>[2]> {
  return { owner: { kind: 'terminal', id: 'window-1' }, totalFen: fen(amountFen), fundFen: fen(0), personalAccountFen: fen(0), selfPayFen: fen(amountFen) };
}
