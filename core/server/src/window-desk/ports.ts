/** What the work of a shift at a window needs from outside: card terminals are kept in order, change money is counted in, tills are compared with the ledger. */
import type { CardTerminalOperation, TillDay } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { CaseBook } from '../domain/case-book.js';
import type { Outcome } from '../domain/errors.js';
import type { WindowDesks } from '../domain/guests.js';
import type { Log } from '../domain/log.js';
import type { ShiftStore } from '../domain/shift-store.js';
import type { Clock, RandomSource, Timers } from '../domain/time.js';

/** `running`: the terminal has not answered yet. `unknown`: it will not any more, and may have done it. The rest is certain. */
export const CARD_TERMINAL_STATES = ['running', 'done', 'refused', 'notSent', 'unknown'] as const;
export type CardTerminalState = (typeof CARD_TERMINAL_STATES)[number];

/** `requested`: written down, not answered. `unknown`: asked without an answer; the same key asks again and counts once. */
export const TILL_OPENING_STATES = ['requested', 'opened', 'contradicts', 'unknown'] as const;
export type TillOpeningState = (typeof TILL_OPENING_STATES)[number];

/** The same key from the same asker means the same piece of work, for ever. */
export type AskedKey = { readonly tenant: string; readonly key: string };

/** Who asks: `terminal/window-1`, `li.admin` at the console, `task/settle-card-terminals`. `operatorId`: the person at a window, as the window names him. */
export type Asker = { readonly by: string; readonly operatorId?: string };

/** One operation at a card terminal, written down before the terminal hears of it. */
export type CardTerminalRecord = {
  readonly operationNo: string;
  readonly channel: string;
  readonly terminalId: string;
  readonly operation: CardTerminalOperation;
  readonly state: CardTerminalState;
  /** The terminal's own code of a refusal. */
  readonly code: string | undefined;
  readonly message: string;
  readonly askedBy: string;
  readonly operatorId: string | undefined;
  readonly askedAt: Date;
  readonly endedAt: Date | undefined;
};

/** Change money (备用金) for a till. Its number and time are fixed here, whatever is repeated: the book counts it once, on one day. */
export type TillOpening = {
  readonly openingNo: string;
  readonly channel: string;
  readonly tillNo: string;
  readonly amountFen: number;
  readonly state: TillOpeningState;
  readonly message: string;
  readonly askedBy: string;
  readonly operatorId: string | undefined;
  readonly openedAt: Date;
};

/** Rows of the window desk; the platform database implements it. */
export type WindowDeskRows = {
  /** Writes the intent down. Gives the row that stands under this key: the new one, or the earlier one, whatever it is about. */
  addOperation(record: CardTerminalRecord, asked: AskedKey): Promise<{ readonly kind: 'added' | 'known'; readonly record: CardTerminalRecord }>;
  /** Ends a running operation. An end that is written is never changed: the record that stands is given. */
  endOperation(operationNo: string, end: Pick<CardTerminalRecord, 'state' | 'code' | 'message'>, at: Date): Promise<CardTerminalRecord | undefined>;
  findOperation(operationNo: string): Promise<CardTerminalRecord | undefined>;
  /** Newest first. */
  listOperations(limit: number): Promise<readonly CardTerminalRecord[]>;
  /** The newest operation of each terminal. */
  latestOperations(): Promise<readonly CardTerminalRecord[]>;
  /** At start: what a process that is gone had begun has no answer. Returns how many. */
  endInterrupted(message: string, at: Date): Promise<number>;
  addOpening(opening: TillOpening, asked: AskedKey): Promise<{ readonly kind: 'added' | 'known'; readonly opening: TillOpening }>;
  /** A certain end stands; only `requested` and `unknown` are replaced. */
  answerOpening(openingNo: string, answer: Pick<TillOpening, 'state' | 'message'>): Promise<TillOpening | undefined>;
  /** Openings between two times, oldest first. */
  listOpenings(from: Date, until: Date): Promise<readonly TillOpening[]>;
};

/** An operation at a card terminal as people are shown it, with what they do next. */
export type CardTerminalOperationView = {
  readonly operationNo: string;
  readonly channel: string;
  readonly terminalId: string;
  readonly operation: CardTerminalOperation;
  readonly state: CardTerminalState;
  readonly code?: string;
  readonly message: string;
  readonly nextZh: string;
  readonly nextEn: string;
  readonly askedBy: string;
  readonly operatorId?: string;
  readonly askedAt: string;
  readonly endedAt?: string;
};

