import { formNumber, type FormKind, type FormRun } from '../../../domain/numbered-form.js';
import { receiptRuns } from '../../../domain/receipt-runs.js';
import { cell } from '../csv-cell.js';

const KINDS = { outpatient: '门诊收费票据', registration: '挂号票据', deposit: '住院预交金票据', inpatient: '住院结算票据' } as const satisfies Record<FormKind, string>;
const BEIJING_MS = 8 * 60 * 60 * 1000;

/** 票据领用登记簿: one row a run, in the columns such a book has. Numbers end in a tab, so that a spreadsheet keeps their zeros. UTF-8 with its mark and CRLF. `voids`: the void numbers of each run. */
export function formRegisterCsv(runs: readonly FormRun[], voids: readonly (readonly string[])[]): string {
  const rows = [
    ['领用单号', '入库批次', '票据种类', '票据代码', '领用人', '起始号', '终止号', '领用张数', '当前号', '已用张数', '作废张数', '作废号码', '未确认张数', '结余张数', '领用日期', '经办人', '交回日期', '交回经办人'],
    ...runs.map((run, index) => [
      cell(run.runNo), cell(run.batchNo), run.medium === 'serial' ? `${KINDS[run.kind]}（业务流水）` : KINDS[run.kind], name(run.code), name(run.tillNo.slice(run.tillNo.indexOf(':') + 1)),
      name(formNumber(run, run.first)), run.last < run.first ? '' : name(formNumber(run, run.last)), String(run.last - run.first + 1), run.next === undefined ? '' : name(formNumber(run, run.next)),
      String(run.printed), String(run.void), name(receiptRuns(voids[index] ?? []).join(' ')), String(run.open), String(run.left), beijing(run.at), cell(run.by), run.returnedAt === undefined ? '' : beijing(run.returnedAt), cell(run.returnedBy ?? ''),
    ]),
  ];
  return `\uFEFF${rows.map((row) => `${row.join(',')}\r\n`).join('')}`;
}

function name(text: string): string {
  return /^(0\d+|\d{12,})$/.test(text) ? `${text}\t` : cell(text);
}
function beijing(at: string): string {
  return new Date(Date.parse(at) + BEIJING_MS).toISOString().slice(0, 16).replace('T', ' ');
}
