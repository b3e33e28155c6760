export type Row = Readonly<Record<string, string>>;

/** A bill file taken apart: what its `#` lines say, and its rows by column name. */
export type BillTable = { readonly remarks: readonly string[]; readonly columns: readonly string[]; readonly rows: readonly Row[] };

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** GBK as Alipay writes it; UTF-8 where a byte-order mark says so. */
export function billText(raw: Uint8Array): string {
  const isUtf8 = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf;
  return new TextDecoder(isUtf8 ? 'utf-8' : 'gb18030').decode(raw);
}

/** @throws Error when a needed column is missing or a row does not fit the header. */
export function readTable(text: string, needed: readonly string[]): BillTable {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const remarks = lines.filter((line) => line.startsWith('#'));
  // One line is one row: Alipay quotes nothing, so a quotation mark in a name is only a character.
  const [header, ...bodies] = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(',').map((cell) => cell.trim()));
  if (header === undefined) throw new Error('the bill has no header');
  const columns = header.map((name) => name.replace(/[()]/g, (bracket) => (bracket === '(' ? '（' : '）')));
  const missing = needed.filter((name) => columns.filter((column) => column === name).length !== 1);
  if (missing.length > 0) throw new Error(`the bill lacks or repeats the columns ${missing.join(' ')}`);
  return { remarks, columns, rows: bodies.map((cells) => rowOf(columns, cells)) };
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
