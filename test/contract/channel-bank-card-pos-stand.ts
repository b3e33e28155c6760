import type { BankCardSettings } from '@hospay/channel-bank-card-pos';
import type { CallContext, ChargeRequest, PluginContext, PluginStore, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { startBankCardPosSimulator, type BankCardPosSimulator, type BankCardPosSimulatorOptions } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import type { TerminalMachine } from '../simulators/bank-card-pos/terminal-machine.js';
import { activateBankCard, ANSWER_WAIT_MS, EXCHANGE_TIMEOUT_MS, until, type ActivatedBankCard, type Profile } from './channel-bank-card-pos-subject.js';

const TEN = new Date('2026-03-02T02:00:00Z');
export const call: CallContext = { deadline: '2026-03-02T02:00:10Z', signal: new AbortController().signal, attempt: 1 };

/** One window with one terminal; time and timers stand still until a test moves them. */
export class BankCardStand {
  time = TEN;
  readonly simulator: BankCardPosSimulator;
  readonly store: PluginStore;
  readonly #profile: Profile;
  readonly #settings: Partial<BankCardSettings>;
  readonly #active: ActivatedBankCard[] = [];
  readonly #timers = new Set<{ readonly milliseconds: number; readonly run: () => void }>();
  #numbers = 0;

  constructor(simulator: BankCardPosSimulator, given: { profile?: Profile; store?: PluginStore; settings?: Partial<BankCardSettings> }) {
    this.simulator = simulator;
    this.store = given.store ?? createMemoryStore();
    this.#profile = given.profile ?? 'mis';
    this.#settings = given.settings ?? {};
  }

  static async start(given: { profile?: Profile; store?: PluginStore; settings?: Partial<BankCardSettings>; simulator?: BankCardPosSimulatorOptions } = {}): Promise<BankCardStand> {
    const clock: { stand?: BankCardStand } = {};
    const simulator = await startBankCardPosSimulator({ now: () => clock.stand?.time ?? TEN, ...given.simulator });
    const stand = new BankCardStand(simulator, given);
    clock.stand = stand;
    return stand;
  }

  get machine(): TerminalMachine {
    const [terminal] = this.simulator.terminals;
    if (terminal === undefined) throw new Error('the stand has a terminal');
    return terminal.machine;
  }

  /** A plugin over the stand's store. Called again it is the process after a crash: the one before is simply not used any more. */
  async plugin(store: PluginStore = this.store): Promise<ActivatedBankCard> {
    const after: PluginContext<BankCardSettings>['after'] = (milliseconds, run) => {
      const timer = { milliseconds, run };
      this.#timers.add(timer);
      return { cancel: () => { this.#timers.delete(timer); } };
    };
    const activated = await activateBankCard({ simulator: this.simulator, profile: this.#profile, now: () => this.time, store, after, settings: this.#settings });
    this.#active.push(activated);
    return activated;
  }

  order(amountFen = 1_234, given: Partial<ChargeRequest> = {}): ChargeRequest {
    this.#numbers += 1;
    return { tradeNo: `T${String(this.#numbers).padStart(7, '0')}`, amountFen, description: '门诊缴费', method: 'bankCard', submittedAt: this.time.toISOString(), expiresAt: '2026-03-02T02:05:00Z', terminalId: 'window-1', operatorId: '0101', ...given };
  }

  refundOf({ tradeNo, submittedAt, amountFen }: ChargeRequest, refundFen: number, channelNote?: string): RefundRequest {
    this.#numbers += 1;
    return { refundNo: `R${String(this.#numbers).padStart(7, '0')}`, submittedAt: this.time.toISOString(), refundFen, reason: '退费', payment: { tradeNo, submittedAt, amountFen, method: 'bankCard', ...(channelNote === undefined ? {} : { channelNote }) } };
  }

  /** The machine works and nobody has acted yet: the short wait of the call is over. */
  async terminalAsks(): Promise<void> {
    await until(() => this.machine.waitingFor !== undefined);
    this.#fire(ANSWER_WAIT_MS);
  }

  /** The card-holder's time is up. */
  async exchangeTimesOut(): Promise<void> {
    await until(() => [...this.#timers].some(({ milliseconds }) => milliseconds === EXCHANGE_TIMEOUT_MS));
    this.#fire(EXCHANGE_TIMEOUT_MS);
  }

  /** A charge that has reached the terminal and waits for the card. */
  async pending(plugin: ActivatedBankCard, order: ChargeRequest): Promise<void> {
    const charging = plugin.channel.charge(order, call);
    await this.terminalAsks();
    const outcome = await charging;
    if (outcome.kind !== 'pending') throw new Error(`the charge is ${outcome.kind}`);
  }

  async paid(plugin: ActivatedBankCard, order: ChargeRequest): Promise<string> {
    await this.pending(plugin, order);
    this.machine.act('approve');
    let note: string | undefined;
    await until(async () => {
      const news = await plugin.channel.query(order, call);
      if (news.kind === 'succeeded') note = news.channelNote;
      return news.kind === 'succeeded';
    });
    return note ?? '';
  }

  /** The charge of an order whose exchange ended without an answer. */
  async lost(plugin: ActivatedBankCard, order: ChargeRequest, fault: 'executeThenDrop' | 'dropBeforeExecuting' = 'executeThenDrop'): Promise<void> {
    this.simulator.faults.inject({ on: 'pay', fault });
    const outcome = await plugin.channel.charge(order, call);
    if (outcome.kind !== 'unknown') throw new Error(`the charge is ${outcome.kind}`);
  }

  received(operation: string): number {
    return this.machine.received.filter((request) => request.operation === operation).length;
  }

  async stop(): Promise<void> {
    for (const activated of this.#active) await activated.stop();
    await this.simulator.stop();
  }

  #fire(milliseconds: number): void {
    for (const timer of this.#timers) {
      if (timer.milliseconds !== milliseconds) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
