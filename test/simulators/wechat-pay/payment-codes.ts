import type { PayerBehaviour, SimulatedPaymentCode } from './simulated-records.js';
import { randomDigits } from './random-text.js';
import type { RecordTable } from './simulator-store.js';

/** The wallet shows a new code every minute. */
const CODE_LIFE_MS = 60_000;

/** The codes payers show to be scanned (付款码): eighteen digits beginning with 10 to 15, for one order each. */
export class PaymentCodes {
  readonly #codes: RecordTable<SimulatedPaymentCode>;
  readonly #now: () => Date;

  constructor(codes: RecordTable<SimulatedPaymentCode>, now: () => Date) {
    this.#codes = codes;
    this.#now = now;
  }

  make(behaviour: PayerBehaviour, bankType = 'OTHERS'): SimulatedPaymentCode {
    const expiresAt = new Date(this.#now().getTime() + CODE_LIFE_MS).toISOString();
    const code: SimulatedPaymentCode = { code: `13${randomDigits(16)}`, behaviour, bankType, expiresAt, usedBy: undefined };
    this.#codes.put(code.code, code);
    return code;
  }

  /** Uses a code up for an order, or says why it cannot be. */
  use(code: string, outTradeNo: string): SimulatedPaymentCode | 'expired' | 'invalid' {
    const known = this.#codes.get(code);
    if (!/^1[0-5]\d{16}$/.test(code) || known === undefined || known.usedBy !== undefined) return 'invalid';
    if (Date.parse(known.expiresAt) <= this.#now().getTime()) return 'expired';
    const used = { ...known, usedBy: outTradeNo };
    this.#codes.put(code, used);
    return used;
  }
}
