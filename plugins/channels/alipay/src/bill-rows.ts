export type Row = Readonly<Record<string, string>>;

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const LINE_END = 0x0a;

/**
 * Takes a bill file apart row by row, each by column name; what is given back is what its `#` lines say. A day may have a million rows: nothing of a row is held. GBK as Alipay writes it, UTF-8 where a
 * byte-order mark says so; neither has the byte of a line's end within a character.
 * @throws Error when a needed column is missing or a row does not fit the header.
 */
export function readTable(raw: Buffer, needed: readonly string[], take: (row: Row) => void): readonly string[] {
  const decoder = new TextDecoder(raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 'utf-8' : 'gb18030');
  const remarks: string[] = [];
  let columns: readonly string[] | undefined;
  for (let start = 0; start < raw.length;) {
    const found = raw.indexOf(LINE_END, start);
    const end = found === -1 ? raw.length : found;
    const line = decoder.decode(raw.subarray(start, end)).replace(/\r$/, '');
    start = end + 1;
    if (line.trim() === '') continue;
    if (line.startsWith('#')) {
      remarks.push(line);
      continue;
    }
    // One line is one row: Alipay quotes nothing, so a quotation mark in a name is only a character.
    const cells = line.split(',').map((cell) => cell.trim());
    if (columns === undefined) columns = columnsOf(cells, needed);
    else take(rowOf(columns, cells));
  }
  if (columns === undefined) throw new Error('the bill has no header');
  return remarks;
}

function columnsOf(header: readonly string[], needed: readonly string[]): readonly string[] {
  const columns = header.map((name) => name.replace(/[()]/g, (bracket) => (bracket === '(' ? '（' : '）')));
  const missing = needed.filter((name) => columns.filter((column) => column === name).length !== 1);
  if (missing.length > 0) throw new Error(`the bill lacks or repeats the columns ${missing.join(' ')}`);
  return columns;
}

/** Cells by name. A name of goods may hold the separator: what stands before the first two times that follow each other belongs to it. */
function rowOf(columns: readonly string[], cells: readonly string[]): Row {
  const surplus = cells.length - columns.length;
  const whole = surplus > 0 ? joined(columns, cells, surplus) : cells;
  if (whole.length !== columns.length) throw new Error(`a row has ${String(cells.length)} cells, the header ${String(columns.length)}`);
  return Object.fromEntries(columns.map((name, index) => [name, whole[index] ?? ''] as const));
}

function joined(columns: readonly string[], cells: readonly string[], surplus: number): readonly string[] {
  const goodsAt = columns.indexOf('商品名称');
  const createdAt = columns.indexOf('创建时间');
  const timesAt = createdAt + surplus;
  const isInName = goodsAt >= 0 && createdAt === goodsAt + 1 && TIME.test(cells[timesAt] ?? '') && TIME.test(cells[timesAt + 1] ?? '');
  if (!isInName) return cells;
  return [...cells.slice(0, goodsAt), cells.slice(goodsAt, timesAt).join(','), ...cells.slice(timesAt)];
}

/** @throws Error when the row has no such cell. */
export function cellOf(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`a row lacks ${name}`);
  return value;
}
