import { isOpen, type Attempt, type Attempts } from './attempts.js';
import type { PresettlementBook } from './presettlement-book.js';

export const GIVEN_UP = { code: 'GIVEN_UP', message: '本笔未结算，预结算已转由其他支付或已撤销 / not settled: the pre-settlement went to another payment or was taken back' } as const;

/** One pre-settlement is settled by one payment. Who holds the right keeps it until it is certain that it neither settled nor ever can. */
export class SettlingRight {
  readonly #book: PresettlementBook;
  readonly #attempts: Attempts;

  constructor(book: PresettlementBook, attempts: Attempts) {
    this.#book = book;
    this.#attempts = attempts;
  }

  /** True when the payment of that key may settle now. */
  async take(presettlementNo: string, paymentKey: string): Promise<boolean> {
    if (await this.#book.claim(presettlementNo, paymentKey)) return true;
    const holder = await this.#book.settledBy(presettlementNo);
    if (holder === paymentKey) return true;
    if (!(await this.isFree(presettlementNo))) return false;
    await this.#book.handOver(presettlementNo, paymentKey);
    return true;
  }

  /** True while the payment that settles it is in the books: its end, or its refund, may still be asked of it. */
  async isAtStake(presettlementNo: string): Promise<boolean> {
    const holder = await this.#book.settledBy(presettlementNo);
    return holder !== undefined && (await this.#attempts.of(holder)).length > 0;
  }

  /** True when no payment has settled it or still may, or when the one that did was undone. A holder that had no effect is barred here, so that it cannot come back. */
  async isFree(presettlementNo: string): Promise<boolean> {
    const holder = await this.#book.settledBy(presettlementNo);
    if (holder === undefined) return true;
    const made = await this.#attempts.of(holder);
    const last = made.at(-1)?.attempt;
    const undoing = (await this.#attempts.of(`undo/${holder.slice(holder.lastIndexOf('/') + 1)}`)).at(-1)?.attempt;
    if (last?.state === 'done' && undoing?.state === 'done') return true;
    if (last?.state === 'refused') return true;
    if (last !== undefined && (last.state === 'done' || isOpen(last))) return false;
    const bar: Attempt = { number: holder.slice(holder.lastIndexOf('/') + 1), amountFen: last?.amountFen ?? 0, msgid: '', sentAt: last?.sentAt ?? '', state: 'refused', personNo: '', visitNo: '', refusal: GIVEN_UP };
    // Whoever writes the next attempt first wins: the holder's charge, or this bar.
    return (await this.#attempts.begin(holder, made.length, bar)) !== undefined;
  }
}
