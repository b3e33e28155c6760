/**
 * A report (运营报表) as a plugin: it says what it is called, what may be asked of it and which columns it has, and reckons its rows from a read-only reader of sums.
 * It never sees SQL, a patient, a card or a person's name: who and where are ids, which the platform writes out. Amounts are integer fen, days Beijing days (yyyy-MM-dd).
 * A payment stands under its bill day (账单日), a refund under the day of its request at the channel, a booking under its HIS day.
 */
import { Type, type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';

const closed = { additionalProperties: false } as const;
/** Shown on screens and written into sheets: one line of text. */
const Title = Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 60 });
const Titles = Type.Object({ zh: Title, en: Title }, closed);
const Code = Type.String({ pattern: '^[0-9A-Za-z_.:-]{1,64}$' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

/**
 * What a column holds. `fen` integer fen, shown in yuan; `count` an integer; `percent` a ratio in hundredths of a percent (7143 is 71.43 %); `day` yyyy-MM-dd; `time` RFC 3339; `word` a code of the column's `words`;
 * `terminal`, `campus`, `operator` an id, written out by the platform as it is called now; `text` anything else.
 */
export const REPORT_COLUMN_KINDS = ['text', 'word', 'fen', 'count', 'percent', 'day', 'time', 'terminal', 'campus', 'operator'] as const;
export type ReportColumnKind = (typeof REPORT_COLUMN_KINDS)[number];

/** By what a report may be split, and by which periods. */
export const REPORT_SPLITS = ['channel', 'method', 'business', 'feeType', 'terminal', 'campus', 'operator', 'merchant'] as const;
export type ReportSplit = (typeof REPORT_SPLITS)[number];
export const REPORT_UNITS = ['day', 'week', 'month', 'year'] as const;
export type ReportUnit = (typeof REPORT_UNITS)[number];

export const ReportParameterSchema = Type.Union([
  Type.Object({ name: Type.Literal('by'), of: Type.Array(Type.Enum(REPORT_SPLITS), { minItems: 1, uniqueItems: true }) }, closed),
  Type.Object({ name: Type.Literal('unit'), of: Type.Array(Type.Enum(REPORT_UNITS), { minItems: 1, uniqueItems: true }) }, closed),
  Type.Object({ name: Type.Literal('channel') }, closed),
  Type.Object({ name: Type.Literal('method') }, closed),
]);

export const ReportColumnSchema = Type.Object(
  {
    zh: Title, en: Title, kind: Type.Enum(REPORT_COLUMN_KINDS),
    /** What the codes of a `word` column are called. A code that is not there is shown as it is. */
    words: Type.Optional(Type.Record(Code, Titles)),
    /** The platform adds this column up, over all rows. Of `fen` and `count` alone: ratios have no sum. */
    isTotalled: Type.Optional(Type.Literal(true)),
  },
  closed,
);
export type ReportColumn = Static<typeof ReportColumnSchema>;

/** The longest time a report may cover. */
export const MOST_REPORT_DAYS = 3_660;
export const ReportDeclarationSchema = Type.Object(
  {
    title: Titles,
    /** What a reader must know to read it rightly. */
    note: Type.Optional(Type.Object({ zh: Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 300 }), en: Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 300 }) }, closed)),
    /** Beside the days, which every report takes. */
    parameters: Type.Array(ReportParameterSchema, { maxItems: 4 }),
    mostDays: Type.Integer({ minimum: 1, maximum: MOST_REPORT_DAYS }),
    columns: Type.Array(ReportColumnSchema, { minItems: 1, maxItems: 60 }),
  },
  closed,
);
export type ReportDeclaration = Static<typeof ReportDeclarationSchema>;

/** What was asked for. Each value is one the declaration names; the platform has looked. */
export type ReportRequest = {
  readonly from: string; readonly to: string; readonly by?: ReportSplit | undefined; readonly unit?: ReportUnit | undefined; readonly channel?: string | undefined; readonly method?: string | undefined;
  readonly hospital: { readonly id: string; readonly name: string };
};

