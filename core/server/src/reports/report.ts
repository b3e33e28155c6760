import type { Bilingual } from '../domain/bilingual.js';
import type { Cell, ColumnKind, ColumnView, ReportAnswerRows, ReportGroup, ReportNames, ReportParameter, ReportInput, ReportRequest, Words } from './ports.js';

/** A column: what it is called, what it holds, and where it comes from. `absent`: the platform does not know it, and says so; the column is there because the form has it. */
export type Column<Row> = Bilingual & {
  readonly kind: ColumnKind;
  readonly words?: Words;
  readonly absent?: Bilingual;
  /** In the row of totals: this column of the total row. */
  readonly isTotalled?: true;
  readonly value?: (row: Row, names: ReportNames) => Cell | undefined;
};

export type Rows<Row> = { readonly rows: readonly Row[]; readonly next?: string | undefined; /** The row of totals, of all rows: where the report is read whole. */ readonly total?: Row };

export type Declaration<Row> = {
  readonly id: string;
  readonly group: ReportGroup;
  readonly title: Bilingual;
  readonly note?: Bilingual;
  readonly parameters: readonly ReportParameter[];
  /** How long a time may be: on the screen, and in an export. */
  readonly mostDays: { readonly screen: number; readonly export: number };
  /** Rows come page by page, and so look the marks between them. Absent: all are there at once. */
  readonly mark?: RegExp;
  /** Read for one merchant or not at all, and in no catalogue. */
  readonly isOfMerchant?: true;
  readonly columns: readonly Column<Row>[];
  read(reader: ReportInput, request: ReportRequest, names: ReportNames): Promise<Rows<Row>>;
};

/** A declaration whose kind of row nobody has to know any more. */
export type Report = Omit<Declaration<never>, 'columns' | 'read'> & { readonly columns: readonly ColumnView[]; /** Which columns are summed. */ readonly totalled: readonly boolean[]; read(reader: ReportInput, request: ReportRequest, names: ReportNames): Promise<ReportAnswerRows> };

export function report<Row>(declaration: Declaration<Row>): Report {
  const { columns, read, ...rest } = declaration;
  const valueOf = ({ kind, value }: Column<Row>, row: Row, names: ReportNames): Cell => value?.(row, names) ?? (isNumber(kind) ? null : '');
  return {
    ...rest,
    columns: columns.map(({ zh, en, kind, words, absent }) => ({ zh, en, kind, ...(words === undefined ? {} : { words }), ...(absent === undefined ? {} : { absent }) })),
    totalled: columns.map(({ isTotalled }) => isTotalled === true),
    async read(reader, request, names) {
      const { rows, next, total } = await read(reader, request, names);
      return {
        rows: rows.map((row) => columns.map((column) => valueOf(column, row, names))),
        next,
        totals: total === undefined ? undefined : columns.map((column) => (column.isTotalled === true ? valueOf(column, total, names) : isNumber(column.kind) ? null : '')),
      };
    },
  };
}

export function isNumber(kind: ColumnKind): boolean {
  return kind === 'fen' || kind === 'count' || kind === 'percent';
}

/** What part is of whole, in hundredths of a percent; undefined where there is no whole. */
export function partOf(part: number, whole: number): number | undefined {
  return divided(BigInt(part) * 10_000n, BigInt(whole));
}
/** The mean of so many, in fen; undefined of none. */
export function meanOf(sumFen: number, count: number): number | undefined {
  return divided(BigInt(sumFen), BigInt(count));
}

/** In whole numbers, rounded half away from zero. */
function divided(above: bigint, below: bigint): number | undefined {
  if (below === 0n) return undefined;
  const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);
  const size = (2n * sizeOf(above) + sizeOf(below)) / (2n * sizeOf(below));
  return Number(above < 0n === below < 0n ? size : -size);
}
