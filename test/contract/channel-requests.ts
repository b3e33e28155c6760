/** What the core asks of a channel, for tests that stand in its place. */
import type { CallContext, ChargeOutcome, ChargeRequest, PaymentMethod, PaymentNews, PaymentReference } from '@hospay/plugin-sdk';

/** 12.34 yuan, payable for ten minutes by the clock of the stand. */
export function orderOf(stand: { readonly clock: { readonly atMs: number } }, tradeNo: string, method: PaymentMethod = 'nativeQr', change: Partial<ChargeRequest> = {}): ChargeRequest {
  const { atMs } = stand.clock;
  return { tradeNo, amountFen: 1_234, description: '门诊缴费', method, submittedAt: new Date(atMs).toISOString(), expiresAt: new Date(atMs + 600_000).toISOString(), ...change };
}

/** What the core knows of a payment after the charge answered. */
export function referenceTo(order: ChargeRequest, outcome?: ChargeOutcome | PaymentNews): PaymentReference {
  const { tradeNo, submittedAt, amountFen, method } = order;
  const note = outcome !== undefined && 'channelNote' in outcome && outcome.channelNote !== undefined ? { channelNote: outcome.channelNote } : {};
  const paid = outcome?.kind === 'succeeded' ? { channelTradeNo: outcome.channelTradeNo, paidAt: outcome.paidAt } : {};
  return { tradeNo, submittedAt, amountFen, method, ...note, ...paid };
}

export function call(change: Partial<CallContext> = {}): CallContext {
  return { deadline: new Date(Date.now() + 10_000).toISOString(), signal: new AbortController().signal, attempt: 1, ...change };
}
