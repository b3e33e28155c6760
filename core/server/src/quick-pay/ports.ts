/** What quick pay (快捷支付) needs from outside, and what it offers. */
import type { BoundCard, CardHolder, CardKind } from '@hospay/plugin-sdk';
import type { AgreementState, AgreementTrigger } from '../domain/agreement-states.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { AgreementGateways } from '../domain/guests.js';
import type { IdempotencyKey, MoneyStore } from '../domain/money-store.js';
import type { Owner } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { OrderView } from '../payments/order-view.js';
import type { CreatePaymentRequest } from '../payments/ports.js';
import type { AgreementView, CardAgreementView, HolderCheckView, LockedPasswordView, PaymentPasswordView } from './agreement-view.js';

/** Whose card it is: a user of an application, by the application's own id; the hospital's patient id where it has no users of its own. */
export type Holder = { readonly appId: string; readonly userId: string };

/** One card of a holder. The card number is not here, nor can it be made from what is. */
export type Agreement = {
  /** Made by the platform, the gateway's `bindingNo` for ever. */
  readonly agreementNo: string;
  readonly holder: Holder;
  /** The channel instance that binds and charges it. */
  readonly channel: string;
  readonly state: AgreementState;
  readonly bankName: string | undefined;
  readonly cardKind: CardKind | undefined;
  readonly lastFour: string | undefined;
  readonly requestedAt: Date;
  /** Until when its code may be entered; undefined while the gateway has not said so. */
  readonly codeExpiresAt: Date | undefined;
  /** How often a code was sent on: from the first on, only the gateway can end the binding. */
  readonly codesEntered: number;
  readonly boundAt: Date | undefined;
  /** What was last heard of it, for the operator: never personal. */
  readonly lastNews: string | undefined;
};

export type AgreementMove = {
  readonly from: readonly AgreementState[];
  readonly to: AgreementState;
  readonly by: AgreementTrigger;
  /** What the gateway or the caller said: kept with the event. */
  readonly cause: string;
  readonly at: Date;
};

export type AgreementEvent = { readonly from: AgreementState | undefined; readonly to: AgreementState; readonly by: AgreementTrigger | 'request'; readonly cause: string; readonly at: Date };
/** Each exact; all that are given hold. */
export type AgreementSearch = { readonly state?: AgreementState | undefined; readonly agreementNo?: string | undefined; readonly userId?: string | undefined; readonly lastFour?: string | undefined };

/** Every write is one transaction that looks and writes: of two at once one finds the other's row. */
export type AgreementStore = {
  /** The card takes its place among those of the holder. `known`: the key has its row already. */
  begin(agreement: Agreement, askedKey: string, limits: { readonly mostCards: number; readonly mostBegun: number; readonly since: Date }): Promise<{ readonly kind: 'begun' } | { readonly kind: 'known'; readonly agreement: Agreement } | { readonly kind: 'tooManyCards' } | { readonly kind: 'tooManyRequests' }>;
  find(agreementNo: string): Promise<Agreement | undefined>;
  /** The newest first. */
  list(holder: Holder): Promise<readonly Agreement[]>;
  /** Bindings and unbindings without their end, the oldest first. */
  listOpen(limit: number): Promise<readonly Agreement[]>;
  /** The newest first. */
  search(by: AgreementSearch, limit: number): Promise<readonly Agreement[]>;
  /** In the order they happened. */
  listEvents(agreementNo: string): Promise<readonly AgreementEvent[]>;
  codeSent(agreementNo: string, expiresAt: Date, at: Date): Promise<Agreement | undefined>;
  /** Undefined: it stands elsewhere by now, and nothing was written. */
  move(agreementNo: string, move: AgreementMove): Promise<Agreement | undefined>;
  /** Keeps the token sealed. `taken`: another live agreement has this very token. */
  activate(agreementNo: string, card: BoundCard, move: Omit<AgreementMove, 'from' | 'to'>): Promise<'active' | 'taken' | 'notOpen'>;
  /** Undefined: it never had one. */
  tokenOf(agreementNo: string): Promise<string | undefined>;

  addCheck(check: HolderCheck, limits: { readonly mostBegun: number; readonly since: Date }): Promise<boolean>;
  findCheck(checkNo: string): Promise<HolderCheck | undefined>;
  /** Counts one code before it is sent on; false when it is over, in use or was tried too often. */
  tryCheck(checkNo: string, mostTries: number, at: Date): Promise<boolean>;
  /** False: it was not being tried. */
  endTry(checkNo: string, as: 'requested' | 'verified' | 'over'): Promise<boolean>;

  /**
   * Written before the money core is asked, counted against the day where no password was given. `known` rows are not counted again. `overDay`: without a password this would exceed the day, or the
   * key was first used with one. `otherUse`: the key belongs to another card or amount.
   */
  addPayment(payment: QuickPaymentIntent, perDayFen: number): Promise<'kept' | 'overDay' | 'otherUse'>;
  /** Keys of payments by this card for which a password was given, the newest first. */
  keysPaidWithPassword(agreementNo: string, limit: number): Promise<readonly { readonly tenant: string; readonly key: string }[]>;
};

