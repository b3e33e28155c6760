import bankCardPos, { type BankCardSettings } from '@hospay/channel-bank-card-pos';
import type { CardTerminals, PluginContext } from '@hospay/plugin-sdk';
import { SimulatorStore } from '../../simulators/bank-card-pos/simulator-store.js';
import { TerminalMachine } from '../../simulators/bank-card-pos/terminal-machine.js';
import type { BareContext } from './bare-context.js';
import { CardDesk } from './card-desk.js';
import type { StandPlan, StandSurroundings } from './channel-stand.js';
import type { BackPayment, ChannelTruth, TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { GuestLife } from './guest-life.js';

export const CARD_ID = 'card-terminals';
const MERCHANT_NO = '898440180620001';
/** Windows that have a card terminal. */
export const CARD_WINDOWS = ['window-1', 'window-2'] as const;

let worlds = 0;

/** The card terminals of the windows: simulated machines and card-holders behind a virtual line, and the production plugin (MIS profile) in front of them. */
export class CardWorld implements ChannelTruth {
  readonly id = CARD_ID;
  readonly store: DurableStore;
  readonly desks: readonly CardDesk[];
  onMoved: (number: string) => void = () => {};
  readonly #around: StandSurroundings;
  readonly #records = new SimulatorStore(undefined);
  #life: GuestLife | undefined;

  constructor(around: StandSurroundings) {
    this.#around = around;
    this.store = new DurableStore(around.faults);
    // The name of the host only keeps worlds of one thread apart; it enters no history.
    const network = `network-${String((worlds += 1))}.simulated`;
    this.desks = CARD_WINDOWS.map((terminalId, index) =>
      new CardDesk({
        around,
        host: `${terminalId}.${network}`,
        terminalId,
        machine: new TerminalMachine({ terminalNo: `0000100${String(index + 1)}`, merchantNo: MERCHANT_NO, store: this.#records, now: () => new Date(around.time.now) }),
        life: () => this.#life,
        /** Whom the terminal works for: only the plugin says so, in its book, before it connects. */
        workingFor: () => this.#busyBy(terminalId),
        onMoved: (number) => { this.onMoved(number); },
      }));
  }

  find(paymentNo: string): TakenPayment | undefined {
    const refunds = new Map<string, BackPayment>();
    let paidFen = 0;
    let isKnown = false;
    for (const { owners, machine } of this.desks) {
      for (const [index, key] of owners) {
        const transaction = machine.transactions[index];
        if (transaction === undefined) continue;
        if (key === `pay/${paymentNo}`) {
          isKnown = true;
          paidFen += transaction.amountFen;
        } else if (key.startsWith(`refund/${paymentNo}/`)) {
          refunds.set(key.slice(`refund/${paymentNo}/`.length), { refundFen: transaction.amountFen, state: 'succeeded' });
        }
      }
    }
    return isKnown ? { paidFen, refunds } : undefined;
  }
  paymentNos(): Iterable<string> {
    return new Set(this.desks.flatMap(({ owners }) => [...owners.values()].filter((key) => key.startsWith('pay/')).map((key) => key.slice('pay/'.length))));
  }

  /** The book says that the terminal could not prove it either way: the paper slip is the only witness. */
  leftToPerson(number: string): boolean {
    const isRefund = number.length === 27 && number[24] === 'R';
    const key = isRefund ? this.#refundKeyOf(number) : `pay/${number}`;
    const state = key === undefined ? undefined : stateOf(this.store.read(key));
    return state === 'unmatched' || state === 'lost';
  }

  close(): void {
    for (const desk of this.desks) desk.close();
    this.#records.close();
  }

  plan(context: BareContext): StandPlan {
    const { weather } = this.#around;
    const settings: BankCardSettings = {
      profile: 'mis', merchantNo: MERCHANT_NO,
      terminals: this.desks.map(({ terminalId, host }) => ({ terminalId, host, port: 9001, posId: terminalId.toUpperCase().slice(0, 8), operatorNo: '01' })),
      // The last slip is read each time where somebody also uses the terminal by hand.
      readLastVoucher: 'beforeEveryCharge',
      furtherRefusalCodes: weather.chance(0.6) ? ['X1', 'X2'] : [],
    };
    return {
      id: CARD_ID,
      merchantNo: MERCHANT_NO,
      methods: ['bankCard'],
      limits: { callTimeoutMs: 15_000, concurrency: 64 },
      canClose: false,
      truth: this,
      store: this.store,
      activate: (life, store) => {
        this.#life = life;
        const given: PluginContext<BankCardSettings> = { ...context(life, store, CARD_ID), settings };
        return bankCardPos.activate(given);
      },
    };
  }

  /** The end of the shift: the batch is settled, and what is older can only be refunded. */
  settle(terminals: CardTerminals | undefined): void {
    for (const terminalId of CARD_WINDOWS) void terminals?.operate({ terminalId, operation: 'settle' }).then(({ kind }) => { this.#around.history.mark(`batch of a terminal: ${kind}`); });
  }

  #busyBy(terminalId: string): string {
    const busy = this.store.read(`busy/${terminalId}`);
    return typeof busy === 'object' && busy !== null ? String(Reflect.get(busy, 'by')) : '';
  }

  #refundKeyOf(refundNo: string): string | undefined {
    const tradeNo = refundNo.slice(0, 24);
    for (let leg = 1; leg <= 9; leg += 1) {
      const key = `refund/${tradeNo}P0${String(leg)}/${refundNo}`;
      if (this.store.read(key) !== undefined) return key;
    }
    return undefined;
  }
}

function stateOf(intent: unknown): unknown {
  return typeof intent === 'object' && intent !== null ? Reflect.get(intent, 'state') : undefined;
}
