/** The platform's database of bound cards as its ports promise it, in memory: each method looks and writes in one transaction, and what is written outlives the process. */
import type { AgreementState } from '@hospay/server/domain/agreement-states.js';
import { agreementTransitions } from '@hospay/server/domain/agreement-states.js';
import type { Agreement, AgreementStore, Holder, HolderCheck, PaymentPasswordRow, PaymentPasswordStore, QuickPaymentIntent } from '@hospay/server/quick-pay/ports.js';

const PLACE_HELD_MS = 16 * 60_000;

/** What passes the gate of one life of the platform. */
type Gate = { mine<Value>(promise: Promise<Value>): Promise<Value>; written<Value>(work: () => Promise<Value>): Promise<Value> };
type Kept = { agreement: Agreement; readonly askedKey: string; token: string | undefined; /** When it was charged no more, in the world's own time. */ endedAt: number | undefined };

export class AgreementRows {
  readonly kept = new Map<string, Kept>();
  readonly passwords = new Map<string, PaymentPasswordRow>();
  /** What each holder paid with before, and when it was replaced, in the world's own time. */
  readonly formerPasswords = new Map<string, { readonly hash: string; readonly replacedAt: number }[]>();
  readonly checks = new Map<string, HolderCheck>();
  /** Checks that a password was set with. */
  readonly usedChecks = new Set<string>();
  readonly payments = new Map<string, QuickPaymentIntent>();
  readonly #worldNow: () => number;

  constructor(worldNow: () => number) {
    this.#worldNow = worldNow;
  }

