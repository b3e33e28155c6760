import type { CaseKind } from '@hospay/server/domain/order-change.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import { isRefundEnded } from '@hospay/server/domain/refund-states.js';
import type { ChannelHouse } from './channels/channel-house.js';

/**
 * Whether something of an order waits for a person, with an open case, because its channel has no question that could decide it: a card terminal that cannot
 * prove what became of an exchange.
 */
export function isLeftToPerson(channels: ChannelHouse, { payments, refunds }: OrderAggregate, hasCase: (kinds: readonly CaseKind[], subject: string) => boolean): boolean {
  const leaves = (channelId: string, number: string): boolean => channels.stand(channelId)?.truth.leftToPerson?.(number) ?? false;
  return (
    payments.some(({ paymentNo, channel, state }) => state !== 'succeeded' && leaves(channel, paymentNo) && hasCase(['paymentUnknown'], paymentNo)) ||
    refunds.some((refund) => {
      const payment = payments.find(({ paymentNo }) => paymentNo === refund.paymentNo);
      if (payment === undefined || isRefundEnded(refund.state)) return false;
      return leaves(payment.channel, refund.refundNo) && hasCase(['refundLate', 'refundAbnormal'], refund.refundNo);
    })
  );
}
