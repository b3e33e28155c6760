/** What can be made to go wrong with one request. Everything after `commit` has really happened in the hospital. */
export type Fault =
  | { readonly kind: 'delay-before'; readonly delayMs: number }
  | { readonly kind: 'delay-after-commit'; readonly delayMs: number }
  | { readonly kind: 'drop-before-execute' }
  | { readonly kind: 'no-answer-before-execute' }
  | { readonly kind: 'commit-then-drop' }
  /** The client hears nothing and gives up; the request runs all the same, `delayMs` later: a queue inside the hospital, a proxy that held it back. */
  | { readonly kind: 'execute-late'; readonly delayMs: number }
  | { readonly kind: 'commit-then-no-answer' }
  | { readonly kind: 'server-error'; readonly number: number; readonly text?: string; readonly afterCommit?: boolean }
  /** `onceGivenUp` holds the garbage back until the client has cancelled: a late answer that is broken as well. */
  | { readonly kind: 'garbage-bytes'; readonly onceGivenUp?: boolean }
  | { readonly kind: 'garbage-values' }
  /** The answer is right, and somebody else's: patients and cards in it are others. */
  | { readonly kind: 'other-patient' }
  | { readonly kind: 'wrong-amount'; readonly differenceFen: number }
  /** `window`: a cashier settles the bills before the call. `ourselves`: our own first call was booked but its answer lost, this is its replay. */
  | { readonly kind: 'already-paid'; readonly by: 'window' | 'ourselves' }
  | { readonly kind: 'refuse-login' };

export interface PlannedFault {
  /** A procedure or view name, `insert <table>`, `login` for refuse-login, `metadata` for questions about the schema, `batch` for other SQL text, or `*`. */
  readonly procedure: string;
  readonly fault: Fault;
  /** How many requests it meets; default 1. */
  readonly times?: number | 'always';
}

/** The faults planned for coming requests, used up in the order they were added. */
export class Faults {
  #planned: { readonly procedure: string; readonly fault: Fault; remaining: number }[] = [];
  /** Clients that insisted on TLS and were told there is none. */
  refusedEncryption = 0;

  add(planned: PlannedFault): void {
    const procedure = planned.fault.kind === 'refuse-login' ? 'login' : planned.procedure.toLowerCase();
    this.#planned.push({ procedure, fault: planned.fault, remaining: planned.times === 'always' ? Infinity : (planned.times ?? 1) });
  }

  /** Forgets what is planned, for one procedure or for all. */
  clear(procedure?: string): void {
    this.#planned = procedure === undefined ? [] : this.#planned.filter((planned) => planned.procedure !== procedure.toLowerCase());
  }

  list(): readonly PlannedFault[] {
    return this.#planned.map(({ procedure, fault, remaining }) => ({ procedure, fault, times: remaining === Infinity ? 'always' : remaining }));
  }

  /** The next fault for a request, used up once. Logins, and questions about the schema, only meet faults meant for them. */
  take(procedure: string): Fault | undefined {
    const key = procedure.toLowerCase();
    const index = this.#planned.findIndex((planned) => planned.procedure === key || (planned.procedure === '*' && key !== 'login' && key !== 'metadata'));
    const planned = this.#planned[index];
    if (!planned) return undefined;
    planned.remaining--;
    if (planned.remaining <= 0) this.#planned.splice(index, 1);
    return planned.fault;
  }
}
