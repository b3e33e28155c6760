import { Type, type Static } from 'typebox';

import { SlipSchema } from './slip.js';

/** The last slip a terminal is known to have printed. Both empty: it said it has none. */
export const VoucherSchema = Type.Object({ batchNo: Type.String(), voucherNo: Type.String() });
export type Voucher = Static<typeof VoucherSchema>;

/**
 * What the plugin means to do at a terminal, written down before the first byte, and what became of it.
 * `sent`: a byte may have left. `lost`: the exchange ended without an answer that can be used. `unmatched`: the terminal was asked and could not prove it
 * either way; a person decides with the paper slip. `done`, `refused`, `notSent` are proven.
 */
export const IntentSchema = Type.Object({
  kind: Type.Union([Type.Literal('pay'), Type.Literal('undo'), Type.Literal('refund')]),
  number: Type.String(),
  tradeNo: Type.String(),
  terminalId: Type.String(),
  amountFen: Type.Integer(),
  startedAt: Type.String(),
  /** Counts the exchanges of the terminal: equal to the terminal's own only while nothing else was started. */
  turn: Type.Integer(),
  /** The terminal's last slip before this exchange; absent where the terminal is asked by number instead. */
  after: Type.Optional(VoucherSchema),
  state: Type.Union([Type.Literal('sent'), Type.Literal('lost'), Type.Literal('unmatched'), Type.Literal('done'), Type.Literal('refused'), Type.Literal('notSent')]),
  slip: Type.Optional(SlipSchema),
  code: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
});
export type Intent = Static<typeof IntentSchema>;

/** Where an intent is kept. */
export function intentKey({ kind, tradeNo, number }: Pick<Intent, 'kind' | 'tradeNo' | 'number'>): string {
  return kind === 'pay' ? `pay/${tradeNo}` : `refund/${tradeNo}/${number}`;
}
