/** Who may use the console, and what the edges are shown of it. */
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** 管理员, 财务, 审计员, 收费员, 医生, 商户. */
export const ROLES = ['administrator', 'finance', 'auditor', 'cashier', 'doctor', 'merchant'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What a console operation may ask for. `read` money and machine, personal data masked; `reveal` the plain value of one object, with a reason; `refund` send money back; `proposePayout` what the bank shall pay, and read its statements; `approvePayout` what another proposed; `approveChange` what another proposed of plugins, keys and routing; `windowDesk` change money and card terminals; `shifts` see shifts and their
 * reports, without `read` only those of one's own till; `closeShift` close them, likewise; `cash` take counted cash over, bring it to the bank, count anew; `operate` terminals, plugins, tasks, dictionaries;
 * `manageUsers`; `audit` read who did what; `window` and `doctorStation` work at such a terminal; `merchant` see what one merchant number took, and
 * nothing else.
 */
export const RIGHTS = ['read', 'reveal', 'refund', 'proposePayout', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash', 'operate', 'manageUsers', 'audit', 'window', 'doctorStation', 'merchant'] as const;
export type Right = (typeof RIGHTS)[number];

/** Operator numbers (工号) often begin with a digit. */
export const LOGIN_PATTERN = '^[a-z0-9][a-z0-9._-]{2,31}$';

/** Somebody who is signed in, as one request sees it. */
export type SignedIn = {
  readonly userId: string;
  readonly login: string;
  readonly displayName: string;
  /** 收费员工号, where he has one. */
  readonly operatorId: string | undefined;
  /** Of the role merchant: the one merchant number whose money he sees. */
  readonly merchantNo: string | undefined;
  readonly roles: readonly Role[];
  /** None until a password that somebody else chose is changed. */
  readonly rights: readonly Right[];
  readonly mustChangePassword: boolean;
  /** Every write repeats it in a header: a page of another origin cannot read it. */
  readonly csrfToken: string;
  readonly idleSeconds: number;
};
/** A new session: its token goes into the cookie and nowhere else. */
export type NewSession = { readonly token: string; readonly signedIn: SignedIn };

export type UserView = {
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly status: 'active' | 'disabled';
  readonly lockedUntil: Date | undefined;
  readonly mustChangePassword: boolean;
  readonly operatorId: string | undefined;
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};

/** Sessions and accounts as the console's edge uses them. Every change is in the audit log when it resolves. */
export type ConsoleUsers = {
  signIn(request: { readonly login: string; readonly password: string; readonly address: string }): Promise<Outcome<NewSession>>;
  /** `activity` of a person keeps the session alive; a page that refreshes itself does not. */
  findSession(request: { readonly token: string; readonly by: 'person' | 'page' }): Promise<SignedIn | undefined>;
  signOut(token: string, who: SignedIn): Promise<void>;
  /** Every session of the user ends; the new one is this browser's. */
  changePassword(who: SignedIn, request: { readonly current: string; readonly next: string; readonly address: string }): Promise<Outcome<NewSession>>;
  list(): Promise<readonly UserView[]>;
  add(by: SignedIn, request: { readonly login: string; readonly displayName: string; readonly roles: readonly Role[]; readonly password: string; readonly operatorId?: string; /** With the role merchant, and only then. */ readonly merchantNo?: string }): Promise<Outcome<UserView>>;
  change(by: SignedIn, login: string, values: { readonly displayName?: string; readonly roles?: readonly Role[]; readonly status?: 'active' | 'disabled'; /** Empty: he has none any more. */ readonly operatorId?: string; readonly merchantNo?: string }): Promise<Outcome<UserView>>;
  /** The user must choose another one at the next sign-in; a lock ends. */
  resetPassword(by: SignedIn, login: string, password: string): Promise<Outcome<UserView>>;
};

/** The way to the first administrator: there is no default account. */
export type FirstLogin = {
  /** Makes a one-time code while there is no administrator; undefined when there is one. An earlier code is void. */
  open(): Promise<string | undefined>;
  isOpen(): boolean;
  complete(request: { readonly code: string; readonly login: string; readonly displayName: string; readonly password: string; readonly address: string }): Promise<Outcome<NewSession>>;
};

export type StoredUser = {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'disabled';
  readonly lockedUntil: Date | undefined;
  readonly mustChangePassword: boolean;
  readonly operatorId: string | undefined;
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};
export type NewUser = { readonly id: string; readonly login: string; readonly displayName: string; readonly passwordHash: string; readonly roles: readonly string[]; readonly mustChangePassword: boolean; readonly operatorId?: string; readonly merchantNo?: string };

/** Rows behind the users; the platform database implements it. */
export type UserRows = {
  add(user: NewUser, now: Date): Promise<StoredUser>;
  count(): Promise<number>;
  find(id: string): Promise<StoredUser | undefined>;
  findByLogin(login: string): Promise<StoredUser | undefined>;
  findByOperator(operatorId: string): Promise<StoredUser | undefined>;
  list(): Promise<readonly StoredUser[]>;
  countFailure(id: string, lock: { readonly limit: number; readonly until: Date }, now: Date): Promise<StoredUser | undefined>;
  clearFailures(id: string, now: Date): Promise<void>;
  setPassword(id: string, password: { readonly hash: string; readonly mustChange: boolean }, now: Date): Promise<boolean>;
  change(id: string, values: { readonly displayName?: string; readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled'; readonly operatorId?: string | null; readonly merchantNo?: string | null }, now: Date): Promise<boolean>;
};

export type StoredSession = { readonly tokenHash: string; readonly userId: string; readonly createdAt: Date; readonly lastUsedAt: Date; readonly expiresAt: Date; readonly address: string | undefined };
export type SessionRows = {
  add(session: StoredSession): Promise<void>;
  find(tokenHash: string, now: Date): Promise<StoredSession | undefined>;
  used(tokenHash: string, at: Date, expiresAt: Date): Promise<void>;
  remove(tokenHash: string): Promise<void>;
  removeOfUser(userId: string): Promise<number>;
  removeExpired(now: Date): Promise<number>;
};

/** Slow one-way hashes of passwords. */
export type Passwords = { hash(password: string): Promise<string>; matches(password: string, stored: string): Promise<boolean> };

export type UserPorts = {
  readonly users: UserRows;
  readonly sessions: SessionRows;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
  /** Merchant numbers of the hospital, as configured. */
  readonly merchants: readonly string[];
};

/** The terminal somebody signs in at. Its key goes into the proof of the password, so that nobody who reads the line can guess at it. */
export type Counter = { readonly deviceId: string; readonly kind: string; readonly key: Uint8Array };
/** What a terminal needs to prove the password: the salt and cost of its scrypt (RFC 7914), and a nonce that is good for one proof. */
export type OperatorChallenge = { readonly nonce: string; readonly salt: string; readonly log2Cost: number; readonly blockSize: number; readonly parallel: number };
/** 操作员: who works at a terminal now. */
export type Operator = { readonly operatorNo: string; readonly displayName: string; readonly roles: readonly Role[]; readonly rights: readonly Right[]; readonly signedInAt: Date; readonly idleSeconds: number };

/** Operators at windows and doctor stations (操作员登录). One at a terminal, at one terminal. Held in memory: after a restart they sign in again, and no open payment hangs on it. */
export type OperatorDesk = {
  challenge(counter: Counter, operatorNo: string): Promise<OperatorChallenge>;
  signIn(counter: Counter, request: { readonly operatorNo: string; readonly nonce: string; readonly proof: string }): Promise<Outcome<Operator>>;
  signOut(counter: Counter): Promise<void>;
  /** Who is signed in now, with the rights of this moment. `person`: somebody acted, the idle time begins anew. */
  current(counter: Counter, by: 'person' | 'page'): Promise<Operator | undefined>;
};
