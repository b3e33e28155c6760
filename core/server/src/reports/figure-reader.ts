import { daysBefore, MOST_FIGURE_ROWS, RangeQuestionSchema, SumQuestionSchema, type FigureDimension, type FigureReader, type FigureRow, type RangeQuestion, type SumQuestion, type TerminalFigures } from '@hospay/plugin-sdk';
import { Check } from 'typebox/value';
import type { TerminalDay } from '../fleet/ports.js';
import type { ReportInput, ReportNames, SumDimension, SumRow } from './ports.js';
import { totalOf } from './sum-totals.js';

/** Ten years and one before them, to compare with. */
const MOST_DAYS = 4_030;
const MOST_TERMINAL_DAYS = 92;
/** Their hours are as many rows as an answer may have. */
const MOST_HOUR_DAYS = 800;
const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_BY: Readonly<Record<FigureDimension, readonly SumDimension[]>> = {
  day: ['day'], month: ['month'], channel: ['channel'], merchant: ['merchantNo'], method: ['method'], business: ['business'], feeType: ['feeType'], terminal: ['ownerKind', 'ownerId'], application: ['ownerKind', 'ownerId'],
  campus: ['ownerKind', 'ownerId'], operator: ['tillNo'],
};

/** The reader a report of a plugin is lent: sums, never rows of patients; who and where are ids. It trusts no question. */
export function figureReader(reader: Pick<ReportInput, 'sums' | 'curve' | 'tills' | 'terminalDays'>, names: Pick<ReportNames, 'terminal'>): FigureReader {
  return {
    async sums(question) {
      const { from, to, by, channel, method } = asked<SumQuestion>(SumQuestionSchema, question);
      const kept = bounded(await reader.sums({ from, to, by: [...new Set(by.flatMap((dimension) => KEPT_BY[dimension]))], channel, method, most: MOST_FIGURE_ROWS }));
      const named = kept.map((row) => ({ row, of: Object.fromEntries(by.map((dimension) => [dimension, valueOf(dimension, row, names)])) }));
      return [...Map.groupBy(named, ({ of }) => JSON.stringify(of)).values()].map((same): FigureRow => ({ ...totalOf(same.map(({ row }) => row)), of: same[0]?.of ?? {} }));
    },
    async hours(question) {
      const { from, to } = asked<RangeQuestion>(RangeQuestionSchema, question, MOST_HOUR_DAYS);
      return bounded((await reader.curve({ from, to, by: 'hour' })).map(({ day, hour, paidCount, paidFen, refundedCount, refundedFen }) => ({ day, hour, paidCount, paidFen, refundedCount, refundedFen })));
    },
    async tills(question) {
      const { from, to } = asked<RangeQuestion>(RangeQuestionSchema, question);
      return bounded((await reader.tills({ from, to })).map(({ tillNo, ...figures }) => ({ operator: afterMark(tillNo, 'operator'), terminal: afterMark(tillNo, 'terminal'), ...figures })));
    },
    async terminals(question) {
      const { from, to } = asked<RangeQuestion>(RangeQuestionSchema, question, MOST_TERMINAL_DAYS);
      const rows: TerminalFigures[] = [];
      // Day by day, so that nothing else waits for the whole.
      for (let day = from; day <= to; day = daysBefore(day, -1)) rows.push(...(await reader.terminalDays({ day })).map(inSeconds));
      return bounded(rows);
    },
  };
}

function inSeconds({ day, terminal, dueMs, onlineMs, availableMs, outages, longestMs, platformDownMs }: TerminalDay): TerminalFigures {
  const seconds = (ms: number): number => Math.round(ms / 1_000);
  return { day, terminal, dueSeconds: seconds(dueMs), onlineSeconds: seconds(onlineMs), availableSeconds: seconds(availableMs), outages, longestSeconds: seconds(longestMs), platformDownSeconds: seconds(platformDownMs) };
}

function valueOf(dimension: FigureDimension, { of: { day = '', month = '', channel = '', merchantNo = '', method = '', business = '', feeType = '', ownerKind = '', ownerId = '', tillNo = '' } }: SumRow, names: Pick<ReportNames, 'terminal'>): string {
  const ownerIf = (kind: string): string => (ownerKind === kind ? ownerId : '');
  switch (dimension) {
    case 'day': return day;
    case 'month': return month;
    case 'channel': return channel;
    case 'merchant': return merchantNo;
    case 'method': return method;
    case 'business': return business;
    case 'feeType': return feeType;
    case 'terminal': return ownerIf('terminal');
    case 'application': return ownerIf('application');
    case 'campus': return names.terminal(ownerIf('terminal'))?.campus ?? '';
    case 'operator': return afterMark(tillNo, 'operator');
  }
}

/** `operator:0123` is 0123 where an operator is meant, and nothing else. */
function afterMark(tillNo: string, kind: 'operator' | 'terminal'): string {
  return tillNo.startsWith(`${kind}:`) ? tillNo.slice(kind.length + 1) : '';
}

/** @throws Error when it is no question, or of a time that is none. */
function asked<Question extends RangeQuestion>(schema: typeof SumQuestionSchema | typeof RangeQuestionSchema, question: unknown, mostDays = MOST_DAYS): Question {
  if (!Check(schema, question)) throw new Error('the question is not in the shape of the contract');
  const days = (Date.parse(question.to) - Date.parse(question.from)) / DAY_MS + 1;
  if (!(days >= 1 && days <= mostDays)) throw new Error(`the time of a question is from 1 to ${String(mostDays)} days`);
  return question as Question;
}

function bounded<Row>(rows: readonly Row[]): readonly Row[] {
  if (rows.length > MOST_FIGURE_ROWS) throw new Error(`the answer has more than ${String(MOST_FIGURE_ROWS)} rows: split by less, or ask for a shorter time`);
  return rows;
}
