import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { ARRIVAL_KINDS, caseOfOverdue, caseOfUnexpected, DEPOSITS, differenceOf, entriesOfArrival, foreignMoney, isForeign, type Arrival, type ArrivalRequest, type ArrivalResult, type ArrivalRule, type ArrivalStore, type ArrivedLine, type ExpectedArrival, type MoneyPlace } from '../../../domain/arrival.js';
import type { Bilingual } from '../../../domain/bilingual.js';
import { inTransit } from '../../../domain/cash-postings.js';
import { accountCode, CHART, type AccountName } from '../../../domain/ledger.js';
import { longOfStatements, shortOfStatements } from '../../../domain/reconciliation-postings.js';
import type { GroupCommit } from './group-commit.js';
import type { LedgerWriter } from './ledger-writer.js';
import { clearBalanceOf, ownEntries } from './reconciliation-ledger.js';
import { number, text, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly ledger: LedgerWriter; readonly shared: Pick<SharedRows, 'saveCase' | 'resolveCase'>; readonly hospitalId: string };

const TO_BANK = "SELECT a.name, c.clear_key, c.net_fen, c.opened_at FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE c.net_fen <> 0 AND";

/** Came in, and is neither of a payout nor a return. */
const UNEXPLAINED = "meaning = 'nobodys' AND direction = 'in' AND is_return = 0";

/** Other systems may have thousands of rows a day; what did not come within this is asked about by nobody here. */
const FOREIGN_LOOKS_BACK_DAYS = 40;

/** 到账 in the money database: both halves are read, posted and closed in one transaction. */
export class SqliteArrivalStore implements ArrivalStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  listExpected({ rule, before }: Parameters<ArrivalStore['listExpected']>[0]): Promise<readonly ExpectedArrival[]> {
    return Promise.resolve(this.#expected(rule, daysBefore(before, FOREIGN_LOOKS_BACK_DAYS)).filter(({ day }) => day < before));
  }
  listLines({ account, from }: Parameters<ArrivalStore['listLines']>[0]): Promise<readonly ArrivedLine[]> {
    return Promise.resolve(this.#lines(account, from));
  }
  listArrivals(limit: number): Promise<readonly Arrival[]> {
    return Promise.resolve(this.#parts.sql.all('SELECT * FROM arrival WHERE hospital_id = ? ORDER BY seq DESC LIMIT ?', this.#parts.hospitalId, limit).map(arrivalFromRow));
  }

  post(request: ArrivalRequest): Promise<ArrivalResult> {
    return this.#parts.commits.write<ArrivalResult>(() => {
      const { kind, rule, by, reason, now } = request;
      const expected = this.#expected(rule, daysBefore(beijingDay(now), FOREIGN_LOOKS_BACK_DAYS));
      const days = request.days.map(({ key, amountFen }) => expected.find((day) => day.key === key && day.amountFen === amountFen) ?? key);
      const lines = request.lines.map(({ bankLineNo, amountFen }) => {
        const line = this.#line(rule.account, bankLineNo);
        return line?.amountFen === amountFen ? line : bankLineNo;
      });
      const gone = [...days, ...lines].find((one) => typeof one === 'string');
      if (gone !== undefined) return { kind: 'changed', what: gone };
      const found = { lines: lines.filter((line) => typeof line !== 'string'), days: days.filter((day) => typeof day !== 'string') };
      if (kind === 'matched' && differenceOf(found) !== 0) return { kind: 'changed', what: rule.source };
      // What hangs already is not hung a second time.
      const half = kind === 'overdue' ? { lines: [], days: found.days.map((day) => withoutHung(rule, day)) } : found;
      return { kind: 'posted', arrival: this.#write({ kind, source: rule.source, account: rule.account, lines: half.lines.map(asKept), days: half.days.map(asOwed), by, reason, at: now.toISOString() }, now) };
    });
  }

  #write(made: Omit<Arrival, 'arrivalNo'>, now: Date): Arrival {
    const { sql, ledger, shared, hospitalId } = this.#parts;
    const { source, lines, days, by } = made;
    const count = sql.get('SELECT count(*) AS n FROM arrival');
    const arrivalNo = `DZ${String((count === undefined ? 0 : number(count, 'n')) + 1).padStart(8, '0')}`;
    sql.insert('arrival', { arrival_no: arrivalNo, hospital_id: hospitalId, kind: made.kind, source, account: made.account, lines: JSON.stringify(lines), days: JSON.stringify(days), by_login: by, reason: made.reason, at: made.at });
    for (const { account, bankLineNo, isHung } of lines) if (!isHung) sql.insert('arrival_line', { hospital_id: hospitalId, account, bank_line_no: bankLineNo, arrival_no: arrivalNo, source });
    for (const { key, places } of days) for (const place of places) if (isForeign(place)) sql.insert('arrival_foreign', { arrival_no: arrivalNo, source, day: key, amount_fen: place.netFen });
    const cause = by !== '' ? { kind: 'operator', id: `arrival/${arrivalNo}` } as const : lines[0] === undefined ? { kind: 'timer', id: `arrival/${arrivalNo}` } as const : { kind: 'statement', id: `line/${lines[0].account}/${lines[0].bankLineNo}` } as const;
    ledger.post({ bizType: 'arrival', bizId: arrivalNo, step: made.kind, entries: entriesOfArrival(made) }, { tradeNo: '', cause, at: made.at });
    for (const { kind, subject } of [...days.map(caseOfOverdue), ...lines.map(caseOfUnexpected)]) {
      const hangs = [longOfStatements(source), shortOfStatements(source)].some((account) => clearBalanceOf(sql, account, `${kind}/${subject}`) !== 0);
      if (!hangs) shared.resolveCase(kind, subject, now);
      else shared.saveCase({ kind, subject, severity: 2, detail: kind === 'arrivalShort' ? overdueDetail(made, subject.slice(source.length + 1)) : unexpectedDetail(made) }, undefined, now);
    }
    return { arrivalNo, ...made };
  }

