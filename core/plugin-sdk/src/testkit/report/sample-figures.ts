/** A small hospital in figures: a reader that answers from a list of sums, so that a report can be run where there is no money. */
import { FIGURE_DIMENSIONS, type FigureReader, type FigureRow, type Figures, type HourFigures, type TillFigures } from '../../report.js';

const FIRST_DAY = Date.parse('2026-01-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = ['paidCount', 'paidFen', 'refundedCount', 'refundedFen', 'bookedCount', 'bookedFen', 'reversedCount', 'reversedFen', 'fundFen', 'accountFen'] as const satisfies readonly (keyof Figures)[];
const PLACES = [
  { channel: 'wechat', merchant: 'M1', method: 'nativeQr', business: 'bill', feeType: '检查费', terminal: 'kiosk-1', application: '', campus: 'main', operator: '' },
  { channel: 'cash-main', merchant: 'CASH', method: 'cash', business: 'registration', feeType: '', terminal: 'window-1', application: '', campus: 'main', operator: '0123' },
  { channel: 'insurance', merchant: 'YB', method: 'medicalInsurance', business: 'bill', feeType: '=西药费', terminal: '', application: 'app', campus: '', operator: '' },
] as const;

export type SampleOptions = { /** How many days from 2026-01-01 have figures. */ readonly days?: number };

/** The figures of those days, finest split. No two are alike, and some are odd numbers of fen. */
export function sampleRows({ days = 10 }: SampleOptions = {}): readonly FigureRow[] {
  return Array.from({ length: days }, (_nothing, index) => {
    const day = new Date(FIRST_DAY + index * DAY_MS).toISOString().slice(0, 10);
    return PLACES.map((place, at): FigureRow => {
      const paidFen = 10_001 * (index + 1) + 37 * (at + 1);
      const refundedFen = index % 3 === at ? 1_009 : 0;
      return {
        of: { day, month: day.slice(0, 7), ...place }, paidCount: at + 1 + index, paidFen, refundedCount: refundedFen === 0 ? 0 : 1, refundedFen, bookedCount: at + 1 + index, bookedFen: paidFen, reversedCount: 0, reversedFen: 0,
        fundFen: place.method === 'medicalInsurance' ? paidFen - 7 : 0, accountFen: place.method === 'medicalInsurance' ? 7 : 0,
      };
    });
  }).flat();
}

/** Answers any split of the given rows as the platform does. */
export function sampleFigures(options: SampleOptions = {}): FigureReader {
  const all = sampleRows(options);
  const within = ({ from, to }: { readonly from: string; readonly to: string }): readonly FigureRow[] => all.filter(({ of: { day = '' } }) => day >= from && day <= to);
  return {
    sums(question) {
      const chosen = within(question).filter(({ of }) => (question.channel === undefined || of.channel === question.channel) && (question.method === undefined || of.method === question.method));
      const dimensions = FIGURE_DIMENSIONS.filter((dimension) => question.by.includes(dimension));
      const groups = Map.groupBy(chosen, ({ of }) => JSON.stringify(dimensions.map((dimension) => of[dimension] ?? '')));
      return Promise.resolve([...groups.values()].map((rows): FigureRow => ({ ...added(rows), of: Object.fromEntries(dimensions.map((dimension) => [dimension, rows[0]?.of[dimension] ?? ''])) })));
    },
    hours(question) {
      const days = Map.groupBy(within(question), ({ of: { day = '' } }) => day);
      return Promise.resolve([...days].map(([day, rows]): HourFigures => {
        const { paidCount, paidFen, refundedCount, refundedFen } = added(rows);
        return { day, hour: 9, paidCount, paidFen, refundedCount, refundedFen };
      }));
    },
    tills(question) {
      const { paidFen } = added(within(question).filter(({ of: { operator } }) => operator === '0123'));
      const till: TillFigures = { operator: '0123', terminal: '', shifts: 1, expectedFen: paidFen, countedFen: paidFen - 100, longCount: 0, longFen: 0, shortCount: 1, shortFen: 100 };
      return Promise.resolve(paidFen === 0 ? [] : [till]);
    },
    terminals(question) {
      const days = [...new Set(within(question).map(({ of: { day = '' } }) => day))];
      return Promise.resolve(days.map((day) => ({ day, terminal: 'kiosk-1', dueSeconds: 36_000, onlineSeconds: 35_400, availableSeconds: 35_000, outages: 1, longestSeconds: 600, platformDownSeconds: 0 })));
    },
  };
}

function added(rows: readonly Figures[]): Figures {
  return Object.fromEntries(NAMES.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as Figures;
}
