import { createHash } from 'node:crypto';
import { addFen, startOfBeijingDay, yuanFromFen, ZERO_FEN } from '@hospay/plugin-sdk';
import type { StatementEntry, StatementPorts } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';

export type StatementFile = { readonly fileName: string; readonly content: Uint8Array; readonly sha256: string };

/** The header row is the contract: readers find columns by these names, not by position. */
export const STATEMENT_COLUMNS = ['类型', '平台订单号', '支付单号', '退款单号', '渠道', '支付方式', '渠道订单号', '渠道退款号', '金额(元)', '完成时间', '请求幂等键', '付款来源'] as const;

/** News of a late evening arrives during the night, channel bills by 10:00: a file taken earlier could still grow. */
const READY_AFTER_MS = (24 + 10) * 60 * 60 * 1000;

/**
 * The statement (对账文件) of an application's Beijing day from the platform's own store: one row per payment and refund that succeeded, by the
 * channel's time, then the totals.
 */
export async function writeStatement(ports: StatementPorts, request: { readonly appId: string; readonly day: string }): Promise<Outcome<StatementFile>> {
  if (!isRealDay(request.day)) return refused('MALFORMED_REQUEST', 'path: day: must be a calendar day yyyy-MM-dd');
  if (ports.clock.now().getTime() < startOfBeijingDay(request.day).getTime() + READY_AFTER_MS) return refused('STATEMENT_NOT_READY');
  const entries = await ports.entries.listDay(request);
  const rows = [STATEMENT_COLUMNS, ...entries.map(rowOf), totalsOf(entries)];
  // The byte order mark tells Excel that this is UTF-8.
  const content = Buffer.from(`\uFEFF${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`, 'utf8');
  return ok({ fileName: `hospay-${request.appId}-${request.day}.csv`, content, sha256: createHash('sha256').update(content).digest('hex') });
}

function rowOf(entry: StatementEntry): string[] {
  return [
    entry.kind === 'payment' ? '支付' : '退款',
    entry.tradeNo,
    entry.paymentNo,
    entry.refundNo ?? '',
    entry.channel,
    entry.method,
    entry.channelTradeNo ?? '',
    entry.channelRefundNo ?? '',
    yuanFromFen(entry.amountFen),
    beijingTime(entry.at),
    entry.idempotencyKey ?? '',
    entry.fundingSource ?? '',
  ];
}

function totalsOf(entries: readonly StatementEntry[]): string[] {
  const payments = entries.filter(({ kind }) => kind === 'payment');
  const refunds = entries.filter(({ kind }) => kind === 'refund');
  const sum = (some: readonly StatementEntry[]) => yuanFromFen(addFen(ZERO_FEN, ...some.map(({ amountFen }) => amountFen)));
  const totals = ['合计', `支付笔数:${String(payments.length)}`, `支付金额:${sum(payments)}`, `退款笔数:${String(refunds.length)}`, `退款金额:${sum(refunds)}`];
  return [...totals, ...Array.from({ length: STATEMENT_COLUMNS.length - totals.length }, () => '')];
}

/** RFC 4180 quoting; and a text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function beijingTime(at: string): string {
  return new Date(Date.parse(at) + 8 * 60 * 60 * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