/** A proof that the holder of a card stands there: four elements and a code, nothing bound. */
export type HolderCheck = { readonly checkNo: string; readonly holder: Holder; readonly agreementNo: string; readonly channel: string; readonly state: 'requested' | 'confirming' | 'verified' | 'over'; readonly tries: number; readonly requestedAt: Date; readonly expiresAt: Date };

export type QuickPaymentIntent = { readonly tenant: string; readonly key: string; readonly holder: Holder; readonly agreementNo: string; readonly amountFen: number; /** Beijing day. */ readonly day: string; readonly withPassword: boolean; readonly at: Date };

export type PaymentPasswordRow = { readonly hash: string; readonly failures: number; readonly lockedUntil: Date | undefined; readonly setAt: Date };
/** `lockNo` is made of the holder under a key: it names him to nobody. */
export type LockedPassword = { readonly lockNo: string; readonly holder: Holder; readonly failures: number; readonly lockedUntil: Date };
export type PasswordTry = { readonly kind: 'none' } | { readonly kind: 'locked'; readonly until: Date } | { readonly kind: 'taken'; readonly row: PaymentPasswordRow };

export type PaymentPasswordStore = {
  find(holder: Holder): Promise<PaymentPasswordRow | undefined>;
  /** False: there is one already. */
  add(holder: Holder, hash: string, at: Date): Promise<boolean>;
  /** Takes one try before the password is compared, and locks when it is the last: whatever is compared beside it, no more are compared than were taken, restart or not. */
  takeTry(holder: Holder, now: Date, lockAfter: (failures: number) => number | undefined): Promise<PasswordTry>;
  /** The password that was compared is still the one: its failures are forgotten. */
  succeeded(holder: Holder, hash: string, at: Date): Promise<void>;
  /** A new one; failures and lock go. `onlyIf`: the hash it replaces. False: it is another by now, or there is none. */
  replace(holder: Holder, hash: string, at: Date, onlyIf?: string): Promise<boolean>;
  /** Those that are locked now, the longest locked first. */
  listLocked(now: Date, limit: number): Promise<readonly LockedPassword[]>;
  /** The lock goes, the failures stay counted. False: it was not locked any more. */
  unlock(holder: Holder, now: Date): Promise<boolean>;
};

/** Slow one-way hashes, bound to the holder and to a key outside the database. */
export type PaymentPasswordHashes = { hash(password: string, holder: Holder): Promise<string>; matches(password: string, stored: string, holder: Holder): Promise<boolean> };

