/** A few lasting connections to the HIS, opened when they are needed. Bookings and the questions about them pass the waiting list before other reads. */
import { NotConnected, openConnection, type Destination, type MllpConnection } from './mllp-connection.js';

export type LineOptions = { readonly destination: Destination; readonly connections: number; readonly renewAfterIdleMs: number };

export type Lease = {
  readonly connection: MllpConnection;
  /** Gives it back for the next message. */
  release(): void;
  /** Closes it: an answer that comes late must not meet another question. */
  discard(): void;
};

type Waiter = { readonly urgent: boolean; readonly admit: () => void; readonly refuse: (error: NotConnected) => void };

export class MllpLine {
  readonly #options: LineOptions;
  readonly #idle: { readonly connection: MllpConnection; readonly since: number }[] = [];
  readonly #leased = new Set<MllpConnection>();
  readonly #waiters: Waiter[] = [];
  #places: number;
  #isClosed = false;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#places = options.connections;
  }

  /** @param signal gives up waiting and connecting. @throws NotConnected when there was no place or no server; nothing was sent then */
  async acquire(signal: AbortSignal, urgency: 'urgent' | 'ordinary'): Promise<Lease> {
    await this.#takePlace(signal, urgency === 'urgent');
    try {
      const connection = this.#reuse() ?? (await openConnection(this.#options.destination, signal));
      if (this.#isClosed) {
        connection.destroy();
        throw new NotConnected('the adapter is stopping');
      }
      this.#leased.add(connection);
      return this.#leaseOf(connection);
    } catch (error) {
      this.#givePlace();
      throw error;
    }
  }

  /** Turns away who waits and cuts what is open; the platform has ended its calls before it stops an adapter. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(new NotConnected('the adapter is stopping'));
    for (const { connection } of this.#idle.splice(0)) connection.destroy();
    for (const connection of this.#leased) connection.destroy();
  }

  #reuse(): MllpConnection | undefined {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      const isFresh = performance.now() - entry.since < this.#options.renewAfterIdleMs;
      if (isFresh && entry.connection.isClean) return entry.connection;
      entry.connection.destroy();
    }
    return undefined;
  }

  #leaseOf(connection: MllpConnection): Lease {
    let isOpen = true;
    const end = (afterwards: () => void) => (): void => {
      if (!isOpen) return;
      isOpen = false;
      connection.hold(undefined);
      this.#leased.delete(connection);
      afterwards();
      this.#givePlace();
    };
    return {
      connection,
      release: end(() => {
        if (!this.#isClosed && connection.isClean) this.#idle.push({ connection, since: performance.now() });
        else connection.destroy();
      }),
      discard: end(() => { connection.destroy(); }),
    };
  }

  #takePlace(signal: AbortSignal, urgent: boolean): Promise<void> {
    if (this.#isClosed) return Promise.reject(new NotConnected('the adapter is stopping'));
    if (signal.aborted) return Promise.reject(new NotConnected('the deadline passed before connecting'));
    if (this.#places > 0) {
      this.#places -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort);
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
      };
      const onAbort = (): void => {
        leave();
        reject(new NotConnected('the deadline passed while waiting for a connection'));
      };
      const waiter: Waiter = { urgent, admit: () => { leave(); resolve(); }, refuse: (error) => { leave(); reject(error); } };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #givePlace(): void {
    const next = this.#waiters.find(({ urgent }) => urgent) ?? this.#waiters[0];
    if (next === undefined) this.#places += 1;
    else next.admit();
  }
}
