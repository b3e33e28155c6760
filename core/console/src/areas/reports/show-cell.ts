import type { ReportColumn } from '../../api/console-api';
import { formatFen } from '../../money/fen';
import { showTime } from '../../time/beijing-time';

export function isNumber(kind: ReportColumn['kind']): boolean {
  return kind === 'fen' || kind === 'count' || kind === 'percent';
}

/** A cell as it is read: an amount in yuan, a code by its word, a time in Beijing. An empty one has no value. */
export function showCell(column: ReportColumn | undefined, cell: string | number, isChinese: boolean): string {
  if (column === undefined || cell === '') return '';
  if (typeof cell === 'number') {
    if (column.kind === 'fen') return formatFen(cell);
    // Hundredths of a percent have two digits behind the point, as fen have.
    return column.kind === 'percent' ? `${formatFen(cell)}%` : cell.toLocaleString('en-US');
  }
  if (column.kind === 'time') return showTime(cell);
  const word = column.words?.find(({ code }) => code === cell);
  if (word === undefined) return cell;
  return isChinese ? word.zh : word.en;
}
