/** A small mapping for unit tests, in plain JSON values so that a test can spoil it. */
import { readMapping, type PreparedMapping } from './read-mapping.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const confirmOut: Json = [
  { name: 'settlement_no', type: 'varchar(32)', direction: 'out' },
  { name: 'booked_trade_no', type: 'varchar(32)', direction: 'out' },
  { name: 'booked_amount', type: 'decimal(12,2)', direction: 'out' },
  { name: 'ret_code', type: 'int', direction: 'out' },
  { name: 'ret_msg', type: 'nvarchar(200)', direction: 'out' },
];

export const exampleMapping = {
  format: 'hospay-sqlserver-mapping/1',
  hospital: 'example',
  codePage: 'cp936',
  operations: {
    findPatient: {
      procedure: 'dbo.p_find',
      parameters: [
        { name: 'card_type', type: 'varchar(2)', from: 'cardType', translate: { idCard: '1', visitCard: '2' } },
        { name: 'card_no', type: 'varchar(18)', from: 'cardNo' },
      ],
      fields: {
        patientId: { column: 'patid' }, name: { column: 'hzxm' }, birthday: { column: 'birth', time: 'yyyymmdd' },
        sex: { column: 'sex', translate: { '1': 'male', '2': 'female' }, otherwise: 'unknown' },
      },
    },
    listOpenBills: {
      procedure: 'dbo.p_bills',
      parameters: [{ name: 'patid', type: 'varchar(12)', from: 'patientId' }],
      fields: { billNo: { column: 'BillNo' }, amountFen: { column: 'amount', money: 'yuan' } },
    },
    presettle: {
      procedure: 'dbo.p_quote',
      parameters: [{ name: 'bills', type: 'varchar(20)', from: 'billNos', join: ',' }],
      fields: {
        quoteNo: { column: 'quote' }, totalFen: { column: 'total', money: 'fen' }, fundFen: { column: 'fund', money: 'fen' },
        personalAccountFen: { column: 'account', money: 'fen' }, selfPayFen: { column: 'self', money: 'fen' }, validUntil: { secondsFromNow: 900 },
      },
    },
    confirm: {
      procedure: 'dbo.p_confirm',
      parameters: [
        { name: 'trade_no', type: 'varchar(32)', from: 'tradeNo' },
        { name: 'amount', type: 'decimal(12,2)', from: 'amountFen', money: 'yuan' },
        { name: 'paid', type: 'char(16)', from: 'paidAt', time: 'yyyymmddHH:MM:SS' },
        { name: 'terminal', type: 'nvarchar(4)', from: 'terminalId', cut: true },
        { name: 'operator', type: 'varchar(8)', constant: '999999' },
        ...confirmOut,
      ],
      codes: { from: { out: 'ret_code' }, message: { out: 'ret_msg' }, ok: ['0'], rejected: ['303'], mismatch: ['304'], alreadyPaid: ['302'], unknown: ['99'] },
      fields: { settlementNo: { out: 'settlement_no' }, amountFen: { out: 'booked_amount', money: 'yuan' }, bookedTradeNo: { out: 'booked_trade_no' } },
    },
    queryConfirmation: {
      sql: 'SELECT trade_no, sjh, je, jlzt FROM dbo.v_receipts WHERE trade_no = @trade_no',
      parameters: [{ name: 'trade_no', type: 'varchar(32)', from: 'tradeNo' }],
      fields: { bookedTradeNo: { column: 'trade_no' }, settlementNo: { column: 'sjh' }, amountFen: { column: 'je', money: 'yuan', sign: 'magnitude' } },
      state: { column: 'jlzt', booked: ['1'], absent: ['9'] },
    },
  },
} as const satisfies Json;

export const preparedExample: PreparedMapping = readMapping(exampleMapping);

/** A copy of the example in which the value at `path` is replaced, or removed when `value` is undefined. */
export function spoiledMapping(path: string, value: Json | undefined): unknown {
  const replace = (node: Json, [key, ...rest]: readonly string[]): Json => {
    if (key === undefined) return value ?? null;
    if (typeof node !== 'object' || node === null) throw new RangeError(`no ${key} in ${path}`);
    const entries = Object.entries(node).filter(([name]) => name !== key || rest.length > 0 || value !== undefined);
    if (!(key in node)) entries.push([key, null]);
    const changed = entries.map(([name, child]): [string, Json] => [name, name === key ? replace(child, rest) : child]);
    return Array.isArray(node) ? changed.map(([, child]) => child) : Object.fromEntries(changed);
  };
  return replace(exampleMapping, path.split('.'));
}
