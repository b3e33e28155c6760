import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import bankCardPos, { type BankCardSettings } from '@hospay/channel-bank-card-pos';
import type { CardTerminals, PaymentChannel, PluginContext, PluginStore, Refunding, Statement } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality } from '@hospay/plugin-sdk/testkit';

import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import type { FaultableOperation as SimulatedOperation, TerminalFault } from '../simulators/bank-card-pos/terminal-faults.js';

export type Profile = BankCardSettings['profile'];

/** Told apart by their length, so that a test decides when each passes. */
export const ANSWER_WAIT_MS = 1_501;
export const EXCHANGE_TIMEOUT_MS = 601;

export const CSV_STATEMENT: NonNullable<BankCardSettings['statement']> = {
  source: { from: 'folder', folder: '/nowhere', fileName: 'pos-{yyyyMMdd}.csv' },
  layout: { kind: 'csv' },
  headerLines: 1,
  columns: {
    kind: { column: 1 }, terminalNo: { column: 2 }, batchNo: { column: 3 }, voucherNo: { column: 4 }, referenceNo: { column: 5 },
    date: { column: 6 }, time: { column: 7 }, amount: { column: 8 }, fee: { column: 9 }, fundingSource: { column: 10 },
  },
  amountUnit: 'yuan',
  kinds: { payment: ['消费'], refund: ['退货', '撤销'] },
  totals: { startsWith: '合计', lines: { column: 2 }, paymentAmount: { column: 3 }, refundAmount: { column: 4 } },
};

export type ActivatedBankCard = {
  readonly channel: PaymentChannel & Refunding & Statement;
  readonly terminals: CardTerminals;
  readonly store: PluginStore;
  readonly logLines: string[];
  stop(): Promise<void>;
};

export type ActivateOptions = {
  readonly simulator: BankCardPosSimulator;
  readonly profile?: Profile;
  readonly now: () => Date;
  readonly store?: PluginStore;
  readonly after?: PluginContext<BankCardSettings>['after'];
  readonly settings?: Partial<BankCardSettings>;
  readonly mortality?: Mortality;
};

export function settingsFor({ simulator, profile = 'mis' }: Pick<ActivateOptions, 'simulator' | 'profile'>): BankCardSettings {
  const { merchantNo, terminals, baseUrl, cloud } = simulator;
  const shared = { profile, merchantNo, answerWaitMs: ANSWER_WAIT_MS, exchangeTimeoutMs: EXCHANGE_TIMEOUT_MS, furtherRefusalCodes: ['X1', 'X2'] };
  if (profile === 'cloud') return { ...shared, ...cloud, baseUrl, terminals: terminals.map(({ machine }, index) => ({ terminalId: `window-${String(index + 1)}`, terminalCode: machine.terminalNo })) };
  return { ...shared, terminals: terminals.map(({ host, port, posId }, index) => ({ terminalId: `window-${String(index + 1)}`, host, port, posId, operatorNo: '01' })) };
}

/** The production plugin, activated as the host does it. The same store again plays a restart. */
export async function activateBankCard(options: ActivateOptions): Promise<ActivatedBankCard> {
  const { now, store = createMemoryStore() } = options;
  const logLines: string[] = [];
  const context = makeTestContext({ settings: { ...settingsFor(options), ...options.settings }, now, store, logged: (line) => { logLines.push(line); } });
  const timed = options.after === undefined ? context : { ...context, after: options.after };
  const contributions = await bankCardPos.activate(options.mortality?.wrap(timed) ?? timed);
  const [channel, terminals] = [contributions.channels?.['bank-card-pos'], contributions.cardTerminals?.['bank-card-pos']];
  const { refund, queryRefund, downloadStatement } = channel ?? {};
  if (channel === undefined || terminals === undefined || refund === undefined || queryRefund === undefined || downloadStatement === undefined) throw new Error('the plugin contributes no whole channel bank-card-pos');
  return { channel: { ...channel, refund, queryRefund, downloadStatement }, terminals, store, logLines, stop: () => contributions.stop?.() ?? Promise.resolve() };
}

/** Waits for something that other code brings about; the suite's own time-out is the limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(3);
}

/** Runs `fire` once `isSo`; keeps no process alive. */
function when(isSo: () => boolean, fire: () => void): { cancel(): void } {
  const timer = setInterval(() => {
    if (!isSo()) return;
    clearInterval(timer);
    fire();
  }, 3);
  timer.unref();
  return { cancel: () => { clearInterval(timer); } };
}

