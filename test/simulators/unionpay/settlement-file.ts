import iconv from 'iconv-lite';

import { writeZip } from '../machinery/zip-writer.js';
import { momentOf, stampOf } from './beijing-time.js';
import type { FileFault } from './fault-rules.js';
import type { SimulatedTransaction } from './simulated-records.js';

export type SettlementContent = { readonly merId: string; readonly day: string; readonly rows: readonly SimulatedTransaction[] };

/** Widths of a ZM line in bytes, one blank between two: 607 bytes. */
const ZM_WIDTHS = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 13, 2, 1, 12, 66];
/** Before the last extension everything behind the medium was one reserved column. */
const OLD_ZM_WIDTHS = [...ZM_WIDTHS.slice(0, 40), 131];
const ZME_WIDTHS = [3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2, 135];

/** Of a zip's central directory: where the first entry begins, and where in it the checksum stands. */
const DIRECTORY_ENTRY = Buffer.from('PK\u0001\u0002', 'latin1');
const CHECKSUM_OFFSET = 16;

const TRANSACTION_CODES = { '01': 'S22', '31': 'S31', '04': 'S30' } as const;

/** The zip of a day: `INN…88ZM_<merId>` with payments and refunds, `INN…88ZME_<merId>` with errors, GBK, CRLF. */
export function settlementZip({ merId, day, rows }: SettlementContent, faults: readonly FileFault[]): Buffer {
  const has = (kind: FileFault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  const owner = has('otherMerchant') ? '777290058119999' : merId;
  const stamp = has('otherDay') ? '010101' : day.slice(2);
  const lines = spoiltRows(rows, faults).map((row) => zmLine(row, { merId, rows, faults, isOld: has('oldLayout') }));
  const content = Buffer.concat(spoiltLines(lines, faults));
  const errors = Buffer.concat(errorLines({ merId, day, rows }, faults));
  const zip = writeZip([
    { name: Buffer.from(`INN${stamp}88ZM_${owner}`), content: has('noLastLineEnd') ? content.subarray(0, -2) : content },
    { name: Buffer.from(`INN${stamp}88ZME_${owner}`), content: errors },
    { name: Buffer.from(`INN${stamp}88ZMSUM_${owner}`), content: Buffer.from('not of interest\r\n') },
  ]);
  if (has('wrongChecksum')) return flipped(zip, zip.indexOf(DIRECTORY_ENTRY) + CHECKSUM_OFFSET);
  return has('damagedZip') ? flipped(zip, Math.floor(zip.length / 2)) : zip;
}

function flipped(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 0xff : byte)));
}

function spoiltRows(rows: readonly SimulatedTransaction[], faults: readonly FileFault[]): readonly SimulatedTransaction[] {
  let spoilt = [...rows];
  for (const fault of faults) {
    if (fault.kind === 'dropRow') spoilt = spoilt.filter(({ orderId }) => orderId !== fault.orderId);
    if (fault.kind === 'changeAmount') spoilt = spoilt.map((row) => (row.orderId === fault.orderId ? { ...row, txnAmt: fault.amountFen, feeFen: Math.min(row.feeFen, fault.amountFen) } : row));
    const [first] = rows;
    if (fault.kind === 'addRow' && first !== undefined) spoilt.push({ ...first, txnType: '01', orderId: fault.orderId, txnAmt: fault.amountFen, queryId: '202601010000001234567', origQryId: undefined, origOrderId: undefined });
  }
  return spoilt;
}

function spoiltLines(lines: readonly Buffer[], faults: readonly FileFault[]): readonly Buffer[] {
  const [first = Buffer.alloc(0), ...others] = lines;
  if (faults.some(({ kind }) => kind === 'shortLine')) return [first.subarray(1), ...others];
  if (faults.some(({ kind }) => kind === 'longLine')) return [Buffer.concat([first.subarray(0, -2), Buffer.from(' \r\n')]), ...others];
  if (faults.some(({ kind }) => kind === 'shiftedColumn')) return [Buffer.concat([first.subarray(0, 78), Buffer.from('7'), first.subarray(79)]), ...others];
  return lines;
}

