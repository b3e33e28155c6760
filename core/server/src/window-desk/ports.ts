/** What the work of a shift at a window needs from outside: card terminals are kept in order, change money is counted in, tills are compared with the ledger. */
import type { CardTerminalOperation } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { CaseBook } from '../domain/case-book.js';
import type { WindowDesks } from '../domain/guests.js';
import type { Log } from '../domain/log.js';
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

/** What the ledger says of one channel's cash on one day. */
export type CashOfDay = {
  readonly channel: string;
  readonly merchantNos: readonly string[];
  readonly takenIn: { readonly count: number; readonly amountFen: number };
  readonly paidOut: { readonly count: number; readonly amountFen: number };
};
export type CashLedger = {
  /** Final postings on account 1001 under this day's clear key; and per channel how many cash payments and refunds have no end yet, of any day. */
  cashOfDay(day: string): { readonly channels: readonly CashOfDay[]; readonly inFlight: ReadonlyMap<string, number> };
};

export type WindowDeskPorts = {
  readonly desks: WindowDesks;
  readonly rows: WindowDeskRows;
  readonly ledger: CashLedger;
  readonly cases: CaseBook;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};
