/** A layer that plants take away: nobody asks after the end of a payment. */
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import { isPaymentEnded } from '@hospay/server/domain/payment-states.js';
import type { JobHandlers } from '@hospay/server/edges/outbox/job-runner.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';

export async function findPayment(ports: PaymentPorts, job: ClaimedJob) {
  const found = await ports.store.findOrderByPayment(job.subject);
  return found?.payments.find((payment) => payment.paymentNo === job.subject);
}

export async function advanceUnlessEnded(handlers: JobHandlers, ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const payment = await findPayment(ports, job);
  if (payment !== undefined && isPaymentEnded(payment.state)) await ports.store.putBackJob(job, 'done');
  else await handlers.advancePayment(job);
}