export type CardTerminalList = {
  readonly terminals: readonly { readonly channel: string; readonly terminalId: string; readonly last: CardTerminalRecord | undefined }[];
  /** Newest first. */
  readonly operations: readonly CardTerminalRecord[];
};

export type OpenTillRequest = {
  /** `operator:<id>` where a person stands, `terminal:<id>` for a machine: as a cash payment is counted. */
  readonly tillNo: string;
  readonly amountFen: number;
  /** Needed only where several channels count cash. */
  readonly channel?: string;
  readonly asker: Asker;
  readonly asked: AskedKey;
};

export type CountedSum = { readonly count: number; readonly amountFen: number };

/** What the ledger says of one channel's cash on one day. */
export type CashOfDay = {
  readonly channel: string;
  readonly merchantNos: readonly string[];
  readonly takenIn: CountedSum;
  readonly paidOut: CountedSum;
};
export type CashLedger = {
  /** Final postings on account 1001 under this day's clear key; and per channel how many cash payments and refunds have no end yet, of any day. */
  cashOfDay(day: string): { readonly channels: readonly CashOfDay[]; readonly inFlight: ReadonlyMap<string, number> };
};

/**
 * `same`: book and ledger say the same. `differs`: they do not, and nothing is on its way. `inFlight`: cash of this channel is being taken or paid out at this moment. `noBook`: the till book does
 * not answer. `bookGone`: the day is older than what a till book keeps.
 */
export const CASH_COMPARISON_STATES = ['same', 'differs', 'inFlight', 'noBook', 'bookGone'] as const;
export type CashComparisonState = (typeof CASH_COMPARISON_STATES)[number];

export type CashComparison = {
  readonly channel: string;
  readonly merchantNos: readonly string[];
  readonly state: CashComparisonState;
  /** What all tills of the channel say together; absent when the book does not answer. */
  readonly book: { readonly takenIn: CountedSum; readonly paidOut: CountedSum } | undefined;
  /** What account 1001 says. */
  readonly ledger: { readonly takenIn: CountedSum; readonly paidOut: CountedSum };
  /** Book − ledger, of what is left in the tills. Two differences that cancel out still differ. */
  readonly differenceFen: number | undefined;
};

export type TillOfDay = TillDay & { readonly channel: string };
export type TillDays = {
  readonly day: string;
  readonly tills: readonly TillOfDay[];
  readonly comparisons: readonly CashComparison[];
  /** Change money of this day whose counting has no certain end. */
  readonly unclearOpenings: readonly TillOpening[];
};

/** One till on one day, in every channel that counts cash. */
export type OwnTills = { readonly day: string; readonly tills: readonly TillOfDay[] };

/** What terminals, console and tasks call. */
export type WindowDesk = {
  operateCardTerminal(request: { readonly terminalId: string; readonly channel?: string; readonly operation: CardTerminalOperation; readonly asker: Asker; readonly asked: AskedKey }): Promise<Outcome<CardTerminalOperationView>>;
  /** `terminalId`: only an operation at this card terminal exists for the asker. */
  findCardTerminalOperation(request: { readonly operationNo: string; readonly terminalId?: string }): Promise<Outcome<CardTerminalOperationView>>;
  listCardTerminals(): Promise<CardTerminalList>;
  openTill(request: OpenTillRequest): Promise<Outcome<TillOpening>>;
  readOwnTills(request: { readonly day: string; readonly tillNo: string }): Promise<Outcome<OwnTills>>;
  readTillDays(request: { readonly day: string }): Promise<TillDays>;
  /** Where change money can be counted in now. */
  cashChannels(): readonly string[];
  settleCardTerminals(): Promise<Bilingual>;
  compareTills(): Promise<Bilingual>;
  /** At start: an operation that a process before had begun can get no answer any more. Returns how many. */
  endInterrupted(): Promise<number>;
};

export type WindowDeskPorts = {
  readonly desks: WindowDesks;
  readonly rows: WindowDeskRows;
  readonly ledger: CashLedger;
  /** Change money that was counted in belongs to the shift that is open then. */
  readonly shifts: Pick<ShiftStore, 'addChangeMoney'>;
  readonly cases: CaseBook;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};
