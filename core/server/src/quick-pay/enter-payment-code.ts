import { refused, type Outcome } from '../domain/errors.js';
import { paymentReference } from '../domain/payment-reference.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import type { OrderView } from '../payments/order-view.js';
import type { QuickPayDesk, QuickPayPorts } from './ports.js';

/** The bank's code for a payment that waits for it. Whatever the gateway answers, only the channel's own news says whether money moved: it is asked at once. */
export async function enterPaymentCode(ports: Pick<QuickPayPorts, 'store' | 'gateways' | 'findOrder'>, { owner, tradeNo, code }: Parameters<QuickPayDesk['enterPaymentCode']>[0]): Promise<Outcome<OrderView>> {
  const found = await ports.store.findOrder(tradeNo);
  if (found?.order.owner.kind !== owner.kind || found.order.owner.id !== owner.id) return refused('ORDER_NOT_FOUND');
  const payment = found.payments.find(({ method, state }) => method === 'quickPay' && !isPaymentEnded(state) && state !== 'closing');
  if (payment === undefined) return found.payments.some(({ method }) => method === 'quickPay') ? ports.findOrder({ owner, tradeNo, freshness: 'fresh' }) : refused('NO_CODE_AWAITED');
  const gateway = ports.gateways.find(payment.channel);
  if (gateway === undefined) return refused('QUICK_PAY_UNAVAILABLE');
  const outcome = await gateway.confirmPayment({ payment: paymentReference(payment), code });
  if (outcome.kind === 'codeWrong') return refused('SMS_CODE_WRONG');
  if (outcome.kind === 'codeExpired') return refused('SMS_CODE_EXPIRED');
  if (outcome.kind === 'notSent') return refused('QUICK_PAY_UNAVAILABLE');
  return ports.findOrder({ owner, tradeNo, freshness: 'fresh' });
}
