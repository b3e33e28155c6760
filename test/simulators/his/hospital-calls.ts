import { TYPES, type Connection } from 'tedious';
import { call, type Answer, type Parameter } from './tedious-client.js';

/** The hospital's procedures with the parameters hospital.sql declares, for tests of the simulator. */
const varchar = (name: string, length: number, value?: unknown): Parameter => ({ name, type: TYPES.VarChar, length, value });
const out = (name: string, type: Parameter['type'], size: Pick<Parameter, 'length' | 'precision' | 'scale'> = {}): Parameter => ({ name, type, value: null, output: true, ...size });
const money = { precision: 12, scale: 2 } as const;

export function presettle(connection: Connection, patientId: string, billNos: readonly string[]): Promise<Answer> {
  return call(connection, 'usp_hospay_presettle', [
    varchar('patient_id', 20, patientId), varchar('bill_nos', 400, billNos.join(',')),
    out('quote_no', TYPES.VarChar, { length: 32 }), out('total', TYPES.Decimal, money), out('fund', TYPES.Decimal, money), out('account', TYPES.Decimal, money),
    out('self_pay', TYPES.Decimal, money), out('valid_until', TYPES.Char, { length: 16 }), out('ret_code', TYPES.Int), out('ret_msg', TYPES.NVarChar, { length: 200 }),
  ]);
}

export interface Confirmation {
  readonly tradeNo: string;
  readonly quoteNo: string;
  readonly patientId: string;
  readonly selfPay: number;
  readonly paidTime?: string;
}

export function confirm(connection: Connection, { tradeNo, quoteNo, patientId, selfPay, paidTime }: Confirmation): Promise<Answer> {
  return call(connection, 'usp_hospay_confirm', [
    varchar('trade_no', 32, tradeNo), varchar('quote_no', 32, quoteNo), varchar('patient_id', 20, patientId), { name: 'self_pay', type: TYPES.Decimal, value: selfPay, ...money },
    { name: 'paid_time', type: TYPES.Char, length: 16, value: paidTime ?? '2026050609:31:00' }, varchar('pay_method', 16, 'wechat'), varchar('channel_trade_no', 64, `W${tradeNo}`),
    varchar('terminal_no', 32, 'K01'), out('settlement_no', TYPES.VarChar, { length: 32 }), out('receipt_no', TYPES.VarChar, { length: 32 }),
    out('pickup_window', TYPES.NVarChar, { length: 40 }), out('guide', TYPES.NVarChar, { length: 400 }), out('ret_code', TYPES.Int), out('ret_msg', TYPES.NVarChar, { length: 200 }),
    out('booked_trade_no', TYPES.VarChar, { length: 32 }), out('booked_amount', TYPES.Decimal, money),
  ]);
}

export function refund(connection: Connection, { tradeNo, refundNo, amount }: { readonly tradeNo: string; readonly refundNo: string; readonly amount: number }): Promise<Answer> {
  return call(connection, 'usp_hospay_refund', [
    varchar('trade_no', 32, tradeNo), varchar('refund_no', 32, refundNo), { name: 'refund_amount', type: TYPES.Decimal, value: amount, ...money },
    { name: 'reason', type: TYPES.NVarChar, length: 80, value: '患者要求' }, out('his_refund_no', TYPES.VarChar, { length: 32 }), out('ret_code', TYPES.Int), out('ret_msg', TYPES.NVarChar, { length: 200 }),
  ]);
}

/** A quote for all open bills of a patient, as the numbers a confirmation needs. */
export async function quoteAll(connection: Connection, patientId: string, billNos: readonly string[]): Promise<{ readonly quoteNo: string; readonly selfPay: number; readonly patientId: string }> {
  const { outputs } = await presettle(connection, patientId, billNos);
  if (outputs['ret_code'] !== 0) throw new Error(`No quote: ${String(outputs['ret_msg'])}`);
  return { quoteNo: String(outputs['quote_no']), selfPay: Number(outputs['self_pay']), patientId };
}
