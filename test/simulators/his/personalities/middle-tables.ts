import type { HospitalCounter } from '../hospital-counter.js';
import type { HospitalJob, Personality } from './personality.js';

/** How the hospital's own job goes about the middle tables. */
export interface JobHabits {
  /** How often it looks; default 20 ms. */
  readonly everyMs?: number;
  /** How old a row must be before it is taken up; default 0. */
  readonly delayMs?: number;
}

/**
 * A hospital with middle tables (中间表). Its job books each new row by the hospital's own procedures and writes back what became of it. Faults of the
 * job are planned for what it calls: `usp_mid_pending` (it sees nothing), `usp_hospay_confirm` (its booking fails or is lost to it),
 * `usp_mid_write_payment` (it books and does not write back). A row it could not finish it takes up again. Faults of the wire are planned for
 * `insert mid_payment`, `mid_payment` and the views.
 */
export function middleTables({ everyMs = 20, delayMs = 0 }: JobHabits): Personality {
  return { script: 'middle-tables.sql', job: (call): HospitalJob => ({ everyMs, run: () => takeUp(call, delayMs) }) };
}

async function takeUp(call: HospitalCounter, delayMs: number): Promise<void> {
  const pending = await call('usp_mid_pending', { older_than_ms: String(delayMs) });
  if (pending.kind !== 'answer') return;
  for (const row of pending.answer.rows) await (row['kind'] === 'payment' ? book(call, row) : reverse(call, row));
}

type Row = Readonly<Record<string, string>>;
const valueOf = (row: Row, name: string): string => row[name] ?? '';

async function book(call: HospitalCounter, row: Row): Promise<void> {
  const booked = await call('usp_hospay_confirm', {
    ...only(row, ['trade_no', 'quote_no', 'patient_id', 'paid_time', 'pay_method', 'channel_trade_no', 'terminal_no']), self_pay: valueOf(row, 'amount'),
  });
  if (booked.kind !== 'answer') return;
  const { out } = booked.answer;
  const code = valueOf(out, 'ret_code');
  // Nobody knows: the row stays new, and the next round asks again under the same number.
  if (code === '99') return;
  // Its own booking met again: the first round's write-back was lost.
  const isBooked = code === '0' || (code === '300302' && valueOf(out, 'booked_trade_no') === valueOf(row, 'trade_no'));
  await call('usp_mid_write_payment', {
    ...only(out, ['ret_msg', 'settlement_no', 'receipt_no', 'booked_trade_no', 'booked_amount', 'pickup_window', 'guide']),
    trade_no: valueOf(row, 'trade_no'), status: isBooked ? '1' : '2', ret_code: isBooked ? '0' : code,
  });
}

async function reverse(call: HospitalCounter, row: Row): Promise<void> {
  const reversed = await call('usp_hospay_refund', { ...only(row, ['trade_no', 'refund_no', 'reason']), refund_amount: valueOf(row, 'amount') });
  if (reversed.kind !== 'answer') return;
  const { out } = reversed.answer;
  const code = valueOf(out, 'ret_code');
  if (code === '99') return;
  await call('usp_mid_write_refund', { ...only(out, ['ret_msg', 'his_refund_no']), refund_no: valueOf(row, 'refund_no'), status: code === '0' ? '1' : '2', ret_code: code });
}

function only(row: Row, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, valueOf(row, name)]));
}