  /** As one life of the platform sees it. */
  agreements({ mine, written }: Gate): AgreementStore {
    const write = <Value>(work: () => Value): Promise<Value> => written(() => new Promise((resolve) => { resolve(work()); }));
    const read = <Value>(value: Value): Promise<Value> => mine(Promise.resolve(value));
    const find = (agreementNo: string): Agreement | undefined => this.kept.get(agreementNo)?.agreement;
    const all = (): Kept[] => [...this.kept.values()].toReversed();
    return {
      begin: (agreement, askedKey, { mostCards, mostBegun, since }) => write(() => {
        const known = all().find((row) => row.askedKey === askedKey && row.agreement.holder.appId === agreement.holder.appId);
        if (known !== undefined) return { kind: 'known', agreement: known.agreement };
        const own = all().filter((row) => isOf(row.agreement, agreement.holder)).map((row) => row.agreement);
        if (own.filter(({ requestedAt }) => requestedAt > since).length >= mostBegun) return { kind: 'tooManyRequests' };
        const holds = ({ state, requestedAt }: Agreement): boolean => ['confirming', 'active', 'ending'].includes(state) || (state === 'requested' && requestedAt.getTime() > agreement.requestedAt.getTime() - PLACE_HELD_MS);
        if (own.filter(holds).length >= mostCards) return { kind: 'tooManyCards' };
        this.kept.set(agreement.agreementNo, { agreement, askedKey, token: undefined, endedAt: undefined });
        return { kind: 'begun' };
      }),
      find: (agreementNo) => read(find(agreementNo)),
      list: (holder) => read(all().map(({ agreement }) => agreement).filter((agreement) => isOf(agreement, holder))),
      listOpen: (limit) => read(all().map(({ agreement }) => agreement).filter(({ state }) => isOpen(state)).toReversed().slice(0, limit)),
      search: () => read([]),
      listEvents: () => read([]),
      codeSent: (agreementNo, codeExpiresAt) => write(() => this.#change(agreementNo, { codeExpiresAt })),
      move: (agreementNo, { from, to, by, cause }) => write(() => {
        const before = find(agreementNo);
        if (before === undefined || !from.includes(before.state)) return undefined;
        agreementTransitions.check(before.state, to, by);
        return this.#change(agreementNo, { state: to, lastNews: cause, ...(by === 'confirm' ? { codesEntered: before.codesEntered + 1 } : {}) });
      }),
      activate: (agreementNo, { token, bankName, cardKind, lastFour }, { by, at }) => write(() => {
        const before = find(agreementNo);
        if (before?.state !== 'requested' && before?.state !== 'confirming') return before?.state === 'active' ? 'active' : 'notOpen';
        if (all().some((row) => row.token === token && ['active', 'ending'].includes(row.agreement.state))) return 'taken';
        agreementTransitions.check(before.state, 'active', by);
        this.#change(agreementNo, { state: 'active', bankName, cardKind, lastFour, boundAt: at });
        const row = this.kept.get(agreementNo);
        if (row !== undefined) row.token = token;
        return 'active';
      }),
      tokenOf: (agreementNo) => read(this.kept.get(agreementNo)?.token),
      addCheck: (check, { mostBegun, since }) => write(() => {
        if ([...this.checks.values()].filter(({ holder, requestedAt }) => nameOf(holder) === nameOf(check.holder) && requestedAt > since).length >= mostBegun) return false;
        this.checks.set(check.checkNo, check);
        return true;
      }),
      findCheck: (checkNo) => read(this.checks.get(checkNo)),
      tryCheck: (checkNo, mostTries, at) => write(() => {
        const check = this.checks.get(checkNo);
        if (check?.state !== 'requested' || check.tries >= mostTries || check.expiresAt <= at) return false;
        this.checks.set(checkNo, { ...check, state: 'confirming', tries: check.tries + 1 });
        return true;
      }),
      endTry: (checkNo, as) => write(() => {
        const check = this.checks.get(checkNo);
        if (check?.state !== 'confirming') return false;
        this.checks.set(checkNo, { ...check, state: as });
        return true;
      }),
      addPayment: (payment) => write(() => {
        const known = this.payments.get(`${payment.tenant} ${payment.key}`);
        if (known !== undefined) return known.agreementNo === payment.agreementNo && known.amountFen === payment.amountFen ? 'kept' : 'otherUse';
        this.payments.set(`${payment.tenant} ${payment.key}`, payment);
        return 'kept';
      }),
      keysPaidWithPassword: () => read([]),
    };
  }

  passwordStore({ mine, written }: Gate): PaymentPasswordStore {
    const write = <Value>(work: () => Value): Promise<Value> => written(() => new Promise((resolve) => { resolve(work()); }));
    return {
      find: (holder) => mine(Promise.resolve(this.passwords.get(nameOf(holder)))),
      add: (holder, hash, setAt) => write(() => {
        if (this.passwords.has(nameOf(holder))) return false;
        this.passwords.set(nameOf(holder), { hash, failures: 0, lockedUntil: undefined, setAt });
        return true;
      }),
      takeTry: (holder, now, lockAfter) => write(() => {
        const row = this.passwords.get(nameOf(holder));
        if (row === undefined) return { kind: 'none' };
        if (row.lockedUntil !== undefined && row.lockedUntil > now) return { kind: 'locked', until: row.lockedUntil };
        const failures = row.failures + 1;
        const lockMs = lockAfter(failures);
        const tried = { ...row, failures, lockedUntil: lockMs === undefined ? undefined : new Date(now.getTime() + lockMs) };
        this.passwords.set(nameOf(holder), tried);
        return { kind: 'taken', row: tried };
      }),
      succeeded: (holder, hash) => write(() => {
        const row = this.passwords.get(nameOf(holder));
        if (row?.hash === hash) this.passwords.set(nameOf(holder), { ...row, failures: 0, lockedUntil: undefined });
      }),
      replace: (holder, hash, setAt, onlyIf) => write(() => {
        const row = this.passwords.get(nameOf(holder));
        if (row === undefined || (onlyIf !== undefined && row.hash !== onlyIf)) return false;
        this.formerPasswords.set(nameOf(holder), [...(this.formerPasswords.get(nameOf(holder)) ?? []), { hash: row.hash, replacedAt: this.#worldNow() }]);
        this.passwords.set(nameOf(holder), { hash, failures: 0, lockedUntil: undefined, setAt });
        return true;
      }),
      listLocked: () => mine(Promise.resolve([])),
      unlock: () => write(() => false),
    };
  }

  /** Whether a holder's password was this one at some moment since then. */
  wasPassword(holder: Holder, hash: string, since: number): boolean {
    return this.passwords.get(nameOf(holder))?.hash === hash || (this.formerPasswords.get(nameOf(holder)) ?? []).some((former) => former.hash === hash && former.replacedAt >= since);
  }
  open(): readonly Agreement[] {
    return [...this.kept.values()].map(({ agreement }) => agreement).filter(({ state }) => isOpen(state));
  }

  #change(agreementNo: string, change: Partial<Agreement>): Agreement | undefined {
    const row = this.kept.get(agreementNo);
    if (row === undefined) return undefined;
    row.agreement = { ...row.agreement, ...change };
    if (change.state === 'ending' || change.state === 'ended') row.endedAt ??= this.#worldNow();
    return row.agreement;
  }
}

function isOpen(state: AgreementState): boolean {
  return state === 'requested' || state === 'confirming' || state === 'ending';
}
function isOf({ holder }: Agreement, other: Holder): boolean {
  return nameOf(holder) === nameOf(other);
}
export function nameOf({ appId, userId }: Holder): string {
  return `${appId}/${userId}`;
}
