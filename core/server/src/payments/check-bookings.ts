import type { PaymentPorts } from './ports.js';

/** Asks the HIS again about every order it said it booked from `from` until `to`: a person does so when the HIS was restored from a backup. Resolves with how many there are. */
export function checkBookings({ store, clock }: Pick<PaymentPorts, 'store' | 'clock'>, time: { readonly hospitalId: string; readonly from: Date; readonly to: Date }): Promise<number> {
  return store.scheduleBookingChecks({ ...time, now: clock.now() });
}
