import type { PaymentPorts } from './ports.js';

/** The HIS offers bills that it once told us it had booked: it is asked whether it still has them. */
export async function doubtBooking({ store, clock }: Pick<PaymentPorts, 'store' | 'clock'>, tradeNo: string): Promise<void> {
  const found = await store.findOrder(tradeNo);
  if (found?.order.confirmation !== 'confirmed') return;
  await store.change({ tradeNo, cause: { kind: 'request', id: `doubt/${tradeNo}` }, now: clock.now() }, (change) => { change.schedule('checkBooking', tradeNo); });
}
