/**
 * Remembers bookings that may still be running at the HIS. A procedure goes on after we have lost its connection, until it next tries to
 * send; meanwhile the query finds nothing yet and a re-send may be refused because the first call holds the bill. A refusal heard in that
 * time would start a refund of a bill that is booked a moment later, so it is not believed until the doubt has passed.
 *
 * In memory on purpose: it covers the seconds after a loss. Over a restart of the platform those seconds pass by themselves.
 */
export class BookingsInDoubt {
  readonly #doubtMs: number;
  readonly #now: () => number;
  readonly #running = new Map<string, number>();
  readonly #lostAt = new Map<string, number>();

  /** @param doubtMs how long after a loss the HIS may still be at work: longer than its lock timeout */
  constructor(doubtMs: number, now: () => number) {
    this.#doubtMs = doubtMs;
    this.#now = now;
  }

  /** Marks a call under this number as sent; returns whether another one may still be at work. */
  begin(bookingNo: string): { readonly isInDoubt: () => boolean; readonly end: (outcome: 'ended' | 'lost') => void } {
    this.#running.set(bookingNo, (this.#running.get(bookingNo) ?? 0) + 1);
    return {
      isInDoubt: () => (this.#running.get(bookingNo) ?? 0) > 1 || this.#wasLostRecently(bookingNo),
      end: (outcome) => {
        const left = (this.#running.get(bookingNo) ?? 1) - 1;
        if (left === 0) this.#running.delete(bookingNo);
        else this.#running.set(bookingNo, left);
        if (outcome === 'lost') this.#remember(bookingNo);
      },
    };
  }

  #wasLostRecently(bookingNo: string): boolean {
    const lostAt = this.#lostAt.get(bookingNo);
    return lostAt !== undefined && this.#now() - lostAt < this.#doubtMs;
  }

  /** Oldest first in the map, so what has passed is dropped from its head and it never outgrows the losses of one period. */
  #remember(bookingNo: string): void {
    this.#lostAt.delete(bookingNo);
    this.#lostAt.set(bookingNo, this.#now());
    for (const [oldest, lostAt] of this.#lostAt) {
      if (this.#now() - lostAt < this.#doubtMs) break;
      this.#lostAt.delete(oldest);
    }
  }
}
