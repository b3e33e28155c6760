import { DEFAULT_PAYMENT_POLICY, type PaymentPolicy } from '../domain/payment-policy.js';
import type { Configuration } from './configuration-schema.js';

const ms = (seconds: number) => seconds * 1000;

/** The configured times in the domain's words. */
export function paymentPolicyOf({ payments, settlement }: Pick<Configuration, 'payments' | 'settlement'>): PaymentPolicy {
  return {
    qrLifetimeMs: ms(payments.qrLifetimeSeconds),
    quoteMarginMs: ms(payments.quoteMarginSeconds),
    closeMarginMs: ms(payments.closeMarginSeconds),
    paymentCodeLifetimeMs: ms(payments.paymentCodeLifetimeSeconds),
    bankCardLifetimeMs: ms(payments.bankCardLifetimeSeconds),
    tenderLifetimeMs: ms(payments.tenderLifetimeSeconds),
    promptQueryRhythmMs: payments.promptQueryRhythmSeconds.map(ms),
    queryRhythmMs: payments.queryRhythmSeconds.map(ms),
    confirmRhythmMs: payments.confirmRhythmSeconds.map(ms),
    refundRhythmMs: payments.refundQueryRhythmSeconds.map(ms),
    tellOwnerRhythmMs: payments.tellOwnerRhythmSeconds.map(ms),
    insuranceOrder: payments.insuranceOrder ?? 'insuranceFirst',
    locksBills: payments.locksBills ?? false,
    invoicedBusinesses: payments.invoicedBusinesses ?? [],
    numberedBusinesses: payments.numberedBusinesses ?? [],
    cutOffs: cutOffsOf(settlement),
    invoiceRhythmMs: DEFAULT_PAYMENT_POLICY.invoiceRhythmMs,
    confirmEscalationMs: ms(payments.confirmEscalationSeconds),
    refundEscalationMs: ms(payments.refundEscalationSeconds),
    unknownEscalationMs: ms(payments.unknownEscalationSeconds),
  };
}

/** 日切 by channel instance, without those that end at midnight anyway. */
export function cutOffsOf({ cutOffs }: Configuration['settlement']): Readonly<Record<string, string>> {
  return Object.fromEntries(cutOffs.filter(({ at }) => at !== '00:00').map(({ channel, at }) => [channel, at]));
}
