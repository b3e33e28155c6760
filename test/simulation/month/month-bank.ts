import { daysBefore } from '@hospay/plugin-sdk';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { isWorkingDay, type WorkingCalendar } from '@hospay/server/domain/working-days.js';
import { feeOf, type MonthChannel } from './month-channel.js';

/** National Day: the month's longest wait for money. */
export const CALENDAR: WorkingCalendar = { holidays: new Set(['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07']), workdays: new Set(['2026-10-10']) };
export const ACCOUNT = 'icbc-main';
/** Due on the next working day, late after one more. */
export const AFTER_WORKING_DAYS = 1;
export const LATE_WORKING_DAYS = 1;
export const payerOf = ({ id }: Pick<MonthChannel, 'id'>): string => `${id} 支付公司`;

/** What a channel pays otherwise than its statement says, by the bill day: it pays nothing for a while, or less. */
export type BankLie = { readonly kind: 'late'; readonly workingDays: number } | { readonly kind: 'short'; readonly fen: number };
export type BankLine = { readonly bankLineNo: string; readonly day: string; readonly amountFen: number; readonly payer: string; /** The bill days it is of; none for money nobody expects. */ readonly of: readonly string[] };

/**
 * The hospital's bank: on each working day every channel pays what its statements of the days before said, in one line, and the bank tells of it the same morning. Money of others comes too.
 */
export class MonthBank {
  readonly lies = new Map<string, BankLie>();
  readonly lines: BankLine[] = [];
  readonly #channels: readonly MonthChannel[];
  readonly #store: SqliteMoneyStore;
  readonly #unpaid = new Map<string, string[]>();
  /** How many more working days a channel pays nothing. */
  readonly #waits = new Map<string, number>();

  constructor(channels: readonly MonthChannel[], store: SqliteMoneyStore) {
    this.#channels = channels;
    this.#store = store;
  }

  /** What the channel owes of a day by its own statement. */
  static net(channel: MonthChannel, day: string): number {
    const lines = channel.linesOf(day);
    return lines.filter(({ status }) => status !== 'FAIL').reduce((sum, { kind, amountFen }) => sum + (kind === 'payment' ? amountFen : -amountFen), 0) - feeOf(lines);
  }

  /** The morning of a day: the day before is owed, and on a working day what is owed is paid. */
  async open(day: string, now: Date): Promise<void> {
    const yesterday = daysBefore(day);
    for (const channel of this.#channels) {
      if (channel.linesOf(yesterday).length > 0) this.#unpaid.set(channel.id, [...(this.#unpaid.get(channel.id) ?? []), yesterday]);
      const lie = this.lies.get(`${channel.id} ${yesterday}`);
      if (lie?.kind === 'late') this.#waits.set(channel.id, lie.workingDays);
      if (isWorkingDay(day, CALENDAR)) await this.#pay(channel, day, now);
    }
  }
  get isEven(): boolean {
    return [...this.#unpaid.values()].every((days) => days.length === 0);
  }
  /** Money nobody expects: of a channel, or of a company. */
  strange(day: string, amountFen: number, payer: string, now: Date): Promise<BankLine> {
    return this.#write({ day, amountFen, payer, of: [] }, now);
  }

  async #pay(channel: MonthChannel, day: string, now: Date): Promise<void> {
    const waits = this.#waits.get(channel.id) ?? 0;
    if (waits > 0) {
      this.#waits.set(channel.id, waits - 1);
      return;
    }
    const days = this.#unpaid.get(channel.id) ?? [];
    const amountFen = days.reduce((sum, one) => sum + MonthBank.net(channel, one) - this.#shortFen(`${channel.id} ${one}`), 0);
    // Nothing to pay, or the channel holds it against a later day.
    if (amountFen <= 0) return;
    this.#unpaid.set(channel.id, []);
    await this.#write({ day, amountFen, payer: payerOf(channel), of: days }, now);
  }
  #shortFen(key: string): number {
    const lie = this.lies.get(key);
    return lie?.kind === 'short' ? lie.fen : 0;
  }
  async #write(line: Omit<BankLine, 'bankLineNo'>, now: Date): Promise<BankLine> {
    const written = { bankLineNo: `${line.day}-${String(this.lines.length + 1).padStart(4, '0')}`, ...line };
    this.lines.push(written);
    await this.#store.payoutsOf('demo').statements.keepLines({
      lines: [{ account: ACCOUNT, bankLineNo: written.bankLineNo, day: line.day, direction: 'in', amountFen: line.amountFen, balanceFen: undefined, at: `${line.day}T08:30:00+08:00`, counterpartyLabel: line.payer, counterpartyTail: '', summary: '来账', instructionNo: undefined, isReturn: false }],
      fileSha256: 'f'.repeat(64), now,
    });
    return written;
  }
}
