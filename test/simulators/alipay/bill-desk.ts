import { randomBytes } from 'node:crypto';

import { chinaDay } from '../machinery/china-time.js';
import { billZip } from './bill-files.js';
import type { FaultRules } from './fault-rules.js';
import { Refusal } from './refusal.js';
import type { TradeBook } from './trade-book.js';

const LINK_LIFE_MS = 30_000;
const READY_AFTER_MS = (24 + 9) * 3_600_000;

export type BillDeskOptions = { readonly book: TradeBook; readonly faults: FaultRules; readonly now: () => Date; readonly sellerId: string; readonly readyAtOnce: boolean };

/** Links to bills of a day: ready at nine the day after, alive for half a minute, unsigned. */
export class BillDesk {
  readonly #options: BillDeskOptions;
  readonly #links = new Map<string, { readonly day: string; readonly until: number }>();
  /** Where links point; known when the server listens. */
  origin = '';

  constructor(options: BillDeskOptions) {
    this.#options = options;
  }

  linkFor(day: string): string {
    const { now, readyAtOnce } = this.#options;
    const start = Date.parse(`${day}T00:00:00+08:00`);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(start)) throw new Refusal('40004', 'isp.bill_date_invalid', '账单日期不正确');
    const isReady = readyAtOnce || now().getTime() >= start + READY_AFTER_MS;
    if (!isReady || this.#rowsOf(day) === 0) throw new Refusal('40004', 'isp.bill_not_exist', '账单不存在');
    const token = randomBytes(16).toString('hex');
    this.#links.set(token, { day, until: now().getTime() + LINK_LIFE_MS });
    return `${this.origin}/downloadBillFile.resource?bizType=trade&fileType=csv.zip&fileId=${token}`;
  }

  /** The zip behind a link; `undefined` for a dead one. */
  file(token: string): Buffer | undefined {
    const { book, faults, now, sellerId } = this.#options;
    const link = this.#links.get(token);
    if (link === undefined || now().getTime() >= link.until) return undefined;
    return billZip({ sellerId, day: link.day, madeAt: now(), payments: this.#paymentsOf(link.day), refunds: this.#refundsOf(link.day, book) }, faults.takeAll('bills'));
  }

  #rowsOf(day: string): number {
    return this.#paymentsOf(day).length + this.#refundsOf(day, this.#options.book).length;
  }

  #paymentsOf(day: string): ReturnType<TradeBook['list']> {
    return this.#options.book.list().filter(({ paidAt }) => paidAt !== undefined && chinaDay(new Date(paidAt)) === day);
  }

  #refundsOf(day: string, book: TradeBook): { refund: ReturnType<TradeBook['refundsOf']>[number]; trade: ReturnType<TradeBook['list']>[number] }[] {
    return book.list().flatMap((trade) => book.refundsOf(trade.outTradeNo).filter(({ at }) => chinaDay(new Date(at)) === day).map((refund) => ({ refund, trade })));
  }
}
