import type { ChargeOutcome } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import type { OrderAggregate, Payment } from '../domain/order.js';
import type { OrderChange } from '../domain/order-change.js';
import { applyChargeOutcome } from '../domain/payment-news.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PaymentPorts, TenderDetails } from './ports.js';

/** Calls the channel with the payment's fixed number and learns the answer. The intent is already committed. */
export async function chargePayment(
  ports: PaymentPorts,
  aggregate: OrderAggregate,
  payment: Payment,
  channel: ChannelGuest,
  details: TenderDetails = {},
): Promise<OrderAggregate> {
  const outcome = await sendCharge(ports, aggregate, payment, channel, details);
  return learnCharge(ports, aggregate, payment, channel, outcome, (change) => { applyChargeOutcome(change, payment.paymentNo, outcome, ports.policy); });
}

/** The call alone. What is fixed with the payment goes with every attempt, what the caller brought with the first only. */
export function sendCharge(ports: PaymentPorts, aggregate: OrderAggregate, payment: Payment, channel: ChannelGuest, details: TenderDetails): Promise<ChargeOutcome> {
  const notifyUrl = ports.notifyUrl(channel.id);
  return channel.charge({
    tradeNo: payment.paymentNo,
    amountFen: payment.amountFen,
    description: aggregate.order.description,
    method: payment.method,
    submittedAt: payment.submittedAt,
    expiresAt: payment.expiresAt,
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    ...(aggregate.order.owner.kind === 'terminal' ? { terminalId: aggregate.order.owner.id } : {}),
    ...(payment.insuranceOrder === undefined ? {} : { insuranceOrder: payment.insuranceOrder }),
    ...details,
  });
}

/** The answer as a fact, and what follows from it, in one change. */
export async function learnCharge(ports: PaymentPorts, aggregate: OrderAggregate, payment: Payment, channel: ChannelGuest, outcome: ChargeOutcome, apply: (change: OrderChange) => void): Promise<OrderAggregate> {
  const sourceId = `charge/${payment.paymentNo}/${String(payment.attempts)}/${makeOpaqueId(ports.random, 8)}`;
  const learned = await ports.store.change(
    {
      tradeNo: aggregate.order.tradeNo,
      cause: { kind: 'answer', id: sourceId },
      now: ports.clock.now(),
      fact: { kind: 'channelAnswer', source: channel.id, sourceId, body: outcome },
    },
    apply,
  );
  return learned.kind === 'changed' ? learned.aggregate : aggregate;
}
