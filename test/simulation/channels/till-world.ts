import cash from '@hospay/channel-cash';
import type { Contributions, PluginContext, Tills } from '@hospay/plugin-sdk';
import type { StandPlan, StandSurroundings } from './channel-stand.js';
import type { BackPayment, ChannelTruth, TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { BareContext } from './bare-context.js';

export const CASH_ID = 'cash-tills';
const MERCHANT_NO = 'CASH';

/**
 * The drawers at windows and kiosks. The production plugin counts; the drawer's truth is moved by what reached the disk, because that line is what tells the
 * cashier to shut the drawer or to hand money out.
 */
export class TillWorld implements ChannelTruth {
  readonly id = CASH_ID;
  readonly store: DurableStore;
  /** What lies in each drawer, change money included. */
  readonly drawers = new Map<string, number>();
  /** Change money put in: not the patients'. */
  readonly openings = new Map<string, number>();
  /** What the book says of each drawer besides change money, in the order it was written, and what a cashier has counted out of it. */
  readonly #lines = new Map<string, { readonly number: string; readonly byFen: number }[]>();
  readonly #counted = new Set<string>();
  #waiting: { readonly tillNo: string; readonly resolve: () => void }[] = [];
  /** Change money that was counted in: the window tells the platform. */
  onOpened: (opened: { readonly openingNo: string; readonly tillNo: string; readonly amountFen: number }) => void = () => {};
  onMoved: (number: string) => void = () => {};
  readonly #taken = new Map<string, { paidFen: number; readonly refunds: Map<string, BackPayment> }>();
  readonly #around: StandSurroundings;

  constructor(around: StandSurroundings) {
    this.#around = around;
    this.store = new DurableStore(around.faults);
    this.store.onWritten = (key, value) => { if (key.startsWith('entry/')) this.#move(value); };
  }

  find(paymentNo: string): TakenPayment | undefined {
    return this.#taken.get(paymentNo);
  }
  paymentNos(): Iterable<string> {
    return this.#taken.keys();
  }

  plan(context: BareContext): StandPlan {
    return {
      id: CASH_ID,
      merchantNo: MERCHANT_NO,
      methods: ['cash'],
      limits: { callTimeoutMs: 10_000, concurrency: 64 },
      canClose: false,
      truth: this,
      store: this.store,
      activate: (life, store): Promise<Contributions> | Contributions => {
        const given: PluginContext<object> = { ...context(life, store, CASH_ID), settings: {} };
        return cash.activate(given);
      },
    };
  }

  /** A cashier puts change money in. */
  open(tills: Tills | undefined, tillNo: string, amountFen: number, at: Date): void {
    const openingNo = `O${tillNo}/${at.toISOString()}`;
    void tills?.openTill({ openingNo, tillNo, amountFen, openedAt: at.toISOString() }).then(({ kind }) => { if (kind === 'opened') this.onOpened({ openingNo, tillNo, amountFen }); });
  }

  linesOf(tillNo: string): readonly { readonly number: string; readonly byFen: number }[] {
    return this.#lines.get(tillNo) ?? [];
  }
  isCounted(number: string): boolean {
    return this.#counted.has(number);
  }
  /** Until the next note goes into this drawer, or out of it. */
  nextLine(tillNo: string): Promise<void> {
    return new Promise((resolve) => { this.#waiting.push({ tillNo, resolve }); });
  }
  /** A closed till is empty: what was counted is handed over. */
  takeOut(numbers: readonly string[]): void {
    for (const number of numbers) this.#counted.add(number);
  }

  #move(value: unknown): void {
    const line = readLine(value);
    const by = line.kind === 'refund' ? -line.amountFen : line.amountFen;
    this.drawers.set(line.tillNo, (this.drawers.get(line.tillNo) ?? 0) + by);
    if (line.kind === 'opening') {
      this.openings.set(line.tillNo, (this.openings.get(line.tillNo) ?? 0) + line.amountFen);
      return;
    }
    const lines = this.#lines.get(line.tillNo) ?? [];
    this.#lines.set(line.tillNo, lines);
    lines.push({ number: line.number, byFen: by });
    const waiting = this.#waiting.filter(({ tillNo }) => tillNo === line.tillNo);
    this.#waiting = this.#waiting.filter(({ tillNo }) => tillNo !== line.tillNo);
    for (const { resolve } of waiting) resolve();
    const paymentNo = line.kind === 'refund' ? line.tradeNo : line.number;
    const taken = this.#taken.get(paymentNo) ?? { paidFen: 0, refunds: new Map<string, BackPayment>() };
    this.#taken.set(paymentNo, taken);
    if (line.kind === 'charge') taken.paidFen += line.amountFen;
    else taken.refunds.set(line.number, { refundFen: line.amountFen, state: 'succeeded' });
    this.#around.history.mark(line.kind === 'charge' ? 'cash counted in' : 'cash paid out');
    this.onMoved(paymentNo);
  }
}

type Line = { readonly kind: 'opening' | 'charge' | 'refund'; readonly number: string; readonly tillNo: string; readonly amountFen: number; readonly tradeNo: string };

function readLine(value: unknown): Line {
  const at = (name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);
  const kind = at('kind');
  if (kind !== 'opening' && kind !== 'charge' && kind !== 'refund') throw new Error('the till book has a line of no kind');
  return { kind, number: String(at('number')), tillNo: String(at('tillNo')), amountFen: Number(at('amountFen')), tradeNo: String(at('tradeNo')) };
}
