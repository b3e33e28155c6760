/** Mistakes with what is asked about again after its end. */
import { refundableFen, reserveRefund } from '@hospay/server/domain/reserve-refund.js';
import { alsoAfter } from './also-after.js';
import type { PlantedBug } from './planted-bug.js';

export const ASKING_BUGS: readonly PlantedBug[] = [
  {
    name: 'denied-success-is-undone',
    numbers: [],
    what: 'a channel that denies a success when it is asked again is believed: what was served is sent back',
    asksAgain: true,
    storm: { 'success denied when asked again': 0.9 },
    wrapStore: (store) => alsoAfter(store, (change) => {
      for (const { kind, subject } of change.cases) {
        const payment = kind === 'channelDenies' ? change.payments.find(({ paymentNo, state }) => paymentNo === subject && state === 'succeeded') : undefined;
        if (payment !== undefined && refundableFen(change, payment) === payment.amountFen) reserveRefund(change, { paymentNo: payment.paymentNo, refundFen: payment.amountFen, cause: 'latePayment', reason: '渠道否认', requestedBy: 'system' });
      }
    }),
  },
];