/** Null: a number that is not known, or that does not exist. */
export const ReportCellSchema = Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()]);
export type ReportCell = Static<typeof ReportCellSchema>;
export const MOST_REPORT_ROWS = 20_000;
/** Rows have a cell for each column, in their order. `unknown`: it could not be reckoned; nothing is shown but the reason. */
export const ReportOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('rows'), rows: Type.Array(Type.Array(ReportCellSchema, { maxItems: 60 }), { maxItems: MOST_REPORT_ROWS }) }, closed),
  Type.Object({ kind: Type.Literal('unknown'), reason: Type.String({ maxLength: 300 }) }, closed),
]);
export type ReportOutcome = Static<typeof ReportOutcomeSchema>;

/** A read ends with its `signal`. Questions asked after that are refused. */
export type ReportCallContext = { readonly deadline: string; readonly signal: AbortSignal };

export type OperatingReport = ReportDeclaration & { read(request: ReportRequest, reader: FigureReader, context: ReportCallContext): Promise<ReportOutcome> };

// ── The reader ──

/** What sums are kept by. `method`: digital yuan is one of its own. `terminal`, `application`: who took the payment, '' where it was not one. `operator`: whose till it went into, '' nobody's. Bills name no department. */
export const FIGURE_DIMENSIONS = ['day', 'month', 'channel', 'merchant', 'method', 'business', 'feeType', 'terminal', 'application', 'campus', 'operator'] as const;
export type FigureDimension = (typeof FIGURE_DIMENSIONS)[number];

const range = { from: Day, to: Day };
export const SumQuestionSchema = Type.Object(
  { ...range, by: Type.Array(Type.Enum(FIGURE_DIMENSIONS), { maxItems: 6, uniqueItems: true }), channel: Type.Optional(Type.String({ maxLength: 64 })), method: Type.Optional(Type.String({ maxLength: 64 })) },
  closed,
);
export type SumQuestion = Static<typeof SumQuestionSchema>;
export const RangeQuestionSchema = Type.Object(range, closed);
export type RangeQuestion = Static<typeof RangeQuestionSchema>;

/** `booked`: what the HIS booked. `reversed`: what it took back of that. `fund`, `account`: the insured payments by who owes them, refunds taken off. */
export type Figures = {
  readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number; readonly bookedCount: number; readonly bookedFen: number;
  readonly reversedCount: number; readonly reversedFen: number; readonly fundFen: number; readonly accountFen: number;
};
export type FigureRow = Figures & { readonly of: Readonly<Partial<Record<FigureDimension, string>>> };
export type HourFigures = { readonly day: string; readonly hour: number; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };
/** The closed shifts of a till in a time: `operator` or `terminal`, whose it is. */
export type TillFigures = { readonly operator: string; readonly terminal: string; readonly shifts: number; readonly expectedFen: number; readonly countedFen: number; readonly longCount: number; readonly longFen: number; readonly shortCount: number; readonly shortFen: number };

/** A day of a kiosk, of the hours in which it should be on. `available`: on line, without a critical fault. `platformDown`: away because the platform was. */
export type TerminalFigures = { readonly day: string; readonly terminal: string; readonly dueSeconds: number; readonly onlineSeconds: number; readonly availableSeconds: number; readonly outages: number; readonly longestSeconds: number; readonly platformDownSeconds: number };

export const FIGURE_QUESTIONS = ['sums', 'hours', 'tills', 'terminals'] as const;
export type FigureQuestion = (typeof FIGURE_QUESTIONS)[number];
/** Of one read. A report that asks more is asking row by row: split the sums instead. */
export const MOST_FIGURE_QUESTIONS = 50;
export const MOST_FIGURE_ROWS = 20_000;

