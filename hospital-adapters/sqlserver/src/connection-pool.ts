/**
 * A small pool of tedious connections: a cap, validation of the long idle, and no second life for a connection that was cancelled, timed
 * out or saw an error. Bookings and the questions about them pass waiting lists before other reads.
 */
import { Connection, Request, type ConnectionConfiguration } from 'tedious';

export type PoolOptions = {
  readonly configuration: ConnectionConfiguration;
  /** SQL run once on every new connection. */
  readonly sessionSql: string;
  /** Looks at a new connection before it is used. Rejecting means that it cannot be. */
  readonly beforeUse?: (connection: Connection, signal: AbortSignal) => Promise<void>;
  readonly max: number;
  /** A connection idle for longer is asked for a sign of life before it is used. */
  readonly validateAfterIdleMs?: number;
};

export type Lease = {
  readonly connection: Connection;
  /** Gives the connection back. */
  release(): void;
  /** Closes it: nobody knows what state it is in. */
  discard(): void;
};

/** No connection could be had; nothing was sent. */
export class NotConnected extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotConnected';
  }
}

const DEFAULT_VALIDATE_AFTER_IDLE_MS = 15_000;
const VALIDATION_TIMEOUT_MS = 1_000;
const CLOSE_PATIENCE_MS = 3_000;

type Idle = { readonly connection: Connection; readonly since: number };
type Waiter = { readonly urgent: boolean; readonly admit: () => void; readonly refuse: (error: NotConnected) => void };

export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #idle: Idle[] = [];
  readonly #leased = new Set<Connection>();
  readonly #waiters: Waiter[] = [];
  #places: number;
  #closed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#places = options.max;
  }

  /**
   * @param signal gives up waiting and connecting
   * @throws NotConnected when there was no place, no server or no login; nothing was sent then
   */
  async acquire(signal: AbortSignal, urgency: 'urgent' | 'ordinary'): Promise<Lease> {
    await this.#takePlace(signal, urgency === 'urgent');
    try {
      const connection = (await this.#reuse()) ?? (await this.#connect(signal));
      if (this.#closed || signal.aborted) {
        connection.close();
        throw new NotConnected(this.#closed ? 'the adapter is stopping' : 'the deadline passed while connecting');
      }
      this.#leased.add(connection);
      return this.#leaseOf(connection);
    } catch (error) {
      this.#givePlace();
      throw error;
    }
  }

  get openConnections(): number {
    return this.#idle.length + this.#leased.size;
  }

  /** Turns away who waits, lets those at work finish for a moment, then closes everything. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(new NotConnected('the adapter is stopping'));
    for (const { connection } of this.#idle.splice(0)) connection.close();
    if (this.#leased.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_PATIENCE_MS);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const connection of this.#leased) connection.close();
  }

  #takePlace(signal: AbortSignal, urgent: boolean): Promise<void> {
    if (this.#closed) return Promise.reject(new NotConnected('the adapter is stopping'));
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
      const waiter: Waiter = {
        urgent,
        admit: () => { leave(); resolve(); },
        refuse: (error) => { leave(); reject(error); },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #givePlace(): void {
    const next = this.#waiters.find((waiter) => waiter.urgent) ?? this.#waiters[0];
    if (next === undefined) this.#places += 1;
    else next.admit();
  }

  #leaseOf(connection: Connection): Lease {
    let open = true;
    const end = (afterwards: () => void) => (): void => {
      if (!open) return;
      open = false;
      this.#leased.delete(connection);
      afterwards();
      this.#givePlace();
      if (this.#closed && this.#leased.size === 0) this.#onEmpty?.();
    };
    return {
      connection,
      release: end(() => {
        if (this.#closed || !isUsable(connection)) connection.close();
        else this.#idle.push({ connection, since: Date.now() });
      }),
      discard: end(() => { connection.close(); }),
    };
  }

  /** The most recently used idle connection that still works, if any. */
  async #reuse(): Promise<Connection | undefined> {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      const { connection, since } = entry;
      if (!isUsable(connection)) continue;
      if (Date.now() - since < (this.#options.validateAfterIdleMs ?? DEFAULT_VALIDATE_AFTER_IDLE_MS)) return connection;
      if (await showsLife(connection)) return connection;
      connection.close();
    }
    return undefined;
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    if (signal.aborted) throw new NotConnected('the deadline passed before connecting');
    const connection = new Connection(this.#options.configuration);
    // Without a listener a socket error of an idle connection would end the process. Requests learn of it through their own callback.
    connection.on('error', () => { this.#forget(connection); });
    connection.on('end', () => { this.#forget(connection); });
    // Closing makes the driver fail whatever it is waiting for.
    const onAbort = (): void => { connection.close(); };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await logIn(connection);
      await runBatch(connection, this.#options.sessionSql);
      await this.#options.beforeUse?.(connection, signal);
      if (connection.closed) throw new Error('the connection broke before it was used');
      return connection;
    } catch (error) {
      connection.close();
      throw new NotConnected(`cannot connect: ${signal.aborted ? 'the deadline passed' : error instanceof Error ? error.message : String(error)}`);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #forget(connection: Connection): void {
    const index = this.#idle.findIndex((entry) => entry.connection === connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}

function isUsable(connection: Connection): boolean {
  return !connection.closed && connection.state === connection.STATE.LOGGED_IN && !connection.inTransaction;
}

async function showsLife(connection: Connection): Promise<boolean> {
  const timer = setTimeout(() => { connection.close(); }, VALIDATION_TIMEOUT_MS);
  try {
    await runBatch(connection, 'SELECT 1');
    return true;
  } catch {
    // Whatever it died of, it is replaced by a new one: that is all a caller needs to know.
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function logIn(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function runBatch(connection: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.execSqlBatch(new Request(sql, (error) => {
      if (error) reject(error);
      else resolve();
    }));
  });
}
