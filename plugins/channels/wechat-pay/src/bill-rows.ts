import { parse } from 'csv-parse/sync';

/** Cells of one row by the name of their column. */
export type Row = Readonly<Record<string, string>>;

/** What a bill must hold to be readable: its columns, and those of its summary. */
export type BillShape = { readonly columns: readonly string[]; readonly summary: readonly string[] };

/**
 * The rows of a bill (账单) and its one summary row, by the names in their headers, wherever the columns stand. Data rows begin with a back-tick; header and
 * summary header do not.
 * @throws Error saying what is wrong with the file.
 */
export function readBillRows(raw: Uint8Array, { columns, summary }: BillShape): { readonly rows: readonly Row[]; readonly totals: Row } {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(raw).replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const [header, ...rest] = lines;
  const summaryRow = rest.pop();
  const summaryHeader = rest.pop();
  if (header === undefined || summaryHeader === undefined || summaryRow === undefined) throw new Error('the bill has fewer than three lines');
  const [totals] = cells(summaryHeader, summary, [summaryRow]);
  if (totals === undefined) throw new Error('the bill has no summary row');
  return { rows: cells(header, columns, rest), totals };
}

/** The back-tick belongs to the separator, so a comma inside a cell (商品名称) does no harm. */
function cells(header: string, needed: readonly string[], rows: readonly string[]): Row[] {
  const columns = header.split(',').map((name) => halfWidth(name.trim()));
  const missing = needed.filter((name) => columns.filter((column) => column === name).length !== 1);
  if (missing.length > 0) throw new Error(`the bill lacks or repeats the columns ${missing.join(' ')}`);
  if (rows.some((row) => !row.startsWith('`'))) throw new Error('a row does not begin with a back-tick');
  const text = rows.map((row) => row.slice(1)).join('\n');
  return parse<Row>(text, { columns, delimiter: ',`', record_delimiter: '\n', quote: null, escape: null, relax_column_count: false, skip_empty_lines: false });
}

/** `收支金额（元）` and `收支金额(元)` both occur. */
function halfWidth(name: string): string {
  return name.replace('（', '(').replace('）', ')');
}

export function cell(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`a row lacks ${name}`);
  return value;
}

export function countOf(row: Row, name: string): number {
  const text = cell(row, name);
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is not a count`);
  return Number(text);
}

export function positive(amountFen: number): number {
  if (amountFen <= 0) throw new Error('a row has an amount that is not positive');
  return amountFen;
}

export function mustEqual(name: string, ofRows: number, ofFile: number): void {
  if (ofRows !== ofFile) throw new Error(`${name}: the rows give ${String(ofRows)}, the summary says ${String(ofFile)}`);
}

/** A file that contradicts itself or holds one unreadable row is `malformed` as a whole. */
export function wholeOrMalformed<Read>(read: () => Read): Read | { readonly kind: 'malformed'; readonly message: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return { kind: 'malformed', message: error.message.slice(0, 300) };
    throw error;
  }
}
