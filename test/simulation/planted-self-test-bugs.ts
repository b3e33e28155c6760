/** Mistakes with the fen that tests a channel. */
import { alsoAfter } from './also-after.js';
import type { PlantedBug } from './planted-bug.js';

export const SELF_TEST_BUGS: readonly PlantedBug[] = [
  {
    name: 'self-test-told-to-the-hospital',
    numbers: [],
    what: 'what tested a channel is paid, and the hospital is to book it like a bill',
    testsChannels: true,
    wrapStore: (store) => alsoAfter(store, (change) => {
      const isPaid = change.order.business === 'selfTest' && change.order.confirmation === 'none' && change.payments.some(({ state }) => state === 'succeeded');
      if (!isPaid) return;
      change.moveConfirmation('toConfirm', 'paid');
      change.schedule('confirmOrder', change.order.tradeNo);
    }),
  },
  {
    name: 'self-test-forgets-what-it-is',
    numbers: [],
    what: 'the order does not say that it is a self-test: its fen is kept until a hospital that knows no such bill refuses it',
    testsChannels: true,
    wrapStore: (store) => ({
      ...store,
      accept(acceptance) {
        const { business, ...order } = acceptance.order;
        return store.accept(business === 'selfTest' ? { ...acceptance, order } : acceptance);
      },
    }),
  },
  {
    name: 'self-test-key-is-made-anew',
    numbers: [10],
    what: 'each press of the self-test makes a key of its own: an answer that was lost costs a second fen',
    testsChannels: true,
    storm: { 'answer lost': 0.3, 'double press': 0.9 },
    wrapUseCases: (useCases) => {
      let presses = 0;
      return { ...useCases, beginSelfTest: (act) => useCases.beginSelfTest({ ...act, channel: act.channel, idempotency: { ...act.idempotency, key: `${act.idempotency.key}/${String((presses += 1))}` } }) };
    },
  },
];
