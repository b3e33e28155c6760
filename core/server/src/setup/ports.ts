/** 首次开通 (开通向导): what a box needs before it may take money, step by step. Where a step stands is read from what the platform has, never from how far somebody clicked. */
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { IdempotencyKey } from '../domain/money-store.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import type { SelfTestMethod } from '../domain/self-test.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { Examination } from '../his-doctor/ports.js';
import type { OrderView } from '../payments/order-view.js';
import type { CreatePaymentRequest } from '../payments/ports.js';
import type { SelfTestView } from './self-test-view.js';

/** In the order they are taken. */
export const SETUP_STEPS = ['administrators', 'clock', 'certificates', 'his', 'channel', 'terminal', 'goLive'] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];
/** What a step is called in Chinese, for sentences. */
export const SETUP_STEP_WORDS = { administrators: '管理员', clock: '时间', certificates: '证书', his: '医院系统（HIS）', channel: '首个渠道', terminal: '首台终端', goLive: '完成开通' } as const satisfies Record<SetupStep, string>;
/** `attention`: it is there, and something about it is to be looked at or still on its way. `skipped`: not done, and a person said why. */
export const SETUP_STATES = ['done', 'open', 'attention', 'skipped'] as const;
export type SetupState = (typeof SETUP_STATES)[number];

/** What was found, and with it what is to be done next: the console has words for both. */
export const SETUP_FINDINGS = [
  'administratorsEnough', 'administratorAlone', 'dutyMissing', 'passwordsToChange',
  'clockNotMeasured', 'clockRight', 'clockOff', 'clockHisUnknown',
  'certificatesNone', 'certificatesGood', 'certificateMissing', 'certificateKeyMismatch', 'certificateExpired', 'certificateExpiring',
  'hisNotExamined', 'hisInactive', 'hisExamining', 'hisInUse', 'hisWell', 'hisWarning', 'hisFailed',
  'channelNone', 'channelNotTested', 'selfTestPaying', 'selfTestConfirming', 'selfTestRefunding', 'selfTestRefundBlocked', 'selfTestUnpaid', 'selfTestDone', 'channelInUse',
  'terminalNone', 'terminalWaiting', 'terminalNeverSeen', 'terminalAway', 'terminalOnline',
  'goLiveBlocked', 'goLiveReady', 'wentLive',
] as const;
export type SetupFinding = (typeof SETUP_FINDINGS)[number];

/** `values` fill the words of the finding: numbers, ids and ISO times as text. */
export type JudgedStep = { readonly step: SetupStep; readonly state: SetupState; readonly finding: SetupFinding; readonly values: Readonly<Record<string, string>> };
export type SetupStepView = JudgedStep & { /** Why it was left out, while it is. */ readonly skipped?: { readonly at: Date; readonly by: string; readonly reason: string } };

/** What people did and what was measured in the course of it; append-only. Everything else is a fact of its own part. */
export const SETUP_EVENTS = ['skipped', 'resumed', 'measured', 'examined', 'connectionTested', 'wentLive'] as const;
export type SetupEventKind = (typeof SETUP_EVENTS)[number];
export type SetupEvent = { readonly id: number; readonly step: SetupStep; readonly kind: SetupEventKind; readonly at: Date; readonly by: string; readonly reason: string | undefined; readonly detail: Readonly<Record<string, string>> };
export type SetupRows = {
  /** Undefined: it went live before, and does so once. */
  add(event: Omit<SetupEvent, 'id'>): Promise<SetupEvent | undefined>;
  /** Of each step and kind the newest, the oldest first. */
  latest(): Promise<readonly SetupEvent[]>;
};