/** The read-only reader of one read of a report. It rejects a question it does not know, one that is too large, and every question after the read has ended. */
export type FigureReader = {
  /** Of all payments, refunds and bookings of a time, split by any of the dimensions; one row of everything where none is named. */
  sums(question: SumQuestion): Promise<readonly FigureRow[]>;
  /** What came and went in each hour of each day. */
  hours(question: RangeQuestion): Promise<readonly HourFigures[]>;
  tills(question: RangeQuestion): Promise<readonly TillFigures[]>;
  /** Kiosks day by day (自助机可用率). At most 92 days. */
  terminals(question: RangeQuestion): Promise<readonly TerminalFigures[]>;
};

// ── Do the rows fit? ──

/** Why these rows are not the columns', in words that name row and column; undefined when they are. What does not fit is not shown: a half fen or a shifted cell would be believed. */
export function misfitOf(columns: readonly ReportColumn[], rows: readonly (readonly ReportCell[])[]): string | undefined {
  for (const [index, row] of rows.entries()) {
    const at = `row ${String(index + 1)}`;
    if (row.length !== columns.length) return `${at} has ${String(row.length)} cells for ${String(columns.length)} columns`;
    for (const [place, column] of columns.entries()) {
      const problem = misfitOfCell(column, row[place] ?? null);
      if (problem !== undefined) return `${at}, ${column.zh} (${column.en}): ${problem}`;
    }
  }
  return totalsTooLarge(columns, rows);
}

function misfitOfCell({ kind }: ReportColumn, cell: ReportCell): string | undefined {
  if (kind === 'fen' || kind === 'count' || kind === 'percent') {
    if (cell === null) return undefined;
    if (typeof cell !== 'number') return 'is a text where a number belongs';
    return Number.isSafeInteger(cell) ? undefined : `${String(cell)} is not a whole number${kind === 'fen' ? ' of fen' : ''}`;
  }
  if (typeof cell === 'number') return 'is a number where a text belongs';
  if (cell === null || cell === '') return undefined;
  if (hasControl(cell)) return 'has a control character';
  if (kind === 'day') return isCalendarDay(cell) ? undefined : 'is not a day yyyy-MM-dd';
  return kind === 'time' && Number.isNaN(Date.parse(cell)) ? 'is not a time' : undefined;
}

function totalsTooLarge(columns: readonly ReportColumn[], rows: readonly (readonly ReportCell[])[]): string | undefined {
  const wrong = columns.find(({ isTotalled }, place) => isTotalled === true && !Number.isSafeInteger(rows.reduce((sum, row) => sum + (typeof row[place] === 'number' ? row[place] : 0), 0)));
  return wrong === undefined ? undefined : `${wrong.zh} (${wrong.en}) adds up to more than can be counted`;
}

function isCalendarDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function hasControl(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** What a report says of itself, without what it does. */
export function declarationOf({ title, note, parameters, mostDays, columns }: Readonly<Partial<Record<keyof ReportDeclaration, unknown>>>): Record<string, unknown> {
  return { title, ...(note === undefined ? {} : { note }), parameters, mostDays, columns };
}

/** Why this is no report, in words. Empty: it is one. */
export function problemsOfReport(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ['is not an object'];
  const given = value as Readonly<Partial<Record<keyof OperatingReport, unknown>>>;
  const declaration = declarationOf(given);
  const problems = typeof given.read === 'function' ? [] : ['has no read'];
  if (!Check(ReportDeclarationSchema, declaration)) return [...problems, ...Errors(ReportDeclarationSchema, declaration).slice(0, 3).map(({ instancePath, message }) => `${instancePath === '' ? 'it' : instancePath.slice(1).replaceAll('/', '.')} ${message}`)];
  const { columns, parameters } = declaration;
  const summed = columns.find(({ kind, isTotalled }) => isTotalled === true && kind !== 'fen' && kind !== 'count');
  if (summed !== undefined) problems.push(`column ${summed.zh} (${summed.en}) cannot be added up: only fen and counts have a total`);
  const worded = columns.find(({ kind, words }) => words !== undefined && kind !== 'word');
  if (worded !== undefined) problems.push(`column ${worded.zh} (${worded.en}) has words and is no word column`);
  if (new Set(parameters.map(({ name }) => name)).size < parameters.length) problems.push('names a parameter twice');
  return problems;
}
