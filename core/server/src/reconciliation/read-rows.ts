import type { DayListLine, StatementLine } from '@hospay/plugin-sdk';
import type { ReconciliationRow, RowState } from '../domain/reconciliation.js';

const OWN_TRADE_NO = /^H\d{14}[0-9A-HJKMNP-TV-Z]{9}$/;
const OWN_PAYMENT_NO = /^H\d{14}[0-9A-HJKMNP-TV-Z]{9}P\d{2,}$/;

/** Whether a number has the form of this platform's trade numbers: others on the same HIS or merchant number are 非本系统. */
export const isOwnTradeNo = (tradeNo: string): boolean => OWN_TRADE_NO.test(tradeNo);
export const isOwnPaymentNo = (paymentNo: string): boolean => OWN_PAYMENT_NO.test(paymentNo);

/** A statement's line as a row. A reversal has no refund number of its own and goes by that of its payment. */
export function rowOfStatement({ kind, tradeNo, refundNo, amountFen, status, at, isUnnamed }: StatementLine): ReconciliationRow {
  const unnamed = isUnnamed === true ? { isUnnamed } : {};
  if (kind === 'payment') return { key: tradeNo, paymentKey: tradeNo, kind, fen: amountFen, state: 'done', at, ...unnamed };
  const isNumbered = refundNo !== undefined && refundNo !== '' && refundNo !== '0';
  return { key: isNumbered ? refundNo : `${tradeNo}/reversal`, paymentKey: tradeNo, kind, fen: amountFen, state: refundStateOf(status), at, ...unnamed };
}

/** What a channel's word for a refund means. A word nobody has listed stands in a list of money that moved. */
export function refundStateOf(status: string): RowState {
  if (/^(FAIL|FAILED|CLOSED)$/i.test(status)) return 'failed';
  // CHANGE: the card is gone and the money lies with the channel.
  return /^(PROCESSING|CHANGE|ABNORMAL)$/i.test(status) ? 'open' : 'done';
}

export function rowOfDayList({ kind, tradeNo, refundNo, settlementNo, amountFen, paidAt }: DayListLine): ReconciliationRow {
  const key = kind === 'payment' ? tradeNo : (refundNo ?? `${tradeNo}/${settlementNo}`);
  return { key, paymentKey: tradeNo, kind, fen: amountFen, state: 'done', at: paidAt };
}
