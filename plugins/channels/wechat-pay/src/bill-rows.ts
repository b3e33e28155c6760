/** Cells of one row by the name of their column. */
export type Row = Readonly<Record<string, string>>;

/** What a bill must hold to be readable: its columns, and those of its summary. */
export type BillShape = { readonly columns: readonly string[]; readonly summary: readonly string[] };

const LINE_END = 0x0a;

/**
 * Reads a bill (账单) row by row, by the names in its header, wherever the columns stand; what is given back is its one summary row. Data rows begin with a back-tick; header and summary header do
 * not. A day may have a million rows: only the cells that are needed are ever held.
 * @throws Error saying what is wrong with the file.
 */
export function readBillRows(raw: Uint8Array, { columns, summary }: BillShape, take: (row: Row) => void): Row {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const ends = lineEnds(bytes);
  const text = (line: number): string => textOf(bytes.subarray(line === 0 ? 0 : (ends[line - 1] ?? 0) + 1, ends[line]));
  if (ends.length < 3) throw new Error('the bill has fewer than three lines');
  const [totals] = rowsOf(text(ends.length - 2), summary, [text(ends.length - 1)]);
  if (totals === undefined) throw new Error('the bill has no summary row');
  for (const row of rowsOf(text(0), columns, textsBetween(1, ends.length - 2, text))) take(row);
  return totals;
}

/** Where each line ends; empty ones at the end are none. */
function lineEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = [];
  let length = bytes.length;
  while (length > 0 && (bytes[length - 1] === LINE_END || bytes[length - 1] === 0x0d)) length -= 1;
  for (let from = 0; from < length;) {
    const end = bytes.indexOf(LINE_END, from);
    ends.push(end === -1 || end > length ? length : end);
    from = end === -1 || end > length ? length : end + 1;
  }
  return ends;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
function textOf(line: Buffer): string {
  return utf8.decode(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
}

function* textsBetween(from: number, to: number, text: (line: number) => string): Generator<string> {
  for (let line = from; line < to; line += 1) yield text(line);
}

/** The back-tick belongs to the separator, so a comma inside a cell (商品名称) does no harm, and nothing is quoted. */
function* rowsOf(header: string, needed: readonly string[], rows: Iterable<string>): Generator<Row> {
  const columns = header.split(',').map((name) => halfWidth(name.trim()));
  const missing = needed.filter((name) => columns.filter((column) => column === name).length !== 1);
  if (missing.length > 0) throw new Error(`the bill lacks or repeats the columns ${missing.join(' ')}`);
  const places = needed.map((name) => [name, columns.indexOf(name)] as const);
  for (const row of rows) {
    if (!row.startsWith('`')) throw new Error('a row does not begin with a back-tick');
    const cells = row.slice(1).split(',`');
    if (cells.length !== columns.length) throw new Error(`a row has ${String(cells.length)} cells, the header ${String(columns.length)}`);
    const named: Record<string, string> = {};
    for (const [name, place] of places) named[name] = cells[place] ?? '';
    yield named;
  }
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