  #expected(rule: ArrivalRule, foreignFrom: string): ExpectedArrival[] {
    const { sql } = this.#parts;
    const hung = sql.all(`${TO_BANK} a.name IN (?, ?) AND c.clear_key LIKE ?`, shortOfStatements(rule.source), longOfStatements(rule.source), `arrivalShort/${rule.source}/%`);
    const places = [...this.#onTheWay(rule).map((row) => ({ key: text(row, 'clear_key'), row })), ...hung.map((row) => ({ key: text(row, 'clear_key').slice(`arrivalShort/${rule.source}/`.length), row }))].map(({ key, row }) => ({ key, openedAt: text(row, 'opened_at'), place: placeFrom(row) }));
    if (rule.source !== DEPOSITS) places.push(...this.#parked(rule.source), ...this.#foreign(rule.source, foreignFrom));
    return [...Map.groupBy(places, ({ key }) => key)].map(([key, parts]): ExpectedArrival => {
      const at = summed(parts.map(({ place }) => place));
      const opened = parts.map(({ openedAt }) => openedAt).toSorted()[0] ?? '';
      return {
        source: rule.source, key, day: rule.source === DEPOSITS ? beijingDay(opened) : key, amountFen: at.reduce((sum, { netFen }) => sum + netFen, 0), places: at, isHung: at.every((place) => isSuspense(rule, place)), isFinal: rule.source === DEPOSITS || this.#isCompared(rule.source, key),
      };
    }).filter(({ places: left }) => left.length > 0).toSorted((one, other) => (one.day < other.day || (one.day === other.day && one.key < other.key) ? -1 : 1));
  }

  #onTheWay({ source, channels }: ArrivalRule): Row[] {
    const { sql, hospitalId } = this.#parts;
    if (source === DEPOSITS) return sql.all(`${TO_BANK} a.name = ?`, inTransit(hospitalId));
    return channels.flatMap((channel) => sql.all(`${TO_BANK} a.code IN ('1121', '1131') AND substr(a.name, 6, length(?1)) = ?1 AND length(c.clear_key) = 10 ORDER BY a.name`, `${channel}/`));
  }

