/** Who may use the console, and what the edges are shown of it. */
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** 管理员, 系统管理员, 安全管理员, 财务, 审计员, 收费员, 医生, 商户. */
export const ROLES = ['administrator', 'systemAdministrator', 'securityAdministrator', 'finance', 'auditor', 'cashier', 'doctor', 'merchant'] as const;
export type Role = (typeof ROLES)[number];
/** 三员: who keeps the machine, who says what accounts may, who watches both (GB/T 22239-2019 8.1.5). */
export const DUTIES = ['systemAdministrator', 'securityAdministrator', 'auditor'] as const satisfies readonly Role[];

/**
 * What a console operation may ask for. `read` money, personal data masked; `reveal` the plain value of one object, with a reason; `readMachine` terminals, plugins, tasks, queue, certificates, monitoring: no patient and no fen; `refund` send money back; `proposePayout` what the bank shall pay, and read its statements; `approvePayout` what another proposed; `approveChange` what another proposed of plugins, keys and routing; `windowDesk` change money and card terminals; `shifts` see shifts and their
 * reports, without `read` only those of one's own till; `closeShift` close them, likewise; `cash` take counted cash over, bring it to the bank, count anew; `operate` terminals, plugins, tasks, dictionaries;
 * `seeUsers` who has an account; `manageUsers` add accounts, take them out of use, reset passwords; `assignRoles` say what an account may, end its sessions, take its second factor away; `audit` read who did what; `window` and `doctorStation` work at such a terminal; `merchant` see what one merchant number took, and
 * nothing else.
 */
