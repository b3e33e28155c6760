import type { InsuranceRefundNoticeOutcome } from '@hospay/plugin-sdk';
import type { ClaimedJob } from '../domain/money-store.js';
import type { OrderAggregate, Payment, Refund } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { paymentReference } from '../domain/payment-reference.js';
import { holdsMoney } from '../domain/refund-states.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { RefundPorts } from './ports.js';

/**
 * 医保混合收款: the insurance part is undone at the centre, and the wallet that settled it is told, under the number of the cash refund. It moves no money and proves
 * nothing, so it follows the refunds and holds none of them up; it is repeated until the wallet has taken it.
 */
export async function tellInsuranceRefund(ports: RefundPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrderByRefund(job.subject);
  const told = found === undefined ? undefined : whatToTell(found, job.subject);
  if (told === undefined) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const { wallet, cashRefund, refundedAt } = told;
  const guest = ports.channels.find(wallet.channel)?.settlingInsurance;
  const outcome: InsuranceRefundNoticeOutcome = guest === undefined ? { kind: 'notSent', reason: own('channelNotActive') } : await guest.tellInsuranceRefund({ payment: paymentReference(wallet), refundNo: cashRefund.refundNo, refundedAt });
  const now = ports.clock.now();
  const sourceId = `insurance-refund/${job.subject}/${makeOpaqueId(ports.random, 8)}`;
  await ports.store.change(
    {
      tradeNo: wallet.tradeNo,
      cause: { kind: 'answer', id: sourceId },
      now,
      job,
      jobThen: outcome.kind === 'told' ? 'done' : { dueAt: new Date(now.getTime() + gapAfter(ports.policy.refundRhythmMs, job.attempt)) },
      ...(outcome.kind === 'told' ? { fact: { kind: 'channelAnswer' as const, source: wallet.channel, sourceId, body: outcome } } : {}),
    },
    (change) => {
      if (outcome.kind === 'told') change.resolveCase('insuranceRefundNotTold', job.subject);
      else if (now.getTime() > Date.parse(refundedAt) + ports.policy.refundEscalationMs) {
        const said = heard(outcome.reason);
        const detail = { zh: `医保部分已退，但未能告知钱包：${said.zh}。款项不受影响；平台会继续告知，请查看渠道是否可用`, en: `the wallet has not taken that the insurance was undone: ${said.en}. No money waits for it; it is told again, see whether the channel runs` };
        change.openCase({ kind: 'insuranceRefundNotTold', subject: job.subject, severity: 3, detail });
      }
    },
  );
}

/** Nothing where no cash went back: the wallet was never paid, and to it there was no settlement. */
function whatToTell({ payments, refunds }: OrderAggregate, refundNo: string): { readonly wallet: Payment; readonly cashRefund: Refund; readonly refundedAt: string } | undefined {
  const undone = refunds.find((refund) => refund.refundNo === refundNo);
  const insured = payments.find(({ paymentNo }) => paymentNo === undone?.paymentNo);
  const wallet = payments.find(({ paymentNo }) => paymentNo === insured?.settledBy);
  const cashRefund = refunds.findLast((refund) => refund.paymentNo === wallet?.paymentNo && holdsMoney(refund.state));
  return wallet !== undefined && cashRefund !== undefined && undone?.refundedAt !== undefined ? { wallet, cashRefund, refundedAt: undone.refundedAt } : undefined;
}
