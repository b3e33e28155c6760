import type { ChannelGuest } from '../domain/guests.js';
import type { OrderAggregate, Payment } from '../domain/order.js';
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
  const notifyUrl = ports.notifyUrl(channel.id);
  const outcome = await channel.charge({
    tradeNo: payment.paymentNo,
    amountFen: payment.amountFen,
    description: aggregate.order.description,
    method: payment.method,
    submittedAt: payment.submittedAt,
    expiresAt: payment.expiresAt,
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    ...(aggregate.order.owner.kind === 'terminal' ? { terminalId: aggregate.order.owner.id } : {}),
    ...details,
  });
  const sourceId = `charge/${payment.paymentNo}/${String(payment.attempts)}/${makeOpaqueId(ports.random, 8)}`;
  const learned = await ports.store.change(
    {
      tradeNo: aggregate.order.tradeNo,
      cause: { kind: 'answer', id: sourceId },
      now: ports.clock.now(),
      fact: { kind: 'channelAnswer', source: channel.id, sourceId, body: outcome },
    },
    (change) => { applyChargeOutcome(change, payment.paymentNo, outcome, ports.policy); },
  );
  return learned.kind === 'changed' ? learned.aggregate : aggregate;
}
