import type { Column } from './report.js';
import type { ReportNames } from './ports.js';
import { NOBODY } from './report-words.js';

/** 收费员: the person of an operator's till, the machine of a terminal's. */
export function tillColumn<Row>(tillNoOf: (row: Row) => string): Column<Row> {
  return { zh: '收费员', en: 'Cashier', kind: 'word', words: { nobody: NOBODY }, value: (row, names) => nameOfTill(tillNoOf(row), names) };
}

/** A code of `NOBODY` where it is nobody's. */
export function nameOfTill(tillNo: string, names: ReportNames): string {
  if (tillNo === '') return 'nobody';
  const [kind, id] = [tillNo.slice(0, tillNo.indexOf(':')), tillNo.slice(tillNo.indexOf(':') + 1)];
  const name = kind === 'operator' ? names.operator(id) : names.terminal(id)?.title;
  return name === undefined ? id : `${id} ${name}`;
}
