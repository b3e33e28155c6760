/**
 * What the terminal writes down before it acts, so that a power cut at any instant leaves it knowing what it may have started: the number of
 * its next message, and the one payment whose fate it does not know yet.
 */
import { hasShape, integer, object, text, type ValueOf } from './shape.js';
import type { TerminalStorage } from './storage.js';

const unsettledShape = object({ idem: text, expiresAtMs: integer }, { quoteId: text, tradeNo: text, amountFen: integer });
const journalShape = object({ reservedUpTo: integer }, { unsettled: unsettledShape });

/** A payment that was sent, or was about to be, and whose answer has not been seen. */
export type Unsettled = ValueOf<typeof unsettledShape>;

const NAME = 'journal';
/** Numbers are reserved in blocks: one write serves this many messages. */
const BLOCK = 100;

export class Journal {
  readonly #storage: TerminalStorage;
  #next: number;
  #reservedUpTo: number;
  #unsettled: Unsettled | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(storage: TerminalStorage, kept: ValueOf<typeof journalShape>) {
    this.#storage = storage;
    this.#next = kept.reservedUpTo;
    this.#reservedUpTo = kept.reservedUpTo;
    this.#unsettled = kept.unsettled;
  }

  /** @throws when the journal is there but cannot be read: a terminal that forgot must not go on as if it were new. */
  static async open(storage: TerminalStorage): Promise<Journal> {
    const kept = await storage.read(NAME);
    if (kept === undefined) return new Journal(storage, { reservedUpTo: 1 });
    const value: unknown = JSON.parse(kept);
    if (!hasShape(journalShape, value)) throw new Error('the journal of this terminal is damaged');
    return new Journal(storage, value);
  }

  get unsettled(): Unsettled | undefined {
    return this.#unsettled;
  }

  /** A number no message of this terminal had before. */
  async nextSequence(): Promise<number> {
    const sequence = this.#next;
    this.#next += 1;
    if (this.#next > this.#reservedUpTo) {
      this.#reservedUpTo = this.#next + BLOCK;
      await this.#write();
    }
    return sequence;
  }

  /** Kept before the payment is sent. @throws when it could not be kept: then nothing may be sent. */
  async noteUnsettled(payment: Unsettled): Promise<void> {
    this.#unsettled = payment;
    try {
      await this.#write();
    } catch (error) {
      this.#unsettled = undefined;
      throw error;
    }
  }
  /** The fate of the payment is known. */
  noteSettled(idem: string): Promise<void> {
    if (this.#unsettled?.idem !== idem) return Promise.resolve();
    this.#unsettled = undefined;
    return this.#write();
  }

  #write(): Promise<void> {
    // One write at a time, each with the newest state.
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => this.#storage.write(NAME, JSON.stringify({ reservedUpTo: this.#reservedUpTo, ...(this.#unsettled === undefined ? {} : { unsettled: this.#unsettled }) })));
    return this.#writing;
  }
}
