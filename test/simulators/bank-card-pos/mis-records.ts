import iconv from 'iconv-lite';

import type { MachineAnswer, MachineRequest, Operation } from './simulated-records.js';
import { dateOf, timeOf } from './terminal-machine.js';

export const REQUEST_BYTES = 60;

const OPERATIONS: Readonly<Record<string, Operation>> = { '00': 'pay', '01': 'undo', '02': 'refund', '03': 'balance', '04': 'reprint', '05': 'signIn', '06': 'settle' };

export type MisRecord = { readonly posId: string; readonly echo: string; readonly request: MachineRequest };

/** Reads a request record strictly: a field that is not as the protocol says makes the whole record `undefined`. */
export function readRequestRecord(bytes: Buffer): MisRecord | undefined {
  const text = bytes.toString('latin1');
  const match = /^(?<posId>[\x21-\x7e]+ *)$/.exec(text.slice(0, 8));
  const operator = text.slice(8, 16);
  const operation = OPERATIONS[text.slice(16, 18)];
  const amount = text.slice(18, 30);
  const [originalDate, originalReferenceNo, originalVoucherNo, echo] = [text.slice(30, 38), text.slice(38, 50), text.slice(50, 56), text.slice(56, 59)];
  if (match === null || operation === undefined || !/^[0-9A-Za-z]* *$/.test(operator) || !/^\d{12}$/.test(amount) || !/^\d{3}$/.test(echo)) return undefined;
  if (!/^(\d{8}| {8})$/.test(originalDate) || !/^[0-9A-Za-z]* *$/.test(originalReferenceNo) || !/^(\d{6}| {6})$/.test(originalVoucherNo)) return undefined;
  // An undo names its voucher; a refund its day and reference number.
  if (operation === 'undo' && originalVoucherNo.trim() === '') return undefined;
  if (operation === 'refund' && (originalDate.trim() === '' || originalReferenceNo.trim() === '')) return undefined;
  return {
    posId: text.slice(0, 8).trim(),
    echo,
    request: { operation, amountFen: Number(amount), operatorNo: operator.trim(), originalDate: originalDate.trim(), originalReferenceNo: originalReferenceNo.trim(), originalVoucherNo: originalVoucherNo.trim() },
  };
}

/** The answer record: fixed widths, Chinese in GBK padded with blanks, the check digits at the end. */
export function writeAnswerRecord(answer: MachineAnswer, told: { readonly echo: string; readonly merchantNo: string; readonly terminalNo: string; readonly at: string }): Buffer {
  const { transaction } = answer;
  const at = transaction?.at ?? told.at;
  return Buffer.concat([
    field(answer.code, 2),
    field(transaction === undefined ? '' : '0308', 4),
    field(transaction === undefined ? '' : '621483******9012', 20),
    field(transaction?.voucherNo ?? '', 6),
    field(String(transaction?.amountFen ?? 0).padStart(12, '0'), 12),
    field(answer.message, 40),
    field(told.merchantNo, 15),
    field(told.terminalNo, 8),
    field(transaction?.batchNo ?? '', 6),
    field(dateOf(at).slice(4), 4),
    field(timeOf(at), 6),
    field(transaction?.referenceNo ?? '', 12),
    field(transaction === undefined ? '' : '123456', 6),
    field(dateOf(at).slice(4), 4),
    field(told.echo, 3),
  ]);
}

function field(text: string, width: number): Buffer {
  const bytes = Buffer.alloc(width, 0x20);
  iconv.encode(text, 'gbk').copy(bytes, 0, 0, width);
  return bytes;
}