export type QuickPayPolicy = {
  readonly mostCards: number;
  /** Codes asked for by one holder within an hour, for bindings and for proofs of the holder each. */
  readonly mostCodesPerHour: number;
  /** 小额免密: up to this a payment needs no password; 0: every one does. Integer fen. */
  readonly passwordlessFen: number;
  /** And no more than this in one Beijing day. Integer fen. */
  readonly passwordlessPerDayFen: number;
};

export type QuickPayPorts = {
  readonly hospitalId: string;
  readonly agreements: AgreementStore;
  readonly passwords: PaymentPasswordStore;
  readonly hashes: PaymentPasswordHashes;
  readonly gateways: AgreementGateways;
  readonly store: Pick<MoneyStore, 'findOrder' | 'findOrderByKey'>;
  readonly createPayment: (request: CreatePaymentRequest) => Promise<Outcome<OrderView>>;
  readonly findOrder: (request: { readonly owner: Owner; readonly tradeNo: string; readonly freshness: 'fresh' }) => Promise<Outcome<OrderView>>;
  readonly policy: QuickPayPolicy;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
};

export type PayWithAgreementRequest = {
  readonly owner: Owner;
  readonly merchantId: string;
  readonly holder: Holder;
  readonly idempotency: IdempotencyKey;
  readonly agreementNo: string;
  readonly quoteId: string;
  readonly amountFen: number;
  /** Absent: a small amount without a password, where the hospital allows it. */
  readonly password?: string;
  readonly description?: string;
  readonly clientIp?: string;
};

/** 快捷支付 as the payment API offers it. */
export type QuickPayDesk = {
  bindCard(request: { readonly holder: Holder; readonly askedKey: string; readonly cardHolder: CardHolder }): Promise<Outcome<AgreementView>>;
  confirmBinding(request: { readonly holder: Holder; readonly agreementNo: string; readonly code: string }): Promise<Outcome<AgreementView>>;
  /** Asks the gateway while binding or unbinding has no end. */
  findAgreement(request: { readonly holder: Holder; readonly agreementNo: string }): Promise<Outcome<AgreementView>>;
  listCards(request: { readonly holder: Holder }): Promise<Outcome<readonly AgreementView[]>>;
  unbindCard(request: { readonly holder: Holder; readonly agreementNo: string }): Promise<Outcome<AgreementView>>;
  findPaymentPassword(request: { readonly holder: Holder }): Promise<Outcome<PaymentPasswordView>>;
  setPaymentPassword(request: { readonly holder: Holder; readonly newPassword: string }): Promise<Outcome<PaymentPasswordView>>;
  changePaymentPassword(request: { readonly holder: Holder; readonly password: string; readonly newPassword: string }): Promise<Outcome<PaymentPasswordView>>;
  checkHolder(request: { readonly holder: Holder; readonly agreementNo: string; readonly cardHolder: CardHolder }): Promise<Outcome<HolderCheckView>>;
  resetPaymentPassword(request: { readonly holder: Holder; readonly checkNo: string; readonly code: string; readonly newPassword: string }): Promise<Outcome<PaymentPasswordView>>;
  payWithAgreement(request: PayWithAgreementRequest): Promise<Outcome<OrderView>>;
  enterPaymentCode(request: { readonly owner: Owner; readonly tradeNo: string; readonly code: string }): Promise<Outcome<OrderView>>;
};

/** 快捷支付 for the hospital's staff. */
export type QuickPayOffice = {
  searchAgreements(by: AgreementSearch): Promise<readonly CardAgreementView[]>;
  readAgreement(request: { readonly agreementNo: string }): Promise<Outcome<CardAgreementView>>;
  /** In the holder's name, who asked for it at a desk. May be repeated. Refuses CONFLICT while nothing is bound. */
  unbindForHolder(request: { readonly agreementNo: string; readonly reason: string; readonly by: string }): Promise<Outcome<CardAgreementView>>;
  listLockedPasswords(): Promise<readonly LockedPasswordView[]>;
  unlockPassword(request: { readonly lockNo: string; readonly reason: string; readonly by: string }): Promise<Outcome<LockedPasswordView>>;
};