function zmLine(row: SimulatedTransaction, { merId, rows, faults, isOld }: { readonly merId: string; readonly rows: readonly SimulatedTransaction[]; readonly faults: readonly FileFault[]; readonly isOld: boolean }): Buffer {
  const isPayment = row.txnType === '01';
  const original = rows.find(({ orderId }) => orderId === row.origOrderId);
  const changed = faults.find((fault) => fault.kind === 'changeType' && fault.orderId === row.orderId);
  const owner = faults.some((fault) => fault.kind === 'strangersRow' && fault.orderId === row.orderId) ? '777290058119999' : merId;
  const turned = faults.some((fault) => fault.kind === 'wrongDirection' && fault.orderId === row.orderId);
  const time = stampOf(new Date(row.doneAt ?? '')).slice(4);
  // From the merchant's side: a payment is credited, its fee debited; a refund the other way round.
  const [money, fee] = isPayment === turned ? (['D', 'C'] as const) : (['C', 'D'] as const);
  const columns = [
    TRANSACTION_CODES[row.txnType], '00049990', '00010000', row.traceNo, time, '6216***********0018', digits(row.txnAmt), '8062', '07', row.queryId, '', row.orderId,
    row.isECny ? '00' : row.payCardType, original?.traceNo ?? '', original === undefined ? '' : stampOf(new Date(original.doneAt ?? '')).slice(4), `${fee}${digits(row.feeFen)}`, `${money}${digits(row.txnAmt - row.feeFen)}`,
    row.isECny ? 'DCEP' : '0001', '', changed?.kind === 'changeType' ? changed.txnType : row.txnType, row.txnSubType, row.bizType, '01', '', '', '0', row.origQryId ?? '', owner, '0', '', '模拟医院（门诊）', 'C000000000000', `${money}${digits(row.txnAmt)}`,
    row.termId ?? '', row.reqReserved ?? '', 'C000000000000', 'C000000000000', 'C00000000000', '00', '1',
  ];
  const tail = isOld ? [''] : [row.origOrderId ?? '', `${money}${digits(row.txnAmt - row.feeFen)}`, '01', '0', row.queryId.slice(-12), ''];
  return fixedLine([...columns, ...tail], isOld ? OLD_ZM_WIDTHS : ZM_WIDTHS);
}

function errorLines({ merId, day, rows }: SettlementContent, faults: readonly FileFault[]): readonly Buffer[] {
  return faults.flatMap((fault) => {
    const payment = fault.kind === 'addError' ? rows.find(({ orderId }) => orderId === fault.orderId) : undefined;
    if (fault.kind !== 'addError') return [];
    const originalTime = stampOf(new Date(payment?.doneAt ?? momentOf(`${day}090000`) ?? '')).slice(4);
    const columns = ['E74', '00049990', '00010000', '900001', `${day.slice(4)}120000`, '6216***********0018', digits(fault.amountFen), '8062', '07', '01', payment?.traceNo ?? '999999', originalTime, '4802', digits(fault.amountFen), 'C000000000000', `D${digits(fault.amountFen)}`, merId, '', '0', '', '', ''];
    return [fixedLine(columns, ZME_WIDTHS)];
  });
}

/** Each column padded by blanks to its width in bytes. @throws Error when one does not fit. */
function fixedLine(columns: readonly string[], widths: readonly number[]): Buffer {
  if (columns.length !== widths.length) throw new Error('columns and widths differ in number');
  const cells = columns.map((text, index) => {
    const bytes = iconv.encode(text, 'gbk');
    const width = widths[index] ?? 0;
    if (bytes.length > width) throw new Error(`the column ${String(index + 1)} does not fit`);
    return Buffer.concat([bytes, Buffer.alloc(width - bytes.length, ' ')]);
  });
  return Buffer.concat([...cells.flatMap((cell, index) => (index === 0 ? [cell] : [Buffer.from(' '), cell])), Buffer.from('\r\n')]);
}

function digits(amountFen: number): string {
  return String(amountFen).padStart(12, '0');
}
