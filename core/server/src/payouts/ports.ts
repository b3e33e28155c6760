/** What payouts (付款) and bank statements need from outside, and what the console and the clock ask of them. */
import type { Payee } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { BankLine } from '../domain/bank-line.js';
import type { BankReceipt, KeptDocument, LineName } from '../domain/bank-receipt.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome, Refused } from '../domain/errors.js';
import type { BankLinks } from '../domain/guests.js';
import type { TransferKind } from '../domain/hand-transfer.js';
import type { Log } from '../domain/log.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { BankStatementRecord, BankStatementStore, PayoutStore } from '../domain/payout-store.js';
import type { PayoutPolicy } from '../domain/payout.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { PayoutView } from './payout-view.js';
import type { ReceiptView } from './receipt-view.js';

/** An account of the hospital. Its id stands in ledger, screens and log; its number goes to the bank link only. */
export type HospitalAccount = { readonly id: string; readonly title: string; readonly accountNo: string; readonly accountName: string; readonly bankName: string; readonly bankNo?: string | undefined };

/** Keeps whole payees so that a copy of the database tells nobody an account number. `place` is bound in: a sealed payee moved to another payout does not open. */
export type PayeeVault = {
  seal(payee: Payee, place: string): string;
  /** Undefined when it was altered, moved, or sealed with another key. */
  open(sealed: string, place: string): Payee | undefined;
  /** The same for the same payee; without the key nobody can try guesses against it. */
  fingerprint(payee: Payee): string;
};

/** Keeps statement files as the bank gave them, encrypted: they name accounts of patients. */
export type StatementArchive = { keep(file: { readonly day: string; readonly name: string; readonly bytes: Uint8Array }): Promise<string> };

export type PayoutPorts = {
  readonly hospitalId: string;
  readonly store: Pick<MoneyStore, 'putBackJob'>;
  readonly payouts: PayoutStore;
  readonly statements: BankStatementStore;
  readonly links: BankLinks;
  readonly accounts: readonly HospitalAccount[];
  readonly vault: PayeeVault;
  readonly archive: StatementArchive;
  readonly policy: PayoutPolicy;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export type ReceiptStore = {
  find(subject: string): Promise<BankReceipt | undefined>;
  /** Paid payouts of these accounts, and lines somebody asked about, whose receipt is to be asked for now, the longest waiting first. */
  due(request: { readonly accounts: readonly string[]; readonly now: Date; readonly limit: number }): Promise<readonly string[]>;
  list(subjects: readonly string[]): Promise<readonly BankReceipt[]>;
  /** The line of the statement by which it was paid. */
  lineOf(payoutNo: string): Promise<{ readonly bankLineNo: string; readonly day: string } | undefined>;
  /** What somebody paid in. */
  arrivedLine(name: LineName): Promise<{ readonly day: string; readonly amountFen: number; readonly at: string } | undefined>;
  /** Decides over the row as it is then; one that is kept stays, and is answered. `isOthers`: this document is the receipt of another movement. */
  record(request: { readonly subject: string; readonly account: string; readonly decide: (before: BankReceipt | undefined, beside: { readonly isOthers: (document: KeptDocument) => boolean }) => BankReceipt }): Promise<BankReceipt>;
};

/** Keeps receipts encrypted, under the SHA-256 of what they say: they name payees whole. */
export type ReceiptFiles = { keep(bytes: Uint8Array): Promise<string>; /** Undefined: not there, or not what it was. */ open(sha256: string): Promise<Uint8Array | undefined> };

export type ReceiptPorts = Pick<PayoutPorts, 'links' | 'accounts' | 'clock' | 'audit'> & { readonly payouts: Pick<PayoutStore, 'find'>; readonly receipts: ReceiptStore; readonly files: ReceiptFiles };

export type ReceiptDesk = {
  listReceipts(request: { readonly subjects: readonly string[] }): Promise<readonly ReceiptView[]>;
  /** Ids of the accounts whose bank link fetches receipts now. */
  accountsWithReceipts(): readonly string[];
  /** Asked for once, now, also when it was given up. Of a line that came in: from then on patiently, like that of a payout. */
  fetchNow(request: { readonly subject: string; readonly by: string }): Promise<Outcome<ReceiptView>>;
  /** What the clock calls: receipts that are due. Tells what it did in one line. */
  fetchDue(): Promise<Bilingual>;
  openReceipt(request: { readonly subject: string; readonly by: string }): Promise<Outcome<Omit<KeptDocument, 'bytes'> & { readonly bytes: Uint8Array }>>;
};

export type DebtProposal = { readonly kind: TransferKind; readonly subject: string; readonly amountFen: number; readonly payee: { readonly accountName: string; readonly accountNo: string; readonly bankName: string; readonly bankNo?: string | undefined } };
/** What became of one of several. */
export type PayoutResult = { readonly subject: string; readonly payout?: PayoutView; readonly refused?: Refused };

export type PayoutDesk = {
  /** The hospital's accounts, masked, with whether a bank link holds each now. */
  listAccounts(): readonly { readonly id: string; readonly title: string; readonly bankName: string; readonly tail: string; readonly hasLink: boolean }[];
  listPayouts(request: { readonly limit: number }): Promise<readonly PayoutView[]>;
  findPayout(request: { readonly payoutNo: string }): Promise<Outcome<PayoutView>>;
  /** The payout that was asked for under a request key. */
  findByKey(requestKey: string): Promise<PayoutView | undefined>;
  /** Debts of the due list, each whole; each is proposed or refused for itself. */
  proposePayouts(request: { readonly fromAccount: string; readonly debts: readonly DebtProposal[]; readonly by: string }): Promise<Outcome<readonly PayoutResult[]>>;
  /** Money to another account of the hospital. The same `requestKey` again is the same payout. */
  proposeSettlement(request: { readonly requestKey: string; readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number; readonly purpose: string; readonly by: string }): Promise<Outcome<PayoutView>>;
  /** Each bound to the hash of what was shown; each is decided or refused for itself. */
  decidePayouts(request: { readonly payouts: readonly { readonly payoutNo: string; readonly hash: string }[]; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<readonly PayoutResult[]>;
  /** 确认未付: the bank never had it, no statement has it, its day is closed. Not by the person who proposed it. */
  giveUpPayout(request: { readonly payoutNo: string; readonly hash: string; readonly reason: string; readonly by: string }): Promise<Outcome<PayoutView>>;
  listStatements(range: { readonly from: string; readonly to: string }): Promise<readonly BankStatementRecord[]>;
  listLines(of: { readonly account?: string | undefined; readonly day: string }): Promise<readonly BankLine[]>;
  /** Reads a closed day of every account again; repeating it is harmless. */
  importDay(request: { readonly day: string; readonly by: string }): Promise<Outcome<readonly BankStatementRecord[]>>;
  /** What the clock calls: closed days that were not read. Tells what it did in one line. */
  importDue(): Promise<Bilingual>;
};
