/**
 * The lines of UnionPay's settlement file (对账文件): columns of fixed width in bytes, one blank between two, no header and no footer. A ZM line is a payment or
 * refund, a ZME line an error (差错: chargeback, adjustment).
 */
const ZM_COLUMNS = {
  transactionCode: 3, acquirer: 11, sender: 11, traceNo: 6, traceTime: 10, card: 19, amount: 12, merchantCategory: 4, terminalType: 2, queryId: 21, oldPayMethod: 2, orderId: 32,
  cardKind: 2, originalTraceNo: 6, originalTime: 10, fee: 13, settlement: 13, payMethod: 4, groupMerchant: 15, txnType: 2, txnSubType: 2, bizType: 6, accountType: 2, billType: 4,
  billNumber: 32, interaction: 1, originalQueryId: 21, merId: 15, splitMode: 1, subMerchant: 15, subMerchantName: 32, splitAmount: 13, net: 13, termId: 8, merchantReserved: 32,
  discount: 13, invoiceAmount: 13, instalmentFee: 12, instalmentCount: 2, medium: 1, originalOrderId: 32, settledAmount: 13, entryMode: 2, mobileFlag: 1, referenceNo: 12, reserved: 66,
} as const;

const ZME_COLUMNS = {
  transactionCode: 3, acquirer: 11, sender: 11, traceNo: 6, traceTime: 10, card: 19, amount: 12, merchantCategory: 4, terminalType: 2, cardKind: 2, originalTraceNo: 6, originalTime: 10,
  reason: 4, errorAmount: 12, fee: 13, settlement: 13, merId: 15, subMerchant: 15, mobileFlag: 1, referenceNo: 12, entryMode: 2, reserved: 135,
} as const;

/** Columns that may carry a mark of digital yuan. */
export const SETTLEMENT_COLUMNS = ['cardKind', 'oldPayMethod', 'payMethod', 'accountType', 'billType', 'bizType', 'medium', 'entryMode', 'merchantReserved', 'reserved'] as const;

export const ZM_LINE_BYTES = 607;
export const ZME_LINE_BYTES = 339;
const BLANK = 0x20;
const GBK = new TextDecoder('gb18030');

export type ZmLine = Readonly<Record<keyof typeof ZM_COLUMNS, string>>;
export type ZmeLine = Readonly<Record<keyof typeof ZME_COLUMNS, string>>;

/** @throws Error when a blank between two columns is missing: then every column is another one. */
export function readZmLine(line: Buffer): ZmLine {
  return columnsOf(line, ZM_COLUMNS);
}

/** @throws Error as above. */
export function readZmeLine(line: Buffer): ZmeLine {
  return columnsOf(line, ZME_COLUMNS);
}

/** Cut by bytes before anything is decoded: a Chinese character takes two. */
function columnsOf<Name extends string>(line: Buffer, widths: Readonly<Record<Name, number>>): Readonly<Record<Name, string>> {
  const columns = {} as Record<Name, string>;
  let offset = 0;
  for (const name in widths) {
    if (offset > 0 && line[offset - 1] !== BLANK) throw new Error(`there is no blank before the column ${name}`);
    columns[name] = GBK.decode(line.subarray(offset, offset + widths[name])).trim();
    offset += widths[name] + 1;
  }
  return columns;
}