  /** Ours, and in no statement yet: it comes with a later day's money, or not at all. */
  #parked(source: string): PlaceOfDay[] {
    const { sql } = this.#parts;
    return sql.all("SELECT kind, key FROM reconciliation_difference WHERE comparison = 'channel' AND source = ? AND class = 'crossDayOurs' AND settled_at IS NULL", source)
      .flatMap((row) => ownEntries(sql, text(row, 'kind') === 'refund' ? 'refund' : 'payment', text(row, 'key')).map(({ account, side, amountFen, clearKey }) => ({ key: clearKey, openedAt: '', place: { account, clearKey, netFen: side === 'debit' ? -amountFen : amountFen } })));
  }

  /** Rows of other systems in a day's statement that no arrival has had yet. */
  #foreign(source: string, from: string): PlaceOfDay[] {
    const { sql, hospitalId } = this.#parts;
    const rows = sql.all(`SELECT d.day, sum(CASE d.kind WHEN 'refund' THEN -d.their_fen ELSE d.their_fen END) - coalesce((SELECT sum(f.amount_fen) FROM arrival_foreign f WHERE f.source = d.source AND f.day = d.day), 0) AS fen
      FROM reconciliation_difference d WHERE d.comparison = 'channel' AND d.source = ? AND d.day >= ? AND d.class = 'foreign' AND (d.settled_at IS NULL OR d.settled_how <> 'rerun') GROUP BY d.day HAVING fen <> 0`, source, from);
    return rows.map((row) => ({ key: text(row, 'day'), openedAt: '', place: foreignMoney(hospitalId, number(row, 'fen')) }));
  }

  /** A source that was never compared gives no statements: nothing is waited for. */
  #isCompared(source: string, day: string): boolean {
    const { sql } = this.#parts;
    const latest = sql.get("SELECT outcome FROM reconciliation_run WHERE comparison = 'channel' AND source = ? AND day = ? ORDER BY id DESC LIMIT 1", source, day);
    if (latest !== undefined) return text(latest, 'outcome') === 'compared';
    return sql.get("SELECT 1 AS n FROM reconciliation_run WHERE comparison = 'channel' AND source = ? LIMIT 1", source) === undefined;
  }

  #lines(account: string, from: string): ArrivedLine[] {
    const { sql, hospitalId } = this.#parts;
    const open = sql.all(`SELECT * FROM bank_line b WHERE hospital_id = ? AND account = ? AND ${UNEXPLAINED} AND day >= ? AND NOT EXISTS (SELECT 1 FROM arrival_line l WHERE l.hospital_id = b.hospital_id AND l.account = b.account AND l.bank_line_no = b.bank_line_no)`, hospitalId, account, from);
    const hung = sql.all("SELECT c.clear_key FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '2091' AND c.clear_key LIKE ?", `arrivalLong/${account}/%`).map((row) => this.#line(account, text(row, 'clear_key').slice(`arrivalLong/${account}/`.length)));
    return [...open.map((row) => lineFromRow(row, undefined)), ...hung.filter((line) => line !== undefined)].toSorted((one, other) => (one.day < other.day || (one.day === other.day && (one.at < other.at || (one.at === other.at && one.bankLineNo < other.bankLineNo))) ? -1 : 1));
  }

  #line(account: string, bankLineNo: string): ArrivedLine | undefined {
    const { sql, hospitalId } = this.#parts;
    const row = sql.get(`SELECT * FROM bank_line WHERE hospital_id = ? AND account = ? AND bank_line_no = ? AND ${UNEXPLAINED}`, hospitalId, account, bankLineNo);
    if (row === undefined) return undefined;
    const taken = sql.get('SELECT source FROM arrival_line WHERE hospital_id = ? AND account = ? AND bank_line_no = ?', hospitalId, account, bankLineNo);
    return lineFromRow(row, taken === undefined ? undefined : clearBalanceOf(sql, longOfStatements(text(taken, 'source')), `arrivalLong/${account}/${bankLineNo}`));
  }
}