/** The plugin with sixteen windows (a killed exchange keeps its terminal), each with its own terminal, and a person beside each. */
export async function makeBankCardSubject(profile: Profile): Promise<ChannelSubject> {
  let time = new Date('2026-03-02T02:00:00Z');
  const now = (): Date => time;
  const folder = await mkdtemp(join(tmpdir(), 'bank-card-pos-'));
  const simulator = await startBankCardPosSimulator({ terminals: 16, now });
  const { terminals, faults, cloud } = simulator;
  let isSilent = false;
  const isWaiting = (): boolean => terminals.some(({ machine }) => machine.waitingFor !== undefined);
  // The short wait ends when a terminal asks for a card, the long one when nobody is asked any more: no test waits for a clock.
  const after: PluginContext<BankCardSettings>['after'] = (milliseconds, run) => {
    if (milliseconds === ANSWER_WAIT_MS) return when(() => isWaiting() && !isSilent, run);
    if (milliseconds !== EXCHANGE_TIMEOUT_MS) return { cancel: () => undefined };
    let rounds = 0;
    return when(() => (isWaiting() ? (rounds = 0) : (rounds += 1)) > 150, run);
  };
  const statement = { ...CSV_STATEMENT, source: { from: 'folder' as const, folder, fileName: 'pos-{yyyyMMdd}.csv' } };
  const plugin = await activateBankCard({ simulator, profile, now, after, settings: { statement } });
  const opened = [plugin];
  const terminalOf = async (tradeNo: string): Promise<BankCardPosSimulator['terminals'][number]> => {
    const record = await plugin.store.get(`pay/${tradeNo}`);
    const terminalId: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, 'terminalId') : undefined;
    const terminal = terminals.find((_, index) => terminalId === `window-${String(index + 1)}`);
    if (terminal === undefined) throw new Error(`no terminal has ${tradeNo}`);
    return terminal;
  };
  const stateOf = async (tradeNo: string): Promise<unknown> => {
    const record = await plugin.store.get(`pay/${tradeNo}`);
    return typeof record === 'object' && record !== null ? Reflect.get(record, 'state') : undefined;
  };
  let nextWindow = 0;
  const paysAt = (window: number): number => terminals[window - 1]?.machine.received.filter(({ operation }) => operation === 'pay').length ?? 0;
  /** What each terminal had been asked to take when its window made its latest order. */
  const paysBefore = new Map<number, number>();
  let isSpoilt = false;
  return {
    channel: plugin.channel,
    now,
    secrets: profile === 'cloud' ? [cloud.appKey] : [],
    logLines: () => plugin.logLines,
    control: {
      payer: 'atTheDevice',
      askNobody: ['query', 'queryRefund'],
      chargeDetails: () => {
        nextWindow = (nextWindow % terminals.length) + 1;
        paysBefore.set(nextWindow, paysAt(nextWindow));
        return { method: 'bankCard', terminalId: `window-${String(nextWindow)}`, operatorId: '0101' };
      },
      pay: async (tradeNo) => {
        const { machine } = await terminalOf(tradeNo);
        machine.act('approve');
        await until(async () => (await stateOf(tradeNo)) !== 'sent');
      },
      ordersUnder: async (tradeNo) => {
        if ((await stateOf(tradeNo)) === undefined) return 0;
        const window = terminals.indexOf(await terminalOf(tradeNo)) + 1;
        return paysAt(window) - (paysBefore.get(window) ?? 0);
      },
      faults: [...SIMULATED_FAULTS.keys()],
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        isSilent = fault === 'timeoutAfterExecution';
        faults.inject({ on: SIMULATED_OPERATIONS[operation], fault: simulated });
      },
      failProbe: (fault) => {
        // A probe executes nothing. It goes on to the next terminal, so each of them meets the fault; the cloud is one.
        const simulated = fault === 'brokenConnectionAfterExecution' ? 'dropBeforeExecuting' : SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        for (const { machine } of profile === 'cloud' ? terminals.slice(0, 1) : terminals) faults.inject({ on: SIMULATED_OPERATIONS.query, fault: simulated, terminalNo: machine.terminalNo });
      },
      unreachableChannel: async () => {
        const settings: Partial<BankCardSettings> = profile === 'cloud' ? { baseUrl: 'http://127.0.0.1:1' } : { terminals: [1, 2].map((n) => ({ terminalId: `window-${String(n)}`, host: '127.0.0.1', port: 1, posId: 'POS', operatorNo: '01' })) };
        const unreachable = await activateBankCard({ simulator, profile, now, after, settings });
        opened.push(unreachable);
        return unreachable.channel;
      },
      statementDay: async () => {
        await writeFile(join(folder, 'pos-20260302.csv'), simulator.dailyFile('2026-03-02', isSpoilt ? { wrongTotal: true } : {}));
        time = new Date('2026-03-03T02:00:00Z');
        return '2026-03-02';
      },
      startMortal: async (mortality) => {
        const mortal = await activateBankCard({ simulator, profile, now, after, store: plugin.store, mortality });
        opened.push({ ...mortal, stop: async () => { await Promise.race([mortal.stop(), mortality.death]); } });
        // The sockets of a process end with it; what else its stop waits for never comes.
        void mortality.death.then(() => { void mortal.stop(); });
        return mortal.channel;
      },
      spoilStatement: async () => {
        isSpoilt = true;
        await writeFile(join(folder, 'pos-20260302.csv'), simulator.dailyFile('2026-03-02', { wrongTotal: true }));
      },
    },
    stop: async () => {
      for (const activated of opened) await activated.stop();
      await simulator.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const SIMULATED_OPERATIONS: Readonly<Record<FaultableOperation, readonly SimulatedOperation[]>> = {
  charge: ['pay'],
  query: ['reprint', 'query'],
  close: [],
  refund: ['refund', 'undo'],
  queryRefund: ['reprint', 'query'],
};

const SIMULATED_FAULTS: ReadonlyMap<ChannelFault, TerminalFault> = new Map<ChannelFault, TerminalFault>([
  ['timeoutAfterExecution', 'neverAnswer'],
  ['brokenConnectionAfterExecution', 'executeThenDrop'],
  ['serverErrorAfterExecution', 'executeThenSystemError'],
  ['throttled', 'throttle'],
  ['garbage', 'executeThenGarbage'],
  ['staleAnswer', 'executeThenOtherEcho'],
  ['unlistedRefusal', 'unlistedCode'],
]);
