/** The invoice office of the simulated hospital (财政医疗电子票据): it issues and flushes what it is told to, once for each number, and looks at nothing else. */
import type { HisQueryResult, HisResult, Invoice } from '@hospay/plugin-sdk';
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import type { Faults } from './faults.js';
import type { History } from './history.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtual-time.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Issued = { readonly tradeNo: string; readonly invoice: Invoice; isOnPaper: boolean; isFlushed: boolean };

export class InvoiceOffice {
  readonly #issued = new Map<string, Issued>();
  readonly #flushes = new Map<string, string>();
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #history: History;

  constructor(time: VirtualTime, random: SeededRandom, faults: Faults, history: History) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
    this.#history = history;
  }

  issue({ invoiceRequestNo, tradeNo, amountFen }: { readonly invoiceRequestNo: string; readonly tradeNo: string; readonly amountFen: number }): HisResult<Invoice> {
    const known = this.#issued.get(invoiceRequestNo);
    if (known !== undefined) return known.invoice.amountFen === amountFen ? { kind: 'ok', value: known.invoice } : { kind: 'rejected', code: '300508', message: 'the number was used for another amount' };
    if (this.#faults.strikes('invoice office refuses')) return { kind: 'rejected', code: '300503', message: 'no invoices in stock' };
    const invoice: Invoice = { invoiceCode: '99060124', invoiceNo: String(this.#issued.size + 1).padStart(10, '0'), checkCode: '000000', amountFen, issuedAt: new Date(this.#time.now).toISOString(), onPaper: 'no' };
    const issued: Issued = { tradeNo, invoice, isOnPaper: false, isFlushed: false };
    this.#issued.set(invoiceRequestNo, issued);
    this.#history.mark('an invoice was issued');
    if (this.#faults.strikes('invoice handed out on paper')) {
      issued.isOnPaper = true;
      this.#time.after(this.#random.between(10 * MINUTE, DAY), `the sheet of ${invoiceRequestNo} is handed back`, () => { issued.isOnPaper = false; });
    }
    return { kind: 'ok', value: invoice };
  }

  query({ invoiceRequestNo }: { readonly invoiceRequestNo: string }): HisQueryResult<Invoice> {
    const issued = this.#issued.get(invoiceRequestNo);
    return issued === undefined ? { kind: 'absent' } : { kind: 'ok', value: { ...issued.invoice, onPaper: issued.isOnPaper ? 'yes' : 'no' } };
  }

  redFlush({ flushNo, invoiceNo }: { readonly flushNo: string; readonly invoiceNo: string }): HisResult<{ redInvoiceCode: string; redInvoiceNo: string }> {
    const earlier = this.#flushes.get(flushNo);
    if (earlier !== undefined) return { kind: 'ok', value: { redInvoiceCode: '99060124', redInvoiceNo: earlier } };
    const issued = [...this.#issued.values()].find(({ invoice }) => invoice.invoiceNo === invoiceNo);
    if (issued === undefined || issued.isFlushed) return { kind: 'rejected', code: '300601', message: 'no such invoice, or flushed under another number' };
    if (issued.isOnPaper) {
      this.#history.mark('a flush waits for the sheet of paper');
      return { kind: 'rejected', code: '300607', message: 'the sheet must come back first' };
    }
    issued.isFlushed = true;
    this.#flushes.set(flushNo, `R${invoiceNo}`);
    this.#history.mark('an invoice was flushed');
    return { kind: 'ok', value: { redInvoiceCode: '99060124', redInvoiceNo: `R${invoiceNo}` } };
  }

  /** In the quiet world one invoice says what the hospital's own books hold, or there is none. */
  checkEnd(aggregates: readonly OrderAggregate[], isInvoiced: (aggregate: OrderAggregate) => boolean, bookedFen: (tradeNo: string) => number): Violation[] {
    const live = new Map<string, number[]>();
    for (const { tradeNo, invoice, isFlushed } of this.#issued.values()) if (!isFlushed) live.set(tradeNo, [...(live.get(tradeNo) ?? []), invoice.amountFen]);
    return aggregates.flatMap((aggregate): Violation[] => {
      const { tradeNo } = aggregate.order;
      const wantedFen = isInvoiced(aggregate) ? bookedFen(tradeNo) : 0;
      const valid = live.get(tradeNo) ?? [];
      const isRight = wantedFen === 0 ? valid.length === 0 : valid.length === 1 && valid[0] === wantedFen;
      return isRight ? [] : [{ rule: 'one invoice of what is left', subject: tradeNo, detail: `the hospital holds ${String(wantedFen)} fen; valid invoices: ${valid.join(', ') || 'none'}` }];
    });
  }
}
