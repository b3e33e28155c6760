import { daysBefore } from '@hospay/plugin-sdk';
import { learnBankLine, type BankLine, type LineMeaning } from '../../../domain/bank-line.js';
import { type Bilingual, yuanOf } from '../../../domain/bilingual.js';
import { heard } from '../../../domain/own-words.js';
import type { BankStatementRecord, BankStatementStore, NewBankLine } from '../../../domain/payout-store.js';
import type { GroupCommit } from './group-commit.js';
import { bankLineFromRow, bankStatementFromRow } from './payout-rows.js';
import type { SqlitePayoutStore } from './sqlite-payout-store.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly payouts: SqlitePayoutStore; readonly shared: Pick<SharedRows, 'saveCase' | 'resolveCase'>; readonly hospitalId: string };

/** Bank statements in the money database: each line once, together with what it does to its payout. */
export class SqliteBankStatementStore implements BankStatementStore {
  readonly #parts: Parts;
  readonly #sql: Statements;
  readonly #hospitalId: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sql = parts.sql;
    this.#hospitalId = parts.hospitalId;
  }

  keepLines({ lines, fileSha256, now }: Parameters<BankStatementStore['keepLines']>[0]): Promise<number> {
    return this.#parts.commits.write(() => {
      let kept = 0;
      for (const line of lines) {
        const row = this.#sql.get('SELECT * FROM bank_line WHERE hospital_id = ? AND account = ? AND bank_line_no = ?', this.#hospitalId, line.account, line.bankLineNo);
        if (row === undefined) {
          this.#keep(line, fileSha256, now);
          kept += 1;
        } else if (!isSameMovement(bankLineFromRow(row), line)) {
          const detail = {
            zh: `账户 ${line.account} 的银行流水 ${line.bankLineNo} 与先前读取的不同，以先前的为准。请向银行核对应以哪次为准`,
            en: `line ${line.bankLineNo} of ${line.account} is not what it was when it was read before; the first stands. Ask the bank which is right`,
          };
          this.#parts.shared.saveCase({ kind: 'bankStatementUnusable', subject: `${line.account}/${line.day}`, severity: 2, detail }, undefined, now);
        }
      }
      return kept;
    });
  }

  recordStatement({ account, day, outcome, reason, fileSha256, openingFen, closingFen, lines, at }: BankStatementRecord): Promise<void> {
    return this.#parts.commits.write(() => {
      const known = this.#newest(account, day);
      const subject = `${account}/${day}`;
      if (outcome === 'imported') this.#parts.shared.resolveCase('bankStatementUnusable', subject, new Date(at));
      // The same again changes nothing, and a day that was read is not unread by a bank that does not answer later.
      const isKnown = known !== undefined && known.outcome === outcome && known.reason === reason && known.fileSha256 === fileSha256 && known.openingFen === openingFen && known.closingFen === closingFen;
      if (isKnown || (known?.outcome === 'imported' && outcome !== 'imported')) return;
      this.#sql.insert('bank_statement', { hospital_id: this.#hospitalId, account, day, outcome, reason: reason.slice(0, 500), file_sha256: fileSha256 ?? null, opening_fen: openingFen ?? null, closing_fen: closingFen ?? null, lines, at });
      if (outcome === 'imported') this.#connect(account, day, new Date(at));
      if (outcome !== 'unusable') return;
      const said = heard(reason);
      const detail = { zh: `账户 ${account} ${day} 的银行对账单不可用：${said.zh}。未采用其中任何流水；请向银行重新索取`, en: `the statement of ${account} of ${day} cannot be used: ${said.en}. Nothing of it was read; ask the bank for it again` };
      this.#parts.shared.saveCase({ kind: 'bankStatementUnusable', subject, severity: 2, detail }, undefined, new Date(at));
    });
  }

  callForStatement({ account, day, reason, now }: Parameters<BankStatementStore['callForStatement']>[0]): Promise<void> {
    return this.#parts.commits.write(() => {
      const said = heard(reason);
      const detail = { zh: `银行没有给出账户 ${account} ${day} 的对账单：${said.zh}。请向银行查询；当日结果未知的付款要等它才能确认`, en: `the bank gives no statement of ${account} of ${day}: ${said.en}. Ask the bank; unknown payouts of that day wait for it` };
      this.#parts.shared.saveCase({ kind: 'bankStatementUnusable', subject: `${account}/${day}`, severity: 2, detail }, undefined, now);
    });
  }

  listStatements({ from, to }: { readonly from: string; readonly to: string }): Promise<readonly BankStatementRecord[]> {
    const rows = this.#sql.all('SELECT s.* FROM bank_statement s WHERE s.hospital_id = ? AND s.day >= ? AND s.day <= ? AND s.seq = (SELECT max(n.seq) FROM bank_statement n WHERE n.hospital_id = s.hospital_id AND n.account = s.account AND n.day = s.day) ORDER BY s.day DESC, s.account', this.#hospitalId, from, to);
    return Promise.resolve(rows.map(bankStatementFromRow));
  }
  listLines({ account, day }: Parameters<BankStatementStore['listLines']>[0]): Promise<readonly BankLine[]> {
    return Promise.resolve(this.#sql.all('SELECT * FROM bank_line WHERE hospital_id = ? AND day = ? AND (?3 IS NULL OR account = ?3) ORDER BY account, at, id LIMIT 2000', this.#hospitalId, day, account ?? null).map(bankLineFromRow));
  }

  #keep(line: NewBankLine, fileSha256: string, now: Date): void {
    const { account, bankLineNo, instructionNo } = line;
    const id = `line/${account}/${bankLineNo}`;
    const source = `bank/${account}`;
    const learned = instructionNo === undefined ? undefined : this.#parts.payouts.changeInside<LineMeaning>(
      { payoutNo: instructionNo, cause: { kind: 'statement', id }, now, fact: { kind: 'bankLine', source, sourceId: id, body: { direction: line.direction, amountFen: line.amountFen, at: line.at, isReturn: line.isReturn, fileSha256 } } },
      (change) => learnBankLine(change, account, line),
    );
    const meaning: LineMeaning = learned?.kind === 'changed' ? learned.result : 'nobodys';
    this.#sql.insert('bank_line', {
      hospital_id: this.#hospitalId, account, bank_line_no: bankLineNo, day: line.day, direction: line.direction, amount_fen: line.amountFen, balance_fen: line.balanceFen ?? null, at: line.at, counterparty_label: line.counterpartyLabel,
      counterparty_tail: line.counterpartyTail, summary: line.summary, instruction_no: instructionNo ?? null, is_return: line.isReturn ? 1 : 0, payout_no: meaning === 'nobodys' ? null : (instructionNo ?? null), meaning, file_sha256: fileSha256, kept_at: now.toISOString(),
    });
  }
  /** The account began the day with what it ended the one before, or something moved that no statement shows: beside the statements before and after the one just read. */
  #connect(account: string, day: string, now: Date): void {
    const [before, own, after] = [this.#neighbour(account, day, 'before'), this.#newest(account, day), this.#neighbour(account, day, 'after')];
    for (const [earlier, later] of [[before, own], [own, after]] as const) {
      if (earlier === undefined || later === undefined) continue;
      const subject = `${account}/${later.day}`;
      const movedFen = (later.openingFen ?? 0) - (earlier.closingFen ?? 0);
      if (movedFen === 0) {
        this.#parts.shared.resolveCase('bankStatementGap', subject, now);
        continue;
      }
      const [closing, opening, moved] = [yuanOf(earlier.closingFen ?? 0), yuanOf(later.openingFen ?? 0), yuanOf(movedFen)];
      const between: Bilingual = daysBefore(later.day) === earlier.day
        ? { zh: '两份对账单之一缺少流水，请向银行重新索取两日的对账单', en: 'Lines of one of the two are missing: ask the bank for both again' }
        : { zh: `请读取 ${daysBefore(earlier.day, -1)} 至 ${daysBefore(later.day)} 的对账单`, en: `Read the days from ${daysBefore(earlier.day, -1)} to ${daysBefore(later.day)}` };
      const detail = {
        zh: `账户 ${account} ${earlier.day} 期末余额 ${closing} 元，${later.day} 期初余额 ${opening} 元，其间 ${moved} 元的流水未见于任何对账单。${between.zh}`,
        en: `${account} ended ${earlier.day} with ${closing} yuan and began ${later.day} with ${opening} yuan: ${moved} yuan moved that no statement shows. ${between.en}`,
      };
      this.#parts.shared.saveCase({ kind: 'bankStatementGap', subject, severity: 2, detail }, undefined, now);
    }
  }
  #neighbour(account: string, day: string, side: 'before' | 'after'): BankStatementRecord | undefined {
    const nearest = side === 'before' ? 'day < ? ORDER BY day DESC, seq DESC' : 'day > ? ORDER BY day, seq DESC';
    const row = this.#sql.get(`SELECT * FROM bank_statement WHERE hospital_id = ? AND account = ? AND outcome = 'imported' AND ${nearest} LIMIT 1`, this.#hospitalId, account, day);
    return row === undefined ? undefined : bankStatementFromRow(row);
  }
  #newest(account: string, day: string): BankStatementRecord | undefined {
    const row = this.#sql.get('SELECT * FROM bank_statement WHERE hospital_id = ? AND account = ? AND day = ? ORDER BY seq DESC LIMIT 1', this.#hospitalId, account, day);
    return row === undefined ? undefined : bankStatementFromRow(row);
  }
}

function isSameMovement(one: NewBankLine, other: NewBankLine): boolean {
  return one.direction === other.direction && one.amountFen === other.amountFen && one.instructionNo === other.instructionNo && one.isReturn === other.isReturn && one.at === other.at;
}