/** A certificate the console or the broker is served with, as it lies on this machine. */
export type ServedCertificate = {
  readonly title: string;
  readonly file: string;
  readonly problem: 'missing' | 'keyMismatch' | undefined;
  readonly subject: string | undefined;
  /** 使用者可选名称: the names and addresses browsers accept it for. */
  readonly names: readonly string[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
};

export type SetupChannel = {
  readonly id: string; readonly plugin: string; readonly state: string; readonly reason: Bilingual | undefined; readonly merchantNo: string | undefined;
  /** How one fen can be sent through it. Empty: a self-test makes no sense there (cash, insurance, bound cards). */
  readonly selfTestMethods: readonly SelfTestMethod[];
  readonly canRefund: boolean;
};
export type ConnectionTested = { readonly result: 'answered' | 'silent' | 'skipped'; readonly found: string };

/** What patients' own payments have proven: a box that takes money already, or came from an earlier version, need not be examined for what it does every day. */
export type InUse = {
  /** When the HIS last booked an order. */
  readonly confirmedAt: Date | undefined;
  /** The last time a channel gave money back, and which: it was taken before. */
  readonly refunded: { readonly channel: string; readonly at: Date } | undefined;
};

/** Everything the steps are judged by. */
export type SetupFacts = {
  readonly now: Date;
  readonly timeZone: string;
  readonly administrators: { readonly active: number; readonly mustChangePassword: number; /** 三员分立: of the three duties, how many nobody has. Zero where they are not separated. */ readonly dutiesMissing: number };
  readonly certificates: readonly ServedCertificate[];
  readonly adapter: { readonly isActive: boolean; readonly reason: string | undefined };
  readonly examination: Examination | undefined;
  readonly channels: readonly SetupChannel[];
  readonly selfTests: readonly SelfTestView[];
  readonly terminals: { readonly claimed: number; readonly online: number; readonly seen: number; readonly waiting: number };
  readonly inUse: InUse;
  readonly events: readonly SetupEvent[];
};

export type SetupView = {
  readonly now: Date;
  readonly timeZone: string;
  readonly steps: readonly SetupStepView[];
  /** Steps that are done or left out with a reason. */
  readonly settled: number;
  readonly certificates: readonly ServedCertificate[];
  readonly channels: readonly SetupChannel[];
  /** The newest first. */
  readonly selfTests: readonly SelfTestView[];
  readonly events: readonly SetupEvent[];
};

export type SelfTestPorts = {
  readonly hospitalId: string;
  readonly merchantId: string;
  readonly channels: () => readonly SetupChannel[];
  readonly findByKey: (tenant: string, key: string) => Promise<{ readonly order: { readonly quoteId: string } } | undefined>;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
  readonly createPayment: (request: CreatePaymentRequest) => Promise<Outcome<OrderView>>;
  readonly cancelPayment: (request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }) => Promise<Outcome<OrderView>>;
  readonly findOrder: (request: { readonly owner: Owner; readonly tradeNo: string; readonly freshness: 'stored' | 'fresh' }) => Promise<Outcome<OrderView>>;
  /** The newest first. */
  readonly listSelfTests: (limit: number) => Promise<readonly string[]>;
  readonly journalsOf: (tradeNo: string) => Promise<readonly { readonly seq: number; readonly at: string; readonly bizType: string; readonly step: string; readonly totalFen: number }[]>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
};

export type SetupPorts = SelfTestPorts & {
  readonly rows: SetupRows;
  readonly timeZone: string;
  readonly administrators: () => Promise<SetupFacts['administrators']>;
  readonly certificates: () => Promise<readonly ServedCertificate[]>;
  readonly adapter: () => SetupFacts['adapter'];
  readonly examination: () => Examination | undefined;
  /** The HIS's own clock; undefined: it did not answer. */
  readonly hisTime: () => Promise<Date | undefined>;
  readonly inUse: () => Promise<InUse>;
  readonly testConnection: (channel: string) => Promise<ConnectionTested>;
  readonly terminals: () => Promise<SetupFacts['terminals']>;
};

/** What the console asks. Every act is in the audit log when it resolves. */
export type SetupDesk = {
  read(): Promise<SetupView>;
  /** Leaves a step out. Refuses CONFLICT for one that is done and for the last. */
  skip(act: { readonly step: SetupStep; readonly reason: string; readonly by: string }): Promise<Outcome<SetupView>>;
  /** Takes a step up again that was left out. Refuses CONFLICT when it was not. */
  resume(act: { readonly step: SetupStep; readonly by: string }): Promise<Outcome<SetupView>>;
  /** Compares the platform's clock with the browser's and the HIS's. */
  measureClock(act: { readonly browserTime: Date; readonly by: string }): Promise<SetupView>;
  /** Refuses NO_SUCH_ITEM. */
  testConnection(act: { readonly channel: string; readonly by: string }): Promise<Outcome<ConnectionTested>>;
  /** Refuses CHANNEL_UNAVAILABLE, SELF_TEST_NOT_OFFERED, REFUND_NOT_SUPPORTED, CONFLICT (one of this channel is under way), IDEMPOTENCY_KEY_REUSED, STOPPED_FOR_SAFETY. */
  beginSelfTest(act: { readonly channel: string; readonly method: SelfTestMethod; readonly authCode?: string; readonly by: string; readonly idempotency: IdempotencyKey }): Promise<Outcome<SelfTestView>>;
  /** `fresh`: the channel is asked first. Refuses ORDER_NOT_FOUND, also for any order that is no self-test. */
  findSelfTest(request: { readonly tradeNo: string; readonly freshness: 'stored' | 'fresh' }): Promise<Outcome<SelfTestView>>;
  cancelSelfTest(act: { readonly tradeNo: string; readonly by: string }): Promise<Outcome<SelfTestView>>;
  /** 开通: refuses SETUP_INCOMPLETE while a step is neither done, looked at, nor left out; CONFLICT when it went live before. */
  goLive(act: { readonly note: string; readonly by: string }): Promise<Outcome<SetupView>>;
  /** Told when an examination of the HIS has ended, wherever it was begun. */
  examined(examination: Examination): Promise<void>;
};