export const RIGHTS = ['read', 'reveal', 'readMachine', 'refund', 'proposePayout', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash', 'operate', 'seeUsers', 'manageUsers', 'assignRoles', 'audit', 'window', 'doctorStation', 'merchant'] as const;
export type Right = (typeof RIGHTS)[number];
/** What a right is called in Chinese, for whoever lacks it. */
export const RIGHT_WORDS = {
  read: '查看资金与订单', reveal: '查看脱敏数据', readMachine: '查看系统', refund: '退款与差错处理', proposePayout: '提出付款', approvePayout: '审批付款', approveChange: '审批变更', windowDesk: '窗口管理', shifts: '查看班次', closeShift: '交班',
  cash: '现金管理', operate: '系统维护', seeUsers: '查看用户', manageUsers: '管理账号', assignRoles: '授予角色', audit: '查看审计日志', merchant: '商户查询', window: '窗口收费', doctorStation: '医生站收费',
} as const satisfies Record<Right, string>;

/** Operator numbers (工号) often begin with a digit. */
export const LOGIN_PATTERN = '^[a-z0-9][a-z0-9._-]{2,31}$';

/** What somebody who knows the password has to do before he may anything: prove the second factor, choose a password of his own, set a second factor up. */
export const ENTRY_STEPS = ['secondFactor', 'changePassword', 'enrolSecondFactor'] as const;
export type EntryStep = (typeof ENTRY_STEPS)[number];

/** Somebody who is signed in, as one request sees it. */
export type SignedIn = {
  readonly userId: string;
  /** Names the session on the sessions' page; opens nothing. */
  readonly sessionId: string;
  /** Undefined when he is all the way in. */
  readonly entryStep: EntryStep | undefined;
  readonly hasSecondFactor: boolean;
  readonly login: string;
  readonly displayName: string;
  /** 收费员工号, where he has one. */
  readonly operatorId: string | undefined;
  /** Of the role merchant: the one merchant number whose money he sees. */
  readonly merchantNo: string | undefined;
  readonly roles: readonly Role[];
  /** None while there is an `entryStep`. */
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
  readonly hasSecondFactor: boolean;
  readonly operatorId: string | undefined;
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};

/** 会话: one browser in which somebody is signed in. */
export type SessionView = { readonly id: string; readonly login: string; readonly displayName: string; readonly since: Date; readonly lastUsedAt: Date; readonly address: string | undefined; /** What the browser calls itself. */ readonly agent: string | undefined; readonly isProven: boolean };

/** Where a request to sign in came from. */
export type Visitor = { readonly address: string; readonly agent?: string | undefined };

/** Sessions and accounts as the console's edge uses them. Every change is in the audit log when it resolves. */
export type ConsoleUsers = {
  signIn(request: { readonly login: string; readonly password: string } & Visitor): Promise<Outcome<NewSession>>;
  /** `activity` of a person keeps the session alive; a page that refreshes itself does not. */
  findSession(request: { readonly token: string; readonly by: 'person' | 'page' }): Promise<SignedIn | undefined>;
  signOut(token: string, who: SignedIn): Promise<void>;
  /** Every session of the user ends; the new one is this browser's. */
  changePassword(who: SignedIn, request: { readonly current: string; readonly next: string } & Visitor): Promise<Outcome<NewSession>>;
  /** Of one user, or of everybody; those used last first. */
  listSessions(login?: string): Promise<readonly SessionView[]>;
  /** `NO_SUCH_ITEM` when it is not there any more, or not the user's. */
  endSession(by: SignedIn, request: { readonly id: string; /** Only if it is this user's. */ readonly ownedBy?: string }): Promise<Outcome<undefined>>;
  list(): Promise<readonly UserView[]>;
  add(by: SignedIn, request: { readonly login: string; readonly displayName: string; readonly roles: readonly Role[]; readonly password: string; readonly operatorId?: string; /** With the role merchant, and only then. */ readonly merchantNo?: string }): Promise<Outcome<UserView>>;
  change(by: SignedIn, login: string, values: { readonly displayName?: string; readonly roles?: readonly Role[]; readonly status?: 'active' | 'disabled'; /** Empty: he has none any more. */ readonly operatorId?: string; readonly merchantNo?: string }): Promise<Outcome<UserView>>;
  /** The user must choose another one at the next sign-in; a lock ends. His second factor stays: a password alone opens nothing that was closed by two. */
  resetPassword(by: SignedIn, login: string, password: string): Promise<Outcome<UserView>>;
};

/** A new secret of the user's authenticator: as text, and as the address its camera reads. */
export type SecondFactorOffer = { readonly secret: string; readonly uri: string };
export type RecoveryCodes = readonly string[];

/**
 * 二次验证: one-time codes of an authenticator (TOTP, RFC 6238: SHA-1, six digits, 30 s), recovery codes, and passkeys. A wrong code counts as a wrong password does: the same account, the same lock.
 */
export type SecondFactor = {
  /** Is the one who signed in with the password; the answer is a new session, all the way in or at its next step. */
  prove(who: SignedIn, request: { readonly code: string } & Visitor): Promise<Outcome<NewSession>>;
  /** A secret that counts once it is confirmed. Where duties are separated, and for whoever lost his, it takes the code the security administrator gave. */
  offer(who: SignedIn, request: { readonly enrolmentCode?: string | undefined }): Promise<Outcome<SecondFactorOffer>>;
  /** With a code of the new secret: it counts from now on. Recovery codes are told once. */
  confirm(who: SignedIn, request: { readonly code: string } & Visitor): Promise<Outcome<NewSession & { readonly recoveryCodes: RecoveryCodes }>>;
  renewRecoveryCodes(who: SignedIn, request: { readonly code: string } & Visitor): Promise<Outcome<RecoveryCodes>>;
  /** Takes away what a user lost, passkeys too; his sessions end. The code is what he sets a new one up with. Nobody does it for himself. */
  reset(by: SignedIn, login: string): Promise<Outcome<{ readonly enrolmentCode: string }>>;
  status(who: SignedIn): Promise<{ readonly since: Date | undefined; readonly recoveryCodesLeft: number; readonly isRequired: boolean; readonly needsEnrolmentCode: boolean }>;
};

/** 通行密钥 as its owner sees it. */
export type PasskeyView = { readonly id: string; readonly title: string; readonly createdAt: Date; readonly lastUsedAt: Date | undefined };
/** Options for the browser and the ticket that goes back with its answer; both of WebAuthn's shapes, which the console passes through. */
export type PasskeyCeremony = { readonly ticket: string; readonly options: unknown };

/**
 * Passkeys (WebAuthn, W3C Level 3) bound to the console's own address. One with user verification is two factors in itself: it signs in alone. Not there (`PASSKEYS_OFF`) while the console has no name of its own with TLS.
 */
export type Passkeys = {
  readonly isOffered: boolean;
  beginSignIn(): Promise<Outcome<PasskeyCeremony>>;
  signIn(request: { readonly ticket: string; readonly answer: unknown } & Visitor): Promise<Outcome<NewSession>>;
  /** `code`: of the authenticator, so that an open browser adds no key of somebody else. */
  beginAdding(who: SignedIn, request: { readonly code: string } & Visitor): Promise<Outcome<PasskeyCeremony>>;
  add(who: SignedIn, request: { readonly ticket: string; readonly title: string; readonly answer: unknown }): Promise<Outcome<PasskeyView>>;
  list(who: SignedIn): Promise<readonly PasskeyView[]>;
  remove(who: SignedIn, id: string): Promise<Outcome<undefined>>;
};

/** The way to the first administrator: there is no default account. */
export type FirstLogin = {
  /** Makes a one-time code while there is no administrator; undefined when there is one. An earlier code is void. */
  open(): Promise<string | undefined>;
  isOpen(): boolean;
  /**
   * Makes the first administrator; with `others` the three of separated duties: the person here is the security administrator, the other two get a first password and a code to set their second factor up with, told once.
   */
  complete(request: { readonly code: string; readonly login: string; readonly displayName: string; readonly password: string; readonly others?: { readonly system: NewColleague; readonly audit: NewColleague } | undefined } & Visitor): Promise<Outcome<NewSession & { readonly colleagues: readonly Colleague[] }>>;
};
export type NewColleague = { readonly login: string; readonly displayName: string };
/** One of the three whom the first one made: to be handed over on paper. */
export type Colleague = NewColleague & { readonly role: Role; readonly password: string; readonly enrolmentCode: string };

export type StoredUser = {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly passwordHash: string;
  /** What a terminal proves the password by (scrypt); sealed where it is kept. Undefined: the hash itself is of that kind. */
  readonly operatorKey: string | undefined;
  readonly hasSecondFactor: boolean;
  readonly failedAttempts: number;
  readonly roles: readonly string[];
  readonly status: 'active' | 'disabled';
  readonly lockedUntil: Date | undefined;
  readonly mustChangePassword: boolean;
  readonly operatorId: string | undefined;
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};
export type NewUser = { readonly id: string; readonly login: string; readonly displayName: string; readonly passwordHash: string; readonly operatorKey?: string; readonly roles: readonly string[]; readonly mustChangePassword: boolean; readonly operatorId?: string; readonly merchantNo?: string };

/** Rows behind the users; the platform database implements it. */
export type UserRows = {
  add(user: NewUser, now: Date): Promise<StoredUser>;
  /** All or none. */
  addAll(users: readonly NewUser[], now: Date): Promise<readonly StoredUser[]>;
  count(): Promise<number>;
  find(id: string): Promise<StoredUser | undefined>;
  findByLogin(login: string): Promise<StoredUser | undefined>;
  findByOperator(operatorId: string): Promise<StoredUser | undefined>;
  list(): Promise<readonly StoredUser[]>;
  countFailure(id: string, lock: { readonly limit: number; readonly until: Date }, now: Date): Promise<StoredUser | undefined>;
  clearFailures(id: string, now: Date): Promise<void>;
  setPassword(id: string, password: { readonly hash: string; readonly operatorKey?: string; readonly mustChange: boolean }, now: Date): Promise<boolean>;
  /** The same password under a better hash; not when it was changed meanwhile. */
  upgradePassword(id: string, password: { readonly from: string; readonly hash: string; readonly operatorKey: string }): Promise<boolean>;
  change(id: string, values: { readonly displayName?: string; readonly roles?: readonly string[]; readonly status?: 'active' | 'disabled'; readonly operatorId?: string | null; readonly merchantNo?: string | null }, now: Date): Promise<boolean>;
};

export type StoredSession = {
  readonly tokenHash: string;
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly address: string | undefined;
  readonly agent: string | undefined;
  /** When the second factor was proven in it. */
  readonly provenAt: Date | undefined;
};
export type SessionRows = {
  add(session: StoredSession): Promise<void>;
  find(tokenHash: string, now: Date): Promise<StoredSession | undefined>;
  used(tokenHash: string, at: Date, expiresAt: Date): Promise<void>;
  remove(tokenHash: string): Promise<void>;
  removeOfUser(userId: string): Promise<number>;
  /** Live ones, those used last first. */
  list(filter: { readonly userId?: string; readonly now: Date }): Promise<readonly StoredSession[]>;
  removeById(id: string): Promise<boolean>;
  removeExpired(now: Date): Promise<number>;
};

/** Slow one-way hashes of passwords (Argon2id), and the keys terminals prove them by (scrypt). */
export type Passwords = {
  hash(password: string): Promise<string>;
  operatorKey(password: string): Promise<string>;
  matches(password: string, stored: string): Promise<boolean>;
  /** False for a hash of an older kind. */
  isCurrent(stored: string): boolean;
};

export type StoredSecondFactor = {
  /** Base32; undefined when the key file does not open it or none was offered. */
  readonly secret: string | undefined;
  readonly confirmedAt: Date | undefined;
  /** Of the last code that was taken: no code serves twice. */
  readonly lastStep: number;
  readonly recoveryHashes: readonly string[];
  readonly enrolment: { readonly codeHash: string; readonly until: Date } | undefined;
};
/** Rows behind second factors. What changes whether a user has one changes his row in the same transaction. */
export type SecondFactorRows = {
  find(userId: string): Promise<StoredSecondFactor | undefined>;
  offer(userId: string, secret: string, now: Date): Promise<boolean>;
  confirm(userId: string, values: { readonly step: number; readonly recoveryHashes: readonly string[] }, now: Date): Promise<boolean>;
  /** False when this step or a later one was taken before. */
  takeStep(userId: string, step: number): Promise<boolean>;
  takeRecoveryCode(userId: string, hash: string): Promise<boolean>;
  setRecoveryCodes(userId: string, hashes: readonly string[]): Promise<void>;
  /** Codes (设置码) that were handed out, still hold and were not used. */
  listEnrolments(now: Date): Promise<readonly { readonly userId: string; readonly until: Date }[]>;
  /** Nothing is left but the code to set a new one up with. */
  reset(userId: string, enrolment: { readonly codeHash: string; readonly until: Date } | undefined, now: Date): Promise<void>;
};

export type StoredPasskey = { readonly id: string; readonly userId: string; readonly title: string; readonly publicKey: Uint8Array; readonly counter: number; readonly transports: readonly string[]; readonly createdAt: Date; readonly lastUsedAt: Date | undefined };
export type PasskeyRows = {
  add(passkey: StoredPasskey): Promise<boolean>;
  find(id: string): Promise<StoredPasskey | undefined>;
  listOf(userId: string): Promise<readonly StoredPasskey[]>;
  used(id: string, counter: number, at: Date): Promise<void>;
  remove(userId: string, id: string): Promise<boolean>;
};

/** The arithmetic of one-time codes. */
export type OneTimeCodes = {
  newSecret(): string;
  uri(secret: string, label: { readonly issuer: string; readonly account: string }): string;
  /** The time step whose code it is, within one step of now; undefined when it is none. */
  stepOf(secret: string, code: string, now: Date): number | undefined;
};

/** The cryptography of passkeys, for one relying party. */
export type PasskeyCeremonies = {
  registration(request: { readonly user: { readonly id: string; readonly name: string; readonly displayName: string }; readonly known: readonly StoredPasskey[] }): Promise<{ readonly challenge: string; readonly options: unknown }>;
  verifyRegistration(request: { readonly challenge: string; readonly answer: unknown }): Promise<{ readonly id: string; readonly publicKey: Uint8Array; readonly counter: number; readonly transports: readonly string[] } | undefined>;
  assertion(): Promise<{ readonly challenge: string; readonly options: unknown }>;
  /** The id of the passkey an answer claims to be of. */
  passkeyIdOf(answer: unknown): string | undefined;
  verifyAssertion(request: { readonly challenge: string; readonly answer: unknown; readonly passkey: StoredPasskey }): Promise<{ readonly counter: number } | undefined>;
};

/** Why somebody was not let in. */
export const REFUSAL_REASONS = ['noSuchLogin', 'wrongPassword', 'wrongSecondFactor', 'locked', 'other'] as const;
/** Who tried in vain, from where: the same login, address and reason is one of them. `login`: undefined, nobody has the one that was typed. */
export type SignInRefusal = { readonly login: string | undefined; readonly from: string | undefined; readonly reason: (typeof REFUSAL_REASONS)[number]; readonly count: number; readonly lastAt: string };
/** Reads the audit log; the newest come first. `isWhole`: false when there were more than are looked at. */
export type SignInRefusals = { since(from: Date): Promise<{ readonly count: number; readonly isWhole: boolean; readonly rows: readonly SignInRefusal[] }> };

type Account = { readonly login: string; readonly displayName: string };
/** 账号安全, for whoever says what accounts may. */
export type AccountWatch = {
  read(): Promise<{
    readonly isSeparated: boolean;
    /** Those whose role needs one; `codeUntil`: until when the code holds that was handed out, if any does. */
    readonly withoutSecondFactor: readonly (Account & { readonly roles: readonly Role[]; readonly codeUntil: Date | undefined })[];
    readonly withoutRoles: readonly Account[];
    readonly locked: readonly (Account & { readonly until: Date })[];
    readonly disabled: readonly Account[];
    readonly enrolments: readonly (Account & { readonly until: Date })[];
    readonly refusals: { readonly since: Date } & Awaited<ReturnType<SignInRefusals['since']>>;
  }>;
  /** Accounts without roles and, where only the security administrator gives the code, those that lack their second factor and have none. */
  countWaiting(): Promise<number>;
};

export type Duties = {
  isSeparated(): boolean;
  /** After accounts changed, and at the start. */
  look(): Promise<void>;
};

export type UserPorts = {
  readonly users: UserRows;
  readonly sessions: SessionRows;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
  readonly duties: Duties;
  /** Roles that need a second factor; where duties are separated those who keep the machine do anyway. */
  readonly secondFactorFor: readonly Role[];
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