function lineFromRow(row: Row, hungFen: number | undefined): ArrivedLine {
  return {
    account: text(row, 'account'), bankLineNo: text(row, 'bank_line_no'), day: text(row, 'day'), at: text(row, 'at'), amountFen: hungFen ?? number(row, 'amount_fen'), counterpartyLabel: text(row, 'counterparty_label'), summary: text(row, 'summary'), isHung: hungFen !== undefined,
  };
}
type PlaceOfDay = { readonly key: string; readonly openedAt: string; readonly place: MoneyPlace };

/** One line per account and key; what comes to nothing is none. */
function summed(places: readonly MoneyPlace[]): MoneyPlace[] {
  return [...Map.groupBy(places, ({ account, clearKey }) => `${account} ${clearKey}`).values()].flatMap((same) => {
    const [first] = same;
    const netFen = same.reduce((sum, place) => sum + place.netFen, 0);
    return first === undefined || netFen === 0 ? [] : [{ ...first, netFen }];
  });
}

const isSuspense = ({ source }: ArrivalRule, { account }: MoneyPlace): boolean => account === shortOfStatements(source) || account === longOfStatements(source);

function withoutHung(rule: ArrivalRule, day: ExpectedArrival): ExpectedArrival {
  const places = day.places.filter((place) => !isSuspense(rule, place));
  return { ...day, places, amountFen: places.reduce((sum, { netFen }) => sum + netFen, 0) };
}
function placeFrom(row: Row): MoneyPlace {
  const account = text(row, 'name') as AccountName;
  const net = number(row, 'net_fen');
  return { account, clearKey: text(row, 'clear_key'), netFen: CHART[accountCode(account)].normal === 'debit' ? net : -net };
}
const asKept = ({ account, bankLineNo, day, amountFen, isHung }: ArrivedLine): Arrival['lines'][number] => ({ account, bankLineNo, day, amountFen, isHung });
const asOwed = ({ source, key, day, amountFen, places }: ExpectedArrival): Arrival['days'][number] => ({ source, key, day, amountFen, places });

export function arrivalFromRow(row: Row): Arrival {
  const kind = ARRIVAL_KINDS.find((known) => known === text(row, 'kind'));
  if (kind === undefined) throw new Error(`no such kind of arrival: ${text(row, 'kind')}`);
  return {
    arrivalNo: text(row, 'arrival_no'), kind, source: text(row, 'source'), account: text(row, 'account'), lines: JSON.parse(text(row, 'lines')) as Arrival['lines'], days: JSON.parse(text(row, 'days')) as Arrival['days'],
    by: text(row, 'by_login'), reason: text(row, 'reason'), at: text(row, 'at'),
  };
}

function overdueDetail({ source, account }: Pick<Arrival, 'source' | 'account'>, day: string): Bilingual {
  return {
    zh: `${source} ${day} 的应到款未按时到达账户 ${account}，或未到齐。请向渠道查询；若银行流水中已有该款，可指定给该日`,
    en: `what ${source} owes of ${day} did not come to ${account} in time, or not all of it: ask the channel; a line of the bank may be assigned to it`,
  };
}

function unexpectedDetail({ source, account }: Pick<Arrival, 'source' | 'account'>): Bilingual {
  return { zh: `账户 ${account} 收到 ${source} 的来款，与应到款不符。请指定给账单日，或向渠道查询`, en: `a line of ${account} is from ${source} and is not what was expected: assign it to days, or ask the channel` };
}
