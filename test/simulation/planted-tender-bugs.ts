/** Mistakes with mixed tender (混合支付): one order, several payments. */
import { fen } from '@hospay/plugin-sdk';
import { refused } from '@hospay/server/domain/errors.js';
import { keptFen, remainingFen } from '@hospay/server/domain/mixed-tender.js';
import { chargePayment } from '@hospay/server/payments/charge-payment.js';
import { detailsOf, makePayment } from '@hospay/server/payments/new-payment.js';
import { viewOrder } from '@hospay/server/payments/order-view.js';
import type { AddPaymentRequest, PaymentPorts } from '@hospay/server/payments/ports.js';
import { alsoAfter } from './also-after.js';
import type { PlantedBug } from './planted-bug.js';

export const TENDER_BUGS: readonly PlantedBug[] = [
  {
    name: 'part-of-a-tender-is-the-whole',
    numbers: [],
    what: 'the hospital is told when the first payment of a mixed order succeeds',
    wrapStore: (store) => alsoAfter(store, (change) => {
      if (change.order.confirmation !== 'none' || change.order.tenderUntil === undefined || keptFen(change) === 0 || !change.holdsBills) return;
      change.moveConfirmation('toConfirm', 'paid', { paidAt: change.now.toISOString() });
      change.schedule('confirmOrder', change.order.tradeNo);
    }),
  },
  {
    name: 'unfinished-tender-kept',
    numbers: [],
    what: 'the time of a mixed order runs out and nobody looks: what was paid stays where it is',
    wrapHandlers: (handlers, ports) => ({ ...handlers, advanceTender: async (job) => { await ports.store.putBackJob(job, 'done'); } }),
  },
  {
    name: 'remaining-read-before-the-transaction',
    numbers: [1],
    what: 'what is left of a mixed order is read first and the further payment written later, whatever was added meanwhile',
    wrapUseCases: (useCases, ports) => ({ ...useCases, addPayment: (request) => addWithoutLock(ports, request) }),
  },
  {
    name: 'late-payment-reversed-at-the-hospital',
    numbers: [],
    what: 'a late payment beside a booked order is refunded as if the HIS had booked it: its booking is reversed too',
    // A payment of a mixed order must land after its close, beside others that reached the whole.
    storm: { 'code left to expire for another way to pay': 0.8, 'paid after close': 0.9, 'mixed tender given up': 0 },
    wrapStore: (store) => alsoAfter(store, (change) => {
      for (const refundNo of change.newRefunds) {
        if (change.refund(refundNo).cause === 'latePayment' && change.order.confirmation === 'confirmed') change.setRefund(refundNo, { needsHisApproval: true });
      }
    }),
  },
];

async function addWithoutLock(ports: PaymentPorts, request: AddPaymentRequest) {
  const found = await ports.store.findOrder(request.tradeNo);
  const channel = ports.channels.choose({ method: request.method, amountFen: request.tenderFen ?? 1, hospitalId: found?.order.hospitalId ?? '', owner: request.owner });
  const until = found?.order.tenderUntil;
  if (found === undefined || channel === undefined || until === undefined) return refused('TENDER_CLOSED');
  const left = remainingFen(found, ports.clock.now());
  if (left === 0) return refused('TENDER_CLOSED');
  const written = await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: request.idempotency.key }, now: ports.clock.now(), idempotency: request.idempotency }, (change) => {
    const { payment, job } = makePayment(ports, { tradeNo: request.tradeNo, leg: change.payments.length + 1, channel, method: request.method, amountFen: fen(Math.min(request.tenderFen ?? left, left)), noLaterThan: until });
    change.addPayment(payment);
    change.schedule(job.kind, job.subject, job.dueAt);
    return payment;
  });
  if (written.kind === 'replayed') return { kind: 'ok' as const, value: viewOrder(written.aggregate) };
  if (written.kind !== 'changed') return refused('CONFLICT');
  return { kind: 'ok' as const, value: viewOrder(await chargePayment(ports, written.aggregate, written.result, channel, detailsOf(request))) };
}
