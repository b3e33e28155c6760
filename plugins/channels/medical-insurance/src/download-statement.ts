import { createHash } from 'node:crypto';

import { beijingDay, type PluginContext, type Statement, type StatementLine, type StatementOutcome } from '@hospay/plugin-sdk';

import { fieldsAt, textAt } from './answer-fields.js';
import type { Attempts } from './attempts.js';
import type { CentreAnswer } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { detailOf, rowsOfDay, type DayRow } from './day-book.js';
import { readResults, unzipText, writeDetails, zipText, type ResultRow } from './detail-file.js';
import { booksOf, type Book, type Totals } from './reconciliation-books.js';
import { insuredFen, wireAmount } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

type Failed = Exclude<StatementOutcome, { kind: 'ok' | 'empty' }>;

const isFailed = (value: readonly unknown[] | boolean | string | Buffer | Failed): value is Failed => typeof value === 'object' && 'kind' in value;

/**
 * The centre writes no bill: it says whether our sums of a day are its own (3201), and where not, which rows differ (9101, 3202, 9102). The statement is
 * what the centre holds: our rows where it agrees, its own where it does not.
 */
export function createStatementDownload({ context, settings, line, attempts }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine; readonly attempts: Attempts }): Statement['downloadStatement'] {
  const { amountForm: form, reconciliationResults: results, institutionCode } = settings;

  const sums = (rows: readonly DayRow[]) => {
    const sign = (amountFen: number): number => (settings.refundsInTotals === 'separate' ? Math.abs(amountFen) : amountFen);
    const sum = (of: (row: DayRow) => number) => wireAmount(rows.reduce((total, row) => total + sign(of(row)), 0), form);
    return {
      medfee_sumamt: sum(({ settlement }) => settlement.split.totalFen),
      fund_pay_sumamt: sum(({ settlement }) => settlement.split.fundFen),
      acct_pay: sum(({ settlement }) => settlement.split.accountFen),
      cash_payamt: sum(({ settlement }) => settlement.split.cashFen),
      fixmedins_setl_cnt: rows.length,
    };
  };

  const isEqual = async ({ insuranceType, rows }: Totals, { clearingType, clearingOffice, side }: Book, day: string, signal: AbortSignal): Promise<boolean | Failed> => {
    const { cash_payamt: _cash, ...totals } = sums(rows);
    const data = { insutype: insuranceType, clr_type: clearingType, setl_optins: clearingOffice, stmt_begndate: day, stmt_enddate: day, ...totals, ...flagOf(side), exp_content: '' };
    const answer = await line.ask({ infno: '3201', input: { data }, of: `statement/${day}`, signal });
    if (answer.kind !== 'done') return failed(answer, `3201 of ${insuranceType}/${clearingType}/${clearingOffice}`);
    const result = textAt(fieldsAt(answer.output, 'stmtinfo'), 'stmt_rslt');
    if (result === '') return { kind: 'malformed', message: '3201 says no result' };
    return results.equal.includes(result);
  };

  const flagOf = (side: Book['side']) => (side === undefined ? {} : { refd_setl_flag: side === 'refund' ? '1' : '0' });

  /** The centre's `result.txt` about these rows. */
  const compare = async ({ clearingType, clearingOffice, side }: Book, rows: readonly DayRow[], day: string, signal: AbortSignal): Promise<Buffer | Failed> => {
    const of = `statement/${day}`;
    const upload = await zipText('detail.txt', writeDetails(rows.map(detailOf)));
    const uploaded = await line.ask({ infno: '9101', input: { fsUploadIn: { in: [...upload], filename: `detail-${day}.txt.zip`, fixmedins_code: institutionCode } }, of, signal });
    if (uploaded.kind !== 'done') return failed(uploaded, '9101');
    const fileNo = textAt(fieldsAt(uploaded.output, 'fsUploadOut') ?? fieldsAt(uploaded, 'output'), 'file_qury_no');
    const { acct_pay: _account, ...totals } = sums(rows);
    const data = { setl_optins: clearingOffice, file_qury_no: fileNo, stmt_begndate: day, stmt_enddate: day, ...totals, clr_type: clearingType, ...flagOf(side) };
    const asked = await line.ask({ infno: '3202', input: { data }, of, signal });
    if (asked.kind !== 'done') return failed(asked, '3202');
    const file = fieldsAt(asked.output, 'fileinfo');
    const downloaded = await line.download({ infno: '9102', input: { fsDownloadIn: { file_qury_no: textAt(file, 'file_qury_no'), filename: textAt(file, 'filename'), fixmedins_code: institutionCode } }, of, signal });
    if (downloaded.kind !== 'file') return failed(downloaded, '9102');
    return (await unzipText(downloaded.bytes)) ?? { kind: 'malformed', message: 'the result is no zip with one text' };
  };

  const lineOf = (row: DayRow, amountFen = Math.abs(insuredFen(row.settlement.split)), status = 'settled'): StatementLine => {
    const { attempt, settlement, tradeNo, isRefund } = row;
    const shared = { tradeNo, amountFen, feeMilliFen: 0, status, at: settlement.settledAt, ...(settlement.insuranceType === '' ? {} : { fundingSource: settlement.insuranceType.slice(0, 64) }) };
    if (!isRefund) return { kind: 'payment', channelTradeNo: settlement.settlementId, ...shared };
    return { kind: 'refund', refundNo: attempt.number, channelTradeNo: attempt.undoes ?? '', channelRefundNo: settlement.settlementId, ...shared };
  };

  /** Our rows as the centre sees them, and those only it has. */
  const judge = (rows: readonly DayRow[], told: readonly ResultRow[], day: string): StatementLine[] | Failed => {
    const lines: StatementLine[] = [];
    const left = new Set(told);
    let differences = 0;
    for (const row of rows) {
      const said = told.find(({ settlementId, isRefund }) => settlementId === row.settlement.settlementId && isRefund === row.isRefund);
      if (said !== undefined) left.delete(said);
      const ourFen = Math.abs(insuredFen(row.settlement.split));
      const centreFen = said === undefined ? ourFen : Math.abs(said.fundFen + said.accountFen);
      if (said === undefined || results.equal.includes(said.result)) {
        if (centreFen !== ourFen) return { kind: 'malformed', message: `settlement ${row.settlement.settlementId} is said to be equal and is not` };
        lines.push(lineOf(row));
        continue;
      }
      differences += 1;
      if (results.onlyHospital.includes(said.result)) continue;
      if (!results.different.includes(said.result)) return { kind: 'malformed', message: `result ${said.result.slice(0, 20)} does not fit settlement ${row.settlement.settlementId}` };
      if (centreFen > 0) lines.push(lineOf(row, centreFen, 'different'));
    }
    for (const { result, settlementId, msgid, isRefund, fundFen, accountFen } of left) {
      if (!results.onlyCentre.includes(result)) return { kind: 'malformed', message: `result ${result.slice(0, 20)} is about settlement ${settlementId}, which was not sent` };
      differences += 1;
      const [number, amountFen] = [msgid === '' ? settlementId : msgid, Math.abs(fundFen + accountFen)];
      const shared = { tradeNo: number, channelTradeNo: settlementId, amountFen, feeMilliFen: 0, status: 'onlyCentre', isUnnamed: true as const, at: `${day}T00:00:00+08:00` };
      if (amountFen > 0) lines.push(isRefund ? { kind: 'refund', refundNo: number, channelRefundNo: settlementId, ...shared } : { kind: 'payment', ...shared });
    }
    return differences === 0 ? { kind: 'malformed', message: 'the sums differ, and no row does' } : lines;
  };

  return async ({ day }, { signal }) => {
    if (day >= beijingDay(context.now())) return { kind: 'notReady', message: '当日尚未结束 / the day is not over' };
    const rows = await rowsOfDay(day, { attempts, store: context.store });
    const lines: StatementLine[] = [];
    const texts: string[] = [];
    for (const book of booksOf(rows, settings)) {
      const [ours, { clearingType, clearingOffice, side }] = [book.totals.flatMap((totals) => totals.rows), book];
      let isBookEqual = true;
      for (const totals of book.totals) {
        const equal = await isEqual(totals, book, day, signal);
        if (isFailed(equal)) return equal;
        texts.push(`## ${[totals.insuranceType, clearingType, clearingOffice, ...(side === undefined ? [] : [side])].join('/')} ${equal ? 'equal' : 'different'}`, writeDetails(totals.rows.map(detailOf)));
        isBookEqual &&= equal;
      }
      if (isBookEqual) {
        lines.push(...ours.map((row) => lineOf(row)));
        continue;
      }
      const result = await compare(book, ours, day, signal);
      if (isFailed(result)) return result;
      const told = readResults(result.toString('utf8'));
      if (typeof told === 'string') return { kind: 'malformed', message: told };
      const judged = judge(ours, told, day);
      if (isFailed(judged)) return judged;
      lines.push(...judged);
      texts.push('## result.txt', result.toString('utf8'));
    }
    // What only we have is no line, and still a day that differs.
    if (rows.length === 0 && lines.length === 0) return { kind: 'empty' };
    const raw = Buffer.from(texts.join('\n'), 'utf8');
    const sum = (kind: StatementLine['kind']): number => lines.filter((line_) => line_.kind === kind).reduce((total, { amountFen }) => total + amountFen, 0);
    return { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines, totals: { paymentFen: sum('payment'), refundFen: sum('refund'), lines: lines.length } };
  };
}

function failed(answer: Exclude<CentreAnswer, { kind: 'done' }>, step: string): Failed {
  return { kind: 'unknown', reason: `${step}: ${answer.kind === 'refused' ? `the centre refused: ${answer.message}` : answer.reason}`.slice(0, 500) };
}
